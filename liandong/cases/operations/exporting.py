"""Putting an export on the record: who took how many cases out, by which filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from liandong.cases.events import CasesExported
from liandong.cases.rules.redaction import redact
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record


@transaction.atomic
def record_export(asked: Mapping[str, str], *, count: int, is_whole: bool, actor: Actor, at: datetime) -> None:
    """Record that `count` cases were handed out as a file; not `is_whole` when the reader left before the end.

    Personal numbers somebody searched for are taken out of what is kept.

    :raises Forbidden: the actor sees no cases anywhere
    """
    require(actor, "cases.view")
    kept = {name: redact(value).text for name, value in asked.items()}
    record(CasesExported(count, is_whole, kept), about=Subject("account", actor.user_id or 0), actor=actor.key, at=at)
