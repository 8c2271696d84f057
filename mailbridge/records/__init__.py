"""What a desk holds, read for people and scripts: tickets, queues, export, audit. Writes nothing."""
