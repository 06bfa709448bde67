"""Public figures: tables of a period with bars beside them, from what the schedule has counted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from liandong.cases.rulebook import Rulebook, rulebook_for
from liandong.citizen.publishing.asking import AskedUnclear, district_in
from liandong.citizen.publishing.queries import Line, Table, figures_of, groups_of, smallest_cell
from liandong.citizen.publishing.rules.cells import SUM
from liandong.citizen.publishing.rules.periods import Months, months_before, months_from
from liandong.citizen.publishing.showing import group_choices
from liandong.web.names import name_of

BAR = 100
"""How long the longest bar is drawn."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A line of a table in words, and how long its bar is."""

    code: str
    name: str
    line: Line
    length: int
    url: str = ""


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The figures of a period by town and class."""
    at = timezone.now()
    district = district_in(request.GET)
    book = rulebook_for(district)
    today = book.map.day_of(at)
    months = months_from(request.GET.get("from", ""), request.GET.get("until", ""), today=today)
    group = request.GET.get("class", "").replace("\x00", "")
    if group and group not in {one.code for one in groups_of(book)}:
        raise AskedUnclear(name="class", value=group[:60])
    table = figures_of(district, months, group=group)
    said = {"district": request.GET["district"]} if request.GET.get("district") else {}
    period = {"from": f"{months.first:%Y-%m}", "until": f"{months.last:%Y-%m}"}
    context = {
        "table": table,
        "towns": _bars(table.towns, {code: _town(code, book) for code in _codes(table.towns)}),
        "kinds": _bars(
            table.kinds,
            {code: _kind(code, book) for code in _codes(table.kinds)},
            urls={} if group else {code: _url(said, period, code) for code in _codes(table.kinds)},
        ),
        "matrix": _matrix(table, book),
        "group": _kind(group, book) if group else "",
        "whole_url": f"?{urlencode({**said, **period})}",
        "asked": {**period, "class": group, **said},
        "presets": _presets(months_now=today.replace(day=1), said=said, group=group),
        "groups": group_choices(book),
        "least": smallest_cell(district),
        "csv": urlencode({**said, **period}),
        "zone": book.map.calendar.zone,
        "district": book.map.district,
    }
    return render(request, "publishing/figures.html", context)


def _url(said: Mapping[str, str], period: Mapping[str, str], group: str) -> str:
    return f"?{urlencode({**said, **period, 'class': group})}"


def _presets(*, months_now: date, said: Mapping[str, str], group: str) -> list[tuple[str, str]]:
    spans = (
        (_("本月"), Months(months_now, months_now)),
        (_("上月"), Months(months_before(months_now, 1), months_before(months_now, 1))),
        (_("近三个月"), Months(months_before(months_now, 2), months_now)),
        (_("近十二个月"), Months(months_before(months_now, 11), months_now)),
    )
    kept = {**said, **({"class": group} if group else {})}
    return [
        (word, f"?{urlencode({**kept, 'from': f'{span.first:%Y-%m}', 'until': f'{span.last:%Y-%m}'})}")
        for word, span in spans
    ]


def _bars(lines: Iterable[Line], names: Mapping[str, str], *, urls: Mapping[str, str] | None = None) -> list[Bar]:
    known = list(lines)
    most = max((line.counts.reported for line in known if line.counts), default=0) or 1
    return [
        Bar(line.code, names[line.code], line, round(BAR * line.counts.reported / most) if line.counts else 0,
            (urls or {}).get(line.code, ""))
        for line in known
    ]  # fmt: skip


def _matrix(table: Table, book: Rulebook) -> dict[str, Any]:
    """Towns down, classes across, sums at both ends; None where a cell is not told."""
    kinds = [*_codes(table.kinds), SUM]
    rows = [
        {
            "name": _("合计") if town == SUM else _town(town, book),
            "cells": [table.reported.get((town, kind), 0) for kind in kinds],
        }
        for town in (*_codes(table.towns), SUM)
    ]
    return {"heads": [_("合计") if kind == SUM else _kind(kind, book) for kind in kinds], "rows": rows}


def _codes(lines: Iterable[Line]) -> list[str]:
    return [line.code for line in lines]


def _town(code: str, book: Rulebook) -> str:
    if len(code) == 6:
        return _("位置待定")
    area = book.map.areas.get(code)
    return name_of(area) if area else code


def _kind(code: str, book: Rulebook) -> str:
    kind = book.classes.get(code)
    return name_of(kind) if kind else code
