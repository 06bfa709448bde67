"""From the report to the filed case: report, accept, refuse, answer, file, decline, and finding the place later."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from liandong.cases.changes.suggesting import suggest_unit
from liandong.cases.changes.verdict import ReportUntrue, VerdictAwaited, ask_for_verdict, awaits_verdict
from liandong.cases.docket import Docket
from liandong.cases.events import (
    CaseAccepted,
    CaseAnswered,
    CaseDeclined,
    CaseFiled,
    CaseFiledAfterwards,
    CasePlaced,
    CaseRefused,
    CaseReported,
)
from liandong.cases.models import Case
from liandong.cases.rulebook import Rulebook
from liandong.cases.rules.redaction import LONGEST, clean, redact, remark, storable
from liandong.cases.rules.words import ClockKind, Identity, Nature, RunBy, Stage, Urgency
from liandong.cases.rules.workflow import STEPS, ReasonNeeded
from liandong.cases.sealing import Contact
from liandong.kernel.datum import Datum, convert
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor

_TOWN_STAFF = frozenset({"town", "bureau", "station", "grid", "patrol", "assistant", "volunteer"})
"""Roles whose reports go to their town, which runs the case (`CASE.md` §3)."""
_NEVER_PUBLIC = frozenset({Nature.COMPLAINT.value, Nature.REPORT.value})
"""Natures that are never shown to the public (`CASE.md` §7)."""


class OutsideDistrict(Refusal):
    """A point that no area of the district holds."""

    status = 422
    says = marked("坐标（%(lon)s, %(lat)s）不在%(district)s范围内。")
    remedy = marked("请核对坐标与坐标系；位置不明时请不填坐标，案件进入“位置待定”队列。")


class MixedCoordinates(Refusal):
    """One coordinate without the other, or a number that is none."""

    status = 422
    says = marked("坐标不完整或不是数值。")
    remedy = marked("请同时给出经度和纬度，单位为度，并注明坐标系。")


class UnknownWord(Refusal):
    """A code outside the list of its kind."""

    status = 422
    says = marked("“%(value)s”不是“%(field)s”的有效取值。")
    remedy = marked("有效取值：%(known)s。")


class OutsideNumberTooLong(Refusal):
    """A channel's own number for a case that does not fit."""

    status = 422
    says = marked("外部编号有 %(length)s 个字符，最多 %(longest)s 个。")
    remedy = marked("请使用来源系统中的编号，而不是全文。")


class FiledAlready(Refusal):
    """Filing afterwards what was filed before."""

    status = 409
    says = marked("案件已经立案。")
    remedy = marked("无需补立案。")


LONGEST_OUTSIDE_NUMBER = 80


@dataclass(frozen=True, slots=True)
class Report:
    """What a channel hands over. Coordinates in degrees in `datum`; empty texts stand for what is not known."""

    class_code: str
    description: str
    channel: str
    nature: str = ""
    urgency: str = ""
    lon: float | None = None
    lat: float | None = None
    datum: str = Datum.WGS84.value
    area: str = ""
    address: str = ""
    identity: str = Identity.ANONYMOUS.value
    contact: Contact = field(default_factory=Contact)
    external_id: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    about_unit: str = ""
    longest: int = LONGEST


def new_docket(report: Report, *, rulebook: Rulebook, actor: Actor, at: datetime) -> Docket:
    """Return the docket of a case that `report` opens; nothing is saved yet.

    :raises UnknownClass: the catalogue has no such leaf
    :raises OutsideDistrict: the point lies in no area of the district
    :raises TextMissing, TextTooLong, MixedCoordinates, ImplausiblePoint, UnknownWord, OutsideNumberTooLong: the
        report itself is bad
    """
    redacted = redact(clean(report.description, longest=report.longest))
    case = _case_of(report, redacted.text, rulebook=rulebook, actor=actor, at=at)
    suggest_unit(case, rulebook, at=at)
    docket = Docket(case, rulebook, is_new=True)
    docket.step = STEPS["report"]
    docket.start_of(actor, at)
    docket.start(ClockKind.ACCEPT)
    told = report.contact
    taken = (*told.taken, *redacted.taken)
    contact = Contact(storable(told.name), storable(told.phone), storable(told.dwelling), taken, storable(told.email))
    docket.reporter = None if contact.is_empty else contact
    case.has_phone = bool(contact.phone)
    docket.record(_reported(case))
    return docket


