"""Keeping templates of replies, and noting what was offered to whoever takes a step and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from liandong.cases.docket import thing_of
from liandong.cases.events import RepliesOffered, ReplyTaken, ReplyTemplateRetired, ReplyTemplateWritten
from liandong.cases.models import Case, ReplyTemplate
from liandong.cases.operations.beats import StaleVersion
from liandong.cases.queries import case_for
from liandong.cases.queries.replies import REPLY, REPLY_TEMPLATE
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import redact, storable
from liandong.cases.rules.replies import (
    FATES,
    LONGEST_TEXT,
    LONGEST_TITLE,
    FateUnknown,
    ReplyForNoClass,
    ReplyTitleTaken,
    ReplyUnfinished,
    reply_field,
)
from liandong.kernel.refusal import marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

ACT = "cases.set_replies"
THE_TEMPLATE = marked("这个答复模板")


def write_reply(
    district: str,
    *,
    step: str,
    title: str,
    text: str,
    actor: Actor,
    at: datetime,
    class_prefix: str = "",
    template: int | None = None,
    version: int | None = None,
) -> ReplyTemplate:
    """Keep a template, or its next version where `template` names one. Personal numbers are taken out of it.

    :raises NoReplyHere: the step says nothing to a reporter
    :raises ReplyUnfinished: title or text is missing or too long
    :raises ReplyForNoClass: the catalogue has no class that begins so
    :raises ReplyTitleTaken: another template of the class and step has the title
    :raises StaleVersion: somebody changed it since it was read
    """
    require(actor, ACT, Thing(area=district))
    reply_field(step)
    prefix = storable(class_prefix).strip()
    if not any(code.startswith(prefix) for code in rulebook_for(district).classes):
        raise ReplyForNoClass(code=prefix[:10])
    name, words = redact(title.strip()).text, redact(text.strip()).text
    if not name or not words or len(name) > LONGEST_TITLE or len(words) > LONGEST_TEXT:
        raise ReplyUnfinished(title=LONGEST_TITLE, text=LONGEST_TEXT)
    try:
        with transaction.atomic():
            row = _template(district, template, version) if template else ReplyTemplate(district=district, version=0)
            row.class_prefix, row.step, row.title, row.text = prefix, step, name, words
            row.version, row.written_by, row.written_at = row.version + 1, actor.key, at
            row.save()
            _tell(row, ReplyTemplateWritten(name, prefix, step, words, row.version), actor=actor, at=at)
    except IntegrityError as error:
        if "a_reply_has_its_own_title_in_its_class_and_step" not in str(error):
            raise
        raise ReplyTitleTaken(title=name) from error
    return row


@transaction.atomic
def retire_reply(district: str, *, template: int, actor: Actor, at: datetime) -> ReplyTemplate:
    """Offer a template no more; its versions stay.

    :raises NotFound: no such template in use
    """
    require(actor, ACT, Thing(area=district))
    row = _template(district, template, None)
    row.is_retired, row.version, row.written_by, row.written_at = True, row.version + 1, actor.key, at
    row.save()
    _tell(row, ReplyTemplateRetired(row.title, row.version), actor=actor, at=at)
    return row


def record_offer(
    number: str, *, step: str, templates: tuple[str, ...], cases: tuple[str, ...], actor: Actor, at: datetime
) -> None:
    """Note which replies were offered to whoever takes a step, templates as `<id>/<version>`.

    It stands beside the case, not on it: nothing of the case has changed.

    :raises Forbidden: the actor may not take the step
    """
    case = _case_at(number, step, actor=actor)
    record(RepliesOffered(step, templates, cases), about=_beside(case), actor=actor.key, at=at)


def record_fate(number: str, *, step: str, source: str, fate: str, actor: Actor, at: datetime) -> None:
    """Note that an offered reply was taken, or sent after its words were changed.

    :raises FateUnknown: it is neither
    """
    if fate not in FATES:
        raise FateUnknown(fate=fate[:20], known="、".join(FATES))
    case = _case_at(number, step, actor=actor)
    record(ReplyTaken(step, storable(source)[:60], fate), about=_beside(case), actor=actor.key, at=at)


def _case_at(number: str, step: str, *, actor: Actor) -> Case:
    reply_field(step)
    case = case_for(actor, number)
    require(actor, f"cases.{step}", thing_of(case))
    return case


def _beside(case: Case) -> Subject:
    return Subject(REPLY, case.pk, case.area, (f"not/{case.about_unit}",) if case.about_unit else ())


def _template(district: str, key: int, version: int | None) -> ReplyTemplate:
    row = ReplyTemplate.objects.select_for_update().filter(pk=key, district=district, is_retired=False).first()
    if row is None:
        raise NotFound(what=THE_TEMPLATE)
    if version is not None and version != row.version:
        raise StaleVersion(seen=version, current=row.version, changed=[])
    return row


def _tell(row: ReplyTemplate, event: Any, *, actor: Actor, at: datetime) -> None:
    record(event, about=Subject(REPLY_TEMPLATE, row.pk, row.district), actor=actor.key, at=at)
