"""The family of errors. Temporary or permanent is a class here, never a comparison of strings.

Every error says what is wrong, where, and what to do. The command line prints `str(error)` and no traceback.
"""


class MailbridgeError(Exception):
    """Something that a person can be told in one sentence."""


class ConfigError(MailbridgeError):
    """The configuration cannot be used; `str()` lists every fault with file, line and remedy."""


class StoreError(MailbridgeError):
    """The database or the folder of blobs does not do what it must; nothing was promised to anybody.

    outage: it does not work at all for now (full, locked, unreachable), whatever it is asked: try again later.
    """

    outage = False


class SpoolError(MailbridgeError):
    """A mail could not be accepted for now; the peer keeps it and tries again (`451`, exit 75).

    full: for want of room (`452`).
    """

    full = False


class ParseError(MailbridgeError):
    """A mail goes over a limit and is not read; it is kept whole and quarantined with this reason."""


class ReadersDown(MailbridgeError):
    """The processes that read mail do not run, or were ended: no mail is to blame, and each waits in the spool."""


class CommandRefused(MailbridgeError):
    """A command on a ticket cannot be understood or is not allowed; nothing was done."""


class TemplateError(MailbridgeError):
    """A reply template cannot be loaded or rendered; says file and line."""


class RelayTemporary(MailbridgeError):
    """The relay cannot take mail for now (4xx, no connection, timeout): try again later."""


class RelayPermanent(MailbridgeError):
    """The relay will never take this mail (5xx): trying again changes nothing."""
