"""先期指挥权 (`CASE.md` §4): a department lets a town order its local force, for classes, an area and a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from liandong.kernel.area_codes import validate
from liandong.kernel.refusal import Refusal, marked
from liandong.people.access import Actor, NotFound, require
from liandong.people.events import CommandDelegated, CommandUsed, DelegationRevoked
from liandong.people.models import Delegation, Unit, UnitKind
from liandong.people.rules.scope import Thing
from liandong.timeline.operations import Subject, record

LONGEST_BASIS = 200
MOST_CLASSES = 50
_CLASS = re.compile(r"\*|[A-Z][A-Z0-9]{0,9}")
_THE_DELEGATION = marked("这项委托")
_THE_UNIT = marked("这个单位")


class NotDelegable(Refusal):
    """A command that only a department can give, and only a town of its district receive."""

    status = 422
    says = marked("先期指挥权只能由委办局委托给同区的街镇，%(department)s与%(town)s不符合。")
    remedy = marked("请选择一个委办局和一个街镇分中心。")


class DelegationTermWrong(Refusal):
    """A time that ends before it begins, or that is over already."""

    status = 422
    says = marked("委托期限 %(since)s 至 %(until)s 无效。")
    remedy = marked("截止日期不得早于起始日期，也不得早于今天。")


class DelegationAreaWrong(Refusal):
    """An area outside the town that is to command there."""

    status = 422
    says = marked("区域 %(area)s 不在%(town)s辖区内。")
    remedy = marked("请填写该街镇或其居村、网格的代码；留空即为整个街镇。")


class DelegationClassesWrong(Refusal):
    """Classes that are none, too many, or no codes."""

    status = 422
    says = marked("委托事项“%(classes)s”无效。")
    remedy = marked("请填写 1 至 50 个类别代码或其开头，用空格分隔；* 表示全部事项。")


class BasisMissing(Refusal):
    """A delegation without the document it rests on."""

    status = 422
    says = marked("委托先期指挥权必须写明依据。")
    remedy = marked("请填写委托文件的名称和文号，不超过 200 字。")


class DelegationOver(Refusal):
    """A delegation that has ended already, by time or by being revoked."""

    status = 409
    says = marked("这项委托已经结束。")
    remedy = marked("无需再撤销；请刷新页面查看现行委托。")


@transaction.atomic
def delegate_command(
    department: str,
    *,
    town: str,
    classes: Sequence[str],
    basis: str,
    since_on: date,
    until_on: date,
    actor: Actor,
    at: datetime,
    area: str = "",
) -> Delegation:
    """Let a town order a department's local force for these classes (codes or beginnings, `*` for all), here, then.

    :raises NotFound: there is no such department for this actor, or no such town
    :raises Forbidden: the actor may not delegate for that department
    :raises NotDelegable, DelegationTermWrong, DelegationAreaWrong, DelegationClassesWrong, BasisMissing: see there
    """
    giver, taker = _unit(department), _unit(town)
    require(actor, "people.delegate", _thing(giver))
    if (giver.kind, taker.kind) != (UnitKind.DEPARTMENT, UnitKind.TOWN) or giver.district != taker.district:
        raise NotDelegable(department=giver.name, town=taker.name)
    if until_on < since_on or until_on < _day(at):
        raise DelegationTermWrong(since=since_on.isoformat(), until=until_on.isoformat())
    delegation = Delegation.objects.create(
        department=giver,
        town=taker,
        classes=_classes(classes),
        area=_area(area, taker),
        basis=_basis(basis),
        made_by=actor.key,
        since_on=since_on,
        until_on=until_on,
    )
    event = CommandDelegated(
        delegation.pk, giver.pk, taker.pk, tuple(delegation.classes), delegation.area, delegation.basis,
        since_on.isoformat(), until_on.isoformat(),
    )  # fmt: skip
    record(event, about=_about(delegation), actor=actor.key, at=at)
    return delegation


@transaction.atomic
def revoke_delegation(delegation: int, *, actor: Actor, at: datetime) -> Delegation:
    """End a delegation now; what was ordered under it stays ordered.

    :raises NotFound: there is none
    :raises Forbidden: the actor may not delegate for that department
    :raises DelegationOver: it has ended already
    """
    found = _locked(delegation)
    require(actor, "people.delegate", _thing(found.department))
    if found.revoked_at is not None or found.until_on < _day(at):
        raise DelegationOver
    found.revoked_at = at
    found.save(update_fields=["revoked_at"])
    event = DelegationRevoked(found.pk, found.department_id, found.town_id)
    record(event, about=_about(found), actor=actor.key, at=at)
    return found


@transaction.atomic
def use_command(delegation: int, *, case: str, unit: str, actor: Actor, at: datetime) -> None:
    """Put on a department's record that a town ordered its local force under a delegation: so it is told.

    :raises NotFound: there is no such delegation
    :raises Forbidden: the actor is not of the town that holds it
    :raises DelegationOver: it ended in the meantime
    """
    found = _locked(delegation)
    require(actor, "cases.dispatch", Thing(area=found.area, level="town", units=frozenset({found.town_id})))
    if found.revoked_at is not None or not found.since_on <= _day(at) <= found.until_on:
        raise DelegationOver
    event = CommandUsed(found.pk, found.department_id, found.town_id, unit, case)
    record(event, about=_about(found), actor=actor.key, at=at)


def _unit(code: str) -> Unit:
    unit = Unit.objects.filter(pk=code).first()
    if unit is None:
        raise NotFound(what=_THE_UNIT)
    return unit


def _locked(delegation: int) -> Delegation:
    rows = Delegation.objects.select_for_update(of=["self"]).select_related("department", "town")
    found = rows.filter(pk=delegation).first()
    if found is None:
        raise NotFound(what=_THE_DELEGATION)
    return found


def _basis(given: str) -> str:
    said = given.replace("\x00", "").strip()
    if not said or len(said) > LONGEST_BASIS:
        raise BasisMissing
    return said


def _classes(given: Sequence[str]) -> list[str]:
    codes = list(dict.fromkeys(code.strip().upper() for code in given if code.strip()))
    if not codes or len(codes) > MOST_CLASSES or not all(_CLASS.fullmatch(code) for code in codes):
        raise DelegationClassesWrong(classes=" ".join(codes)[:80])
    return ["*"] if "*" in codes else codes


def _area(given: str, town: Unit) -> str:
    if not given.strip():
        return town.area
    try:
        code = validate(given.strip())
    except Refusal:
        code = ""
    if not code.startswith(town.area):
        raise DelegationAreaWrong(area=given.strip()[:20], town=town.name)
    return code


def _day(at: datetime) -> date:
    return timezone.localdate(at, timezone.get_default_timezone())


def _thing(department: Unit) -> Thing:
    return Thing(area=department.area, units=frozenset({department.pk}))


def _about(delegation: Delegation) -> Subject:
    hearers = (delegation.department_id, delegation.town_id)
    return Subject("organisation", int(delegation.department.district), area=delegation.area, hearers=hearers)
