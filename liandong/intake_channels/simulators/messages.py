"""Made-up messages of each platform, the same ones for the same seed. No person or place in them exists."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

Fields = dict[str, str]

_MATTERS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "city_12345": (
        ("市容环境/暴露垃圾", "小区门口的垃圾堆了三天没有人清运，气味很大，希望尽快派人处理。"),
        ("街面秩序/机动车乱停放", "菜场门前的非机动车道被机动车占满，老人只能走到马路中间。"),
        ("住房物业/电梯故障", "五号楼电梯一周坏了三次，物业说等配件，请督促尽快修好。"),
        ("公用事业/道路积水", "昨夜下雨以后路口积水到脚踝，下水口好像被落叶堵住了。"),
    ),
    "police_110": (
        ("邻里纠纷", "楼上楼下因为漏水争吵，双方同意由社区调解，没有动手。"),
        ("噪声扰民", "广场音响开到夜里十一点，多名居民反映无法休息。"),
        ("机动车乱停放", "消防通道被一辆货车堵住，车主电话打不通。"),
    ),
    "urban_management": (
        ("M06010", "巡查发现暴露垃圾约两立方米，位于人行道内侧。"),
        ("M06013", "路面破损约一平方米，深度五厘米，已放置警示桩。"),
        ("M09006", "店外占道经营，桌椅占用盲道约六米。"),
    ),
    "social_governance": (
        ("矛盾纠纷/邻里", "两户因公共走道堆物发生争执，申请居委会调解。"),
        ("治安隐患/消防", "老旧小区楼道内堆放纸箱，灭火器压力不足。"),
        ("公共安全/高空抛物", "三号楼下多次发现高空抛下的烟头，未伤人。"),
    ),
}
_LATER: Final = {
    "urge": "市民来电催办，请尽快处理。",
    "note": "市民补充：晚上更严重。",
    "change": "更正：位置在东门，不是西门。",
}
_TYPES: Final = {"矛盾纠纷": "dispute", "治安隐患": "hazard", "公共安全": "public_safety"}
FOLLOW_UPS: Final[Mapping[str, tuple[str, ...]]] = {
    "city_12345": ("urge", "note", "change"),
    "police_110": ("note",),
    "urban_management": ("urge", "note", "change"),
    "social_governance": ("note",),
}
FORMS: Final[Mapping[str, str]] = {
    "city_12345": "json",
    "police_110": "json",
    "urban_management": "xml",
    "social_governance": "json",
}
CHANNELS: Final = tuple(FORMS)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the made-up matters lie, in degrees."""

    lon: float
    lat: float
    spread: float = 0.002


def order(channel: str, number: int, *, place: Place, at: datetime, random: Random, prefix: str = "SIM") -> Fields:
    """One order."""
    category, text = random.choice(_MATTERS[channel])
    fields = {
        "kind": "order",
        "order_id": f"{prefix}-{channel[:2].upper()}-{number:08d}",
        "sent_at": at.isoformat(timespec="seconds"),
        "category": category,
        "title": text[:12],
        "content": f"{text}（第 {number} 件）",
        "lon": f"{place.lon + random.uniform(-place.spread, place.spread):.6f}",
        "lat": f"{place.lat + random.uniform(-place.spread, place.spread):.6f}",
        "address": f"某路 {random.randint(1, 400)} 号门前",
        "urgency": random.choice(("一般", "一般", "一般", "紧急")),
        "reporter_name": random.choice(("王女士", "李先生", "张老师", "")),
        "reporter_phone": f"139{random.randint(0, 99_999_999):08d}",
    }
    if channel == "social_governance":
        fields |= {"record_type": _TYPES[category.partition("/")[0]], "reporter_name": "", "reporter_phone": ""}
    if channel == "city_12345":
        fields["nature"] = random.choice(("投诉", "求助", "建议"))
    return fields


def follow_up(kind: str, about: Fields, number: int, *, at: datetime) -> Fields:
    """Something later about an order."""
    fields = {
        "kind": kind,
        "message_id": f"{about['order_id']}-{kind}-{number}",
        "order_id": about["order_id"],
        "sent_at": at.isoformat(timespec="seconds"),
        "text": f"{_LATER[kind]}（{number}）",
    }
    return fields | ({"revision": str(number)} if kind == "change" else {})


def person_record(number: int) -> Fields:
    """A sheet of a person, as the other platform keeps them: it must never come in."""
    return {
        "kind": "order",
        "order_id": f"P-{number:08d}",
        "record_type": "population",
        "category": "重点人口/刑满释放",
        "title": "重点人口登记",
        "content": "姓名某某，现居某路某号，每月走访一次。",
    }


def later(at: datetime, minutes: float) -> datetime:
    """A while after."""
    return at + timedelta(minutes=minutes)


def packed(rows: Sequence[Fields], *, form: str, charset: str = "utf-8") -> bytes:
    """One body with these messages, in the encoding that is really used."""
    if form == "json":
        return json.dumps({"messages": list(rows)}, ensure_ascii=False).encode(charset)
    root = Element("messages")
    for row in rows:
        message = SubElement(root, "message")
        for name, value in row.items():
            SubElement(message, name).text = value
    return tostring(root, encoding="unicode").encode(charset)


def labelled(form: str, charset: str) -> str:
    """The content type that claims an encoding."""
    return f"application/{form}; charset={charset}"
