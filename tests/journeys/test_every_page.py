"""Pages that no story opens: each stands without a serious finding of axe, a console message or an outside request."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from liandong.areas.operations import add_step, adopt_redrawing, open_redrawing
from liandong.duty.operations import publish_page, record_training, write_briefing
from liandong.exchange.operations import make_webhook, ping_webhook
from liandong.intake_channels.hotline.operations import write_article
from liandong.people.access import Actor, actor_for
from tests.areas.editing import SPLIT
from tests.journeys.conftest import Arrive
from tests.world import DISTRICT

pytestmark = pytest.mark.xdist_group("journeys")

AT = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
PAGES = (
    *("manage/", "areas/", "organisation/", "organisation/import/", "accounts/", "accounts/open/person/", "access/"),
    *("access/grid001/", "roles/", "matrix/", "delegations/", "me/", "duty/", "duty/rosters/", "duty/gaps/"),
    *("problems/", "replies/", "replies/new/", "channels/", "channels/city_12345/", "hotline/", "hotline/articles/"),
    *("hotline/articles/new/", "hotline/articles/{article}/"),
    *("duty/handovers/", "duty/briefings/", "duty/handbook/", "duty/handbook/first-day/", "duty/handbook/new/"),
    *("messages/", "messages/settings/", "messages/templates/", "messages/templates/case_lands/any/zh-hans/"),
    *("messages/delivery/", "messages/templates/reply_closed/sms/en/"),
    *("duty/handbook/first-day/readers/", "duty/training/", "duty/training/new/?unit=310198-DC"),
    *("exchange/", "exchange/new/", "exchange/{webhook}/", "exchange/{webhook}/change/"),
    *("organisation/units/310198-S001/", "duty/training/{training}/correct/", "areas/redrawings/{plan}/moves/"),
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_administration_and_duty_is_open_to_everybody(arrive: Arrive, language: str) -> None:
    admin = arrive("admin")
    numbers = _write_something(_actor("admin"), _actor("supervisor"))
    admin.context.add_cookies([{"name": "django_language", "value": language, "url": admin.address}])
    for path in PAGES:
        page = admin.open(f"/desk/{path.format(**numbers)}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("main h1, header h1").first).not_to_be_empty()
        admin.check_axe()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"
    admin.page.goto(f"{admin.address}/api/v1/docs")
    expect(admin.page.locator("#report_case")).to_have_count(1)
    admin.check_axe()


def _actor(account: str) -> Actor:
    return actor_for(get_user_model().objects.get(username=account), at=AT)


def _write_something(admin: Actor, supervisor: Actor) -> dict[str, int]:
    """Something on every page; the numbers of what has one."""
    publish_page(
        "first-day",
        district=DISTRICT,
        title="第一天",
        title_en="The first day",
        audience=("operator",),
        text="## 先做什么\n\n- 看值班表\n- 读[手册](/desk/duty/handbook/)\n",
        actor=admin,
        at=AT,
    )
    write_briefing(f"{DISTRICT}-DC", kind="before", day=AT.date(), points="留意积水", actor=supervisor, at=AT)
    training = record_training(
        f"{DISTRICT}-DC", title="急救", held_on=AT.date(), hours=Decimal(2), attended={supervisor.user_id or 0: True},
        actor=supervisor, at=AT,
    )  # fmt: skip
    plan = open_redrawing(DISTRICT, title="东桥分网格", effective_on=AT.date(), actor=admin, at=AT)
    add_step(plan.pk, step=SPLIT, actor=admin, at=AT)
    adopt_redrawing(plan.pk, actor=admin, at=AT)
    article = write_article(
        DISTRICT, title="垃圾清运", text="> 每天两次。\n\n## 依据\n\n- 规定", actor=supervisor, at=AT
    )
    made = make_webhook("https://receiver.example/x", label="区城运平台", account="integrator", actor=admin, at=AT)
    ping_webhook(made.webhook.pk, actor=admin, at=AT)
    return {"training": training.pk, "plan": plan.pk, "article": article.pk, "webhook": made.webhook.pk}
