"""mailbridge: an e-mail help desk in one daemon. Mail comes in, becomes a ticket, and the answer goes out."""

__version__ = "0.1.0"
