"""Steps taken at a desk as people take them: the form unfolded, filled in and sent, the answer waited for."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.journeys.browser import Desk

PHONE = {"viewport": {"width": 412, "height": 915}, "has_touch": True}
"""What a browser on a phone is told."""
TRIES, SOON_MS = 3, 5_000
"""How often a person tries again, and how long they look before they do."""


class Hours:
    """The server's clock, set forward in the middle of a story; sessions of the day before are over then."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.gap = timedelta()
        monkeypatch.setattr("django.utils.timezone.now", self.now)

    def now(self) -> datetime:
        """Now, as the story has it."""
        return datetime.now(UTC) + self.gap  # noqa: TID251 - a story in a browser runs in its own time

    def pass_by(self, **gap: float) -> None:
        """Let time pass."""
        self.gap += timedelta(**gap)


def case_page(desk: Desk, number: str) -> Page:
    """Open the page of a case."""
    page = desk.open(f"/desk/cases/{number}/")
    expect(page.locator("#case-steps")).to_be_visible()
    return page


def take(desk: Desk, number: str, code: str, **fields: str) -> Page:
    """Open the case and take one step, which succeeds."""
    page = case_page(desk, number)
    send(page, code, **fields)
    told(page, number)
    return page


def told(page: Page, number: str) -> None:
    """Wait until the desk says that the step was taken."""
    expect(page.locator(".ld-toast").filter(has_text=re.compile(rf"已办：{number}")).first).to_be_visible()


def send(page: Page, code: str, **fields: str) -> None:
    """Unfold a step's form, fill it in and send it; a field ending in `_text` is picked from what it finds."""
    form = unfold(page, code)
    for name, value in fields.items():
        control = form.locator(f"[name={name}]")
        kind = control.first.get_attribute("type")
        if name.endswith("_text"):
            control.fill(value)
            page.get_by_role("option", name=value).first.click()
        elif kind == "radio":
            form.locator(f"label:has([name={name}][value={value}])").click()
        elif kind == "checkbox":
            control.set_checked(value == "yes")
        elif control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(value)
        else:
            control.fill(value)
    form.locator("button").click()


def unfold(page: Page, code: str) -> Locator:
    """The form of a step, visible; rare ones wait below "更多步骤"."""
    form = page.locator(f"form[data-step={code}]").first
    expect(form).to_be_attached()
    for summary in page.locator(f"details:has(form[data-step={code}]) > summary").all():
        if not summary.evaluate("element => element.parentElement.open"):
            summary.click()
    expect(form).to_be_visible()
    return form


def offers(page: Page, code: str) -> bool:
    """Whether the page offers a step."""
    return page.locator(f"form[data-step={code}]").count() > 0


def add_photo(page: Page, purpose: str) -> None:
    """Add a photo taken with the phone, and wait until it is shown."""
    shown = page.locator(".wb-photos img")
    before = shown.count()
    chosen = {"name": f"{purpose}.jpg", "mimeType": "image/jpeg", "buffer": picture(purpose)}
    for _ in range(TRIES):
        # As a person does who sees that nothing happened: the panel may just have been drawn anew.
        page.locator("#id_photo").set_input_files(chosen)
        page.locator("#id_purpose_of_photo").select_option(purpose)
        page.get_by_role("button", name="上传", exact=True).press("Enter")
        try:
            expect(shown).to_have_count(before + 1, timeout=SOON_MS)
        except AssertionError:
            continue
        return
    expect(shown).to_have_count(before + 1)


def picture(seed: str) -> bytes:
    """A photo, another one for every seed."""
    content = io.BytesIO()
    shade = tuple(40 + 13 * (ord(letter) % 15) for letter in seed.ljust(3)[:3])
    image = Image.new("RGB", (320, 240), shade)
    image.paste((255 - shade[0], shade[1], 90), (20 + 9 * len(seed), 30, 300, 60 + 11 * len(seed)))
    image.save(content, "JPEG")
    return content.getvalue()
