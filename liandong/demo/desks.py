"""What the demo's duty desks have written down: handbook pages, a briefing, a training."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from liandong.demo import words
from liandong.demo.cast import Cast
from liandong.duty.operations import publish_page, record_training, write_briefing
from liandong.people.access import Actor

_PAGES = (
    (
        "taking-a-call",
        "接听一通热线",
        "Taking a call",
        ("operator",),
        "## 先听，再问\n\n1. 十五秒内接起，报岗位。\n2. 先问地点，再问事情；地点不明的登记为“位置待定”。\n"
        "3. 有人员危险的，一键转 110、119 或 120，再补登记。\n\n## 不要问的\n\n- 与办理无关的身份、住址和职业。\n",
    ),
    (
        "who-must-solve-it",
        "该派给谁",
        "Who must solve it",
        ("dispatcher", "supervisor", "town"),
        "## 顺序\n\n先服务、再管理、后执法；**建议单位**旁写着理由，不同意时写明原因再改派。\n\n"
        "## 退单\n\n第二次退单由值班长裁定，裁定前首接单位先办。\n",
    ),
    (
        "on-the-spot",
        "当场解决",
        "Solving on the spot",
        ("grid", "station", "patrol"),
        "拍**前后两张**照片，写明做了什么。每二十件抽一件，由别的单位复查。\n",
    ),
)
_POINTS = "1. 今天下午有阵雨，留意积水和广告牌。\n2. 昨夜三件噪声案件待回访，十点前完成。\n3. 交接清单见交接班页。"


def write_desks(cast: Cast, *, at: datetime) -> None:
    """Publish the handbook, brief the centre and record a training, a few days before `at`."""
    admin, supervisor = cast.by_role["admin"], cast.by_role["supervisor"]
    for slug, title, title_en, audience, text in _PAGES:
        publish_page(
            slug,
            district=words.DISTRICT_CODE,
            title=title,
            title_en=title_en,
            audience=audience,
            text=text,
            actor=admin,
            at=at - timedelta(days=6),
        )
    centre = f"{words.DISTRICT_CODE}-DC"
    write_briefing(
        centre, kind="before", day=at.date(), shift="day", points=_POINTS, actor=supervisor, at=at - timedelta(hours=1)
    )
    attended = {_id(cast.by_role["operator"]): True, _id(cast.by_role["dispatcher"]): True}
    record_training(
        centre,
        title="接报与派遣实务",
        held_on=(at - timedelta(days=12)).date(),
        hours=Decimal(3),
        attended=attended,
        actor=supervisor,
        at=at - timedelta(days=11),
    )


def _id(actor: Actor) -> int:
    return actor.user_id or 0
