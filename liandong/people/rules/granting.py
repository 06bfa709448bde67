"""What may be granted, to whom, how far and how long; and who may stand in for whom (AB 岗, `CASE.md` §4, §8)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from liandong.kernel.refusal import Refusal, marked
from liandong.people.rules.force import strength
from liandong.people.rules.scope import Ground, PostHeld, Reach, Role, Thing, reasons, scope_of

LONGEST_GRANT: Final = timedelta(days=366)
LONGEST_SHIFT: Final = timedelta(hours=24)
LONGEST_LEAVE: Final = timedelta(days=16)
LONGEST_REASON: Final = 200

UNGRANTABLE: Final = frozenset({"platform", "citizen", "citizen_app"})
OF_THE_DISTRICT: Final = frozenset({"admin", "integrator"})
"""Roles that only an administrator of the whole district may give."""
COVERABLE: Final = frozenset({"grid", "station", "patrol", "bureau", "town", "assistant", "operator", "dispatcher"})


class RoleNotGrantable(Refusal):
    """A role that belongs to no person's grant: that of the platform or of citizens, or one that does not exist."""

    status = 422
    says = marked("角色“%(role)s”不能授予个人。")
    remedy = marked("请从列出的角色中选择。")


class PostNotCoverable(Refusal):
    """A post whose work nobody takes over for a shift."""

    status = 422
    says = marked("“%(role)s”的岗位不能由他人代班。")
    remedy = marked("能代班的是网格、工作站、巡查、科室、街镇、协管、接线与派遣岗位；其他情况请由管理员授权。")


class DistrictAdminNeeded(Refusal):
    """A role that is given by an administrator of the whole district and nobody else."""

    status = 403
    says = marked("“%(role)s”只能由全区管理员授予。")
    remedy = marked("请联系区级管理员办理。")


class BeyondYourArea(Refusal):
    """A right over an area or a unit that the giver's own right does not reach."""

    status = 403
    says = marked("所选的区域或单位不在您可以安排的辖区内。")
    remedy = marked("请选择您辖区内的区域和单位，或请上级管理员办理。")


class NotToOneself(Refusal):
    """A right given to oneself that one does not hold already."""

    status = 403
    says = marked("不能为自己增加权限。")
    remedy = marked("请由另一位有授权权限的人办理。")


class UnitNeededForRole(Refusal):
    """A role that reaches its unit's cases, without a unit."""

    status = 422
    says = marked("授予“%(role)s”必须写明单位：此角色只能办理本单位的案件。")
    remedy = marked("请选择单位。")


class UnitOfAnotherDistrict(Refusal):
    """A unit of one district with an area of another."""

    status = 422
    says = marked("单位与区域不属于同一个区。")
    remedy = marked("请选择同一个区的单位和区域。")


class GrantReasonNeeded(Refusal):
    """A right given or taken without a word of why, or with too many."""

    status = 422
    says = marked("必须写明理由，最多 %(longest)s 字。")
    remedy = marked("请用一句话写明为什么，记录中会保留。")


class TermBackwards(Refusal):
    """A right that would be over before it begins, or is over already."""

    status = 422
    says = marked("截止时间必须晚于开始时间，也必须晚于现在。")
    remedy = marked("请核对起止时间。")


class TermTooLong(Refusal):
    """A right for longer than one of its kind may last."""

    status = 422
    says = marked("期限过长：最多 %(longest)s。")
    remedy = marked("请缩短期限；到期后可以重新办理。")


class StandInForOneself(Refusal):
    """A person who would stand in for themselves."""

    status = 422
    says = marked("不能由本人代自己的班。")
    remedy = marked("请选择另一位同事。")


def reason_given(text: str) -> str:
    """Return the reason, trimmed and storable.

    :raises GrantReasonNeeded: there is none, or it is too long
    """
    kept = text.replace("\x00", "").encode("utf-8", "ignore").decode().strip()
    if not kept or len(kept) > LONGEST_REASON:
        raise GrantReasonNeeded(longest=LONGEST_REASON)
    return kept


def term(since_at: datetime, until_at: datetime, *, at: datetime, longest: timedelta, word: str) -> datetime:
    """Return when the right begins: never before it is given, so that the past stays what it was.

    :raises TermBackwards: it ends before it begins, or has ended
    :raises TermTooLong: it lasts longer than `longest`, which is `word` in words
    """
    begins = max(since_at, at)
    if until_at <= begins:
        raise TermBackwards
    if until_at - begins > longest:
        raise TermTooLong(longest=word)
    return begins


