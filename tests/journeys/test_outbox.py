"""The outbox of the browser: kept first, sent once, in order, by whom it is; refused entries wait for a person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from liandong.people.models import User
from tests.journeys.browser import Desk
from tests.journeys.conftest import Arrive
from tests.journeys.steps import picture

pytestmark = pytest.mark.xdist_group("journeys")

OPEN = """async () => {
  const { openOutbox } = await import('/static/web/outbox.js');
  window.box = openOutbox('test');
  window.seen = [];
  box.addEventListener('change', ({ detail }) => seen.push(detail.kind));
}"""
KEEP = """async (entry) => {
  const files = (entry.photos ?? []).map((text) => ({ field: 'photos', name: `${text}.jpg`, blob: new Blob([text]) }));
  return box.keep({ ...entry, url: '/try/', files });
}"""
STATES = "async () => (await box.waiting()).map(({ id, state, why, tries }) => [id, state, why, tries])"
ONE, TWO, THREE = (f"00000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))


class Peer:
    """A server at `/try/` that answers as it is told, in turn, and remembers what it was asked."""

    def __init__(self, context: BrowserContext) -> None:
        self.answers: list[Callable[[Route], None]] = []
        self.asked: list[Request] = []
        self.held: list[Route] = []
        context.route("**/try/", self._take)

    def will(self, *answers: Callable[[Route], None]) -> None:
        """Answer so, in turn."""
        self.answers += answers

    def keys(self) -> list[str]:
        """The keys that came, in order."""
        return [one.headers["idempotency-key"] for one in self.asked]

    def field(self, position: int, name: str) -> str:
        """What a field of the form said."""
        body = self.asked[position].post_data or ""
        found = re.search(rf'name="{name}"[^\n]*\r?\n\r?\n(.*?)\r?\n--', body, re.DOTALL)
        return found[1] if found else ""

    def hold(self, route: Route) -> None:
        """Leave the question open."""
        self.held.append(route)

    def _take(self, route: Route) -> None:
        self.asked.append(route.request)
        (self.answers.pop(0) if self.answers else ok())(route)


def ok(**body: Any) -> Callable[[Route], None]:
    """Done."""
    return lambda route: route.fulfill(status=201, content_type="application/json", body=json.dumps(body))


def problem(status: int, title: str = "", detail: str = "", **headers: str) -> Callable[[Route], None]:
    """Not done, and why."""
    body = json.dumps({"title": title, "detail": detail, "remedy": "请更正", "current": 7})
    return lambda route: route.fulfill(
        status=status, headers={"Content-Type": "application/problem+json", **headers}, body=body
    )


def cut(route: Route) -> None:
    """The line breaks before an answer comes."""
    route.abort("connectionreset")


def portal(route: Route) -> None:
    """The page of a wireless network that wants one to sign in."""
    route.fulfill(status=200, content_type="text/html", body="<h1>Welcome</h1>")


def elsewhere(route: Route) -> None:
    """Sign in first."""
    route.fulfill(status=302, headers={"Location": "/desk/sign-in/"})


def account_id(name: str) -> str:
    """What the session calls an account."""
    return str(User.objects.get(username=name).pk)


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A browser of nobody in particular."""
    made = browser.new_context(base_url=address, locale="zh-CN")
    yield made
    made.close()


@pytest.fixture
def peer(context: BrowserContext) -> Peer:
    """The server that answers."""
    return Peer(context)


@pytest.fixture
def page(context: BrowserContext, peer: Peer) -> Page:
    """A page with an outbox."""
    return _opened(context)


def _opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/")
    page.evaluate(OPEN)
    return page


