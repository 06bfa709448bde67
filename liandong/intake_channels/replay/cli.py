"""`liandong replay FILE --mapping NAME`: what it asks for, and the work itself."""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from liandong.intake_channels.replay.mappings import ColumnsMissing, FileMapping
from liandong.intake_channels.replay.mappings.baltimore import Baltimore
from liandong.intake_channels.replay.mappings.tipdm import Tipdm
from liandong.intake_channels.replay.pouring import Pourer
from liandong.intake_channels.replay.reading import RefusedRows, Row, opened, rows_of
from liandong.web.refusals import explain

MAPPINGS: dict[str, Callable[[Path], FileMapping]] = {Baltimore.name: Baltimore, Tipdm.name: Tipdm}
AT_ONCE = "max"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file, what it means, how fast, and where refused rows go."""
    parser.add_argument("file", type=Path, metavar="FILE", help=_("CSV 文件，可为 .csv.gz"))
    parser.add_argument("--mapping", choices=sorted(MAPPINGS), required=True, help=_("文件的含义"))
    parser.add_argument("--speed", type=speed_of, default=None, metavar="1000x|max", help=_("倍速，默认 max"))
    parser.add_argument("--refused", type=Path, default=None, metavar="PATH", help=_("被拒行写到哪里"))


def speed_of(text: str) -> float | None:
    """`1000x` as 1000, `max` as None.

    :raises argparse.ArgumentTypeError: it is neither
    """
    if text == AT_ONCE:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)x", text)
    if match is None or float(match[1]) == 0:
        raise argparse.ArgumentTypeError(_("倍速应为 1000x 之类，或 max：%(text)s") % {"text": text})
    return float(match[1])


def run(
    arguments: argparse.Namespace,
    *,
    at: datetime,
    progress: Callable[[int], None] = lambda count: None,
    finish: Callable[[], None] = lambda: None,
) -> int:
    """Replay the file; return 0 when it was read to its end, 1 when it was not, 2 when it is not of this kind.

    `progress` is told how many rows are read, `finish` that the last words follow.
    """
    mapping = MAPPINGS[arguments.mapping](Path(settings.CLONE) / "districts" / arguments.mapping)
    refused = RefusedRows(arguments.file, beside=arguments.refused)
    try:
        with opened(arguments.file) as text:
            rows = rows_of(text, mapping.columns)
            district = import_string(settings.LIANDONG_LOAD_DISTRICT)(mapping.folder, at=at)
            pourer = Pourer(mapping, district, refused, now=at, progress=progress)
            refused.clear()
            code = _pour(pourer, rows, speed=arguments.speed)
    except ColumnsMissing as refusal:
        told = explain(refusal)
        print(f"{told.says}{told.remedy}", file=sys.stderr)
        return 2
    except OSError as error:
        print(_("无法读取文件 %(file)s：%(why)s") % {"file": arguments.file, "why": error}, file=sys.stderr)
        return 1
    finally:
        refused.close()
    finish()
    if refused.path is not None:
        print(_("被拒的行及原因：%(path)s") % {"path": refused.path}, file=sys.stderr, flush=True)
    print(pourer.tally.line(), flush=True)
    return code


def _pour(pourer: Pourer, rows: Iterator[Row], *, speed: float | None) -> int:
    try:
        if speed is None:
            pourer.at_once(rows)
        else:
            pourer.at_pace(rows, speed=speed)
    except (EOFError, zlib.error) as error:
        print(_("文件在中途损坏，未能读到末尾：%(why)s") % {"why": error}, file=sys.stderr)
        return 1
    return 0
