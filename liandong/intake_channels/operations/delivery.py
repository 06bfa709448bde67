"""From the queue to the other platform and back: claim, let go, settle; what a dead sender left behind.

Three commits around every sending, as `notify` does it: before the first nothing was sent; between the second and the
third it may have been, and then nobody sends it again who does not know better. Messages about one order go in their
order: a later one waits while an earlier one is still to be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from liandong.cases.operations import reveal_reporter
from liandong.cases.queries import case_for
from liandong.cases.rulebook import rulebook_for
from liandong.cases.rules.words import Identity
from liandong.cases.sealing import Contact
from liandong.intake_channels import figures
from liandong.intake_channels.contract import Leaving, Matter
from liandong.intake_channels.models import Departure
from liandong.intake_channels.rules.telling import next_departure
from liandong.intake_channels.rules.words import Tell
from liandong.intake_channels.ways import Way
from liandong.notify.rules.progress import News, Outcome, after_sending, next_ask
from liandong.notify.rules.wording import storable, without_numbers
from liandong.notify.rules.words import State, Why
from liandong.people.access import NotFound, platform

LEASE: Final = timedelta(minutes=2)
"""For how long a message belongs to who claimed it: several times as long as any platform is given."""

_STILL_TO_GO: Final = [State.QUEUED.value, State.SENDING.value]


@dataclass(frozen=True, slots=True)
class Claim:
    """A message somebody is about to send, as its attempt of that number."""

    departure: int
    number: int


@transaction.atomic
def claim_departures(way: Way, *, at: datetime, limit: int = 10) -> list[Claim]:
    """Take messages that are due and before which none about the same case still has to go."""
    earlier = Departure.objects.filter(
        channel=OuterRef("channel"), case=OuterRef("case"), pk__lt=OuterRef("pk"), state__in=_STILL_TO_GO
    )
    due = (
        Departure.objects.select_for_update(skip_locked=True)
        .filter(~Exists(earlier), district=way.district, channel=way.channel, state=State.QUEUED, next_at__lte=at)
        .order_by("next_at", "id")[:limit]
    )
    claims = []
    for departure in due:
        departure.state, departure.lease_until, departure.is_begun = State.SENDING.value, at + LEASE, False
        departure.attempts += 1
        departure.save(update_fields=["state", "lease_until", "is_begun", "attempts"])
        claims.append(Claim(departure.pk, departure.attempts))
    return claims


@transaction.atomic
def let_go(claim: Claim, *, at: datetime) -> Leaving | None:
    """Note that it leaves us now, and return it; nothing: it is ours no longer. From this commit on it may be there."""
    departure = Departure.objects.select_for_update().filter(pk=claim.departure, state=State.SENDING).first()
    if departure is None or departure.attempts != claim.number or (departure.lease_until or at) <= at:
        return None
    matter = None
    if departure.tell == Tell.HAND_OVER:
        matter = _matter_of(departure, at=at)
        if matter is None:
            _move(departure, State.FAILED, Why.ANONYMISED, at=at)
            return None
    departure.lease_until, departure.is_begun = at + LEASE, True
    departure.save(update_fields=["lease_until", "is_begun"])
    return Leaving(
        ref=str(departure.ref),
        tell=Tell(departure.tell),
        order=departure.order,
        number=departure.number,
        at=departure.happened_at,
        step=departure.step,
        text=departure.text,
        facts=departure.facts,
        matter=matter,
    )


@transaction.atomic
def settle_departure(claim: Claim, *, outcome: Outcome, way: Way, at: datetime) -> None:
    """Write down what the other platform answered, or that it did not."""
    departure = Departure.objects.select_for_update().get(pk=claim.departure)
    if departure.state != State.SENDING or departure.attempts != claim.number:
        return  # A receipt was quicker, or our lease was over and another has taken it up.
    _move_on(departure, outcome, way, at=at)


@transaction.atomic
def take_up_left(way: Way, *, at: datetime) -> int:
    """Settle what a sender left behind whose lease is over: what never left waits again, else it is unknown."""
    left = (
        Departure.objects.select_for_update(skip_locked=True)
        .filter(district=way.district, channel=way.channel, state=State.SENDING, lease_until__lte=at)
        .order_by("id")[:500]
    )
    count = 0
    for departure in left:
        if departure.is_begun:
            _move_on(departure, Outcome(News.UNKNOWN, Why.BROKEN_OFF), way, at=at)
        else:
            departure.attempts -= 1
            departure.next_at = at
            _move(departure, State.QUEUED, Why.NONE, at=at)
        count += 1
    return count


@transaction.atomic
def departures_to_ask(way: Way, *, at: datetime, limit: int = 10) -> list[tuple[int, str]]:
    """Messages about which their platform is to be asked now: (id, our reference). The next question is set."""
    due = (
        Departure.objects.select_for_update(skip_locked=True)
        .filter(district=way.district, channel=way.channel, state=State.UNKNOWN, next_at__lte=at)
        .order_by("next_at", "id")[:limit]
    )
    asked = []
    for departure in due:
        departure.asked += 1
        departure.next_at = next_ask(departure.asked, at=at)
        departure.save(update_fields=["asked", "next_at"])
        asked.append((departure.pk, str(departure.ref)))
    return asked


@transaction.atomic
def settle_asked(departure: int, *, outcome: Outcome, at: datetime) -> None:
    """Write down what a platform said about a message of which nobody knew: only what is certain counts."""
    found = Departure.objects.select_for_update().get(pk=departure)
    if found.state != State.UNKNOWN:
        return
    if outcome.news is News.LATER and outcome.why is Why.NEVER_ARRIVED:
        found.next_at = at
        _move(found, State.QUEUED, Why.NEVER_ARRIVED, at=at)
    elif outcome.news is News.ACCEPTED:
        _accept(found, outcome)
        _move(found, State.SENT, Why.NONE, at=at)


def waiting_to_go(way: Way, *, at: datetime) -> int:
    """How many messages of a way are due."""
    due = Q(district=way.district, channel=way.channel, state=State.QUEUED, next_at__lte=at)
    return Departure.objects.filter(due).count()


def _move_on(departure: Departure, outcome: Outcome, way: Way, *, at: datetime) -> None:
    state, why = after_sending(outcome.news), outcome.why
    departure.next_at = None
    if state is State.QUEUED:
        tried = departure.attempts - departure.earlier_attempts
        departure.next_at = next_departure(tried, since=departure.since_at, at=at)
        if departure.next_at is None:
            state, why = State.FAILED, Why.GAVE_UP
    elif state is State.UNKNOWN and way.ask_url:
        departure.next_at = next_ask(departure.asked, at=at)
    _accept(departure, outcome)
    _move(departure, state, why, detail=outcome.detail, at=at)


def _accept(departure: Departure, outcome: Outcome) -> None:
    if outcome.news is News.ACCEPTED and outcome.ids:
        departure.outside_id = storable(outcome.ids[0])[:80]


def _move(departure: Departure, state: State, why: Why, *, at: datetime, detail: str = "") -> None:
    departure.state, departure.why, departure.lease_until = state.value, why.value, None
    departure.detail = without_numbers(detail)[:200]
    if state is State.SENT:
        departure.sent_at, departure.next_at = at, None
    departure.ended_at = at if state in (State.SENT, State.FAILED) else None
    departure.save()
    figures.DEPARTURES.labels(departure.channel, state.value).inc()


def _matter_of(departure: Departure, *, at: datetime) -> Matter | None:
    """What a hand-over says of its case, looked up now; who reported is shown on the record, unless in confidence."""
    carrier = platform("hand-over")
    try:
        case = case_for(carrier, departure.number)
    except NotFound:
        return None
    if case.anonymised_at is not None:
        return None
    contact = Contact()
    if case.identity == Identity.NAMED and case.has_phone:
        purpose = f"移交{departure.channel}"
        contact = reveal_reporter(departure.number, purpose=purpose, actor=carrier, at=at)
    kind = rulebook_for(case.district).classes.get(case.class_code)
    return Matter(
        text=case.description,
        category=kind.name if kind else case.class_code,
        nature=case.nature,
        urgency=case.urgency,
        area=case.area,
        address=case.address,
        lon=case.lon,
        lat=case.lat,
        datum="WGS-84",
        name=contact.name,
        phone=contact.phone,
        identity=case.identity,
    )


def set_back(departure: Departure, *, at: datetime) -> None:
    """Let it wait again, as if anew; the caller has asked whether it may."""
    departure.since_at, departure.earlier_attempts, departure.asked, departure.next_at = at, departure.attempts, 0, at
    _move(departure, State.QUEUED, Why.NONE, at=at)
