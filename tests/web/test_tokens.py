"""The token sheet keeps every text readable: 4.5:1 for each foreground on the grounds it is put on (WCAG 2.2 AA)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import liandong.web

SHEET = (Path(liandong.web.__file__).parent / "static/web/tokens.css").read_text(encoding="utf-8")
TONES = ("grey", "blue", "indigo", "violet", "teal", "olive", "orange", "amber", "green", "red")
STAGES = [
    "reported",
    "accepted",
    "refused",
    "answered",
    "filed",
    "declined",
    "dispatched",
    "received",
    "on_scene",
    "handled",
    "closed",
]
LEAST = 4.5


def tokens(theme: str) -> dict[str, str]:
    """Return name → colour of one theme."""
    block = re.search(rf'\[data-bs-theme="{theme}"\] {{(.*?)\n}}', SHEET, re.DOTALL)
    assert block is not None
    return dict(re.findall(r"--ld-([\w-]+): (#[0-9a-f]{6});", block[1]))


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tone", TONES)
def test_each_tone_can_be_read_on_its_own_ground(theme: str, tone: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[f"{tone}-fg"], colours[f"{tone}-bg"]) >= LEAST
    assert contrast(colours[f"{tone}-fg"], colours["surface"]) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ink", ["ink", "ink-soft", "ink-faint", "accent"])
@pytest.mark.parametrize("ground", ["surface", "ground", "sunken", "hover", "chosen"])
def test_each_ink_can_be_read_on_each_ground(theme: str, ink: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("on-accent", "accent-fill"),
        ("on-accent", "accent-fill-hover"),
        ("on-accent", "red-fill"),
        ("rail-ink", "rail"),
        ("rail-on", "rail-chosen"),
    ],
)
def test_text_on_filled_grounds_can_be_read(theme: str, ink: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= LEAST


@pytest.mark.parametrize("stage", STAGES)
def test_each_stage_has_a_token(stage: str) -> None:
    assert f"--ld-stage-{stage}: var(" in SHEET


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *(("map-road-name", f"map-{ground}") for ground in ("area", "halo", "street")),
        *(("map-water-name", f"map-{ground}") for ground in ("area", "halo", "water")),
        *(("map-green-name", f"map-{ground}") for ground in ("area", "halo", "green")),
    ],
)
def test_names_on_the_map_can_be_read_on_what_they_name(theme: str, ink: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[ink], colours[ground]) >= LEAST


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("ground", ["water", "green", "road", "street"])
def test_the_basemap_stays_quieter_than_the_lines_and_names_of_areas_over_it(theme: str, ground: str) -> None:
    colours = tokens(theme)
    assert contrast(colours[f"map-{ground}"], colours["map-area"]) < contrast(colours["map-line"], colours["map-area"])
    assert contrast(colours["map-label"], colours[f"map-{ground}"]) >= LEAST
