"""The senders: one thread for each open way out, beside the worker: a platform that hangs stalls nobody else."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, connection, connections

from liandong.intake_channels import figures
from liandong.intake_channels.contract import Channel, Letter, channels
from liandong.intake_channels.operations import (
    claim_departures,
    departures_to_ask,
    let_go,
    settle_asked,
    settle_departure,
    take_up_left,
)
from liandong.intake_channels.operations.delivery import Claim
from liandong.intake_channels.rules.signing import signature
from liandong.intake_channels.ways import Way, ways
from liandong.notify.channels import Misconfigured
from liandong.notify.channels.posting import NoAnswer, NotConnected, post
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Why

Clock = Callable[[], datetime]

NAP_SECONDS = 0.5
SECONDS_GIVEN = 10.0
_TAKE_UP_EVERY = timedelta(seconds=10)
_AGAIN_SECONDS = 2.0
_log = structlog.get_logger("liandong.channels")


class Carrier:
    """Sends what goes out by one way until `stop` is set."""

    def __init__(
        self, way: Way, channel: Channel, *, clock: Clock, stop: threading.Event, seconds: float = SECONDS_GIVEN
    ) -> None:
        self._way, self._channel = way, channel
        self._clock, self._stop, self._seconds = clock, stop, seconds
        self._take_up_at: datetime | None = None

    def run(self) -> None:
        """Send, take a nap, and again. Trouble is logged and outlived."""
        try:
            while not self._stop.is_set():
                try:
                    is_busy = self.run_once()
                except (DatabaseError, InterfaceError) as error:
                    _log.warning("database trouble", work=self._way.lane, why=str(error).strip())
                    connection.close()
                    is_busy = False
                    self._stop.wait(_AGAIN_SECONDS)
                except Exception:
                    _log.exception("sending failed", lane=self._way.lane)
                    is_busy = False
                    self._stop.wait(_AGAIN_SECONDS)
                if not is_busy:
                    self._stop.wait(NAP_SECONDS)
        finally:
            connections.close_all()

    def run_once(self) -> bool:
        """Do what is due now; whether there was anything to send."""
        at = self._clock()
        if self._take_up_at is None or at >= self._take_up_at:
            self._take_up_at = at + _TAKE_UP_EVERY
            take_up_left(self._way, at=at)
        claims = claim_departures(self._way, at=self._clock())
        for claim in claims:
            if self._stop.is_set():
                break  # What was claimed and did not leave waits again when its lease is over.
            self._send(claim)
        if self._way.ask_url:
            self._ask(at)
        return bool(claims)

    def _send(self, claim: Claim) -> None:
        leaving = let_go(claim, at=self._clock())
        if leaving is None:
            return
        outcome = self._post(self._way.url, self._channel.write(leaving))
        while True:
            try:
                settle_departure(claim, outcome=outcome, way=self._way, at=self._clock())
                return
            except (OperationalError, InterfaceError) as error:
                # The answer is known here alone: it is written down, however long the database is away.
                _log.warning("database trouble", work=f"{self._way.lane}: settling", why=str(error).strip())
                connection.close()
                if self._stop.wait(_AGAIN_SECONDS):
                    return

    def _ask(self, at: datetime) -> None:
        for departure, ref in departures_to_ask(self._way, at=at):
            question = Letter(json.dumps({"message_id": ref}).encode(), "application/json; charset=utf-8")
            settle_asked(departure, outcome=self._post(self._way.ask_url, question), at=self._clock())

    def _post(self, url: str, letter: Letter) -> Outcome:
        began = time.monotonic()
        moment, nonce = str(int(self._clock().timestamp())), secrets.token_urlsafe(18)
        signed = signature(
            self._way.signs_with, moment=moment, nonce=nonce, lane=self._way.lane, body=letter.body
        )  # fmt: skip
        headers = {
            "Content-Type": letter.content_type, "X-Timestamp": moment, "X-Nonce": nonce, "X-Signature": signed,
        }  # fmt: skip
        try:
            answer = post(url, letter.body, headers, seconds=self._seconds)
            return self._channel.outcome(answer.status, answer.body)
        except NotConnected as error:
            return Outcome(News.LATER, Why.UNREACHABLE, detail=str(error))
        except NoAnswer as error:
            return Outcome(News.UNKNOWN, Why.NO_ANSWER, detail=str(error))
        finally:
            figures.SECONDS.labels(self._channel.code).observe(time.monotonic() - began)


def send_departures(stop: threading.Event, clock: Clock) -> None:
    """Send by every open way out, each in its own thread, until `stop` is set; a thread that ended is begun anew.

    A setting that cannot be read is logged, and nothing goes out until the process starts again.
    """
    try:
        known = channels()
        ours = [(way, known[way.channel]) for way in ways().values() if way.url and way.channel in known]
    except Misconfigured as error:
        _log.error("nothing is sent to other platforms", why=str(error))
        ours = []
    threads: dict[str, threading.Thread] = {}
    while not stop.is_set():
        for way, channel in ours:
            if way.lane not in threads or not threads[way.lane].is_alive():
                carrier = Carrier(way, channel, clock=clock, stop=stop)
                threads[way.lane] = threading.Thread(target=carrier.run, name=f"carrier-{way.lane}", daemon=True)
                threads[way.lane].start()
        stop.wait(_AGAIN_SECONDS)
