"""The wordings that come with the product, and what a district's folder says instead: read from files, row by row."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from liandong.kernel.refusal import Refusal
from liandong.notify.rules.notices import BY_CODE, placeholders_of
from liandong.notify.rules.quiet import QuietHours
from liandong.notify.rules.wording import ANY, Wording, checked
from liandong.notify.rules.words import Channel

Key = tuple[str, str, str]
"""(notice, channel or `*`, language)."""

FOLDER = Path(settings.CLONE) / "standards" / "notices"
LANGUAGES = ("zh-hans", "en")


@dataclass(frozen=True, slots=True)
class NoticeFiles:
    """What the files of a district say about messages; quiet hours by unit, the district's own under nothing."""

    wordings: Mapping[Key, Wording]
    tariffs: Mapping[Channel, Decimal]
    quiet: Mapping[str, QuietHours]


def read_notices(folder: Path, *, district: str = "", faults: list[str]) -> NoticeFiles:
    """Read `notices.csv`, `tariffs.csv` and `quiet_hours.csv` of a folder; what cannot be read is added to `faults`."""
    wordings = dict(_read(folder / "notices.csv", _wording, faults))
    tariffs = dict(_read(folder / "tariffs.csv", _tariff, faults))
    quiet = dict(_read(folder / "quiet_hours.csv", _quiet, faults))
    return NoticeFiles(wordings, tariffs, {f"{district}-{unit}" if unit else "": row for unit, row in quiet.items()})


@cache
def shipped() -> NoticeFiles:
    """What comes with the product."""
    faults: list[str] = []
    found = read_notices(FOLDER, faults=faults)
    if faults:
        raise RuntimeError(f"{FOLDER}: {'; '.join(faults)}")
    return found


def merged(own: NoticeFiles) -> NoticeFiles:
    """The product's own rows with a district's in their place."""
    ours = shipped()
    return NoticeFiles(
        {**ours.wordings, **own.wordings}, {**ours.tariffs, **own.tariffs}, {**ours.quiet, **own.quiet}
    )  # fmt: skip


def _read(file: Path, build: Callable[[Mapping[str, str]], tuple[Any, Any]], faults: list[str]) -> Iterator[Any]:
    if not file.exists():
        return
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        for row in reader:
            try:
                yield build({name: (value or "").strip() for name, value in row.items() if name})
            except KeyError as error:
                faults.append(f"{file.name}:{reader.line_num}: missing column {error}")
            except (ValueError, InvalidOperation, Refusal) as error:
                faults.append(f"{file.name}:{reader.line_num}: {error}")


def _wording(row: Mapping[str, str]) -> tuple[Key, Wording]:
    notice, channel, language = row["notice"], row["channel"] or ANY, row["language"]
    if notice not in BY_CODE:
        raise ValueError(f"unknown notice {notice}")
    if channel != ANY:
        Channel(channel)
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is none of {', '.join(LANGUAGES)}")
    wording = Wording(row["subject"], row["body"].replace("\\n", "\n"))
    return (notice, channel, language), checked(wording, known=placeholders_of(BY_CODE[notice]))


def _tariff(row: Mapping[str, str]) -> tuple[Channel, Decimal]:
    amount = Decimal(row["per_segment"])
    if not amount.is_finite() or not 0 <= amount < 100:
        raise ValueError(f"{amount} is no price of a message")
    return Channel(row["channel"]), amount


def _quiet(row: Mapping[str, str]) -> tuple[str, QuietHours]:
    return row["unit"], QuietHours(time.fromisoformat(row["from"]), time.fromisoformat(row["until"]))
