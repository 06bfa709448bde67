"""Short messages by SMPP 3.4: bound as transceiver, UCS-2, long messages in parts, receipts over the same connection.

The connection is kept by `tend`: bound again when lost, tried with enquire_link when silent. A receipt is acknowledged
after it was written down, so that the gateway sends it again when we die in between.
"""

from __future__ import annotations

import contextlib
import re
import select
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from smpplib import consts, gsm
from smpplib.client import Client
from smpplib.exceptions import ConnectionError as LinkLost
from smpplib.exceptions import PDUError

from liandong.notify.channels.contract import Misconfigured, Parcel, Report
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Channel, Why

_BUSY = {0x14, 0x58}
"""ESME_RMSGQFUL and ESME_RTHROTTLED: surely not taken, try later."""

_STATES = {2: News.DELIVERED, 3: News.REFUSED, 4: News.REFUSED, 5: News.REFUSED, 8: News.REFUSED}
_STATS = {"DELIVRD": 2, "EXPIRED": 3, "DELETED": 4, "UNDELIV": 5, "ACCEPTD": 6, "UNKNOWN": 7, "REJECTD": 8}
_RECEIPT = 0x04
_KIND_OF_MESSAGE = 0x3C
_SILENCE_SECONDS = 30.0
_REBIND_SECONDS = 3.0
_GONE: tuple[type[BaseException], ...] = (LinkLost, OSError, PDUError, ValueError, KeyError)


@dataclass(slots=True)
class Smpp:
    """A short message centre: `smpp://system:password@host:port?source=106…`, `smpps://` for TLS."""

    host: str
    port: int
    system: str
    password: str
    source: str = ""
    is_tls: bool = False
    seconds: float = 10.0
    name: str = "smpp"
    channel: Channel = Channel.SMS
    knows_ref: bool = False
    can_ask: bool = False
    _client: Any = None
    _answers: dict[int, tuple[int, str]] = field(default_factory=dict)
    _unanswered: dict[int, str] = field(default_factory=dict)
    _told: list[Report] = field(default_factory=list)
    _take: Callable[[Report], None] | None = None
    _heard: float = 0.0
    _asked: float = 0.0
    _bind_at: float = 0.0
    _why: str = ""

    def send(self, parcel: Parcel) -> Outcome:
        """Submit every part and wait for each answer."""
        if not self._is_bound():
            return Outcome(News.LATER, Why.UNREACHABLE, detail=self._why)
        parts, coding, esm_class = gsm.make_parts(parcel.body, encoding=consts.SMPP_ENCODING_ISO10646)
        ids: list[str] = []
        for part in parts:
            outcome = self._submit(parcel, part, coding, esm_class, is_only=len(parts) == 1)
            if outcome.news is not News.ACCEPTED:
                if ids:
                    # A piece of it is on its way: sending the whole again would double that piece.
                    detail = f"{len(ids)}/{len(parts)} parts taken; {outcome.detail}"
                    news = News.UNKNOWN if outcome.news is News.UNKNOWN else News.REFUSED
                    return Outcome(news, outcome.why, detail=detail[:200])
                return outcome
            ids += outcome.ids
        return Outcome(News.ACCEPTED, ids=tuple(ids))

    def ask(self, ref: str) -> Outcome:
        """A centre knows only its own names of messages."""
        return Outcome(News.UNKNOWN)

    def tend(self, take: Callable[[Report], None]) -> None:
        """Bind where that is lost, read what has come, and see that the other side is still there."""
        self._take = take
        if not self._is_bound():
            return
        try:
            self._read_all()
            now = time.monotonic()
            if now - max(self._heard, self._asked) > _SILENCE_SECONDS:
                self._send_enquiry(now)
            elif self._asked > self._heard and now - self._asked > self.seconds:
                raise LinkLost("no answer to enquire_link")
        except _GONE as error:
            self._lose(error)
        told, self._told = self._told, []
        for report in told:
            take(report)

    def probe(self) -> str:
        """Whether the centre lets us in."""
        try:
            self._bind()
        except _GONE as error:
            return _said(error)
        self.close()
        return ""

    def close(self) -> None:
        """Unbind without waiting for an answer."""
        client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(*_GONE):
                client.send_pdu(_pdu("unbind", client))
            client.disconnect()

    def _submit(self, parcel: Parcel, part: bytes, coding: int, esm_class: int, *, is_only: bool) -> Outcome:
        try:
            sent = self._client.send_message(
                source_addr_ton=consts.SMPP_TON_UNK,
                source_addr_npi=consts.SMPP_NPI_ISDN,
                source_addr=self.source,
                dest_addr_ton=consts.SMPP_TON_UNK,
                dest_addr_npi=consts.SMPP_NPI_ISDN,
                destination_addr=parcel.address,
                short_message=part,
                data_coding=coding,
                esm_class=esm_class,
                registered_delivery=True,
                user_message_reference=parcel.mark,
            )
            if is_only:
                self._unanswered[sent.sequence] = parcel.ref
            status, given = self._answer_to(sent.sequence)
        except TimeoutError as error:
            return Outcome(News.UNKNOWN, Why.NO_ANSWER, detail=_said(error))
        except _GONE as error:
            self._lose(error)
            return Outcome(News.UNKNOWN, Why.NO_ANSWER, detail=_said(error))
        self._unanswered.pop(sent.sequence, None)
        if status == consts.SMPP_ESME_ROK:
            return Outcome(News.ACCEPTED, ids=(given,))
        words = f"0x{status:08x} {consts.DESCRIPTIONS.get(status, '')}"[:200]
        if status in _BUSY:
            return Outcome(News.LATER, Why.BUSY, detail=words)
        return Outcome(News.REFUSED, Why.REFUSED, detail=words)

    def _answer_to(self, sequence: int) -> tuple[int, str]:
        until = time.monotonic() + self.seconds
        while sequence not in self._answers:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("no submit_sm_resp")
            if self._has_come(left):
                self._read_one()
        return self._answers.pop(sequence)

    def _is_bound(self) -> bool:
        if self._client is not None:
            return True
        if time.monotonic() < self._bind_at:
            return False
        try:
            self._bind()
        except _GONE as error:
            self._lose(error)
        return self._client is not None

    def _bind(self) -> None:
        context = ssl.create_default_context() if self.is_tls else None
        client = Client(
            self.host, self.port, timeout=self.seconds, ssl_context=context, allow_unknown_opt_params=True
        )  # fmt: skip
        client.set_message_received_handler(self._delivered)
        client.set_message_sent_handler(self._answered)
        client.set_error_pdu_handler(self._answered)
        try:
            client.connect()
            client.bind_transceiver(system_id=self.system, password=self.password)
        except BaseException:
            client.disconnect()
            raise
        self._client, self._heard, self._asked, self._why = client, time.monotonic(), 0.0, ""

    def _lose(self, error: BaseException) -> None:
        client, self._client = self._client, None
        self._why, self._bind_at = _said(error), time.monotonic() + _REBIND_SECONDS
        self._answers.clear()
        self._unanswered.clear()
        if client is not None:
            client.disconnect()

    def _read_all(self) -> None:
        while self._client is not None and self._has_come(0):
            self._read_one()

    def _has_come(self, seconds: float) -> bool:
        readable, _, _ = select.select([self._client._socket], [], [], seconds)
        return bool(readable)

    def _read_one(self) -> None:
        self._client.read_once(auto_send_enquire_link=False)
        self._heard = time.monotonic()

    def _send_enquiry(self, now: float) -> None:
        self._client.send_pdu(_pdu("enquire_link", self._client))
        self._asked = now

    def _answered(self, pdu: Any) -> None:
        """An answer to a submit: of the message in hand, or of one we had given up waiting for."""
        if pdu.command != "submit_sm_resp":
            raise PDUError(f"{pdu.command} 0x{int(pdu.status):08x}", int(pdu.status))
        given = _text(getattr(pdu, "message_id", b"") or b"")
        self._answers[pdu.sequence] = (int(pdu.status), given)
        ref = self._unanswered.get(pdu.sequence, "")
        if ref and int(pdu.status) == consts.SMPP_ESME_ROK:
            self._told.append(Report(given, News.ACCEPTED, ref=ref))

    def _delivered(self, pdu: Any) -> int | None:
        """A receipt; what people answer is acknowledged and dropped."""
        report = receipt_in(pdu)
        if report is not None and self._take is not None:
            self._take(report)
        return None