def accept_case(docket: Docket, *, class_code: str = "") -> None:
    """Take the report on; a better class may be named. Where its class demands it, the report is verified next."""
    kind = _class_named(docket, class_code)
    docket.advance()
    _reclassify(docket, kind)
    if awaits_verdict(docket):
        ask_for_verdict(docket)
    else:
        docket.start(ClockKind.FILE)
    docket.record(CaseAccepted(class_code))


def refuse_case(docket: Docket, *, reason: str) -> None:
    """Refuse the report; the reporter reads the reason."""
    said = reason_for(docket, reason)
    docket.advance()
    docket.case.answer = said
    docket.record(CaseRefused(said))


def answer_case(docket: Docket, *, answer: str, article: str = "") -> None:
    """Answer at once; nothing needs to be dispatched."""
    said = reason_for(docket, answer)
    docket.advance()
    docket.case.answer = said
    docket.record(CaseAnswered(said, remark(article, longest=200)))


def file_case(docket: Docket, *, class_code: str = "", condition: str = "") -> None:
    """File the case: class and filing condition are fixed here, and with them its limits.

    :raises VerdictAwaited, ReportUntrue: it was not verified, or found to be untrue
    """
    case = docket.case
    kind = _class_named(docket, class_code)
    fixed = docket.rulebook.condition_of(kind, condition)
    if awaits_verdict(docket, kind):
        raise VerdictAwaited
    if case.verdict == "untrue":
        raise ReportUntrue
    docket.advance()
    _reclassify(docket, kind)
    case.condition = fixed
    suggest_unit(case, docket.rulebook, at=docket.at)
    docket.start(ClockKind.DISPATCH)
    docket.record(CaseFiled(case.class_code, case.condition))


def file_afterwards(docket: Docket, *, class_code: str = "", condition: str = "") -> None:
    """补立案: a case dispatched by telephone gets its class and condition afterwards. Its clocks keep what they have.

    :raises FiledAlready: it was filed
    """
    case = docket.case
    if case.condition:
        raise FiledAlready
    fix_class(docket, class_code, condition)
    docket.advance()
    docket.record(CaseFiledAfterwards(case.class_code, case.condition))


def decline_case(docket: Docket, *, reason: str) -> None:
    """Do not file; the reporter reads the reason."""
    said = reason_for(docket, reason)
    docket.advance()
    docket.case.answer = said
    docket.record(CaseDeclined(said))


def place_case(docket: Docket, *, lon: float, lat: float, datum: str = Datum.WGS84.value, address: str = "") -> None:
    """Say where the problem is, or correct it.

    :raises OutsideDistrict: the point lies in no area of the district
    """
    case = docket.case
    report = Report(case.class_code, "-", case.channel, lon=lon, lat=lat, datum=datum)
    case.lon, case.lat, case.area = _place(report, docket.rulebook, at=docket.at)
    case.datum = datum
    case.address = redact(address.strip()).text[:200] or case.address
    suggest_unit(case, docket.rulebook, at=docket.at)
    if docket.clock_of(ClockKind.VERIFY) is not None:
        ask_for_verdict(docket)
    docket.record(CasePlaced(case.lon or lon, case.lat or lat, case.area, case.address, case.suggested_unit))


def reason_for(docket: Docket, reason: str) -> str:
    """Return the reason given.

    :raises ReasonNeeded: the step demands one and none was given
    """
    if docket.step.needs_reason and not reason.strip():
        raise ReasonNeeded(step=docket.step.word)
    return redact(clean(reason)).text if reason.strip() else ""


def check_point(lon: float | None, lat: float | None) -> None:
    """Return when both coordinates are given, as numbers, or neither is.

    :raises MixedCoordinates: otherwise
    """
    given = [value for value in (lon, lat) if value is not None]
    if len(given) == 1 or not all(map(math.isfinite, given)):
        raise MixedCoordinates


def _case_of(report: Report, description: str, *, rulebook: Rulebook, actor: Actor, at: datetime) -> Case:
    kind = rulebook.class_on(report.class_code, rulebook.day_of(at))
    lon, lat, area = _place(report, rulebook, at=at)
    return Case(
        district=rulebook.map.district.code,
        stage=Stage.REPORTED.value,
        version=0,
        run_by=_run_by(actor, area).value,
        nature=_word(Nature, report.nature or kind.nature, "nature"),
        class_code=report.class_code,
        urgency=_word(Urgency, report.urgency or kind.urgency, "urgency"),
        force=kind.force,
        channel=report.channel,
        external_id=_outside_number(report.external_id),
        description=description,
        attributes=_answers(report.attributes),
        address=redact(report.address.strip()).text[:200],
        lon=lon,
        lat=lat,
        datum=report.datum,
        area=area,
        reporter=actor.user_id,
        identity=_word(Identity, report.identity, "identity"),
        is_public=kind.is_public and (report.nature or kind.nature) not in (Nature.COMPLAINT, Nature.REPORT),
        about_unit=rulebook.unit(report.about_unit).code if report.about_unit else "",
        reported_at=at,
        stage_since=at,
    )


