"""What the schedule and the loading of a district keep in order: figures, and the texts of the portal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from liandong.areas.queries import district_codes
from liandong.cases.queries import count_public_cases
from liandong.cases.rulebook import rulebook_for
from liandong.citizen.publishing.events import PortalLoaded
from liandong.citizen.publishing.folder import PortalRow
from liandong.citizen.publishing.models import Figure, FigureRun, PortalText
from liandong.citizen.publishing.rules.periods import months_before
from liandong.people.access import Actor, require
from liandong.timeline.operations import Subject, record

RECENT_MONTHS = 3
ALL_AGAIN = timedelta(days=1)
_LOCKS = 7_311


@transaction.atomic
def load_portal(district: str, rows: Sequence[PortalRow], *, actor: Actor, at: datetime) -> None:
    """Load or refresh the portal's texts of a district; those the folder no longer gives are those of the product.

    :raises Forbidden: the actor may not load districts
    """
    require(actor, "areas.load")
    given = {row.name: (row.text, row.text_en) for row in rows}
    stood = {row.name: (row.text, row.text_en) for row in PortalText.objects.filter(district=district)}
    if given == stood:
        return
    PortalText.objects.filter(district=district).delete()
    PortalText.objects.bulk_create(
        PortalText(district=district, name=row.name, text=row.text, text_en=row.text_en) for row in rows
    )
    about = Subject("portal", int(district), area=district)
    record(PortalLoaded(len(rows)), about=about, actor=actor.key, at=at)


def refresh_figures(*, actor: Actor, at: datetime) -> int:
    """Count the public figures of every district anew: the latest months, once a day all; return how many rows."""
    require(actor, "publishing.count_figures")
    return sum(_refresh(district, at=at) for district in district_codes())


@transaction.atomic
def _refresh(district: str, *, at: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCKS, int(district)])
    run = FigureRun.objects.filter(district=district).first()
    whole = run is None or at - run.all_counted_at >= ALL_AGAIN
    zone = rulebook_for(district).map.calendar.zone
    first = months_before(at.astimezone(zone).date().replace(day=1), RECENT_MONTHS - 1)
    since = None if whole else datetime(first.year, first.month, 1, tzinfo=zone)
    counted = count_public_cases(district, since=since)
    standing = Figure.objects.filter(district=district)
    (standing if whole else standing.filter(month__gte=first)).delete()
    names = [field.name for field in Figure._meta.concrete_fields if field.name not in ("id", "district")]
    Figure.objects.bulk_create(
        (Figure(district=district, **{name: getattr(row, name) for name in names}) for row in counted), batch_size=2000
    )
    all_at = at if run is None or whole else run.all_counted_at
    FigureRun.objects.update_or_create(district=district, defaults={"counted_at": at, "all_counted_at": all_at})
    return len(counted)
