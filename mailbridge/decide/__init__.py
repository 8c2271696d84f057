"""What should happen. Pure: values in, decisions out; no I/O, no clock, no database."""