def _outside_number(external_id: str) -> str:
    kept = storable(external_id).strip()
    if len(kept) > LONGEST_OUTSIDE_NUMBER:
        raise OutsideNumberTooLong(length=len(kept), longest=LONGEST_OUTSIDE_NUMBER)
    return kept


def _answers(given: Any) -> Any:
    """Answers to a class's questions as they may be stored: texts as remarks, numbers that are none left out."""
    match given:
        case str():
            return remark(given)
        case Mapping():
            return {storable(str(name)): _answers(value) for name, value in given.items()}
        case list() | tuple():
            return [_answers(value) for value in given]
        case float() if not math.isfinite(given):
            return None
    return given


def fix_class(docket: Docket, class_code: str, condition: str) -> None:
    """Give the case a class and one of its conditions; with neither named it keeps what it has.

    :raises UnknownClass, ClassRetired, UnknownCondition: the catalogue has no such thing
    """
    kind = _class_named(docket, class_code)
    fixed = docket.rulebook.condition_of(kind, condition)
    _reclassify(docket, kind)
    docket.case.condition = fixed


def _class_named(docket: Docket, code: str) -> str:
    """The class a case is to have: the one named, where new reports may bear it, else its own.

    :raises UnknownClass, ClassRetired: as they say
    """
    if not code or code == docket.case.class_code:
        return docket.case.class_code
    docket.rulebook.class_on(code, docket.rulebook.day_of(docket.at))
    return code


def _reclassify(docket: Docket, kind: str) -> None:
    case = docket.case
    if kind == case.class_code:
        return
    found = docket.rulebook.class_of(kind)
    # Whoever named no class did not choose a closed one: the class it is given says whether the case is public.
    was_unclassed = case.class_code == docket.rulebook.policy("*").unclassed
    is_open = found.is_public and not _NEVER_PUBLIC & {case.nature, found.nature}
    case.class_code, case.force = kind, found.force
    case.is_public = (case.is_public and found.is_public) or (was_unclassed and is_open)
    suggest_unit(case, docket.rulebook, at=docket.at)


def _place(report: Report, rulebook: Rulebook, *, at: datetime) -> tuple[float | None, float | None, str]:
    """The point in WGS-84, and the area it lies in on the map of the day of `at`."""
    district = rulebook.map.district
    source = Datum(_word(Datum, report.datum, "datum"))
    check_point(report.lon, report.lat)
    day = rulebook.day_of(at)
    named = _area_named(report.area, rulebook, day=day)
    if report.lon is None or report.lat is None:
        return None, None, named or district.code
    lon, lat = convert(report.lon, report.lat, source=source, target=Datum.WGS84)
    area = rulebook.map.locator_on(day).locate(lon, lat) or named
    if not area:
        raise OutsideDistrict(lon=round(lon, 6), lat=round(lat, 6), district=district.name)
    return lon, lat, area


def _area_named(code: str, rulebook: Rulebook, *, day: date) -> str:
    """The area a report names: the heir of one that has ended by that day, nothing for one that is unknown."""
    code = rulebook.map.heir_of(code, day)
    known = rulebook.map.areas.get(code)
    return code if known and known.holds_on(day) else ""


def _run_by(actor: Actor, area: str) -> RunBy:
    in_town = len(area) >= 9 and bool(actor.role_codes) and actor.role_codes <= _TOWN_STAFF
    return RunBy.TOWN if in_town else RunBy.DISTRICT


def _word(kind: type[Nature] | type[Urgency] | type[Identity] | type[Datum], value: str, field_name: str) -> str:
    try:
        return kind(value).value
    except ValueError:
        known = "、".join(member.value for member in kind)
        raise UnknownWord(value=value, field=field_name, known=known) from None


def _reported(case: Case) -> CaseReported:
    return CaseReported(
        number="",
        channel=case.channel,
        class_code=case.class_code,
        nature=case.nature,
        urgency=case.urgency,
        run_by=case.run_by,
        description_sha256=hashlib.sha256(case.description.encode()).hexdigest(),
        identity=case.identity,
        lon=case.lon,
        lat=case.lat,
        address=case.address,
        external_id=case.external_id,
        suggested_unit=case.suggested_unit,
    )
