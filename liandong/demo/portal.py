"""What the demo's portal shows: news, a notice, a warning that holds, questions at every stage. All of it invented."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from liandong.citizen.publishing.operations import (
    ArticleWords,
    answer_question,
    ask_question,
    publish_article,
    publish_question,
    write_article,
)
from liandong.demo import words
from liandong.demo.cast import Cast
from liandong.people.access import platform

POLICY_COLUMNS = ("class", "policy", "value", "clause")
PORTAL_COLUMNS = ("name", "text", "text_en")
_WARNING = ArticleWords(
    title="暴雨蓝色预警：今夜到明天有中到大雨",
    text="请减少外出，远离积水路段和在建工地。\n\n发现积水、倒树、井盖缺失，请用“我要反映”上报；有人员危险请拨打 110。",
    title_en="Blue rainstorm warning: moderate to heavy rain tonight and tomorrow",
    text_en="Stay in where you can; keep away from flooded roads and building sites.\n\n"
    "Report floods, fallen trees and missing manhole covers here; where people are in danger, call 110.",
)
_ARTICLES = (
    (
        "news",
        9,
        ArticleWords(
            title="各街镇早晚各巡一次垃圾投放点",
            text="从本周起，网格长在早晚两个高峰后各巡查一次投放点，满溢的当场联系清运。",
            title_en="Waste points are inspected twice a day",
            text_en="From this week grid heads inspect every waste point after the morning and evening peaks.",
        ),
    ),
    (
        "news",
        3,
        ArticleWords(
            title="上月路灯报修平均两天修复",
            text="上月共受理路灯问题若干件，平均两天修复。晚上看到不亮的灯，拍下灯杆编号上报最快。",
            title_en="Street lights were mended within two days last month",
            text_en="On average a broken street light was mended in two days. A photo of the pole's number helps most.",
        ),
    ),
    (
        "notice",
        2,
        ArticleWords(
            title="政务服务大厅周六开放",
            text="本月起，区政务服务大厅每周六 9:00–16:00 开放，办理时间与工作日相同。",
            title_en="Service hall open on Saturdays",
            text_en="The district's service hall is open on Saturdays from 9:00 to 16:00.",
        ),
    ),
)
_QUESTIONS = (
    ("街角的绿地晚上没有灯，能不能加两盏？", "晚归人", "D02", "已列入下季度照明补点计划，预计两个月内装好。"),
    ("非机动车停放线什么时候重画？", "", "D02", ""),
    ("小区旁边的工地周末早上几点可以开工？", "张女士", "", ""),
)


def publication_rules() -> Iterator[tuple[str, ...]]:
    """Rows of `policies.csv`: photos are looked at first, what is dangerous appears after a day, pests by community."""
    yield "*", "publish_photos", "moderated", "本区公开规则（演示）"
    yield "A0209", "publish_place", "community", "本区公开规则（演示）"
    yield "M10", "publish_after_days", "1", "本区公开规则（演示）"


def portal_texts() -> Iterator[tuple[str, ...]]:
    """Rows of `portal.csv`."""
    yield (
        "licence",
        "临江区公开数据（演示）可自由使用、加工和再传播，须注明“来源：临江区（虚构）”与取数时间；不得用于识别个人。",
        "Open data of Linjiang District (fictional) may be used, changed and passed on freely, naming the source and "
        "the time it was taken; not to be used to identify persons.",
    )


def write_portal(cast: Cast, *, at: datetime) -> None:
    """Write articles and questions of the last days before `at`."""
    editor, district = cast.by_role["supervisor"], words.DISTRICT_CODE
    for kind, days, said in _ARTICLES:
        when = at - timedelta(days=days)
        article = write_article(district, kind=kind, area=district, words=said, actor=editor, at=when)
        publish_article(article.pk, version=1, actor=editor, at=when)
    warning = write_article(
        district, kind="warning", level="blue", area=district, words=_WARNING, actor=editor, at=at - timedelta(hours=2)
    )
    until = at + timedelta(days=2)
    publish_article(warning.pk, version=1, valid_until=until, actor=editor, at=at - timedelta(hours=2))
    for days, (text, name, unit, answer) in enumerate(_QUESTIONS, start=1):
        when = at - timedelta(days=5 - days)
        row, _secret = ask_question(district, text=text, name=name, actor=platform("portal"), at=when)
        code = f"{district}-{unit}"
        if unit:
            publish_question(row.pk, unit=code, actor=editor, at=when + timedelta(hours=1))
        if answer:
            answer_question(row.pk, text=answer, actor=cast.by_unit[code], at=when + timedelta(hours=5))
