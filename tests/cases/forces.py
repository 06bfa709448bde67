"""Units and posts of every force for the small district: a joint team, a local office, assistants. By operations."""

from __future__ import annotations

from datetime import date, timedelta

from liandong.cases.rulebook import forget_rules
from liandong.people.access import platform
from liandong.people.models import Post, Unit, User
from liandong.people.operations import UnitRow, appoint, change_unit, lend_post, open_unit
from liandong.people.rules.posts import PostFacts
from tests.world import DISTRICT, MONDAY_MORNING, World

STORY = platform("story")
SINCE = date(2026, 1, 1)
TOWN = f"{DISTRICT}001"
TEAM = f"{DISTRICT}-J001"
OFFICE = f"{DISTRICT}-O001"
B002, D03, T01 = f"{DISTRICT}-B002", f"{DISTRICT}-D03", f"{DISTRICT}-T01"

BY_FORCE = {"service": "M06010", "management": "A0203", "enforcement": "M06001"}
"""A class of the catalogue for each kind of force."""
UNITS = {"service": (f"{DISTRICT}-G001", "grid001"), "management": (T01, "town01"), "enforcement": (B002, "bureau002")}
"""A unit that carries each kind of force, and who acts for it."""


def new_unit(world: World, code: str, *, parent: str, kind: str, force: str, name: str, area: str = TOWN) -> str:
    """Open a unit that has stood since New Year."""
    row = UnitRow(f"{DISTRICT}-{code}", parent, kind, "", force, name, name, area, "", SINCE)
    opened = open_unit(row, actor=STORY, at=MONDAY_MORNING)
    forget_rules()
    return opened.code


def new_post(account: str, unit: str, *, role: str, force: str = "", area: str = "") -> Post:
    """Appoint somebody to a post that they have held since New Year."""
    person = "" if User.objects.filter(username=account).exists() else f"{account}某"
    facts = PostFacts(account, person, unit, role, area, force=force, since_on=SINCE)
    return appoint(facts, actor=STORY, at=MONDAY_MORNING)


def weaken(world: World, unit: str, *, to: str = "management") -> None:
    """Let a unit carry less force from now on."""
    change_unit(unit, force=to, actor=STORY, at=world.at)
    forget_rules()


def joint_team(world: World) -> str:
    """东桥联合执勤队: an enforcer of the squad, one of market supervision, a manager of the patrol, a grid head."""
    team = new_unit(world, "J001", parent=T01, kind="joint", force="management", name="东桥联合执勤队")
    for account in ("bureau002", "department03", "patrol001", "grid001"):
        post = Post.objects.get(user__username=account)
        lend_post(post.pk, team=team, since_on=SINCE, until_on=None, actor=STORY, at=MONDAY_MORNING)
    return team


def local_office(world: World) -> str:
    """东桥市场监管所: market supervision's own office in Dongqiao, with somebody in it."""
    office = new_unit(world, "O001", parent=D03, kind="office", force="enforcement", name="东桥市场监管所")
    new_post("office001", office, role="bureau")
    return office


def stop_work(world: World, unit: str) -> None:
    """Let a unit have closed yesterday, whatever it still has in hand."""
    Unit.objects.filter(pk=unit).update(until_on=world.at.date() - timedelta(days=1))
    forget_rules()
