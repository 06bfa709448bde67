"""A district is a folder of data: this hands each part of one to the module that owns it. All of it, or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from django.db import transaction

from liandong.areas.operations import DistrictFacts, load_areas, load_basemap, load_calendar
from liandong.cases.folder import rows_of
from liandong.cases.operations import load_catalogue
from liandong.cases.rulebook import forget_rules
from liandong.citizen.publishing.operations import load_portal
from liandong.duty.operations import load_rosters
from liandong.intake_channels.operations import load_mappings
from liandong.notify.operations import load_notices
from liandong.people.access import Actor, platform
from liandong.people.operations import load_delegations, load_lendings, load_organisation
from liandong.project.district_files import STANDARDS, DistrictFiles, read_district


@transaction.atomic
def load_district(folder: Path, *, at: datetime | None = None, password: str | None = None) -> str:
    """Load or refresh the district in `folder` and return its code.

    `password` makes its accounts demo accounts that share it; without one they are locked until one is set.

    :raises BrokenFolder: a file holds faults
    """
    at = at or datetime.now(UTC)
    files = read_district(folder, is_demo=password is not None)
    _load(files, password=password, actor=platform("import"), at=at)
    transaction.on_commit(forget_rules)
    return files.facts.code


def _load(files: DistrictFiles, *, password: str | None, actor: Actor, at: datetime) -> None:
    code = files.facts.code
    load_areas(files.facts, files.areas, files.outlines, files.places, actor=actor, at=at)
    load_basemap(code, files.basemap, actor=actor, at=at)
    _load_calendar(files.facts, actor=actor, at=at)
    load_organisation(code, files.units, files.posts, password=password, actor=actor, at=at)
    load_lendings(code, files.lendings, actor=actor, at=at)
    load_delegations(code, files.delegations, actor=actor, at=at)
    load_rosters(code, files.rosters, actor=actor, at=at)
    load_notices(code, files.notices, actor=actor, at=at)
    load_portal(code, files.portal, actor=actor, at=at)
    load_catalogue(
        code,
        classes=files.catalogue.classes,
        conditions=files.catalogue.conditions,
        limits=files.catalogue.limits,
        policies=files.catalogue.policies,
        matrix=files.catalogue.matrix,
        actor=actor,
        at=at,
    )
    load_mappings(code, files.mappings, actor=actor, at=at)


def _load_calendar(facts: DistrictFacts, *, actor: Actor, at: datetime) -> None:
    folder = STANDARDS / "calendar" / facts.calendar
    days = [
        (date.fromisoformat(row["date"]), row["is_working"] == "true", row["why"])
        for file in sorted(folder.glob("[0-9]*.csv"))
        for _line, row in rows_of(file)
    ]
    years = [
        (int(row["year"]), row["confirmed"] == "true", row["source"]) for _line, row in rows_of(folder / "years.csv")
    ]
    load_calendar(facts.calendar, days, years, district=facts.code, actor=actor, at=at)
