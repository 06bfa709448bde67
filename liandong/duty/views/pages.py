"""What every page of duty shares: its tabs, its clock, and how a refusal is shown where the person is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext

from liandong.areas.queries import district_map
from liandong.duty.feeds import shift_word
from liandong.duty.rules.rotation import Why
from liandong.duty.rules.strain import Stretch
from liandong.duty.schedules import names_of
from liandong.kernel.refusal import Refusal, marked
from liandong.people.desk import DeskRequest, district_of
from liandong.web.refusals import explain

TABS: Final[tuple[tuple[str, str], ...]] = (
    ("today", marked("今日值班")),
    ("rosters", marked("值班表")),
    ("gaps", marked("缺口")),
    ("handovers", marked("交接班")),
    ("briefings", marked("勤前讲评")),
    ("handbook", marked("手册")),
    ("trainings", marked("培训")),
)

WHY_WORDS: Final[dict[str, str]] = {
    Why.ROTATION: marked("轮值"),
    Why.SWAP: marked("换班"),
    Why.COVER: marked("顶班"),
    Why.NO_TURNS: marked("没有排人"),
    Why.ABSENT: marked("请假或外出"),
    Why.LEFT: marked("已不在岗"),
    Why.ENDED: marked("单位已撤销"),
    Why.TWICE: marked("同时有另一班"),
}


def page(request: DeskRequest, template: str, context: dict[str, Any], *, tab: str, status: int = 200) -> HttpResponse:
    """Render a page of duty with its tabs."""
    tabs = [{"url": reverse(f"duty:{view}"), "label": gettext(word), "active": view == tab} for view, word in TABS]
    return render(request, f"duty/{template}.html", {"tabs": tabs, **context}, status=status)


def zone_of(request: DeskRequest) -> ZoneInfo:
    """The zone whose clocks a person reads."""
    return district_map(district_of(request.actor)).calendar.zone


def weekday_word(day: date) -> str:
    """The shortest word for a day of the week, for narrow columns."""
    return date_format(day, "D").removeprefix("星期")


def heads_of(days: Iterable[date]) -> list[dict[str, Any]]:
    """The heads of a grid's columns."""
    return [{"day": day, "weekday": weekday_word(day), "off": day.weekday() > 4} for day in days]


def told(refusal: Refusal) -> str:
    """A refusal in one paragraph: why, and what to do."""
    words = explain(refusal)
    return f"{words.says}{words.remedy}"


def strain_words(stretches: Iterable[Stretch], zone: ZoneInfo) -> list[str]:
    """Who would be on watch too long on end, a sentence each."""
    found = list(stretches)
    names = names_of(stretch.person for stretch in found)
    return [
        gettext("%(name)s 将连续值班 %(hours)s 小时（%(start)s 至 %(end)s），中间没有休息。")
        % {
            "name": names.get(stretch.person, ""),
            "hours": stretch.hours,
            "start": f"{stretch.starts_at.astimezone(zone):%m-%d %H:%M}",
            "end": f"{stretch.ends_at.astimezone(zone):%m-%d %H:%M}",
        }
        for stretch in found
    ]


def why_word(why: str) -> str:
    """What a reason is called."""
    return gettext(WHY_WORDS[why])


__all__ = ["TABS", "heads_of", "page", "shift_word", "strain_words", "told", "weekday_word", "why_word", "zone_of"]
