"""Keeping webhooks: made by the account that is told, or by whoever keeps them; changed, rotated, paused, removed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.contrib.auth import get_user_model
from django.db import transaction

from liandong.areas.queries import district_codes
from liandong.cases.operations import StaleVersion
from liandong.exchange.addresses import target_of
from liandong.exchange.events import (
    WebhookChanged,
    WebhookMade,
    WebhookPaused,
    WebhookRemoved,
    WebhookResumed,
    WebhookRotated,
)
from liandong.exchange.models import Webhook
from liandong.exchange.queries import KEEP, SUBSCRIBE, events_to_push, webhook_for, webhooks_of
from liandong.exchange.rules.progress import OVERLAP
from liandong.exchange.rules.signing import secret_of
from liandong.exchange.rules.words import Kind, Standing
from liandong.exchange.sealing import new_secret, sealed_secret
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, Forbidden, NotFound, act_word, actor_for, require
from liandong.people.queries import account_named
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

if TYPE_CHECKING:
    from liandong.people.models import User

WEBHOOK: Final = "webhook"
"""What the timeline calls it."""
THE_ACT: Final = marked("这个操作")
_THE_ACCOUNT: Final = marked("这个账号")
MOST: Final = 20
LONGEST_LABEL: Final = 60
LONGEST_PEER_KEY: Final = 200


class TooManyWebhooks(Refusal):
    """An account has as many webhooks as it may."""

    status = 409
    says = marked("一个接口账号最多有 %(most)s 个推送。")
    remedy = marked("请先删除不再使用的推送。")


class WebhookUnnamed(Refusal):
    """A webhook nobody could recognise on a page."""

    status = 422
    says = marked("推送的名称为 1 至 %(longest)s 字。")
    remedy = marked("请写明推给哪个系统，例如“区城运平台”。")


class EventUnknown(Refusal):
    """An event that never happens, or is never told."""

    status = 422
    says = marked("没有可推送的事件“%(event)s”。")
    remedy = marked("可用的事件见接口说明 /api/v1/docs；不填表示全部。")


class WebhookPlaceUnknown(Refusal):
    """An area or a unit that lies outside the webhook's district."""

    status = 422
    says = marked("推送范围“%(place)s”不在本区。")
    remedy = marked("area 为区域代码的开头，unit 为单位代码；都须属于账号所在的区。")


class PeerKeyMissing(Refusal):
    """A peer of Open311 without the api_key it asks for, or a key that cannot be one."""

    status = 422
    says = marked("推送给 Open311 对方时，必须填写对方发放的 api_key。")
    remedy = marked("请填写 1 至 200 个可见的 ASCII 字符；其他推送由本系统生成签名密钥，不必填写。")


class NothingToRotate(Refusal):
    """A peer of Open311 gives its key itself."""

    status = 409
    says = marked("Open311 推送使用对方发放的密钥，不能由本系统更换。")
    remedy = marked("请取得对方的新密钥，删除此推送后重新登记。")


class WebhookStands(Refusal):
    """A webhook that is on was to be resumed, or one that is not to be paused."""

    status = 409
    says = marked("推送“%(label)s”的状态不允许这样做。")
    remedy = marked("请刷新页面查看现在的状态。")


@dataclass(frozen=True, slots=True)
class MadeWebhook:
    """A webhook and its secret, which is shown this once; empty for a peer, which gave its own."""

    webhook: Webhook
    secret: str


@transaction.atomic
def make_webhook(
    url: str,
    *,
    label: str,
    actor: Actor,
    at: datetime,
    kind: str = Kind.EVENTS,
    events: Iterable[str] = (),
    area: str = "",
    unit: str = "",
    peer_key: str = "",
    account: str = "",
) -> MadeWebhook:
    """Let an account, the actor's own unless another is named, be told at `url` of what it may see.

    :raises NotFound: there is no such account
    :raises Forbidden: the actor may not be told, or keeps no webhooks of that account's district
    :raises WebhookUrlUnfit, WebhookUrlPlain, WebhookUrlPrivate: nothing may be sent there
    :raises WebhookUnnamed, EventUnknown, WebhookPlaceUnknown, PeerKeyMissing, TooManyWebhooks: it cannot be made so
    """
    user, district = _told(account, actor=actor, at=at)
    if webhooks_of(user.pk).count() >= MOST:
        raise TooManyWebhooks(most=MOST)
    secret = _peer_secret(peer_key) if kind == Kind.OPEN311 else new_secret()
    webhook = Webhook(
        district=district,
        account=user,
        kind=Kind(kind).value,
        secret=sealed_secret(secret, account=user.pk),
        made_by=actor.key,
        made_at=at,
    )
    host = _fill(webhook, url=url, label=label, events=events, area=area, unit=unit)
    webhook.save(force_insert=True)
    made = WebhookMade(webhook.label, webhook.kind, host, tuple(webhook.events), webhook.area, webhook.unit)
    tell(webhook, made, actor=actor, at=at)
    return MadeWebhook(webhook, "" if kind == Kind.OPEN311 else secret_of(secret))


@transaction.atomic
def change_webhook(
    webhook: int,
    *,
    url: str,
    label: str,
    actor: Actor,
    at: datetime,
    events: Iterable[str] = (),
    area: str = "",
    unit: str = "",
    version: int | None = None,
) -> Webhook:
    """Change where a webhook goes and what it is told of. A new address is trusted anew: it need not rest.

    :raises NotFound: it is not the actor's to keep
    :raises StaleVersion: somebody changed it since it was read
    :raises WebhookUrlUnfit, WebhookUrlPlain, WebhookUrlPrivate: nothing may be sent there
    """
    row = locked(webhook, actor=actor, version=version)
    host = _fill(row, url=url, label=label, events=events, area=area, unit=unit)
    row.rest_until = None
    _save(row)
    changed = WebhookChanged(row.label, host, tuple(row.events), row.area, row.unit)
    tell(row, changed, actor=actor, at=at)
    return row


