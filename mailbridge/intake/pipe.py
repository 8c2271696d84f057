"""Mail that a pipe transport hands in, one process a mail: only the spool is opened, so that it takes little of the machine."""

from __future__ import annotations

from collections.abc import Sequence

from mailbridge.config.model import Config
from mailbridge.delivery import Delivery, Entry
from mailbridge.spool import Spool, worker_name
from mailbridge.store.blobs import Blobs
from mailbridge.store.migrate import open_database


def take_in(config: Config, deliveries: Sequence[Delivery]) -> list[Entry]:
    """Spool mails; they are on disk when this returns. Raise StoreError or SpoolError when the peer must keep them."""
    database = open_database(config)
    try:
        blobs = Blobs(config.database.blobs)
        blobs.prepare()
        spool = Spool(database, blobs, worker_name())
        answers = [spool.accept(delivery) for delivery in deliveries]
        return spool.load([answer.result() for answer in answers])
    finally:
        database.close()
