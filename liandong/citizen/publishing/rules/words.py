"""The codes of what is published and their words."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from liandong.kernel.refusal import marked


class Reason(StrEnum):
    """Why something is taken out of public sight."""

    PERSONAL = "personal"
    ABUSIVE = "abusive"
    UNFOUNDED = "unfounded"
    OFF_TOPIC = "off_topic"
    UNDER_INQUIRY = "under_inquiry"
    OTHER = "other"


class QuestionState(StrEnum):
    WAITING = "waiting"
    PUBLISHED = "published"
    HIDDEN = "hidden"


class Kind(StrEnum):
    """联勤资讯, notices, warnings."""

    NEWS = "news"
    NOTICE = "notice"
    WARNING = "warning"


class ArticleState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Level(StrEnum):
    """How grave a warning is, in the four colours of public warnings (蓝、黄、橙、红), the gravest last."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


REASON_WORDS: Final = {
    Reason.PERSONAL: marked("含个人信息"),
    Reason.ABUSIVE: marked("侮辱、诽谤或不当言辞"),
    Reason.UNFOUNDED: marked("内容失实或无法核实"),
    Reason.OFF_TOPIC: marked("与公共事务无关或重复"),
    Reason.UNDER_INQUIRY: marked("正在调查，暂不公开"),
    Reason.OTHER: marked("其他（须写明）"),
}
QUESTION_WORDS: Final = {
    QuestionState.WAITING: marked("待审核"),
    QuestionState.PUBLISHED: marked("已公开"),
    QuestionState.HIDDEN: marked("未公开"),
}
KIND_WORDS: Final = {Kind.NEWS: marked("资讯"), Kind.NOTICE: marked("公告"), Kind.WARNING: marked("预警")}
ARTICLE_WORDS: Final = {
    ArticleState.DRAFT: marked("草稿"),
    ArticleState.PUBLISHED: marked("已发布"),
    ArticleState.WITHDRAWN: marked("已撤回"),
}
LEVEL_WORDS: Final = {
    Level.BLUE: marked("蓝色"),
    Level.YELLOW: marked("黄色"),
    Level.ORANGE: marked("橙色"),
    Level.RED: marked("红色"),
}
LEVEL_TONES: Final = {Level.BLUE: "blue", Level.YELLOW: "amber", Level.ORANGE: "orange", Level.RED: "red"}
