"""Writing what goes out, in the transaction of its cause: what a channel hears of its orders, and hand-overs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.db import transaction

from liandong.cases.docket import thing_of
from liandong.cases.queries import case_for, permitted_cases
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.redaction import remark
from liandong.intake_channels.contract import channels
from liandong.intake_channels.events import CaseHandedOver
from liandong.intake_channels.models import Departure
from liandong.intake_channels.queries import channel_named
from liandong.intake_channels.rules.telling import Telling, telling_for
from liandong.intake_channels.rules.words import Tell
from liandong.kernel.refusal import Refusal, marked
from liandong.notify.rules.words import State
from liandong.people.access import Actor, platform, require
from liandong.timeline.operations import Subject, record
from liandong.timeline.queries import Entry

if TYPE_CHECKING:
    from liandong.cases.models import Case


class NotHandedOverThere(Refusal):
    """A channel that takes over no cases."""

    status = 422
    says = marked("“%(channel)s”不接收移交。")
    remedy = marked("请选择可以移交的渠道，例如 110 联动。")


class HandedOverAlready(Refusal):
    """A second hand-over while the first stands."""

    status = 409
    says = marked("本案已移交，正在等待或已有回执。")
    remedy = marked("请在“渠道”页查看移交的状态；确要再次发送，可在那里重发。")


class AboutAUnit(Refusal):
    """A case about a unit or its staff: by one key it could land with the very body it is about."""

    status = 409
    says = marked("本案反映的是某个单位或其人员，不能一键移交。")
    remedy = marked("请值班长按程序转交有权调查的部门。")


class ReasonForHandOver(Refusal):
    """A hand-over without saying why."""

    status = 422
    says = marked("移交需要说明理由。")
    remedy = marked("请写一句为什么应由对方处理。")


def tell_channels(entries: Sequence[Entry], *, at: datetime) -> int:
    """Write what follows from these entries for the channels whose orders they are about; return how many."""
    told = [(entry, telling) for entry in entries if (telling := _telling(entry)) is not None]
    if not told:
        return 0
    ids = {entry.about_id for entry, _ in told}
    ours = permitted_cases(platform("channels")).filter(pk__in=ids, channel__in=list(channels()))
    cases = ours.exclude(external_id="").defer("terms", "description").in_bulk()
    fresh = [
        _departure(cases[entry.about_id], telling, entry, at=at)
        for entry, telling in told
        if entry.about_id in cases and telling.tell in channels()[cases[entry.about_id].channel].tells
    ]
    Departure.objects.bulk_create(fresh)
    return len(fresh)


@transaction.atomic
def hand_over_case(number: str, *, channel: str, reason: str, actor: Actor, at: datetime) -> Departure:
    """移交: what is another body's by law goes to it, with who reported unless in confidence. On the record.

    :raises NotFound, Forbidden: the actor may not see the case, or not hand it over
    :raises ChannelUnknown, NotHandedOverThere: there is no such channel, or it takes nothing over
    :raises AboutAUnit, ReasonForHandOver, HandedOverAlready: as they say
    """
    case = case_for(actor, number)
    require(actor, "channels.hand_over", thing_of(case))
    to = channel_named(channel)
    if Tell.HAND_OVER not in to.tells:
        raise NotHandedOverThere(channel=to.word)
    if case.about_unit:
        raise AboutAUnit
    said = remark(reason, longest=200)
    if not said:
        raise ReasonForHandOver
    permitted_cases(actor).select_for_update().get(pk=case.pk)
    before = Departure.objects.filter(channel=channel, case=case.pk, tell=Tell.HAND_OVER)
    if before.exclude(state=State.FAILED).exists():
        raise HandedOverAlready
    departure = _row(
        case, channel, Tell.HAND_OVER, "hand_over", cause=f"hand_over/{case.pk}/{before.count()}", text=said, at=at
    )
    departure.save()
    about = Subject("case", case.pk, area=case.area, hearers=hearers_of(case))
    record(CaseHandedOver(channel, said), about=about, actor=actor.key, at=at)
    return departure


def _telling(entry: Entry) -> Telling | None:
    return telling_for(entry.event, entry.data) if entry.about == "case" else None


def _departure(case: Case, telling: Telling, entry: Entry, *, at: datetime) -> Departure:
    text = str(entry.data.get(telling.text, "")) if telling.text else ""
    if telling.tell is Tell.ANSWER and not text:
        text = case.answer or case.result or _result_of_main(case)
    facts = {name: str(entry.data[name]) for name in telling.facts if entry.data.get(name)}
    if "unit" in facts:
        unit = rulebook_for(case.district).units.get(facts["unit"])
        facts["unit"] = unit.name if unit else ""
    row = _row(case, case.channel, telling.tell, telling.step, cause=f"entry/{entry.pk}", text=text, at=at)
    row.order, row.facts, row.happened_at = case.external_id, facts, entry.at
    return row


def _result_of_main(case: Case) -> str:
    """What was done in the case into which this one was merged; empty where it was not."""
    main = permitted_cases(platform("channels")).filter(pk=case.merged_into_id or 0)
    return main.values_list("result", flat=True).first() or ""


def _row(case: Case, channel: str, tell: Tell, step: str, *, cause: str, text: str, at: datetime) -> Departure:
    return Departure(
        district=case.district,
        area=case.area,
        channel=channel,
        tell=tell.value,
        cause=cause,
        ref=uuid4(),
        case=case.pk,
        number=case.number,
        step=step,
        text=text,
        happened_at=at,
        state=State.QUEUED.value,
        since_at=at,
        next_at=at,
    )


def hearers_of(case: Any) -> tuple[str, ...]:
    """Who hears of what happens to a case: its units, never one that it is about."""
    units: Iterable[str] = (code for code in (case.unit, *case.involved) if code)
    hidden = (f"not/{case.about_unit}",) if case.about_unit else ()
    return (*units, *hidden)
