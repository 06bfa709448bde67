"""12345: the city hotline's work orders, and what it hears of them. Contract: `docs/channels/12345.md`."""

from __future__ import annotations

from typing import Final

from liandong.intake_channels.plugins.dialect import Dialect
from liandong.intake_channels.rules.words import Kind, Tell
from liandong.kernel.refusal import marked

CITY_12345: Final = Dialect(
    code="city_12345",
    word=marked("12345 工单"),
    kinds=frozenset(Kind),
    tells=frozenset({Tell.RECEIPT, Tell.PROGRESS, Tell.ANSWER, Tell.RETURN, Tell.EXTENSION}),
)
