"""The way out: one conversation with a relay in, one `Outcome` out. It sees bytes and an envelope, never a ticket."""
