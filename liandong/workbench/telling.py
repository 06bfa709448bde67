"""What one kind of event says on the timeline, before it is known who did it and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from liandong.cases.rulebook import Rulebook

Facts = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of event says: its heading, the words quoted, and facts."""

    step: str = ""
    label: str = ""
    icon: str = ""
    tone: str = ""
    text: str = ""
    facts: Facts = field(default_factory=list)


Data = Mapping[str, Any]
Teller = Callable[[Data, Rulebook], Part]


def facts_of_pairs(*pairs: tuple[str, object]) -> Facts:
    """The pairs that say something."""
    return [(label, str(value)) for label, value in pairs if value not in ("", None, ())]
