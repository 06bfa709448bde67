"""Records of categories of people are refused at every door (`PRODUCT.md` §0, principle 7): how one is told.

The words are those of the person sheets of GB/T 31000-2015 (实有人口, 特殊人群, 重点青少年) and of what districts add
to them. A matter is never described by them: it says what happened and where.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from liandong.cases.rules.redaction import redact
from liandong.kernel.refusal import Refusal, marked

LABELS: Final = (
    "重点人口",
    "重点人员",
    "重点人群",
    "特殊人群",
    "特殊人员",
    "重点青少年",
    "刑满释放",
    "刑释人员",
    "刑释解教",
    "社区矫正",
    "吸毒人员",
    "戒毒人员",
    "涉毒人员",
    "精神障碍患者",
    "精神病人",
    "肇事肇祸",
    "信访人员",
    "上访人员",
    "信访重点",
    "涉稳人员",
    "邪教人员",
    "艾滋病人员",
    "危险人员",
    "前科人员",
    "实有人口",
    "户籍人口",
    "流动人口",
    "境外人员",
    "留守人员",
)
"""Labels of people. Whoever carries one is a person, not a matter."""

BARE: Final = ("吸毒", "戒毒", "精神障碍", "信访人", "上访人", "刑释", "矫正对象", "人员", "人口", "人群")
"""What in a category says that it is one of people, where a channel has such sheets beside its matters."""

FIELDS: Final = frozenset(
    {
        "person_category",
        "person_type",
        "population_type",
        "special_group",
        "person",
        "persons",
        "people",
        "id_card",
        "identity_card",
        "id_number",
        "重点人员类别",
        "人员类别",
        "人员类型",
        "人口类型",
        "特殊人群类型",
        "公民身份号码",
        "身份证号",
    }
)
"""Fields of the sheets of people."""


SIGHT_FIELDS: Final = (
    *("face", "facial", "person", "people", "pedestrian", "plate", "licen", "lpr", "anpr", "gender", "watchlist"),
    *("blacklist", "recogni", "biometric", "embedding", "similarity", "人脸", "人像", "人体", "人员", "姓名", "身份"),
    *("性别", "车牌", "号牌", "布控", "黑名单", "特征值", "比对"),
)
"""How the words of fields begin in which cameras keep people and vehicles they have recognised."""

SIGHT_KINDS: Final = (
    *("face", "facial", "plate", "lpr", "anpr", "watchlist", "blacklist", "recogni", "stranger", "reid", "人脸"),
    *("人像", "车牌", "号牌", "布控", "黑名单", "陌生人", "比对", "身份"),
)
"""How the words of an alarm's kind begin where it is about who was seen, not about what happened."""

_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[\u4e00-\u9fff]+")


class PersonRecord(Refusal):
    """A record of a person by category. It is not kept, and neither is anything that would tell who was meant."""

    status = 422
    says = marked("本平台不接收按人员类别建立的记录，内容未保存。")
    remedy = marked("请只推送事项：发生了什么、在哪里；人员信息留在原系统。")


def refuse_person_records(
    fields: Mapping[str, object], *, categories: Iterable[str], texts: Iterable[str] = (), is_strict: bool = False
) -> None:
    """Return when a record is one of a matter. `is_strict` is for channels that have sheets of people beside matters.

    :raises PersonRecord: a field, the category or a text says that it is about a person of some kind
    """
    names = {name.strip().lower().replace("-", "_") for name in fields}
    if names & FIELDS:
        raise PersonRecord
    words = (*LABELS, *BARE) if is_strict else LABELS
    if any(word in category for category in categories for word in words):
        raise PersonRecord
    if is_strict and any(label in text for text in texts for label in LABELS):
        raise PersonRecord


def refuse_sights(fields: Iterable[str], *, kind: str, text: str = "") -> None:
    """Return when what a device tells is a matter: no face, no recognised person, no list of plates.

    :raises PersonRecord: a field or the kind is of that sort, or the text holds an identity number or several plates
    """
    if any(_tells(name, SIGHT_FIELDS) for name in fields) or _tells(kind, SIGHT_KINDS):
        raise PersonRecord
    taken = [sort for sort, _text in redact(text).taken]
    if "identity" in taken or taken.count("plate") > 1:
        raise PersonRecord


def _tells(name: str, beginnings: tuple[str, ...]) -> bool:
    return any(
        word.lower().startswith(beginnings) or any(one in word for one in beginnings if not one.isascii())
        for word in _WORDS.findall(name)
    )
