"""The story of a desk, told in seconds and without a network, by the real rooms in a temporary folder.

In: the environment, for the place of temporary files alone; no variable or secret of a real desk gets in. Out: scenes, one
after the other, each a readable paragraph (`told`) and the same as data. The folder is left behind to be looked at.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from mailbridge.demo.scene import JsonObject
from mailbridge.demo.stage import Stage, open_stage
from mailbridge.demo.steps import STEPS

MONDAY = datetime(2026, 11, 23, 7, 2, tzinfo=UTC)
"""The morning on which the story begins. Time is an argument: a day passes by saying so."""


def tell_story(environ: Mapping[str, str], begins_at: datetime = MONDAY) -> Iterator[JsonObject]:
    """Play every step of the story in a new desk and give its scenes as they happen.

    Each object has at least `step`, `title`, `at`, `told`, `came_in`, `went_out`, `tickets`. Raise MailbridgeError when
    there is no place for temporary files.
    """
    stage = open_stage(Path(tempfile.mkdtemp(prefix="mailbridge-demo-", dir=environ.get("TMPDIR") or None)), begins_at)
    try:
        for number, scene in enumerate(_scenes(stage), 1):
            yield {"step": number} | scene
    finally:
        stage.close()


def _scenes(stage: Stage) -> Iterator[JsonObject]:
    for step in STEPS:
        yield from step(stage)
