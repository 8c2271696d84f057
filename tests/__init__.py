"""The tests; `servers` holds the real servers that they start."""
