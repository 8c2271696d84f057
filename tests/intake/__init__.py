"""The listener, spoken to over real sockets."""
