"""The steps from one schema to the next, run by alembic in order; see `mailbridge/store/migrate.py`."""
