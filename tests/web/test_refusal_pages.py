"""Each refusal says what, why and what to do, as a page and as a fragment, even when nothing else works."""

from __future__ import annotations

import json

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from liandong.web.middleware import problem
from liandong.web.refusals import Explanation
from liandong.web.templatetags._refusals import USUAL, refusal_for

STATUSES = [400, 403, 404, 409, 413, 422, 429, 500, 503]


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_page_needs_no_request_and_says_what_why_and_what_to_do(status: int, language: str) -> None:
    with translation.override(language):
        page = render_to_string(f"{status}.html")
        words = USUAL[status]
        for sentence in (words.what, words.why, words.to_do):
            assert str(sentence).replace("'", "&#x27;") in page
    assert f'<html lang="{language}"' in page


@pytest.mark.parametrize("template", ["ui/refusal.html", "web/refusal.html"])
def test_a_refusal_with_its_own_words_shows_them(template: str) -> None:
    told = Explanation(status=409, code="stale_version", says="案件已被他人更新。", remedy="请查看变化。", extra={})
    page = render_to_string(template, {"refusal": told})
    assert "案件已被他人更新。" in page
    assert "请查看变化。" in page
    assert 'data-status="409"' in page


def test_what_a_refusal_carries_never_replaces_the_members_of_a_problem_document() -> None:
    told = Explanation(
        status=409, code="plan_closed", says="x", remedy="y", extra={"title": "方案", "status": "z", "day": 3}
    )
    body = json.loads(problem(told).content)
    assert (body["title"], body["status"], body["day"]) == ("plan_closed", 409, 3)


def test_a_fragment_carries_no_page_around_it() -> None:
    told = Explanation(status=404, code="page_not_found", says="没有。", remedy="", extra={})
    fragment = render_to_string("ui/refusal.html", {"refusal": told})
    assert "<html" not in fragment
    assert str(USUAL[404].to_do) in fragment


@pytest.mark.parametrize(("status", "like"), [(418, 400), (502, 500)])
def test_an_unlisted_status_speaks_like_its_hundred(status: int, like: int) -> None:
    assert refusal_for(status) is USUAL[like]
