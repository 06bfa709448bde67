"""What the demo's hotline desk holds: knowledge, an operator at extension 8001, the calls of two days."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from typing import Final

from liandong.demo import words
from liandong.demo.cast import Cast
from liandong.intake_channels.hotline.operations import take_call_event, take_seat, write_article
from liandong.intake_channels.hotline.rules.calls import Kind, Telling
from liandong.intake_channels.hotline.rules.contract import GivenEvent
from liandong.intake_channels.hotline.simulator.scenarios import Shot, calls

EXTENSION: Final = "8001"
_CALLS: Final = 48
_SEED: Final = 11
_ARTICLES: Final = (
    (
        "居住证怎么办理",
        "> 请带身份证和住所证明，到居住地街镇的社区事务受理中心办理居住登记；登记满半年后可申领居住证。\n\n"
        "> 不方便到窗口的，可以在“一网通办”上预约或申请。\n\n## 依据\n\n《居住证暂行条例》（国务院令第 663 号）。\n",
    ),
    (
        "垃圾分类投放时间",
        "> 小区定时投放一般为早上 7 点到 9 点、晚上 6 点到 8 点，具体以小区公告为准；误时投放请到误时投放点。\n\n"
        "## 说明\n\n- 漏收、满溢请登记位置，派城管网格中心处理。\n",
    ),
    (
        "夜间施工噪声怎么反映",
        "> 晚 10 点到次日早 6 点，除抢修抢险外不得进行产生噪声的建筑施工；请告诉我工地位置，我们马上派人查看。\n\n"
        "## 依据\n\n《噪声污染防治法》第四十三条。\n",
    ),
    (
        "燃气泄漏先做什么",
        "> 请马上关闭阀门、开窗通风，不要开关电器、不要在室内打电话，人先到室外；我现在为您转 119。\n\n"
        "## 提示\n\n属特急事项：按 Alt+8 转 119，再补登记。\n",
    ),
)


def write_hotline(cast: Cast, *, at: datetime) -> None:
    """Write the articles, seat the operator, and live through the calls of the two days before `at`."""
    district, random = words.DISTRICT_CODE, Random(_SEED)  # noqa: S311 - scenery, not secrets
    for title, text in _ARTICLES:
        write_article(district, title=title, text=text, actor=cast.by_role["supervisor"], at=at - timedelta(days=5))
    seated_at = at - timedelta(days=2, minutes=10)
    take_seat(district, extension=EXTENSION, actor=cast.by_role["operator"], at=seated_at)
    told = calls(_CALLS, random=random, extensions=[EXTENSION], callers=["13800000010"])
    for call, shots in enumerate(told):
        began = at - timedelta(hours=1) * (_CALLS - call) + timedelta(minutes=random.randrange(50))
        for shot in shots:
            _tell(district, shot, began + timedelta(seconds=shot.seconds))


def _tell(district: str, shot: Shot, at: datetime) -> None:
    name = f"demo-{shot.call}"
    telling = Telling(Kind(shot.event), at, shot.agent, shot.to, f"{name}-{shot.number}")
    event = GivenEvent(name, telling, shot.caller, "12345")
    take_call_event(district, event=event, nonce=f"{name}-{shot.number}", shift=timedelta(), at=at)
