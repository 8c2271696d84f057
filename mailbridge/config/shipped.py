"""Where the files lie that we ship beside the code: reply templates, word patterns, sample configuration.

In an installed wheel they lie in `mailbridge/shipped/`, in a checkout at its top level. Nothing is read here.
"""

from __future__ import annotations

from pathlib import Path

import mailbridge

PACKAGE = Path(mailbridge.__file__).parent


def shipped_path(*parts: str) -> Path:
    """Return the path of a shipped file or folder, for example `shipped_path("config", "patterns")`; it may be missing."""
    inside = PACKAGE / "shipped"
    root = inside if inside.is_dir() else PACKAGE.parent
    return root.joinpath(*parts)
