"""Golden files: what the product says in full, kept as text and reviewed as a diff.

`make golden` writes them anew.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "golden"


def agrees(name: str, text: str) -> bool:
    """Whether the golden file of that name holds `text`."""
    file = FOLDER / name
    if os.environ.get("LIANDONG_GOLDEN") == "write":
        file.write_text(text, encoding="utf-8")
    return file.exists() and file.read_text(encoding="utf-8") == text
