"""Who is acting, and may they: `scope_of` for lists, `require` for one thing, both from the same table of roles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from typing import Final

from django.conf import settings
from django.utils.module_loading import import_string

from liandong.kernel.refusal import Refusal, marked
from liandong.people.held import Held, held_at
from liandong.people.models import User
from liandong.people.rules import scope as rules
from liandong.people.rules.granting import capped
from liandong.people.rules.scope import Because, PostHeld, Role, Scope, Thing


class Forbidden(Refusal):
    """The thing may be seen, but this act on it is not for this person."""

    status = 403
    says = marked("您的岗位不能对此执行“%(act)s”。")
    remedy = marked("请联系有此权限的岗位，或请管理员核对您的岗位与辖区。")


class NotFound(Refusal):
    """There is no such thing, or none that this person may see: the two answers are the same."""

    status = 404
    says = marked("没有找到%(what)s。")
    remedy = marked("请核对编号；不在您权限内的内容同样显示为不存在。")


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a person with posts, or the platform itself (`posts` of role `platform`)."""

    key: str
    user_id: int | None
    name: str
    posts: tuple[PostHeld, ...]
    ends_at: datetime | None = None
    """When the first of the posts ends: whoever remembers an actor must look again then."""

    def scope(self, act: str) -> Scope:
        """The grounds on which this actor may do `act`."""
        found = self._scopes.get(act)
        if found is None:
            found = self._scopes[act] = rules.scope_of(self.posts, act, roles=roles(), person=self.user_id)
        return found

    def may(self, act: str, thing: Thing | None = None) -> bool:
        """Whether this actor may do `act`: on `thing`, or on anything at all."""
        scope = self.scope(act)
        return bool(scope.grounds) if thing is None else scope.covers(thing)

    def explain(self, act: str, thing: Thing | None = None) -> tuple[Because, ...]:
        """Why this actor may do `act` on `thing`, or at all: nothing exactly where `may` says no."""
        return rules.explain(self.posts, act, thing, roles=roles(), person=self.user_id)

    def has_lapsed(self, *, at: datetime) -> bool:
        """Whether a post has ended since, so that this is no longer who they are."""
        return self.ends_at is not None and at >= self.ends_at

    @cached_property
    def _scopes(self) -> dict[str, Scope]:
        return {}

    @cached_property
    def units(self) -> frozenset[str]:
        """The units this actor belongs to."""
        return frozenset(post.unit for post in self.posts)

    @cached_property
    def role_codes(self) -> frozenset[str]:
        """The roles this actor holds."""
        return frozenset(post.role for post in self.posts)


NOBODY: Final = Actor("nobody", None, "", ())
"""Whoever has not signed in."""


@cache
def roles() -> Mapping[str, Role]:
    """The table of roles, which stands in `project/roles.py`."""
    table: Mapping[str, Role] = import_string(settings.LIANDONG_ROLES)
    return table


def actor_for(user: User, *, at: datetime) -> Actor:
    """Return the actor a signed-in account is at `at`: one query for posts, lent posts and grants."""
    rows = held_at(user, at=at)
    ends = min((row.until_at for row in rows if row.until_at), default=None)
    return Actor(user.key, user.pk, user.name, posts_of(rows), ends)


def still_holds(actor: Actor, *, at: datetime) -> bool:
    """Whether everything this actor held is still theirs: for work that goes on after the request was let in."""
    if actor.has_lapsed(at=at):
        return False
    user = User.objects.filter(pk=actor.user_id or 0, is_active=True).first()
    return user is not None and set(actor.posts) <= set(actor_for(user, at=at).posts)


def posts_of(rows: Iterable[Held]) -> tuple[PostHeld, ...]:
    """What one person's rows are as posts. A right that was given carries no more force than they have of their own."""
    rows = tuple(rows)
    own = [row.force for row in rows if row.by == "post"]
    return tuple(
        PostHeld(
            row.unit_id or "",
            row.role,
            row.area,
            row.title,
            row.home or "",
            row.force if row.by in ("post", "lent") else capped(row.force, own=own),
            row.by,
            row.id,
            row.since_at,
            row.until_at,
        )
        for row in rows
    )


def platform(name: str) -> Actor:
    """The platform acting by itself: a sweep, a channel, a replay."""
    return Actor(f"platform/{name}", None, name, (PostHeld("", "platform", "", name),))


def require(actor: Actor, act: str, thing: Thing | None = None) -> None:
    """Return when `actor` may do `act` (on `thing`).

    :raises Forbidden: they may not
    """
    if not actor.may(act, thing):
        raise Forbidden(act=act_word(act))


def all_acts() -> tuple[str, ...]:
    """Every act there is, in the order in which the table of permission names them."""
    words: Mapping[str, str] = import_string(settings.LIANDONG_ACT_WORDS)
    return tuple(words)


def act_word(act: str) -> str:
    """The act in words."""
    words: Mapping[str, str] = import_string(settings.LIANDONG_ACT_WORDS)
    return words.get(act, act)


def role_word(role: str) -> str:
    """The role in words."""
    words: Mapping[str, str] = import_string(settings.LIANDONG_ROLE_WORDS)
    return words.get(role, role)
