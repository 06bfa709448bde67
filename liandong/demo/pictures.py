"""A few drawn pictures of a street before and after it was tidied, kept under the hash of their content."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw

_SIZE = (480, 360)
_HORIZON = 150
_WALLS = ("#c9b8a3", "#b5c2c9", "#cfc7b0", "#bfae9f", "#aebfae", "#c7b3b3")
_LITTER = ("#3f4a3c", "#6b4f3a", "#8a2f2f", "#2f4a6b", "#d9d4c5", "#222222")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's content and what a case notes of it."""

    content: bytes
    sha256: str

    def row(self) -> dict[str, str | int]:
        """The columns of the photo's row that follow from its content."""
        return {"sha256": self.sha256, "content_type": "image/jpeg", "size": len(self.content)}


def draw_pictures(count: int, *, seed: int) -> tuple[tuple[Picture, ...], tuple[Picture, ...]]:
    """Return as many pictures before as after; the same seed draws the same street."""
    streets = [Random(seed * 1000 + number) for number in range(count)]  # noqa: S311 - scenery, not secrets
    before, after = [], []
    for number, random in enumerate(streets):
        street = _street(_WALLS[number % len(_WALLS)], random)
        after.append(_picture(street))
        _litter(street, random)
        before.append(_picture(street))
    return tuple(before), tuple(after)


def keep(pictures: tuple[Picture, ...], folder: Path) -> None:
    """Write the pictures where uploads are kept; what is there stays."""
    for picture in pictures:
        place = folder / picture.sha256[:2] / picture.sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        if not place.exists():
            place.write_bytes(picture.content)


def _street(wall: str, random: Random) -> Image.Image:
    image = Image.new("RGB", _SIZE, "#dfe8ee")
    draw = ImageDraw.Draw(image)
    width, height = _SIZE
    draw.rectangle((0, 40, width, _HORIZON), fill=wall)
    for left in range(random.randrange(10, 40), width, random.randrange(70, 110)):
        draw.rectangle((left, 60, left + 34, 112), fill="#7d93a3", outline="#5c6b75", width=2)
    draw.rectangle((0, _HORIZON, width, _HORIZON + 70), fill="#b9b5ac")
    for left in range(0, width, 40):
        draw.line((left, _HORIZON, left - 24, _HORIZON + 70), fill="#a39f97", width=1)
    draw.rectangle((0, _HORIZON + 70, width, height), fill="#6c6f73")
    draw.line((0, 292, width, 292), fill="#e6e3d8", width=5)
    trunk = random.randrange(60, width - 60)
    draw.rectangle((trunk, 84, trunk + 10, _HORIZON + 12), fill="#6d5440")
    draw.ellipse((trunk - 42, 10, trunk + 52, 100), fill="#6f9a62")
    return image


def _litter(image: Image.Image, random: Random) -> None:
    draw = ImageDraw.Draw(image)
    middle = random.randrange(120, 360)
    for _piece in range(random.randrange(14, 26)):
        left, top = middle + random.randrange(-90, 90), _HORIZON + random.randrange(8, 66)
        size = random.randrange(8, 30)
        box = (left, top, left + size, top + int(size * 0.7))
        draw.ellipse(box, fill=random.choice(_LITTER)) if random.random() < 0.5 else draw.rectangle(
            box, fill=random.choice(_LITTER)
        )


def _picture(image: Image.Image) -> Picture:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=72)
    content = file.getvalue()
    return Picture(content, hashlib.sha256(content).hexdigest())
