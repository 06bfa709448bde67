"""The steps of a case, one verb each. `CASE.md` §2 says what each means; `changes` says what each does."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from liandong.cases import changes
from liandong.cases.changes import Report
from liandong.cases.docket import Docket
from liandong.cases.models import Attachment, Case
from liandong.cases.operations.beats import step
from liandong.cases.operations.drawing import check_by_lot
from liandong.cases.operations.following import open_parts_of
from liandong.cases.queries import already_reported
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import Closing
from liandong.cases.saving import save_docket
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, require
from liandong.people.operations import use_command
from liandong.people.queries import delegation_for
from liandong.people.rules.scope import Thing


class AlreadyReported(Refusal):
    """A channel handed over the same outside number twice. Carries our number of the first."""

    status = 409
    says = marked("外部编号“%(external)s”已登记为案件 %(number)s。")
    remedy = marked("同一事项不会重复立案；如是另一件事，请使用新的外部编号。")


def report_case(report: Report, *, district: str, actor: Actor, at: datetime) -> Case:
    """Open a case from a report: find its grid, number it, suggest who should solve it, start its first clock.

    :raises Forbidden: the actor may not report through this door
    :raises AlreadyReported: the channel's number is already a case
    """
    require(actor, "cases.report", Thing(area=district, reporter=actor.user_id))
    docket = changes.new_docket(report, rulebook=rulebook_for(district), actor=actor, at=at)
    try:
        with transaction.atomic():
            save_docket(docket)
    except IntegrityError as error:
        if "an_outside_number_is_taken_once_per_channel" not in str(error):
            raise
        external = docket.case.external_id
        known = already_reported(report.channel, [external])
        raise AlreadyReported(external=external, number=known[external]) from error
    return docket.case


def accept_case(number: str, *, actor: Actor, at: datetime, class_code: str = "", version: int | None = None) -> Case:
    """受理: take a report on."""
    with step(number, "accept", actor=actor, at=at, version=version) as docket:
        changes.accept_case(docket, class_code=class_code)
    return docket.case


def refuse_case(number: str, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """不予受理: refuse a report, with a reason the reporter reads."""
    with step(number, "refuse", actor=actor, at=at, version=version) as docket:
        changes.refuse_case(docket, reason=reason)
    return docket.case


def answer_case(
    number: str, *, answer: str, actor: Actor, at: datetime, article: str = "", version: int | None = None
) -> Case:
    """即时答复: answer at once."""
    with step(number, "answer", actor=actor, at=at, version=version) as docket:
        changes.answer_case(docket, answer=answer, article=article)
    return docket.case


def file_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    class_code: str = "",
    condition: str = "",
    version: int | None = None,
) -> Case:
    """立案: fix class and filing condition."""
    with step(number, "file", actor=actor, at=at, version=version) as docket:
        changes.file_case(docket, class_code=class_code, condition=condition)
    return docket.case


def decline_case(number: str, *, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """不予立案: do not file, with a reason the reporter reads."""
    with step(number, "decline", actor=actor, at=at, version=version) as docket:
        changes.decline_case(docket, reason=reason)
    return docket.case


def dispatch_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    to: str = "",
    assisting: tuple[str, ...] = (),
    note: str = "",
    version: int | None = None,
) -> Case:
    """派遣: send the case to the unit that must solve it, the suggested one when `to` is empty.

    A town that orders a department's local force does so under that department's delegation, which is told of it.
    """
    with step(number, "dispatch", actor=actor, at=at, version=version) as docket:
        delegation = delegation_behind(docket, to)
        changes.dispatch_case(docket, to=to, assisting=assisting, note=note, commanded_by=delegation)
        if delegation:
            use_command(delegation, case=number, unit=docket.case.unit, actor=actor, at=docket.at)
    return docket.case


def receive_case(number: str, *, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """签收: the unit takes the case on."""
    with step(number, "receive", actor=actor, at=at, version=version) as docket:
        changes.receive_case(docket)
    return docket.case


def return_case(
    number: str, *, reason: str, actor: Actor, at: datetime, proposed_unit: str = "", version: int | None = None
) -> Case:
    """退单: not ours, and whose it is."""
    with step(number, "return", actor=actor, at=at, version=version) as docket:
        changes.return_case(docket, reason=reason, proposed_unit=proposed_unit)
    return docket.case


def contact_reporter(
    number: str, *, reached: bool, actor: Actor, at: datetime, outcome: str = "", version: int | None = None
) -> Case:
    """先行联系: call the reporter before going."""
    with step(number, "contact", actor=actor, at=at, version=version) as docket:
        changes.contact(docket, reached=reached, outcome=outcome)
    return docket.case


def arrive_at_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    lon: float | None = None,
    lat: float | None = None,
    enforcer: str = "",
    version: int | None = None,
) -> Case:
    """到场: the handler is at the place. `enforcer` names a colleague of the team who enforces; the actor if empty."""
    with step(number, "arrive", actor=actor, at=at, version=version) as docket:
        changes.arrive(docket, lon=lon, lat=lat, enforcer=enforcer)
    return docket.case


def warn_in_case(
    number: str,
    *,
    matter: str,
    reason: str,
    actor: Actor,
    at: datetime,
    outcome: str = "",
    version: int | None = None,
) -> Case:
    """劝诫谈话: what the talk was about, what was said, what came of it. Nobody is named."""
    with step(number, "warn", actor=actor, at=at, version=version) as docket:
        changes.warn_in_case(docket, matter=matter, reason=reason, outcome=outcome)
    return docket.case


def raise_force(
    number: str, *, to: str, reason: str, actor: Actor, at: datetime, enforcer: str = "", version: int | None = None
) -> Case:
    """升级处置方式: to management or enforcement, and why the milder means did not suffice."""
    with step(number, "raise_force", actor=actor, at=at, version=version) as docket:
        changes.raise_force(docket, to=to, reason=reason, enforcer=enforcer)
    return docket.case


def ask_for_force(number: str, *, to: str, reason: str, actor: Actor, at: datetime, version: int | None = None) -> Case:
    """请求升级力量: the unit may not do more; back to be sent to one that may, and why. It counts as no return."""
    with step(number, "ask_for_force", actor=actor, at=at, version=version) as docket:
        changes.ask_for_force(docket, to=to, reason=reason)
    return docket.case


def hand_in_case(
    number: str,
    *,
    result: str,
    actor: Actor,
    at: datetime,
    answer: str = "",
    photos: tuple[str, ...] = (),
    enforcer: str = "",
    version: int | None = None,
) -> Case:
    """处置反馈: what was done, and the answer for the citizen."""
    with step(number, "hand_in", actor=actor, at=at, version=version) as docket:
        changes.hand_in_case(docket, result=result, answer=answer, photos=photos, enforcer=enforcer)
    return docket.case


def check_case(
    number: str, *, ok: bool, actor: Actor, at: datetime, note: str = "", version: int | None = None
) -> Case:
    """核查: whoever was drawn, of another unit, looked at the place."""
    with step(number, "check", actor=actor, at=at, version=version) as docket:
        check_by_lot(docket, ok=ok, note=note)
    return docket.case


def call_back_reporter(
    number: str,
    *,
    reached: bool,
    actor: Actor,
    at: datetime,
    solved: bool | None = None,
    satisfaction: int | None = None,
    words: str = "",
    version: int | None = None,
) -> Case:
    """回访: ask the reporter whether it is solved."""
    with step(number, "call_back", actor=actor, at=at, version=version) as docket:
        changes.call_back(docket, reached=reached, solved=solved, satisfaction=satisfaction, words=words)
    return docket.case


def send_back_case(
    number: str, *, reason: str, actor: Actor, at: datetime, to: str = "", version: int | None = None
) -> Case:
    """返工: not really solved; the same unit again, on the same clock. `to` where that one has closed."""
    with step(number, "send_back", actor=actor, at=at, version=version) as docket:
        changes.send_back_case(docket, reason=reason, to=to)
    return docket.case


def close_case(
    number: str,
    *,
    actor: Actor,
    at: datetime,
    closing: str = "",
    reason: str = "",
    version: int | None = None,
) -> Case:
    """结案: verified, and closed by its level."""
    act = "cases.close_special" if closing == Closing.SPECIAL else "cases.close"
    with step(number, "close", actor=actor, at=at, version=version, act=act) as docket:
        changes.close_case(docket, closing=closing, reason=reason, open_parts=open_parts_of(docket.case))
    return docket.case


def reopen_case(
    number: str, *, reason: str, actor: Actor, at: datetime, to: str = "", version: int | None = None
) -> Case:
    """重开: the problem is back, or was never solved. `to` is who has it where its unit has closed."""
    with step(number, "reopen", actor=actor, at=at, version=version) as docket:
        changes.reopen_case(docket, reason=reason, to=to)
    return docket.case


def solve_case_on_spot(
    number: str, *, result: str, actor: Actor, at: datetime, drawn: float, version: int | None = None
) -> Case:
    """自行处置: solved on the spot, proven by a photo before and one after.

    `drawn` is a random number in [0, 1): below the class's share, another unit checks the case later.
    """
    with step(number, "solve_on_spot", actor=actor, at=at, version=version) as docket:
        photos = dict(Attachment.objects.filter(case=docket.case).order_by("id").values_list("purpose", "sha256"))
        changes.solve_case_on_spot(
            docket,
            result=result,
            before=photos.get("before", ""),
            after=photos.get("after", ""),
            to_be_checked=drawn < docket.rulebook.policy(docket.case.class_code).sample_share,
        )
    return docket.case


def delegation_behind(docket: Docket, to: str) -> int:
    """The delegation under which a town may order the unit it names; asked only where it is a department's own."""
    book, case = docket.rulebook, docket.case
    unit = book.units.get(to or case.suggested_unit)
    towns = [town for town in changes.commanding_towns(docket.actor, docket) if unit]
    if unit is None or not any(changes.is_local_force(book, unit, town) for town in towns):
        return 0
    department, day = changes.department_of(book, unit), book.day_of(docket.at)
    return delegation_for(towns, department, class_code=case.class_code, area=case.area, on=day)
