"""The pages of webhooks: for those who keep them, and for those who may look."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from liandong.exchange.models import Delivery, Webhook
from liandong.exchange.queries import rate_of
from liandong.people.access import platform
from liandong.people.backend import LOCAL
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.exchange.conftest import Exchange


def desk(account: str) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(User.objects.get(username=account), backend=LOCAL)
    return client


def form(exchange: Exchange, **details: Any) -> dict[str, Any]:
    """The form of a new webhook."""
    url = f"{exchange.receiver.address}/hook"
    return {"account": "integrator", "label": "区城运平台", "kind": "events", "url": url, **details}


def test_an_administrator_makes_a_webhook_and_sees_its_secret_once(exchange: Exchange) -> None:
    made = desk("admin").post("/desk/exchange/new/", form(exchange, events=["CaseClosed"]))
    assert made.status_code == 200
    assert "whsec_" in made.content.decode()
    assert made["Cache-Control"] == "no-store"
    row = Webhook.objects.get()
    assert (row.account.username, row.events, row.made_by) == ("integrator", ["CaseClosed"], "user/admin")
    page = desk("admin").get(f"/desk/exchange/{row.pk}/").content.decode()
    assert "whsec_" not in page
    assert "区城运平台" in page


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"url": "http://example.com/"}, "没有加密"),
        ({"url": "https://10.0.0.1/"}, "内网"),
        ({"url": "https://u:p@example.com/"}, "不是可用的网址"),
        ({"label": ""}, "这个字段是必填项"),
        ({"area": "999999"}, "不在本区"),
        ({"kind": "open311"}, "api_key"),
        ({"account": "town01"}, "不在可用的选项中"),
    ],
)
def test_what_cannot_be_is_said_on_the_form(exchange: Exchange, details: dict[str, str], words: str) -> None:
    answer = desk("admin").post("/desk/exchange/new/", form(exchange, **details))
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Webhook.objects.exists()


def test_the_log_shows_deliveries_and_attempts_and_sends_again(exchange: Exchange) -> None:
    made = exchange.make()
    case = exchange.told()
    exchange.receiver.manner = "failing"
    exchange.send()
    client, delivery = desk("admin"), Delivery.objects.get()
    assert case.number in client.get(f"/desk/exchange/{made.webhook.pk}/?state=waiting").content.decode()
    assert case.number not in client.get(f"/desk/exchange/{made.webhook.pk}/?state=delivered").content.decode()
    page = client.get(f"/desk/exchange/{made.webhook.pk}/deliveries/{delivery.pk}/").content.decode()
    assert "500" in page
    assert "接收方内部出错" in page
    exchange.receiver.manner = "ok"
    again = client.post(f"/desk/exchange/{made.webhook.pk}/deliveries/{delivery.pk}/replay/")
    assert again.status_code == 302
    everything = client.post(f"/desk/exchange/{made.webhook.pk}/replay/", {"since": "2026-01-01T00:00"})
    assert everything.status_code == 302
    assert client.post(f"/desk/exchange/{made.webhook.pk}/replay/", {"since": "soon"}).status_code == 422


def test_a_webhook_is_paused_resumed_rotated_changed_and_removed(exchange: Exchange) -> None:
    made, client = exchange.make(), desk("admin")
    place = f"/desk/exchange/{made.webhook.pk}"
    for act, standing in (("pause", "paused"), ("pause", "paused"), ("resume", "on"), ("ping", "on")):
        assert client.post(f"{place}/{act}/").status_code == 302
        assert Webhook.objects.get().standing == standing
    assert "whsec_" in client.post(f"{place}/rotate/").content.decode()
    changed = client.post(f"{place}/change/", {"label": "新名称", "url": f"{exchange.receiver.address}/new"})
    assert (changed.status_code, Webhook.objects.get().label) == (302, "新名称")
    assert client.post(f"{place}/nothing/").status_code == 404
    assert client.post(f"{place}/remove/").status_code == 302
    assert not Webhook.objects.exists()


def test_an_auditor_looks_and_changes_nothing(exchange: Exchange) -> None:
    made, client = exchange.make(), desk("auditor")
    assert client.get("/desk/exchange/").status_code == 200
    assert client.get(f"/desk/exchange/{made.webhook.pk}/").status_code == 200
    for act in ("pause", "rotate", "remove", "ping"):
        assert client.post(f"/desk/exchange/{made.webhook.pk}/{act}/").status_code == 403
    assert client.get("/desk/exchange/new/").status_code == 403


@pytest.mark.parametrize("account", ["operator", "town01", "grid001"])
def test_nobody_else_sees_webhooks(exchange: Exchange, account: str) -> None:
    made, client = exchange.make(), desk(account)
    for path in ("/desk/exchange/", "/desk/exchange/new/", f"/desk/exchange/{made.webhook.pk}/"):
        assert client.get(path).status_code == 403


def test_the_limit_of_a_key_is_set_on_the_page(exchange: Exchange) -> None:
    user = User.objects.get(username="integrator")
    User.objects.filter(pk=user.pk).update(is_demo=False)
    key = issue_key(user, secret="x", label="大屏", scopes="cases:read", actor=platform("test"), at=exchange.world.at)
    client = desk("admin")
    assert "大屏" in client.get("/desk/exchange/").content.decode()
    assert client.post("/desk/exchange/rates/", {"key": key.pk, "per_minute": "30"}).status_code == 302
    assert rate_of(key.pk) == 30
    client.post("/desk/exchange/rates/", {"key": key.pk, "per_minute": "0"})
    assert rate_of(key.pk) == 30
    client.post("/desk/exchange/rates/", {"key": key.pk, "per_minute": ""})
    assert rate_of(key.pk) is None
    assert client.post("/desk/exchange/rates/", {"key": 2**40, "per_minute": "1"}).status_code == 404


def test_script_in_a_name_and_in_what_a_receiver_says_stays_text(exchange: Exchange) -> None:
    made = exchange.make(label="<script>alert(1)</script>")
    page = desk("admin").get(f"/desk/exchange/{made.webhook.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
