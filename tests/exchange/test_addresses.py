"""Where webhooks may go: never into the house by chance."""

from __future__ import annotations

import ipaddress
import socket
from typing import Any

import pytest
from pytest_django import Settings

from liandong.exchange.addresses import (
    WebhookUrlPlain,
    WebhookUrlPrivate,
    WebhookUrlUnfit,
    addresses_of,
    is_public,
    target_of,
)


@pytest.fixture(autouse=True)
def _nothing_is_allowed(settings: Settings) -> None:
    settings.LIANDONG_WEBHOOK_ORIGINS = ["https://gis.district", "http://10.1.2.3:8080"]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://10.0.0.8/hook",
        "https://192.168.1.1:8443/",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[fd00::1]/",
        "https://[64:ff9b::a00:1]/",
        "https://[2002:a00:1::]/",
        "https://0x7f000001/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://localhost/",
        "https://intranet/",
        "https://printer.local/",
        "https://x.localhost./",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
    ],
)
def test_an_address_inside_the_house_is_refused(url: str) -> None:
    with pytest.raises(WebhookUrlPrivate):
        target_of(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "gopher://example.com/",
        "file:///etc/passwd",
        "https://",
        "https:///x",
        "https://user:secret@example.com/",
        "https://example.com/#part",
        "https://example.com:99999/",
        "https://example.com:0/",
        "https://exa mple.com/",
        "https://example.com/\r\nHost: inside",
        "https://example.com\\@10.0.0.1/",
        "https://例子.cn/",
        "https://example.com/" + "x" * 500,
    ],
)
def test_what_is_no_fit_address_is_refused(url: str) -> None:
    with pytest.raises(WebhookUrlUnfit):
        target_of(url)


@pytest.mark.parametrize("url", ["http://example.com/", "http://10.1.2.3/", "http://10.1.2.3:8081/"])
def test_a_plain_address_is_refused_unless_it_is_allowed(url: str) -> None:
    with pytest.raises(WebhookUrlPlain):
        target_of(url)


def test_an_origin_that_is_allowed_by_name_may_be_inside_and_plain() -> None:
    inside = target_of("http://10.1.2.3:8080/hook?a=1")
    assert (inside.is_allowed, inside.path, inside.origin) == (True, "/hook?a=1", "http://10.1.2.3:8080")
    assert target_of("https://GIS.district:443").is_allowed
    assert not target_of("https://gis.district.example/").is_allowed


def test_a_name_that_stands_for_an_inner_address_is_not_sent_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_asked, **_more: answers)
    target = target_of("https://receiver.example/")
    assert addresses_of(target) == ["8.8.8.8"]
    answers.append((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.5", 443)))
    assert addresses_of(target) == []


@pytest.mark.parametrize(("address", "expected"), [("8.8.8.8", True), ("2001:4860:4860::8888", True),
                                                   ("100.64.0.1", False), ("ff02::1", False)])  # fmt: skip
def test_public_addresses_are_told_from_inner_ones(address: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_public(ipaddress.ip_address(address)) is expected
