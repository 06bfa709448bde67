"""Compile every `.po` file of the product to the `.mo` file gettext reads, which git ignores."""

from __future__ import annotations

import sys
from pathlib import Path

import polib

CLONE = Path(__file__).resolve().parents[1]


def compile_all() -> int:
    """Write one `.mo` beside each `.po`; return 1 when a file cannot be read."""
    for source in sorted((CLONE / "liandong").glob("**/locale/*/LC_MESSAGES/*.po")):
        try:
            polib.pofile(str(source), check_for_duplicates=True).save_as_mofile(str(source.with_suffix(".mo")))
        except (OSError, ValueError) as error:
            print(f"{source.relative_to(CLONE)}: {error}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(compile_all())