def _send(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.evaluate("box.sendAll()")
    return found


def test_an_entry_is_sent_once_with_its_key_a_fresh_token_its_fields_and_files(page: Page, peer: Peer) -> None:
    peer.will(ok(number="XA-1", version=4))
    entry = {"id": ONE, "fields": {"what": "垃圾", "ok": True, "none": None}, "photos": ["a", "b"], "label": "上报"}
    assert page.evaluate(KEEP, entry) == ONE
    page.evaluate(KEEP, entry)
    assert _send(page) == {"sent": 1, "refused": 0, "left": 0}
    assert _send(page)["sent"] == 0
    assert peer.keys() == [ONE]
    headers = peer.asked[0].headers
    assert headers["x-csrftoken"]
    assert headers["for-account"] == ""
    assert headers["device-time"].endswith("Z")
    assert (peer.field(0, "what"), peer.field(0, "ok"), peer.field(0, "none")) == ("垃圾", "true", "")
    assert (peer.asked[0].post_data or "").count('filename="') == 2
    receipt = page.evaluate("box.sent()")[0]
    assert (receipt["answer"], receipt["label"]) == ({"number": "XA-1", "version": 4}, "上报")
    assert (receipt["fields"], receipt["files"], page.evaluate("box.waiting()")) == ({}, [], [])
    assert page.evaluate("seen") == ["kept", "kept", "sending", "sent"]


def test_a_broken_line_keeps_the_entry_and_the_same_key_goes_again(page: Page, peer: Peer) -> None:
    peer.will(cut, problem(503, **{"Retry-After": "2"}), problem(500), portal, ok())
    page.evaluate(KEEP, {"id": ONE, "photos": ["a"]})
    for tries, why in ((1, "network"), (2, "later"), (3, "later"), (4, "later")):
        assert _send(page) == {"sent": 0, "refused": 0, "left": 1}
        assert page.evaluate(STATES) == [[ONE, "waiting", why, tries]]
    assert _send(page)["sent"] == 1
    assert peer.keys() == [ONE] * 5
    assert 'filename="a.jpg"' in (peer.asked[4].post_data or "")


def test_what_was_kept_without_a_network_survives_the_browser_and_goes_when_it_is_back(
    context: BrowserContext, page: Page, peer: Peer
) -> None:
    context.set_offline(True)
    page.evaluate(KEEP, {"id": ONE})
    page.evaluate(KEEP, {"id": TWO})
    assert _send(page) == {"sent": 0, "refused": 0, "left": 1}
    assert peer.asked == []
    page.close()
    context.set_offline(False)
    again = _opened(context)
    context.set_offline(True)
    again.evaluate("box.keepSending()")
    assert len(again.evaluate(STATES)) == 2
    with again.expect_request("**/try/"):
        context.set_offline(False)
    again.evaluate("box.sendAll()")
    assert peer.keys() == [ONE, TWO]


def test_it_is_tried_again_by_itself_after_a_while(context: BrowserContext, peer: Peer) -> None:
    peer.will(problem(500), ok())
    page = context.new_page()
    page.clock.install()
    page.goto("/")
    page.evaluate(OPEN)
    page.evaluate(KEEP, {"id": ONE})
    _send(page)
    with page.expect_request("**/try/"):
        page.clock.fast_forward(8_000)
    page.evaluate("box.sendAll()")
    assert peer.keys() == [ONE, ONE]


def test_two_tabs_send_an_entry_once(context: BrowserContext, page: Page, peer: Peer) -> None:
    other = _opened(context)
    peer.will(peer.hold)
    page.evaluate(KEEP, {"id": ONE})
    with page.expect_request("**/try/"):
        page.evaluate("() => { window.going = box.sendAll(); }")
    other.evaluate("() => { window.going = box.sendAll(); }")
    pending = "async () => (await navigator.locks.query()).pending.length"
    assert other.evaluate(pending) == 1
    peer.held[0].fulfill(status=201, content_type="application/json", body="{}")
    assert page.evaluate("going")["sent"] == 1
    assert other.evaluate("going")["sent"] == 0
    assert peer.keys() == [ONE]
    assert "sent" in other.evaluate("seen")


def test_a_refused_entry_is_kept_with_its_words_holds_those_behind_it_and_can_be_mended(page: Page, peer: Peer) -> None:
    peer.will(problem(409, "stale_version", "案件已被他人更新"), ok(), ok(version=8), ok(version=9))
    page.evaluate(KEEP, {"id": ONE, "group": "case-1", "carry": ["version"], "fields": {"version": 3}})
    page.evaluate(
        KEEP, {"id": TWO, "group": "case-1", "carry": ["version"], "fields": {"version": 3, "result": "清了"}}
    )
    page.evaluate(KEEP, {"id": THREE})
    assert _send(page) == {"sent": 1, "refused": 1, "left": 0}
    assert peer.keys() == [ONE, THREE]
    waiting = page.evaluate("box.waiting()")
    assert [(one["id"], one["state"]) for one in waiting] == [(ONE, "refused"), (TWO, "held")]
    refusal = waiting[0]["refusal"]
    assert (refusal["says"], refusal["code"], refusal["status"]) == ("案件已被他人更新", "stale_version", 409)
    page.evaluate("id => box.mend(id, { fields: { version: 7 } })", ONE)
    assert _send(page)["sent"] == 2
    assert [peer.field(position, "version") for position in (2, 3)] == ["7", "8"]
    assert peer.field(3, "result") == "清了"


def test_what_the_server_may_have_cannot_be_changed_or_dropped_by_mistake(page: Page, peer: Peer) -> None:
    peer.will(cut)
    page.evaluate(KEEP, {"id": ONE})
    _send(page)
    for call in ("box.mend(id, { fields: {} })", "box.drop(id)"):
        assert page.evaluate(f"id => {call}.then(() => '', (error) => error.constructor.name)", ONE) == "EntryUnderway"
    assert len(page.evaluate(STATES)) == 1
    page.evaluate("id => box.drop(id, { anyway: true })", ONE)
    assert page.evaluate(STATES) == []


def test_an_expired_token_is_fetched_anew_and_the_entry_goes_at_once(page: Page, peer: Peer) -> None:
    peer.will(problem(403, "form_expired"), ok())
    page.evaluate(KEEP, {"id": ONE})
    assert _send(page)["sent"] == 1
    assert peer.keys() == [ONE, ONE]


def test_without_a_session_it_waits_until_somebody_signs_in(page: Page, peer: Peer) -> None:
    peer.will(elsewhere, problem(401))
    page.evaluate(KEEP, {"id": ONE})
    for _time in range(2):
        assert _send(page)["left"] == 1
        assert page.evaluate(STATES)[0][1:3] == ["waiting", "sign_in"]


def test_an_entry_is_sent_only_as_the_account_that_made_it(arrive: Arrive) -> None:
    worker: Desk = arrive("grid001")
    peer = Peer(worker.context)
    me = account_id("grid001")
    worker.page.evaluate(OPEN)
    worker.page.evaluate(KEEP, {"id": ONE, "owner": account_id("town01")})
    worker.page.evaluate(KEEP, {"id": TWO, "owner": me})
    assert _send(worker.page)["sent"] == 1
    assert (peer.keys(), peer.asked[0].headers["for-account"]) == ([TWO], me)
    assert worker.page.evaluate(STATES)[0][:3] == [ONE, "waiting", "other"]
    worker.page.locator("summary.ld-user").click()
    worker.page.get_by_role("button", name="退出登录").click()
    expect(worker.page).to_have_url(f"{worker.address}/desk/sign-in/")
    worker.page.evaluate(OPEN)
    assert _send(worker.page)["sent"] == 0
    assert [row[0] for row in worker.page.evaluate(STATES)] == [ONE]
    assert [one["id"] for one in worker.page.evaluate("owner => box.sent({ owner })", me)] == [TWO]


def test_a_photo_that_is_kept_comes_back_byte_for_byte(page: Page) -> None:
    bytes_ = list(picture("kept"))
    found = page.evaluate(
        """async (bytes) => {
          const blob = new Blob([new Uint8Array(bytes)], { type: 'image/jpeg' });
          const id = await box.keep({ url: '/try/', files: [{ field: 'before', blob, name: '前.jpg' }] });
          const [file] = await box.files(id);
          return [file.name, file.type, [...new Uint8Array(await file.blob.arrayBuffer())]];
        }""",
        bytes_,
    )
    assert found == ["前.jpg", "image/jpeg", bytes_]
