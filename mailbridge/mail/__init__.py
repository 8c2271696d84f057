"""What a mail is. Pure: bytes come in, frozen values go out; no I/O, no clock, no database."""
