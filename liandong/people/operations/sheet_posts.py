"""Planning the sheet of posts: whose they are, in which units as these would be, and what they change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import roles
from liandong.people.models import Post, User
from liandong.people.operations.beats import spelt
from liandong.people.operations.last_admin import administering_roles
from liandong.people.operations.posts import AccountOfAnother, EndedInThePast, home_of, may_give, usable_account
from liandong.people.operations.sheet_lines import Known, Line, State, settled
from liandong.people.operations.sheet_shapes import Asked
from liandong.people.rules.granting import BeyondYourArea
from liandong.people.rules.posts import Home, PostFacts, faults_of_post
from liandong.people.rules.sheet_rows import RowFault, RowTwice

_COMPARED = ("title", "rank", "force", "until")
_PEOPLE = 10_000


class BeginningFixed(RowFault):
    """A row that would move the first day of a post that stands."""

    column = "since"
    says = marked("该岗位自 %(since)s 起任，起始日期不能改。")
    remedy = marked("请留空或填写现有日期；过去的任职不再改动。")


class AdministratorEndsByHand(RowFault):
    """A row that would end a post of an administrator."""

    column = "until"
    says = marked("管理员岗位不能用表格终止。")
    remedy = marked("请在人员页面终止，系统会确认本区仍有管理员。")


@dataclass(slots=True)
class _People:
    """Accounts and posts that the rows name, and the names that rows give new accounts."""

    accounts: dict[str, User]
    posts: dict[tuple[str, str, str, str], Post]
    named: dict[str, str] = field(default_factory=dict)
    firsts: dict[tuple[str, str, str, str], int] = field(default_factory=dict)


def plan_posts(asked: Sequence[Asked], known: Known, *, units: Sequence[Line]) -> list[Line]:
    """What each row of the sheet of posts would do, in units as they would be after `units`."""
    homes = {code: home_of(unit) for code, unit in known.units.items()}
    for line in units:
        if line.state is not State.WRONG:
            home = homes.get(line.key)
            homes[line.key] = Home(line.wanted.area, line.wanted.force, home.until_on if home else None)
    facts = [(one, _completed(one, homes)) for one in asked]
    people = _people([post.account for _one, post in facts], known)
    return [_line(one, post, homes.get(post.unit), known, people) for one, post in facts]


def _completed(one: Asked, homes: Mapping[str, Home]) -> PostFacts:
    """The row with its unit's area where it names none."""
    post = one.post or PostFacts("", "", "", "", "")
    home = homes.get(post.unit)
    return replace(post, area=home.area) if home and not post.area else post


def _people(names: Sequence[str], known: Known) -> _People:
    accounts: dict[str, User] = {}
    wanted = sorted(set(names))
    for start in range(0, len(wanted), _PEOPLE):
        some = User.objects.filter(username__in=wanted[start : start + _PEOPLE])
        accounts.update({user.username: user for user in some})
    posts: dict[tuple[str, str, str, str], Post] = {}
    by_id = {user.pk: user for user in accounts.values()}
    # A post lies within its unit and so within its district: one scan without joins serves a sheet of any size.
    for post in Post.objects.filter(known.standing_posts, area__startswith=known.district).order_by("since_on"):
        if (user := by_id.get(post.user_id)) is not None:
            post.user = user
            posts.setdefault((user.username, post.unit_id, post.role, post.area), post)
    return _People(accounts, posts)


def _line(one: Asked, post: PostFacts, home: Home | None, known: Known, people: _People) -> Line:
    key = (post.account, post.unit, post.role, post.area)
    held = people.posts.get(key)
    if held is None:
        post = replace(post, rank=post.rank or "member", since_on=post.since_on or known.today)
    else:
        post = replace(
            post,
            title=post.title or held.title,
            rank=post.rank or held.rank,
            force=post.force or held.force,
            until_on=post.until_on or held.until_on,
        )
    told = {name for name, _fault in one.faults}
    one.faults += [fault for fault in _faults(one, post, held, home, known, people) if fault[0] not in told]
    before = _facts(held.title, held.rank, held.force, spelt(held.until_on)) if held else {}
    after = _facts(post.title, post.rank, post.force, spelt(post.until_on))
    return settled(one, key=f"{post.account} · {post.unit}", before=before, after=after, target=held,
                   wanted=post)  # fmt: skip


def _facts(*values: str) -> dict[str, str]:
    return dict(zip(_COMPARED, values, strict=True))


def _faults(
    one: Asked, post: PostFacts, held: Post | None, home: Home | None, known: Known, people: _People
) -> Iterator[tuple[str, Refusal]]:
    checked = post if held is None else replace(post, since_on=post.since_on or held.since_on)
    for fault in faults_of_post(checked, home, roles=roles(), areas=known.areas):
        yield fault.column, fault
    first = people.firsts.setdefault((post.account, post.unit, post.role, post.area), one.row.number)
    if first != one.row.number:
        yield "account", RowTwice(row=first)
    yield from _of_the_person(post, known, people)
    if home is not None and not known.may(home.area):
        yield "unit", BeyondYourArea(what=post.unit)
    if held is not None:
        yield from _of_a_held_post(one, post, held, known)
    elif post.until_on is not None and post.until_on < known.today:
        yield "until", EndedInThePast(on=post.until_on.isoformat())
    try:
        if held is None and post.role in roles():
            may_give(known.actor, post)
    except Refusal as refusal:
        yield "role", refusal


def _of_the_person(post: PostFacts, known: Known, people: _People) -> Iterator[tuple[str, Refusal]]:
    user = people.accounts.get(post.account)
    if user is None:
        first = people.named.setdefault(post.account, post.person)
        if first != post.person:
            yield "person", AccountOfAnother(account=post.account, name=first)
        return
    try:
        usable_account(user, post, at=known.at)
    except Refusal as refusal:
        yield "account", refusal


def _of_a_held_post(one: Asked, post: PostFacts, held: Post, known: Known) -> Iterator[tuple[str, Refusal]]:
    asked_since = one.post.since_on if one.post else None
    if asked_since is not None and asked_since != held.since_on:
        yield "since", BeginningFixed(since=held.since_on.isoformat())
    if post.until_on != held.until_on and post.until_on is not None:
        if held.role in administering_roles():
            yield "until", AdministratorEndsByHand()
        elif post.until_on < known.today:
            yield "until", EndedInThePast(on=post.until_on.isoformat())
