"""数字城管: tasks of the city's urban management platform, in XML. Contract: `docs/channels/urban-management.md`."""

from __future__ import annotations

from typing import Final

from liandong.intake_channels.plugins.dialect import Dialect
from liandong.intake_channels.rules.words import Kind, Tell
from liandong.kernel.refusal import marked

URBAN_MANAGEMENT: Final = Dialect(
    code="urban_management",
    word=marked("数字城管"),
    kinds=frozenset({Kind.ORDER, Kind.URGE, Kind.NOTE, Kind.CHANGE, Kind.WITHDRAW, Kind.REPLY, Kind.RECEIPT}),
    tells=frozenset({Tell.RECEIPT, Tell.PROGRESS, Tell.ANSWER, Tell.RETURN, Tell.EXTENSION}),
    forms=("xml",),
)
