"""What a caller sends: one typed body for each step. Unknown fields are refused, so that a typo is no silent loss."""

from __future__ import annotations

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field

from liandong.cases.rules.words import Identity, Nature, Urgency
from liandong.kernel.datum import Datum

Note = Annotated[str, Field(max_length=2000)]
UnitCode = Annotated[str, Field(max_length=40, examples=["310199-D02"])]
ClassCode = Annotated[str, Field(max_length=10, examples=["M06010"])]
Enforcer = Annotated[str, Field(max_length=80, description="who enforces for a joint team, as `user/name`")]
Longitude = Annotated[float, Field(examples=[121.415])]
Latitude = Annotated[float, Field(examples=[31.012])]
AttributeValue = Annotated[str, Field(max_length=1000)] | bool | float | list[Annotated[str, Field(max_length=200)]]


class Body(Schema):
    """Base of all bodies."""

    model_config = ConfigDict(extra="forbid", protected_namespaces=())


class ContactBody(Body):
    """Who reports. Sealed at intake; never given back by this interface."""

    name: Annotated[str, Field(max_length=80)] = ""
    phone: Annotated[str, Field(max_length=30)] = ""
    dwelling: Annotated[str, Field(max_length=200)] = ""


class ReportBody(Body):
    """A report. Without a point it waits in the queue of unknown places."""

    class_code: ClassCode
    description: Annotated[str, Field(description="1–10,000 characters / 1 至 10,000 字")]
    nature: Nature | None = None
    urgency: Urgency | None = None
    lon: Longitude | None = None
    lat: Latitude | None = None
    datum: Datum = Datum.WGS84
    area: Annotated[str, Field(max_length=15, description="area code where the point is not known")] = ""
    address: Annotated[str, Field(max_length=200)] = ""
    identity: Identity | None = None
    contact: ContactBody = ContactBody()
    external_id: Annotated[str, Field(max_length=80, description="the caller's own number, taken once")] = ""
    attributes: Annotated[dict[str, AttributeValue], Field(max_length=50)] = {}
    about_unit: UnitCode = ""
    district: Annotated[str, Field(max_length=6, description="needed only by callers with posts in several")] = ""


class PlaceBody(Body):
    """Where the problem is."""

    lon: Longitude
    lat: Latitude
    datum: Datum = Datum.WGS84
    address: Annotated[str, Field(max_length=200)] = ""


class AcceptBody(Body):
    """受理; a better class may be named."""

    class_code: ClassCode = ""


class ReasonBody(Body):
    """A reason, which the reporter or the unit reads."""

    reason: str


class AnswerBody(Body):
    """即时答复."""

    answer: str
    article: Annotated[str, Field(max_length=80)] = ""


class FileBody(Body):
    """立案: class and filing condition; the class's first condition when none is named."""

    class_code: ClassCode = ""
    condition: Annotated[str, Field(max_length=20)] = ""


class DispatchBody(Body):
    """派遣: the suggested unit when `to` is empty."""

    to: UnitCode = ""
    assisting: Annotated[tuple[UnitCode, ...], Field(max_length=20)] = ()
    note: Note = ""


class ReceiveBody(Body):
    """签收."""


class ReturnBody(Body):
    """退单: why, and whose it is."""

    reason: str
    proposed_unit: UnitCode = ""


class ContactedBody(Body):
    """先行联系."""

    reached: bool
    outcome: Note = ""


class ArriveBody(Body):
    """到场; the point, WGS-84, where the handler's device knows it; who enforces, where that is a colleague."""

    lon: Annotated[float, Field(ge=-180, le=180)] | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    enforcer: Enforcer = ""


class WarnBody(Body):
    """劝诫谈话: `matter` is the place or thing, `reason` what was said. Nobody's name belongs here."""

    matter: Annotated[str, Field(max_length=200)]
    reason: str
    outcome: Note = ""


class RaiseForceBody(Body):
    """升级处置方式: to `management` or `enforcement`, and why the milder means did not suffice."""

    to: Annotated[str, Field(max_length=12)]
    reason: str
    enforcer: Enforcer = ""


class AskForForceBody(Body):
    """请求升级力量: the unit cannot do more; `to` is what the case needs, `reason` why the milder did not suffice."""

    to: Annotated[str, Field(max_length=12)]
    reason: str


class HandInBody(Body):
    """处置反馈: `result` stays inside, `answer` is for the citizen, `photos` are their sha256."""

    result: str
    enforcer: Enforcer = ""
    answer: Annotated[str, Field(max_length=10_000)] = ""
    photos: Annotated[tuple[Annotated[str, Field(max_length=64)], ...], Field(max_length=50)] = ()


class CheckBody(Body):
    """核查."""

    ok: bool
    note: Note = ""


class CallBackBody(Body):
    """回访."""

    reached: bool
    solved: bool | None = None
    satisfaction: int | None = None
    words: Note = ""


class CloseBody(Body):
    """结案: normal or late is decided by the clock; `special` and `error` are chosen, with a reason."""

    closing: Annotated[str, Field(max_length=8)] = ""
    reason: Note = ""


class SolveOnSpotBody(Body):
    """自行处置, after the photos `before` and `after` were added."""

    result: str
