"""The couriers: a few threads beside the worker, each sending to one receiver at a time, so none stalls the others.

A receiver gets its deliveries in the order in which they are due. The first that fails ends its turn: it rests, and so
one that hangs costs one attempt in five minutes, however much waits for it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from random import SystemRandom
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections

from liandong.exchange import figures
from liandong.exchange.models import Delivery
from liandong.exchange.operations import (
    claim_webhook,
    release_webhook,
    renew_claim,
    settle_delivery,
    withhold_delivery,
)
from liandong.exchange.payloads import parcel_of
from liandong.exchange.posting import post
from liandong.exchange.queries import SUBSCRIBE, due_deliveries
from liandong.exchange.rules.progress import Outcome
from liandong.exchange.rules.words import State, Why
from liandong.kernel.refusal import Refusal
from liandong.people.access import Actor, NotFound, actor_for

Clock = Callable[[], datetime]

NAP_SECONDS: Final = 0.5
AT_ONCE: Final = 10
"""Deliveries of one turn; then whoever waits longer is served."""
_AGAIN_SECONDS: Final = 2.0
_log = structlog.get_logger("liandong.exchange")


class Courier:
    """Sends deliveries until `stop` is set."""

    def __init__(self, *, clock: Clock, stop: threading.Event, draw: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._stop = stop
        self._draw = draw or SystemRandom().random

    def run(self) -> None:
        """Send, take a nap, and again. Trouble is logged and outlived."""
        try:
            while not self._stop.is_set():
                try:
                    busy = self.run_once()
                except (DatabaseError, InterfaceError) as error:
                    _log.warning("database trouble", work="webhooks", why=str(error).strip())
                    connection.close()
                    busy = False
                    self._stop.wait(_AGAIN_SECONDS)
                except Exception:
                    _log.exception("sending failed", work="webhooks")
                    busy = False
                    self._stop.wait(_AGAIN_SECONDS)
                if not busy:
                    self._stop.wait(NAP_SECONDS)
        finally:
            connections.close_all()

    def run_once(self) -> bool:
        """Serve one receiver; whether there was one to serve."""
        claim = claim_webhook(at=self._clock())
        if claim is None:
            return False
        for delivery in due_deliveries(claim.webhook, at=self._clock(), limit=AT_ONCE):
            renewed = renew_claim(claim, at=self._clock())
            if renewed is None:
                return True  # It took so long that somebody else sends by now.
            claim = renewed
            if self._stop.is_set() or not self._send(delivery):
                break
        release_webhook(claim, at=self._clock())
        return True

    def _send(self, delivery: Delivery) -> bool:
        """Send one delivery; whether the receiver may be sent the next."""
        at = self._clock()
        actor = _subscriber(delivery, at=at)
        if actor is None:
            withhold_delivery(delivery.pk, why=Why.NOT_PERMITTED, at=at)
            return True
        try:
            parcel = parcel_of(delivery, actor=actor, at=at)
        except NotFound:
            withhold_delivery(delivery.pk, why=Why.NOT_PERMITTED, at=at)
            return True
        except Refusal:
            outcome = Outcome(why=Why.ADDRESS_REFUSED)
        else:
            outcome = post(parcel.target, parcel.body, parcel.headers, seconds=settings.LIANDONG_WEBHOOK_SECONDS)
            figures.SECONDS.observe(outcome.took_ms / 1000)
        settle_delivery(delivery.pk, outcome=outcome, drawn=self._draw(), at=self._clock())
        return outcome.is_taken


def send_webhooks(stop: threading.Event, clock: Clock) -> None:
    """Send by several couriers until `stop` is set; one that ended is begun anew."""
    threads: dict[int, threading.Thread] = {}
    while not stop.is_set():
        for number in range(settings.LIANDONG_WEBHOOK_COURIERS):
            if number not in threads or not threads[number].is_alive():
                courier = Courier(clock=clock, stop=stop)
                threads[number] = threading.Thread(target=courier.run, name=f"courier-{number}", daemon=True)
                threads[number].start()
        _measure(clock())
        connections.close_all()
        stop.wait(15)


def _subscriber(delivery: Delivery, *, at: datetime) -> Actor | None:
    """The account as it is now; nothing where it is stopped, or may not be told any more."""
    user = delivery.webhook.account
    actor = actor_for(user, at=at) if user.is_active else None
    return actor if actor is not None and actor.may(SUBSCRIBE) else None


def _measure(at: datetime) -> None:
    try:
        figures.WAITING.set(Delivery.objects.filter(state=State.WAITING, next_at__lte=at).count())
    except (DatabaseError, InterfaceError):
        connection.close()
