"""The ways in. Each file speaks one protocol and knows only the spool; what else it needs is handed in."""
