"""Webhooks by the interface: an account keeps its own and nobody else's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from liandong.cases.models import IdempotentCall
from liandong.exchange.models import Webhook
from liandong.people.access import platform
from liandong.people.keys import forget_keys
from liandong.people.models import User
from liandong.people.operations import issue_key
from tests.api.conftest import Caller, give_keys
from tests.exchange.conftest import Exchange


@pytest.fixture
def api(exchange: Exchange) -> Any:
    """A caller who may do everything in the district."""
    give_keys(exchange.world)
    yield Caller("full-key")
    forget_keys()


def body(exchange: Exchange, **details: Any) -> dict[str, Any]:
    """A new webhook."""
    return {"url": f"{exchange.receiver.address}/hook", "label": "区城运平台", **details}


def send(api: Caller, method: str, path: str, content: Any = None, **headers: str) -> Any:
    """Call with any method."""
    call = getattr(api.client, method)
    return call(f"/api/v1{path}", content or {}, content_type="application/json", headers={**api.headers, **headers})


def test_a_webhook_is_made_read_changed_and_removed(api: Caller, exchange: Exchange) -> None:
    made = api.post("/webhooks", body(exchange, events=["CaseClosed"]))
    assert made.status_code == 201
    told = made.json()
    assert told["secret"].startswith("whsec_")
    place = f"/webhooks/{told['id']}"
    read = api.get(place)
    assert "secret" not in read.json()
    assert [row["id"] for row in api.get("/webhooks").json()["webhooks"]] == [told["id"]]
    new = body(exchange, label="新名称")
    assert send(api, "patch", place, new).status_code == 428
    changed = send(api, "patch", place, new, **{"If-Match": read["ETag"]})
    assert (changed.status_code, changed.json()["label"], changed.json()["events"]) == (200, "新名称", [])
    assert send(api, "patch", place, new, **{"If-Match": read["ETag"]}).json()["title"] == "stale_version"
    assert send(api, "delete", place).status_code == 204
    assert api.get(place).status_code == 404


def test_a_secret_is_in_one_answer_and_kept_by_no_memory_of_calls(api: Caller, exchange: Exchange) -> None:
    headers = {"Idempotency-Key": "hook-1"}
    first, second = (api.post("/webhooks", body(exchange), **headers) for _time in range(2))
    assert first.json()["secret"].startswith("whsec_")
    assert (second.json()["secret"], second["Idempotency-Replayed"]) == (None, "true")
    assert Webhook.objects.count() == 1
    kept = IdempotentCall.objects.get()
    assert kept.body["secret"] is None
    assert first.json()["secret"] not in str(kept.body)
    rotated = api.post(f"/webhooks/{first.json()['id']}/rotate")
    assert rotated.json()["secret"] not in (None, first.json()["secret"])


def test_deliveries_are_listed_page_by_page_and_sent_again(api: Caller, exchange: Exchange) -> None:
    webhook = api.post("/webhooks", body(exchange)).json()["id"]
    Webhook.objects.update(made_at=exchange.world.at - timedelta(days=1))
    for _case in range(5):
        exchange.told()
    seen: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get(f"/webhooks/{webhook}/deliveries", {"limit": 2, "cursor": cursor}).json()
        seen += [row["id"] for row in page["deliveries"]]
        cursor = page["next"]
        exchange.told()
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 5, "what comes in between moves nothing"
    exchange.send(turns=5)
    first = f"/webhooks/{webhook}/deliveries/{seen[-1]}"
    assert [row["status"] for row in api.get(first).json()["tries"]] == [200]
    assert api.post(f"{first}/replay").status_code == 202
    since = (exchange.world.at - timedelta(days=1)).isoformat()
    assert api.post(f"/webhooks/{webhook}/replay", {"since": since}).json()["count"] == 8
    assert api.post(f"/webhooks/{webhook}/replay", {"since": "2026-03-02T00:00:00"}).status_code == 422
    assert api.get(f"/webhooks/{webhook}/deliveries", {"cursor": "xyz"}).json()["title"] == "bad_cursor"


def test_pause_resume_and_ping_answer_with_the_webhook(api: Caller, exchange: Exchange) -> None:
    webhook = api.post("/webhooks", body(exchange)).json()["id"]
    assert api.post(f"/webhooks/{webhook}/pause").json()["standing"] == "paused"
    assert api.post(f"/webhooks/{webhook}/pause").json()["title"] == "webhook_stands"
    assert api.post(f"/webhooks/{webhook}/ping").json()["title"] == "webhook_stands"
    assert api.post(f"/webhooks/{webhook}/resume").json()["standing"] == "on"
    assert api.post(f"/webhooks/{webhook}/ping").json()["event"] == "Ping"


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"url": "https://127.0.0.1/"}, "webhook_url_private"),
        ({"url": "http://example.com/"}, "webhook_url_plain"),
        ({"url": "javascript:alert(1)"}, "webhook_url_unfit"),
        ({"label": " "}, "webhook_unnamed"),
        ({"events": ["ReporterRevealed"]}, "event_unknown"),
        ({"unit": "999999-X"}, "webhook_place_unknown"),
        ({"kind": "open311"}, "peer_key_missing"),
        ({"kind": "carrier"}, "fields_invalid"),
        ({"extra": 1}, "fields_invalid"),
    ],
)
def test_what_cannot_be_is_refused_by_name(api: Caller, exchange: Exchange, details: dict[str, Any], code: str) -> None:
    assert api.post("/webhooks", body(exchange, **details)).json()["title"] == code


def test_an_account_has_twenty_webhooks_at_most(api: Caller, exchange: Exchange) -> None:
    answers = [api.post("/webhooks", body(exchange)) for _number in range(21)]
    assert [one.status_code for one in answers] == [201] * 20 + [409]


def test_only_accounts_that_may_be_told_keep_webhooks_and_only_their_own(api: Caller, exchange: Exchange) -> None:
    webhook = api.post("/webhooks", body(exchange)).json()["id"]
    assert Caller("read-key").get("/webhooks").json()["scope"] == "webhooks:manage"
    assert Caller("bureau-key").get("/webhooks").status_code == 403
    assert Caller("bureau-key").post("/webhooks", body(exchange)).status_code == 403
    admin = User.objects.get(username="admin")
    issue_key(admin, secret="admin-key", label="x", scopes="*", actor=platform("test"), at=exchange.world.at)
    assert Caller("admin-key").get(f"/webhooks/{webhook}").status_code == 403