def receipt_in(pdu: Any) -> Report | None:
    """The receipt a deliver_sm carries, by its optional parameters or the words of its text (SMPP 3.4, appendix B)."""
    if (pdu.esm_class or 0) & _KIND_OF_MESSAGE != _RECEIPT:
        return None
    text = _text(pdu.short_message or b"")
    named = re.search(r"id:(\S+)", text)
    stat = re.search(r"stat:(\w+)", text)
    error = re.search(r"err:(\S+)", text)
    given = _text(getattr(pdu, "receipted_message_id", None) or b"") or (named.group(1) if named else "")
    state = getattr(pdu, "message_state", None) or _STATS.get(stat.group(1).upper() if stat else "", 0)
    news = _STATES.get(int(state))
    if not given or news is None:
        return None
    detail = " ".join(found.group() for found in (stat, error) if found)
    return Report(given, news, detail, mark=getattr(pdu, "user_message_reference", None))


def smpp_from(url: str, *, seconds: float) -> Smpp:
    """The transport of a setting.

    :raises Misconfigured: it cannot be read
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smpp", "smpps") or not parts.hostname or not parts.username:
        raise Misconfigured("LIANDONG_SMPP_URL is smpp://system:password@host:port?source=…")
    source = parse_qs(parts.query).get("source", [""])[0]
    return Smpp(
        host=parts.hostname,
        port=parts.port or 2775,
        system=unquote(parts.username),
        password=unquote(parts.password or ""),
        source=source,
        is_tls=parts.scheme == "smpps",
        seconds=seconds,
    )


def _pdu(command: str, client: Any) -> Any:
    from smpplib import smpp

    return smpp.make_pdu(command, client=client)


def _text(given: bytes | str) -> str:
    return given.rstrip(b"\0").decode("latin-1") if isinstance(given, bytes) else given.rstrip("\0")


def _said(error: BaseException) -> str:
    return (" ".join(map(str, error.args)) or type(error).__name__)[:200]
