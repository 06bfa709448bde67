"""Pages that no story opens: each stands without a serious finding of axe, a console message or an outside request."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import expect

from liandong.duty.operations import publish_page, write_briefing
from liandong.people.access import Actor, actor_for
from tests.journeys.conftest import Arrive
from tests.world import DISTRICT

pytestmark = pytest.mark.xdist_group("journeys")

AT = datetime(2026, 10, 12, 1, 30, tzinfo=UTC)
PAGES = (
    *("manage/", "areas/", "organisation/", "organisation/import/", "accounts/", "accounts/open/person/", "access/"),
    *("access/grid001/", "roles/", "matrix/", "delegations/", "me/", "duty/", "duty/rosters/", "duty/gaps/"),
    *("duty/handovers/", "duty/briefings/", "duty/handbook/", "duty/handbook/first-day/", "duty/handbook/new/"),
    *("duty/handbook/first-day/readers/", "duty/training/", "duty/training/new/?unit=310198-DC"),
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_administration_and_duty_is_open_to_everybody(arrive: Arrive, language: str) -> None:
    admin = arrive("admin")
    _write_something(_actor("admin"), _actor("supervisor"))
    admin.context.add_cookies([{"name": "django_language", "value": language, "url": admin.address}])
    for path in PAGES:
        page = admin.open(f"/desk/{path}")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("main h1, header h1").first).not_to_be_empty()
        admin.check_axe()
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{path} is {wide} pixels too wide"


def _actor(account: str) -> Actor:
    return actor_for(get_user_model().objects.get(username=account), at=AT)


def _write_something(admin: Actor, supervisor: Actor) -> None:
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
