"""What may stand in a post: who, with which role, over which area, with which force, from when until when.

As in the unit tree, faults are refusals that know their column, so that a sheet hears all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import ORDER, covers
from liandong.people.rules.granting import UNGRANTABLE

RANKS: Final = ("head", "deputy", "member")
LONGEST_ACCOUNT: Final = 60
LONGEST_PERSON: Final = 60
LONGEST_TITLE: Final = 40

CREW_SEATS: Final = (marked("网格长"), marked("宣传员"), marked("信息员"), marked("服务员"), marked("调解员"))
"""一长四员: the seats of a grid crew, known by the title of the post."""
STATION_TEAMS: Final = (
    marked("就业援助"),
    marked("社区助残"),
    marked("房屋协管"),
    marked("社区保安"),
    marked("综合协管"),
    marked("公共文化服务"),
)
"""The six teams a station uses: planned by the district, managed by the town (大联动: 村居工作站六支队伍)."""
STREET_TEAMS: Final = (marked("市容环境协管"), marked("治安辅助巡逻"))
"""The assistants' teams on the street."""

_ACCOUNT = re.compile(r"[a-z0-9][a-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class PostFacts:
    """A post as it is asked for, before anybody holds it. `force` empty means that of the unit."""

    account: str
    person: str
    unit: str
    role: str
    area: str
    title: str = ""
    rank: str = "member"
    force: str = ""
    since_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, slots=True)
class Home:
    """The unit of a post as far as the post is concerned."""

    area: str
    force: str
    until_on: date | None = None


class PostFault(Refusal):
    """Something in a post's row that cannot be."""

    status = 422
    column: ClassVar[str] = "unit"


class WrongAccountName(PostFault):
    """An account name of other signs than small letters, digits, dot, dash and underscore."""

    column = "account"
    says = marked("“%(account)s”不能作账号。")
    remedy = marked("账号由小写字母、数字、点、横线和下划线组成，以字母或数字开头，最多 60 位。")


class PersonNameless(PostFault):
    """A post of nobody: the name is missing or too long."""

    column = "person"
    says = marked("姓名为空或过长。")
    remedy = marked("请填写姓名，最多 %(longest)s 字。")


class UnknownPostUnit(PostFault):
    """A post in a unit that there is not."""

    says = marked("没有代码为“%(unit)s”的单位。")
    remedy = marked("请核对单位代码，或先建立该单位。")


class UnitHasClosed(PostFault):
    """A post in a unit that has closed, or closes before the post begins."""

    says = marked("单位“%(unit)s”已撤销。")
    remedy = marked("请改任到在设的单位。")


class UnknownRole(PostFault):
    """A role that there is not, or that no person holds."""

    column = "role"
    says = marked("没有“%(role)s”这个可任的角色。")
    remedy = marked("请从列出的角色中选择。")


class PostOutsideUnit(PostFault):
    """A post over an area that its unit does not answer for."""

    column = "area"
    says = marked("岗位辖区“%(area)s”不在单位的辖区“%(around)s”内。")
    remedy = marked("请填写单位辖区内的区域代码。")


class UnknownPostArea(PostFault):
    """A post over an area that the district's map does not hold."""

    column = "area"
    says = marked("本区没有代码为“%(area)s”的区域，岗位不能以它为辖区。")
    remedy = marked("请核对岗位的区域代码。")


class TitleTooLong(PostFault):
    """A title longer than one line."""

    column = "title"
    says = marked("职务过长。")
    remedy = marked("职务最多 %(longest)s 字。")


class UnknownRank(PostFault):
    """A rank other than head, deputy and member."""

    column = "rank"
    says = marked("“%(rank)s”不是级别。")
    remedy = marked("级别为负责人、副职或成员。")


class UnknownPostForce(PostFault):
    """A post with a kind of force that there is not."""

    column = "force"
    says = marked("岗位的力量性质“%(force)s”不存在。")
    remedy = marked("请填写服务、管理或执法；不填则与单位相同。")


class ForceBeyondUnit(PostFault):
    """A post that would carry more force than its unit: service cannot enforce (`CASE.md` §4)."""

    column = "force"
    says = marked("岗位的力量性质不能高于所在单位。")
    remedy = marked("请降为单位的力量性质，或由有相应职权的单位设岗。")


class PostBackwards(PostFault):
    """A post that would end before it begins."""

    column = "until"
    says = marked("岗位的终止日期早于起始日期。")
    remedy = marked("请核对起止日期。")


def team_named_in(*texts: str) -> str:
    """Which of the six teams of a station the title of a post or the name of a unit speaks of; "" for none of them."""
    return next((team for team in STATION_TEAMS if any(team in text for text in texts)), "")


def faults_of_post(
    post: PostFacts, home: Home | None, *, roles: Collection[str], areas: Collection[str]
) -> Iterator[PostFault]:
    """What is wrong with a post in the unit `home`, which is None where there is no such unit."""
    yield from faults_of_person(post.account, post.person)
    if post.role not in roles or post.role in UNGRANTABLE:
        yield UnknownRole(role=post.role[:20])
    if home is None:
        yield UnknownPostUnit(unit=post.unit[:40])
    elif home.until_on is not None and (post.since_on is None or home.until_on < post.since_on):
        yield UnitHasClosed(unit=post.unit)
    if post.area not in areas:
        yield UnknownPostArea(area=post.area[:20])
    elif home is not None and not post.area.startswith(home.area):
        yield PostOutsideUnit(area=post.area, around=home.area)
    yield from faults_of_standing(post, home)


def faults_of_person(account: str, person: str) -> Iterator[PostFault]:
    """What is wrong with the account or the name of whoever is to hold a post."""
    if not _ACCOUNT.fullmatch(account) or len(account) > LONGEST_ACCOUNT:
        yield WrongAccountName(account=account[:LONGEST_ACCOUNT])
    if not person or len(person) > LONGEST_PERSON:
        yield PersonNameless(longest=LONGEST_PERSON)


def faults_of_standing(post: PostFacts, home: Home | None) -> Iterator[PostFault]:
    """What is wrong with a post's title, rank, force and days."""
    if len(post.title) > LONGEST_TITLE:
        yield TitleTooLong(longest=LONGEST_TITLE)
    if post.rank not in RANKS:
        yield UnknownRank(rank=post.rank[:20])
    if post.force and post.force not in ORDER:
        yield UnknownPostForce(force=post.force[:20])
    elif post.force and home is not None and not covers(home.force, post.force):
        yield ForceBeyondUnit()
    if post.since_on and post.until_on and post.until_on < post.since_on:
        yield PostBackwards()
