"""Lasting problems on the map: places where the same matter keeps coming back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from liandong.cases.queries import permitted_problems
from liandong.kernel.cells import Box
from liandong.kernel.refusal import marked
from liandong.people.access import Actor
from liandong.people.layers import Feature, MapLayer, point


def _problems(actor: Actor, box: Box, at: datetime) -> Iterator[Feature]:
    west, south, east, north = box
    found = permitted_problems(actor).filter(state="open", lon__range=(west, east), lat__range=(south, north))
    for problem in found.order_by("-opened_at").iterator():
        lines = (_("关联案件 %(count)s 件") % {"count": problem.cases},)  # type: ignore[attr-defined]
        address = reverse("workbench:problem", args=[problem.pk])
        yield Feature(f"{problem.pk}", point(problem.lon or 0.0, problem.lat or 0.0), problem.title, lines, address)


PROBLEMS: Final = MapLayer("problems", marked("长期问题"), "pin-angle", "orange", _problems, acts=("cases.view",))
