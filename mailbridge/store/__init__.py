"""Where rows and large files lie: tables, sessions, migrations, blobs. The only room that knows SQL dialects."""
