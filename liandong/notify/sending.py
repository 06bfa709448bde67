"""The senders: one thread for each way out, beside the worker, so that a gateway that hangs stalls nobody else.

They keep nothing that could be lost: killed at any moment, another takes up what they left (`operations.delivery`).
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

from liandong.notify import figures
from liandong.notify.channels import Misconfigured, Report, Transport, transports
from liandong.notify.models import Message
from liandong.notify.operations import (
    Claim,
    claim_messages,
    hand_over,
    questions_due,
    readdress_stranded,
    settle,
    settle_question,
    take_report,
    take_up_abandoned,
)
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import State, Why

Clock = Callable[[], datetime]

NAP_SECONDS = 0.5
_TAKE_UP_EVERY = timedelta(seconds=10)
_AGAIN_SECONDS = 2.0
_log = structlog.get_logger("liandong.notify")


class Sender:
    """Sends the messages of one transport until `stop` is set."""

    def __init__(self, transport: Transport, *, clock: Clock, stop: threading.Event) -> None:
        self._transport = transport
        self._clock = clock
        self._stop = stop
        self._take_up_at: datetime | None = None

    def run(self) -> None:
        """Send, look after the connection, take a nap, and again. Trouble is logged and outlived."""
        try:
            while not self._stop.is_set():
                try:
                    busy = self.run_once()
                except (DatabaseError, InterfaceError) as error:
                    _log.warning("database trouble", work=self._transport.name, why=str(error).strip())
                    connection.close()
                    busy = False
                    self._stop.wait(_AGAIN_SECONDS)
                except Exception:
                    _log.exception("sending failed", transport=self._transport.name)
                    busy = False
                    self._stop.wait(_AGAIN_SECONDS)
                if not busy:
                    self._stop.wait(NAP_SECONDS)
        finally:
            self._transport.close()
            connections.close_all()

    def run_once(self) -> bool:
        """Do what is due now; whether there was anything to send."""
        transport = self._transport
        transport.tend(self._take)
        at = self._clock()
        if self._take_up_at is None or at >= self._take_up_at:
            self._take_up_at = at + _TAKE_UP_EVERY
            take_up_abandoned(transport, at=at)
            self._measure(at)
        claims = claim_messages(transport.name, at=self._clock())
        for claim in claims:
            if self._stop.is_set():
                break  # What was claimed and not handed over waits again when its lease is over.
            self._send(claim)
            transport.tend(self._take)
        if transport.can_ask:
            self._ask(at)
        return bool(claims)

    def _send(self, claim: Claim) -> None:
        parcel = hand_over(claim, at=self._clock())
        if parcel is None:
            return
        began = time.monotonic()
        try:
            outcome = self._transport.send(parcel)
        except Exception:
            _log.exception("transport broke its contract", transport=self._transport.name)
            outcome = Outcome(News.UNKNOWN, Why.UNCLEAR)
        figures.SECONDS.labels(self._transport.name).observe(time.monotonic() - began)
        self._settle(claim, outcome)

    def _settle(self, claim: Claim, outcome: Outcome) -> None:
        """Write the answer down, however long the database is away: it is known here alone."""
        while True:
            try:
                settle(claim, outcome=outcome, transport=self._transport, at=self._clock())
                return
            except (OperationalError, InterfaceError) as error:
                _log.warning("database trouble", work=f"{self._transport.name}: settling", why=str(error).strip())
                connection.close()
                if self._stop.wait(_AGAIN_SECONDS):
                    return

    def _ask(self, at: datetime) -> None:
        for message, ref in questions_due(self._transport.name, at=at):
            outcome = self._transport.ask(ref)
            if outcome.news is not News.UNKNOWN:
                settle_question(message, outcome=outcome, transport=self._transport.name, at=self._clock())

    def _take(self, report: Report) -> None:
        take_report(report, transport=self._transport.name, at=self._clock())

    def _measure(self, at: datetime) -> None:
        name = self._transport.name
        mine = Message.objects.filter(transport=name)
        figures.WAITING.labels(name).set(mine.filter(state=State.QUEUED, next_at__lte=at).count())
        figures.UNKNOWN.labels(name).set(mine.filter(state=State.UNKNOWN).count())


def send_messages(stop: threading.Event, clock: Clock) -> None:
    """Send by every configured way out, each in its own thread, until `stop` is set; a thread that ended is begun anew.

    A setting that cannot be read is logged, and none of the ways is used until the process starts again.
    """
    try:
        ways = transports()
    except Misconfigured as error:
        _log.error("messages are not sent", why=str(error))
        ways = ()
    else:
        readdress_stranded({way.name: way.channel for way in ways}, at=clock())
        connections.close_all()
    threads: dict[str, threading.Thread] = {}
    while not stop.is_set():
        for way in ways:
            if way.name not in threads or not threads[way.name].is_alive():
                sender = Sender(way, clock=clock, stop=stop)
                threads[way.name] = threading.Thread(target=sender.run, name=f"sender-{way.name}", daemon=True)
                threads[way.name].start()
        stop.wait(_AGAIN_SECONDS)
