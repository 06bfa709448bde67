"""Short messages by an HTTP gateway: one configurable request, its answer read by a path, receipts by webhook."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from liandong.notify.channels.contract import Fleeting, Misconfigured, Parcel, Report
from liandong.notify.channels.posting import Answer, NoAnswer, NotConnected, post, reaches
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Channel, Why

_TRY_LATER = {401, 403, 408, 425, 429, 503}
_WORDS: Mapping[str, News] = {
    "delivered": News.DELIVERED,
    "delivrd": News.DELIVERED,
    "success": News.DELIVERED,
    "failed": News.REFUSED,
    "undelivered": News.REFUSED,
    "undeliv": News.REFUSED,
    "rejected": News.REFUSED,
    "rejectd": News.REFUSED,
    "expired": News.REFUSED,
    "accepted": News.ACCEPTED,
    "acceptd": News.ACCEPTED,
    "pending": News.ACCEPTED,
    "unknown": News.UNKNOWN,
    "none": News.LATER,
    "not_found": News.LATER,
}
"""What gateways call the fate of a message."""


@dataclass(frozen=True, slots=True)
class SmsHttp(Fleeting):
    """A gateway that is posted to. `request` is a JSON object in whose texts {ref}, {to} and {text} are filled in.

    `ok` is `path=value` in the answer, `id_path` where the answer names the message.
    """

    url: str
    request: Mapping[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)
    is_form: bool = False
    ok: str = "code=0"
    id_path: str = "id"
    ask_url: str = ""
    knows_ref: bool = False
    seconds: float = 10.0
    name: str = "sms_http"
    channel: Channel = Channel.SMS

    @property
    def can_ask(self) -> bool:
        """Whether there is an address to ask."""
        return bool(self.ask_url)

    def send(self, parcel: Parcel) -> Outcome:
        """Post one message."""
        filled = _filled(self.request, {"ref": parcel.ref, "to": parcel.address, "text": parcel.body})
        try:
            answer = self._post(self.url, filled)
        except NotConnected as error:
            return Outcome(News.LATER, Why.UNREACHABLE, detail=str(error))
        except NoAnswer as error:
            return Outcome(News.UNKNOWN, Why.NO_ANSWER, detail=str(error))
        return self._read(answer)

    def ask(self, ref: str) -> Outcome:
        """Ask what became of a message: `{"ref": …}`, answered by `{"state": …, "id": …}`."""
        try:
            answer = self._post(self.ask_url, {"ref": ref})
            told = json.loads(answer.body)
            news = _WORDS.get(str(told["state"]).lower(), News.UNKNOWN) if answer.status == 200 else News.UNKNOWN
        except (NotConnected, NoAnswer, ValueError, KeyError, TypeError):
            return Outcome(News.UNKNOWN)
        found = at_path(told, self.id_path)
        why = Why.REPORTED_FAILED if news is News.REFUSED else Why.NEVER_ARRIVED if news is News.LATER else Why.NONE
        return Outcome(news, why, ids=(str(found),) if found else ())

    def probe(self) -> str:
        """Whether the gateway takes connections."""
        return reaches(self.url, seconds=self.seconds)

    def _post(self, url: str, content: Mapping[str, Any]) -> Answer:
        if self.is_form:
            body, kind = urlencode(content).encode(), "application/x-www-form-urlencoded; charset=utf-8"
        else:
            body, kind = json.dumps(content, ensure_ascii=False).encode(), "application/json; charset=utf-8"
        return post(url, body, {"Content-Type": kind, **self.headers}, seconds=self.seconds)

    def _read(self, answer: Answer) -> Outcome:
        detail = answer.body.decode("utf-8", "replace")[:200]
        if answer.status in _TRY_LATER:
            return Outcome(News.LATER, Why.BUSY, detail=f"{answer.status} {detail}")
        if 400 <= answer.status < 500:
            return Outcome(News.REFUSED, Why.REFUSED, detail=f"{answer.status} {detail}")
        try:
            told = json.loads(answer.body)
        except ValueError:
            told = None
        if not 200 <= answer.status < 300 or not isinstance(told, dict):
            # A gateway in trouble may have taken the message before it stumbled.
            return Outcome(News.UNKNOWN, Why.UNCLEAR, detail=f"{answer.status} {detail}")
        path, _sign, wanted = self.ok.partition("=")
        if str(at_path(told, path)) != wanted:
            return Outcome(News.REFUSED, Why.REFUSED, detail=detail)
        found = at_path(told, self.id_path)
        return Outcome(News.ACCEPTED, ids=(str(found)[:120],) if found else ())


def receipt_signature(secret: str, moment: str, body: bytes) -> str:
    """The signature of a receipt: HMAC-SHA256, in hexadecimal, over the second it was sent, a full stop, the body."""
    return hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()


def reports_in(body: bytes) -> list[Report]:
    """The receipts a gateway posts: one object or a list of `{"id": …, "state": …, "detail": …, "ref": …}`.

    :raises ValueError: it is none of it
    """
    told = json.loads(body)
    rows = told if isinstance(told, list) else [told]
    reports = []
    for row in rows:
        if not isinstance(row, dict) or not row.get("id") or not isinstance(row.get("state"), str):
            raise ValueError("a receipt names an id and a state")
        news = _WORDS.get(row["state"].lower())
        if news in (News.DELIVERED, News.REFUSED):
            detail, ref = str(row.get("detail", ""))[:200], str(row.get("ref", ""))[:40]
            reports.append(Report(str(row["id"])[:120], news, detail, ref))
    return reports


def at_path(told: Any, path: str) -> Any:
    """What stands at `a.b.0.c` of an answer; nothing where the path leads nowhere."""
    for name in path.split("."):
        if isinstance(told, list) and name.isdecimal() and int(name) < len(told):
            told = told[int(name)]
        elif isinstance(told, dict):
            told = told.get(name)
        else:
            return None
    return told


def request_from(text: str, *, setting: str) -> dict[str, Any]:
    """A JSON object from a setting.

    :raises Misconfigured: it is none
    """
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise Misconfigured(f"{setting} is no JSON object")
    return found


def _filled(part: Any, values: Mapping[str, str]) -> Any:
    if isinstance(part, str):
        for name, value in values.items():
            if part == f"{{{name}}}":
                return value
        # One pass, so that braces within a text are left alone.
        pieces = [part]
        for name, value in values.items():
            pieces = [new for piece in pieces for new in _split(piece, name, value)]
        return "".join(str(piece) for piece in pieces)
    if isinstance(part, dict):
        return {key: _filled(value, values) for key, value in part.items()}
    return [_filled(one, values) for one in part] if isinstance(part, list) else part


class _Done(str):
    """A piece that is filled in and looked at no more."""

    __slots__ = ()


def _split(piece: str, name: str, value: str) -> list[str]:
    if isinstance(piece, _Done):
        return [piece]
    parts: list[str] = []
    for place, text in enumerate(piece.split(f"{{{name}}}")):
        parts += [_Done(value), text] if place else [text]
    return parts
