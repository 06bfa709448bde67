"""Writing messages, in the transaction of what they tell of: who gets which words by which channels, and when.

Nothing is sent here. A message of a channel that is not configured is written as not sent, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from liandong.areas.queries import district_map
from liandong.notify import figures
from liandong.notify.channels import robot_channels, transport_of
from liandong.notify.events import MessageArrived
from liandong.notify.models import Message
from liandong.notify.queries import choices_of, quiet_hours_in, quiet_hours_of, wording_for, wordings_of
from liandong.notify.rules.notices import Notice
from liandong.notify.rules.preferences import channels_for
from liandong.notify.rules.quiet import QuietHours, not_before
from liandong.notify.rules.wording import filled, segments
from liandong.notify.rules.words import Channel, Pace, State, Why
from liandong.timeline.operations import Subject, entry_for, record_all

Values = Callable[[str], Mapping[str, str]]
"""Language → what stands for each placeholder."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is told: a person, the reporter of the case, a unit's telephone, a unit's groups, or a unit without anybody.

    `only` narrows the channels.
    """

    to: str
    person: int | None = None
    unit: str = ""
    language: str = "zh-hans"
    only: tuple[Channel, ...] = ()
    why_not: Why = Why.NONE

    @property
    def key(self) -> str:
        """What tells recipients of one cause apart."""
        return f"{self.to}:{self.person or self.unit}"


@dataclass(frozen=True, slots=True)
class About:
    """What a message is about."""

    kind: str
    id: int
    name: str
    district: str
    area: str
    is_urgent: bool = False


@dataclass
class Outbox:
    """The messages of one batch. `post` writes them; telling the same cause twice writes nothing the second time."""

    at: datetime
    _made: dict[str, Message] = field(default_factory=dict)
    _wordings: dict[str, Any] = field(default_factory=dict)
    _quiet: dict[str, dict[str, QuietHours]] = field(default_factory=dict)
    _own_quiet: dict[int, QuietHours | None] = field(default_factory=dict)
    _choices: dict[int, Any] = field(default_factory=dict)
    _ways: dict[Channel, str] = field(default_factory=dict)

    def tell(self, notice: Notice, to: Recipient, *, about: About, values: Values, cause: str) -> None:
        """Add the messages of one notice to one recipient."""
        for channel in self._channels(notice, to):
            message = self._message(notice, to, channel, about=about, values=values)
            message.cause = f"{cause}/{notice.code}/{to.key}/{channel}"
            self._made.setdefault(message.cause, message)

    def post(self) -> int:
        """Write what was added and is not written yet; return how much that was."""
        known = set(Message.objects.filter(cause__in=self._made).values_list("cause", flat=True))
        fresh = [message for cause, message in self._made.items() if cause not in known]
        self._made.clear()
        Message.objects.bulk_create(fresh)
        record_all(self._arrival(message) for message in fresh if message.channel == Channel.IN_APP)
        for message in fresh:
            figures.SENT.labels(message.channel, message.state).inc()
        return len(fresh)

    def _channels(self, notice: Notice, to: Recipient) -> Iterator[Channel]:
        if to.to == "group":
            yield from robot_channels(to.unit)
        elif to.to == "person" and to.person is not None:
            if to.person not in self._choices:
                self._choices |= choices_of([to.person])
            for channel in channels_for(notice, self._choices[to.person]):
                if not to.only or channel in to.only:
                    yield channel
        else:
            yield from (channel for channel in to.only or (Channel.SMS,) if channel in notice.channels)

    def _message(self, notice: Notice, to: Recipient, channel: Channel, *, about: About, values: Values) -> Message:
        if about.district not in self._wordings:
            self._wordings[about.district] = wordings_of(about.district)
        found = wording_for(self._wordings[about.district], notice.code, channel=channel, language=to.language)
        if found is None:
            subject, body, language = "", "", to.language
        else:
            wording, language = filled(found[0], values(found[1])), found[1]
            subject, body = wording.subject, wording.body
        is_urgent = about.is_urgent or notice.pace is Pace.AT_ONCE
        message = Message(
            ref=uuid4(),
            district=about.district,
            area=about.area,
            notice=notice.code,
            audience=notice.audience,
            to=to.to,
            person_id=to.person,
            unit=to.unit,
            about=about.kind,
            about_id=about.id,
            about_name=about.name,
            channel=channel,
            language=language,
            subject=subject,
            body=body,
            is_urgent=is_urgent,
            segments=segments(body) if channel is Channel.SMS else 1,
            queued_at=self.at,
            since_at=self.at,
        )
        self._route(message, channel, to, has_words=found is not None)
        return message

    def _route(self, message: Message, channel: Channel, to: Recipient, *, has_words: bool) -> None:
        """Decide whether it waits to be sent, stands in the inbox already, or is not sent and why."""
        if channel is Channel.IN_APP:
            message.state, message.sent_at, message.ended_at = State.DELIVERED, self.at, self.at
            return
        if channel not in self._ways:
            self._ways[channel] = transport_of(channel)
        message.transport = self._ways[channel]
        why = to.why_not or (Why.NONE if has_words else Why.NO_WORDING)
        if not why and not message.transport:
            why = Why.NOT_CONFIGURED
        if why:
            message.state, message.why, message.ended_at = State.NOT_SENT, why, self.at
            return
        message.state = State.QUEUED
        message.next_at = self.at if message.is_urgent else self._morning(message, to)
        message.since_at = message.next_at
        message.why = Why.QUIET if message.next_at > self.at else Why.NONE

    def _morning(self, message: Message, to: Recipient) -> datetime:
        district = message.district
        if district not in self._quiet:
            self._quiet[district] = quiet_hours_in(district)
        of_units = self._quiet[district]
        quiet = self._own(to.person) or of_units.get(to.unit) or of_units.get("")
        return not_before(quiet, at=self.at, zone=district_map(district).calendar.zone)

    def _own(self, person: int | None) -> QuietHours | None:
        if person is None:
            return None
        if person not in self._own_quiet:
            self._own_quiet[person] = quiet_hours_of([person]).get(person)
        return self._own_quiet[person]

    def _arrival(self, message: Message) -> Any:
        about = Subject("message", message.pk, hearers=(f"person/{message.person_id}",))
        event = MessageArrived(message.notice, f"{message.about}/{message.about_id}")
        return entry_for(event, about=about, actor="platform/notices", at=self.at)
