"""What a file is, decided by its content alone. Pure: reads a stream it is given, opens nothing."""

from __future__ import annotations

from liandong.cases.rules.files.formats import (
    FORMATS,
    KIND_WORDS,
    PURPOSES,
    FileFormat,
    FileKind,
    UnfitFile,
    clean_label,
)
from liandong.cases.rules.files.sniffing import format_of_head, inspect

__all__ = [
    "FORMATS",
    "KIND_WORDS",
    "PURPOSES",
    "FileFormat",
    "FileKind",
    "UnfitFile",
    "clean_label",
    "format_of_head",
    "inspect",
]