def may_grant(
    giver: tuple[PostHeld, ...], given: PostHeld, *, roles: Mapping[str, Role], unit_area: str, word: str
) -> None:
    """Return when holders of `giver` may give somebody the right `given`, a role called `word`.

    Its unit answers for `unit_area`.

    :raises RoleNotGrantable: nobody gives that role
    :raises UnitNeededForRole: the role is nothing without a unit
    :raises UnitOfAnotherDistrict: unit and area do not belong together
    :raises BeyondYourArea: the giver's own `people.grant` does not reach that far
    :raises DistrictAdminNeeded: the role is for an administrator of the whole district to give
    """
    if given.role not in roles or given.role in UNGRANTABLE:
        raise RoleNotGrantable(role=word)
    if not given.unit and needs_unit(roles[given.role]):
        raise UnitNeededForRole(role=word)
    may_revoke(giver, given, roles=roles, unit_area=unit_area, word=word)


def may_revoke(
    giver: tuple[PostHeld, ...], given: PostHeld, *, roles: Mapping[str, Role], unit_area: str, word: str
) -> None:
    """Return when holders of `giver` may take the right `given` away again: what may be given may be taken.

    :raises UnitOfAnotherDistrict: unit and area do not belong together
    :raises BeyondYourArea: the giver's own `people.grant` does not reach that far
    :raises DistrictAdminNeeded: the role is for an administrator of the whole district
    """
    within_reach(giver, "people.grant", given, roles=roles, unit_area=unit_area)
    scope = scope_of(giver, "people.grant", roles=roles, person=None)
    whole = any(ground.is_of_the_centre and given.area.startswith(ground.value) for ground in scope.grounds)
    if given.role in OF_THE_DISTRICT and not whole:
        raise DistrictAdminNeeded(role=word)


def within_reach(
    giver: tuple[PostHeld, ...], act: str, given: PostHeld, *, roles: Mapping[str, Role], unit_area: str
) -> None:
    """Return when the giver's `act` reaches the area of the right and the whole area of its unit.

    :raises UnitOfAnotherDistrict: unit and area do not belong together
    :raises BeyondYourArea: it does not reach one of them
    """
    if given.unit and unit_area[:6] != given.area[:6]:
        raise UnitOfAnotherDistrict
    scope = scope_of(giver, act, roles=roles, person=None)
    if not scope.covers(Thing(given.area)):
        raise BeyondYourArea
    # A right in a unit reaches all the unit's cases, wherever they lie.
    if given.unit and not scope.covers(Thing(unit_area)):
        raise BeyondYourArea


def may_cover(
    giver: tuple[PostHeld, ...], covered: PostHeld, *, roles: Mapping[str, Role], unit_area: str, word: str
) -> None:
    """Return when holders of `giver` may let somebody stand in for the post `covered`, a role called `word`.

    :raises PostNotCoverable: its role is not one for a stand-in
    :raises UnitOfAnotherDistrict: its unit and area do not belong together
    :raises BeyondYourArea: the giver's own `people.cover` does not reach that far
    """
    if covered.role not in COVERABLE:
        raise PostNotCoverable(role=word)
    within_reach(giver, "people.cover", covered, roles=roles, unit_area=unit_area)


def is_wider(given: PostHeld, *, than: tuple[PostHeld, ...], roles: Mapping[str, Role]) -> bool:
    """Whether a right allows anything that those held do not allow already."""
    for act in {name.partition("@")[0] for name, _reach in roles[given.role].acts}:
        held = [because.ground for because in reasons(than, act, roles=roles)]
        wanted = [because.ground for because in reasons((given,), act, roles=roles)]
        if not all(any(_lies_in(ground, wider) for wider in held) for ground in wanted):
            return True
    return False


def needs_unit(role: Role) -> bool:
    """Whether a role sees cases through its unit alone."""
    reaches = {reach for act, reach in role.acts if act == "cases.view"}
    return Reach.UNIT in reaches and Reach.AREA not in reaches


def capped(force: str, *, own: Iterable[str]) -> str:
    """The force with which a grant or cover acts: never more than the person's own posts carry.

    Whoever has no post of their own serves and no more: nobody becomes an enforcer by standing in for one.
    """
    highest = max(own, key=strength, default="service")
    return min(force, highest, key=strength)


def _lies_in(ground: Ground, wider: Ground) -> bool:
    if wider.level not in ("", ground.level):
        return False
    if wider.reach is Reach.EVERYWHERE:
        return True
    if wider.reach is not ground.reach:
        return False
    return ground.value.startswith(wider.value) if wider.reach is Reach.AREA else ground.value == wider.value
