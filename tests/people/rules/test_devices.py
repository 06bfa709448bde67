"""What a browser is called in a list of sessions."""

from __future__ import annotations

import pytest

from liandong.people.rules.devices import device_of

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"


@pytest.mark.parametrize(
    ("says", "device"),
    [
        (CHROME, "Chrome · Windows"),
        (f"{CHROME} Edg/126.0", "Edge · Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0 Safari", "WeChat · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox · Linux"),
        ("something\x00 else", "something else"),
        ("", ""),
    ],
)
def test_browser_and_system_are_told_apart(says: str, device: str) -> None:
    assert device_of(says) == device


def test_a_device_is_never_longer_than_its_column() -> None:
    assert len(device_of("x" * 5000)) == 200
