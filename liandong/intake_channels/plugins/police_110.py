"""110, both ways: what is no police matter comes in, what is one goes out. Contract: `docs/channels/110.md`."""

from __future__ import annotations

from typing import Final

from liandong.intake_channels.plugins.dialect import Dialect
from liandong.intake_channels.rules.words import Kind, Tell
from liandong.kernel.refusal import marked

POLICE_110: Final = Dialect(
    code="police_110",
    word=marked("110 联动"),
    kinds=frozenset({Kind.ORDER, Kind.NOTE, Kind.WITHDRAW, Kind.REPLY, Kind.RECEIPT}),
    tells=frozenset({Tell.RECEIPT, Tell.ANSWER, Tell.RETURN, Tell.HAND_OVER}),
)
