"""Real servers for tests: Postfix, Dovecot and PostgreSQL from Debian's packages, on loopback, in temporary folders.

Each is a context manager. Nothing in here skips: a server that is missing is an error that says how to install it.
"""
