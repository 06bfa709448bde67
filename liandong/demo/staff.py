"""Who holds which post in the demo district: heads, deputies, grid crews of five (一长四员), assistants.

The accounts every demonstration uses come first and stay as they are; whoever was added later comes after them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from liandong.demo import words
from liandong.demo.geography import Geography
from liandong.people.operations import PostRow, UnitRow

# account and role, unit, title
_CENTRE_POSTS = (
    ("operator", "DC", "受理员"),
    ("dispatcher", "DC", "派遣员"),
    ("supervisor", "DC", "值班长"),
    ("verifier", "DC", "核查员"),
    ("assessor", "DC", "考核员"),
    ("commander", "D10", "指挥长"),
    ("mediator", "D20", "调解员"),
    ("leader", "DC", "分管区领导"),
    ("auditor", "D32", "审计员"),
    ("admin", "DC", "系统管理员"),
)
# kind of unit → account prefix, digits of its number, title
_HEADS = {
    "department": ("department", 2, "处置员"),
    "town": ("town", 2, "分中心主任"),
    "bureau": ("bureau", 3, "经办人"),
    "station": ("station", 3, "工作站站长"),
    "team": ("patrol", 3, "巡查队队长"),
    "grid": ("grid", 3, "网格长"),
}
_ASSISTANTS = "A"
# Those who share the centre's desks round the clock with the accounts above: role → how many there are in all.
SHIFTS = {"operator": 4, "dispatcher": 3, "supervisor": 3}
# kind of unit → account prefix, role, title, rank of those who were added to the units above
_SECONDS = {
    "department": ("deputy", "department", "副职", "deputy"),
    "town": ("vice", "town", "分中心副主任", "deputy"),
    "office": ("office", "department", "所长", "head"),
}
_CREW = ("宣传员", "信息员", "服务员", "调解员")
_ASSISTANTS_PER_TEAM = 2


def demo_posts(units: Sequence[UnitRow], geography: Geography, *, seed: int) -> Iterator[PostRow]:
    """Every post; the same units and seed give the same people."""
    names = words.people_names(Random(seed))  # noqa: S311 - scenery, not secrets
    for role, code, title in _CENTRE_POSTS:
        yield PostRow(role, names.pop(), code, role, words.DISTRICT_CODE, title)
    for unit in units:
        if unit.kind in _HEADS and not unit.code.startswith(_ASSISTANTS):
            role, digits, title = _HEADS[unit.kind]
            account = f"{role}{int(unit.code[1:]):0{digits}d}"
            yield PostRow(account, names.pop(), unit.code, role, unit.area, title, rank="head")
    for role, count in SHIFTS.items():
        title = next(title for name, _unit, title in _CENTRE_POSTS if name == role)
        for number in range(2, count + 1):
            yield PostRow(f"{role}{number}", names.pop(), "DC", role, words.DISTRICT_CODE, title)
    for unit in units:
        if unit.kind in _SECONDS:
            prefix, role, title, rank = _SECONDS[unit.kind]
            yield PostRow(f"{prefix}{unit.code[1:]}", names.pop(), unit.code, role, unit.area, title, rank=rank)
    crews = list(_crews(units, names))
    yield from crews
    yield from _assistants(units, geography, names)
    yield from _mediators(units, names, {post.account: post.person for post in crews})


def _crews(units: Sequence[UnitRow], names: list[str]) -> Iterator[PostRow]:
    """Beside its head every grid has four; those of one station share the station's grids, a post in each."""
    grids: dict[str, list[UnitRow]] = defaultdict(list)
    for unit in units:
        if unit.kind == "grid":
            grids[unit.parent].append(unit)
    for station, below in grids.items():
        for seat, title in enumerate(_CREW, start=1):
            account, person = f"crew{station[1:]}{seat}", names.pop()
            for grid in below:
                yield PostRow(account, person, grid.code, "grid", grid.area, title)


def _mediators(units: Sequence[UnitRow], names: list[str], crews: Mapping[str, str]) -> Iterator[PostRow]:
    """A head for every body of mediation; a village's room has the crews' own mediator (一岗多职)."""
    for unit in units:
        if unit.kind == "mediation":
            own = f"crew{unit.parent[1:]}{len(_CREW)}"
            account, person = (own, crews[own]) if own in crews else (f"mediation{unit.code[1:]}", names.pop())
            yield PostRow(account, person, unit.code, "mediator", unit.area, "调解员", rank="head")


def _assistants(units: Sequence[UnitRow], geography: Geography, names: list[str]) -> Iterator[PostRow]:
    """Each assistant belongs to a team of the town and serves the station of one community."""
    communities = [area.code for area in geography.level("community")]
    running = 0
    for unit in units:
        if not (unit.kind == "team" and unit.code.startswith(_ASSISTANTS)):
            continue
        served = [code for code in communities if code.startswith(unit.area)]
        for _place in range(_ASSISTANTS_PER_TEAM):
            running += 1
            community = served[running % len(served)]
            yield PostRow(f"assistant{running:03d}", names.pop(), unit.code, "assistant", community, "协管员")
