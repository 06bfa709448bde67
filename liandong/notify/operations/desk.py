"""What people do about messages: read them, choose channels, write templates, have one sent again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.contrib.auth import get_user_model
from django.db import transaction

from liandong.kernel.refusal import Refusal, marked
from liandong.notify.channels import transport_of
from liandong.notify.events import ChannelsChosen, MessageRetried, TemplateWritten
from liandong.notify.models import Choice, Message, Quiet, Template
from liandong.notify.operations.settling import move
from liandong.notify.queries import choices_of, message_seen, next_version, quiet_hours_of, wordings_of
from liandong.notify.rules.notices import BY_CODE, placeholders_of
from liandong.notify.rules.preferences import is_binding
from liandong.notify.rules.quiet import QuietHours
from liandong.notify.rules.wording import ANY, Wording, checked
from liandong.notify.rules.words import Channel, Kind, State, Why
from liandong.notify.standards import LANGUAGES, Key
from liandong.people.access import Actor, NotFound, require
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

THE_TEMPLATE = marked("这个模板")
LONGEST_REASON = 200


class NotToBeRetried(Refusal):
    """A message that is on its way, or has arrived."""

    status = 409
    says = marked("这条消息不在失败、未发送或结果不明的状态，不能重发。")
    remedy = marked("请刷新页面查看现在的状态。")


class MayArriveTwice(Refusal):
    """A message that the gateway may have taken already."""

    status = 409
    says = marked("网关可能已经收下这条消息，重发后对方可能收到两次。")
    remedy = marked("请先向网关核实；确要重发，请勾选“可能重复，仍要重发”。")


class ReasonForRetry(Refusal):
    """Sending again without saying why."""

    status = 422
    says = marked("重发需要说明理由。")
    remedy = marked("请写一句为什么重发。")


class NoWayOut(Refusal):
    """Sending again by a channel that is not configured."""

    status = 409
    says = marked("此渠道未配置，无法重发。")
    remedy = marked("请管理员先配置该渠道，见运维手册“消息”。")


@transaction.atomic
def mark_read(messages: Collection[int], *, actor: Actor, at: datetime) -> int:
    """Note that somebody opened messages of their own inbox, or all of them where none is named."""
    unread = Message.objects.filter(person=actor.user_id or 0, channel=Channel.IN_APP, read_at__isnull=True)
    return (unread.filter(pk__in=messages) if messages else unread).update(read_at=at)


@transaction.atomic
def choose_channels(
    chosen: Mapping[tuple[Kind, Channel], bool], *, quiet: QuietHours | None, actor: Actor, at: datetime
) -> None:
    """Keep by which channels somebody wants to be told of what, and when not to be disturbed.

    What is binding stays on, whatever they chose; without hours of their own those of unit and district hold.
    """
    user = get_user_model().objects.select_for_update().get(pk=actor.user_id or 0)
    before, quiet_before = choices_of([user.pk])[user.pk], quiet_hours_of([user.pk]).get(user.pk)
    added: list[str] = []
    dropped: list[str] = []
    for (kind, channel), is_on in chosen.items():
        if channel is Channel.IN_APP or is_binding(kind, channel) or before.get((kind, channel)) == is_on:
            continue
        Choice.objects.update_or_create(person=user, kind=kind, channel=channel, defaults={"is_on": is_on})
        (added if is_on else dropped).append(f"{kind}/{channel}")
    if quiet is None:
        Quiet.objects.filter(person=user).delete()
    else:
        Quiet.objects.update_or_create(person=user, defaults={"since": quiet.since, "until": quiet.until})
    if added or dropped or quiet != quiet_before:
        spelt = f"{quiet.since:%H:%M}-{quiet.until:%H:%M}" if quiet else ""
        about = Subject("account", user.pk, hearers=(f"person/{user.pk}",))
        record(ChannelsChosen(tuple(added), tuple(dropped), spelt), about=about, actor=actor.key, at=at)


@transaction.atomic
def write_template(key: Key, *, wording: Wording, district: str, actor: Actor, at: datetime) -> int:
    """Save a new version of a wording and return its number; the same words as now make none, and return 0.

    :raises Forbidden: the actor may not write templates there
    :raises NotFound: there is no such notice, channel or language
    :raises TemplateEmpty, TemplateTooLong, BrokenTemplate, UnknownPlaceholder: it cannot be sent
    """
    require(actor, "notify.write_template", Thing(district))
    notice, channel, language = key
    if notice not in BY_CODE or language not in LANGUAGES or channel not in (ANY, *Channel):
        raise NotFound(what=THE_TEMPLATE)
    fit = checked(wording, known=placeholders_of(BY_CODE[notice]))
    if wordings_of(district).get(key) == fit:
        return 0
    version = next_version(district, key)
    template = Template.objects.create(
        district=district,
        notice=notice,
        channel=channel,
        language=language,
        version=version,
        subject=fit.subject,
        body=fit.body,
        made_by=actor.key,
        made_at=at,
    )
    about = Subject("template", template.pk, area=district)
    record(TemplateWritten(notice, channel, language, version), about=about, actor=actor.key, at=at)
    return version


@transaction.atomic
def retry_message(message: int, *, reason: str, may_double: bool = False, actor: Actor, at: datetime) -> Message:
    """Have a message sent again that failed, was not sent, or of which nobody knows.

    :raises NotFound, Forbidden: it is not the actor's to look after
    :raises ReasonForRetry, NotToBeRetried, NoWayOut: it cannot be sent again like this
    :raises MayArriveTwice: the gateway may have it, and `may_double` does not say that this is accepted
    """
    found = message_seen(actor, message)
    require(actor, "notify.retry_message", Thing(found.area))
    found = Message.objects.select_for_update(of=("self",)).get(pk=found.pk)
    said = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not said:
        raise ReasonForRetry
    if found.state not in (State.FAILED, State.NOT_SENT, State.UNKNOWN) or not found.body:
        raise NotToBeRetried
    if found.state == State.UNKNOWN and not may_double:
        raise MayArriveTwice
    found.transport = transport_of(Channel(found.channel))
    if not found.transport:
        raise NoWayOut
    before, found.since_at, found.earlier_attempts, found.asked = found.state, at, found.attempts, 0
    move(found, State.QUEUED, Why.NONE, next_at=at, at=at)
    about = Subject("message", found.pk, area=found.area)
    record(MessageRetried(found.notice, found.channel, before, said), about=about, actor=actor.key, at=at)
    return found