@transaction.atomic
def rotate_secret(webhook: int, *, actor: Actor, at: datetime) -> MadeWebhook:
    """Give a webhook a new secret. The old one signs too for a day, so that the receiver can change over in peace.

    :raises NotFound: it is not the actor's to keep
    :raises NothingToRotate: its secret is the other side's
    """
    row = locked(webhook, actor=actor)
    if row.kind == Kind.OPEN311:
        raise NothingToRotate
    secret = new_secret()
    row.former_secret, row.former_until_at = bytes(row.secret), at + OVERLAP
    row.secret = sealed_secret(secret, account=row.account_id)
    _save(row)
    tell(row, WebhookRotated(row.label, int(OVERLAP.total_seconds() // 3600)), actor=actor, at=at)
    return MadeWebhook(row, secret_of(secret))


@transaction.atomic
def pause_webhook(webhook: int, *, actor: Actor, at: datetime) -> Webhook:
    """Send nothing more until it is resumed; what happens meanwhile is held for replay.

    :raises WebhookStands: it is paused or stopped already
    """
    row = locked(webhook, actor=actor)
    if row.standing != Standing.ON:
        raise WebhookStands(label=row.label)
    row.standing = Standing.PAUSED
    _save(row)
    tell(row, WebhookPaused(row.label), actor=actor, at=at)
    return row


@transaction.atomic
def resume_webhook(webhook: int, *, actor: Actor, at: datetime) -> Webhook:
    """Send again from now on. What was held stays held until somebody replays it.

    :raises WebhookStands: it is on
    """
    row = locked(webhook, actor=actor)
    if row.standing == Standing.ON:
        raise WebhookStands(label=row.label)
    row.standing, row.stopped_at, row.stopped_why = Standing.ON, None, ""
    row.failures, row.failing_since, row.rest_until = 0, None, None
    _save(row)
    tell(row, WebhookResumed(row.label), actor=actor, at=at)
    return row


@transaction.atomic
def remove_webhook(webhook: int, *, actor: Actor, at: datetime) -> None:
    """Take a webhook away with everything that was to be sent to it. That it was there stays on the record.

    :raises NotFound: it is not the actor's to keep
    """
    row = locked(webhook, actor=actor)
    tell(row, WebhookRemoved(row.label, target_host(row.url)), actor=actor, at=at)
    row.delete()


def locked(webhook: int, *, actor: Actor, version: int | None = None) -> Webhook:
    """A webhook that is the actor's own or theirs to keep, locked.

    :raises NotFound: there is none, or the actor may not see it
    :raises Forbidden: they may see it, and no more
    :raises StaleVersion: it is not at `version` any more
    """
    seen = webhook_for(actor, webhook)
    is_own = seen.account_id == actor.user_id and actor.may(SUBSCRIBE)
    if not is_own and not actor.may(KEEP, Thing(seen.district)):
        raise Forbidden(act=act_word(KEEP))
    row = Webhook.objects.select_for_update().get(pk=seen.pk)
    if version is not None and version != row.version:
        raise StaleVersion(seen=version, current=row.version, changed=[])
    return row


def tell(webhook: Webhook, event: Any, *, actor: Actor, at: datetime) -> None:
    """Write what happened to a webhook on the record."""
    record(event, about=Subject(WEBHOOK, webhook.pk, webhook.district), actor=actor.key, at=at)


def target_host(url: str) -> str:
    """The host of an address that was fit once, whatever is allowed now."""
    return url.partition("://")[2].partition("/")[0].partition("?")[0][:200]


def _told(account: str, *, actor: Actor, at: datetime) -> tuple[User, str]:
    """Who is to be told, locked until the end, and in which district."""
    user = account_named(account) if account else get_user_model().objects.filter(pk=actor.user_id or 0).first()
    if user is None or not user.is_active:
        raise NotFound(what=_THE_ACCOUNT)
    holder = actor_for(user, at=at) if account else actor
    require(holder, SUBSCRIBE)
    district = _district_of(holder)
    if account:
        require(actor, KEEP, Thing(district))
    return get_user_model().objects.select_for_update().get(pk=user.pk), district


def _save(row: Webhook) -> None:
    row.version += 1
    row.save()


def _fill(row: Webhook, *, url: str, label: str, events: Iterable[str], area: str, unit: str) -> str:
    """Check what somebody says of a webhook and put it in; return the host."""
    target = target_of(url.strip())
    name = " ".join(label.replace("\x00", "").split())
    if not 0 < len(name) <= LONGEST_LABEL:
        raise WebhookUnnamed(longest=LONGEST_LABEL)
    wanted = sorted(set(events))
    for event in wanted:
        if event not in events_to_push():
            raise EventUnknown(event=event[:40])
    for place, longest in ((area, 15), (unit, 40)):
        if place and (not place.startswith(row.district) or len(place) > longest or not place.isascii()):
            raise WebhookPlaceUnknown(place=place[:40])
    row.url, row.label, row.events, row.area, row.unit = url.strip(), name, wanted, area, unit
    return target.host


def _district_of(holder: Actor) -> str:
    """The district of the account's first post."""
    known = [post.area[:6] for post in holder.posts if post.area] or district_codes()
    return known[0]


def _peer_secret(key: str) -> bytes:
    key = key.strip()
    if not 0 < len(key) <= LONGEST_PEER_KEY or not key.isascii() or not key.isprintable():
        raise PeerKeyMissing
    return key.encode("ascii")
