"""Ending sessions before their time: one's own elsewhere, or those of an account one manages."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor
from liandong.people.events import SessionRevoked
from liandong.people.managing import about_account, manage
from liandong.people.models import Session, User
from liandong.people.queries import session_mark
from liandong.timeline.operations import record


class SessionOver(Refusal):
    """A session that is over already."""

    status = 409
    says = marked("这个登录会话已经结束。")
    remedy = marked("无需再办理；请刷新页面查看现有会话。")


@transaction.atomic
def revoke_session(user: User, *, mark: str, actor: Actor, at: datetime) -> None:
    """End one session of an account; the pages open in it are signed out within half a minute.

    :raises Forbidden, NotFound, AccountBeyondArea: it is neither one's own nor one's to manage
    :raises SessionOver: it has ended
    """
    user = _own_or_managed(user, actor, at=at)
    session = next((row for row in Session.objects.filter(user=user) if session_mark(row.session_key) == mark), None)
    if session is None:
        raise SessionOver
    session.delete()
    record(SessionRevoked(1, session.device, session.address), about=about_account(user), actor=actor.key, at=at)


@transaction.atomic
def revoke_sessions(user: User, *, keep_session: str = "", actor: Actor, at: datetime) -> int:
    """End all sessions of an account but `keep_session`; return how many there were.

    :raises Forbidden, NotFound, AccountBeyondArea: they are neither one's own nor one's to manage
    """
    user = _own_or_managed(user, actor, at=at)
    count, _rows = Session.objects.filter(user=user).exclude(session_key=keep_session).delete()
    if count:
        record(SessionRevoked(count), about=about_account(user), actor=actor.key, at=at)
    return count


@transaction.atomic
def forget_ended_sessions(*, at: datetime) -> int:
    """Delete the sessions that have run out; return how many."""
    count, _rows = Session.objects.filter(expire_date__lt=at).delete()
    return count


def _own_or_managed(user: User, actor: Actor, *, at: datetime) -> User:
    if user.pk == actor.user_id:
        return User.objects.select_for_update().get(pk=user.pk)
    return manage(user, actor=actor, at=at)
