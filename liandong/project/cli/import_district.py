"""`liandong import`: load a district's folder, again and again with the same result; or only say what that would do."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from liandong.project.cli import Failed
from liandong.project.cli.surroundings import database, set_up_django
from liandong.project.words import say

if TYPE_CHECKING:
    from liandong.project.district_check import Check


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which district."""
    parser.add_argument("folder", type=Path, help=say("区县数据目录，例如 districts/baltimore"))
    parser.add_argument("--check", action="store_true", help=say("只检查并列出将会改变什么，不写入"))


def run(arguments: argparse.Namespace) -> int:
    """Check the folder, and load it unless only a check was asked for."""
    folder: Path = arguments.folder
    if not (folder / "district.toml").is_file():
        raise Failed(say("%(folder)s 里没有 district.toml。", folder=folder))
    set_up_django()
    from liandong.project.district_check import check_district
    from liandong.project.districts import load_district
    from liandong.project.prepare import migrate

    with database():
        migrate()
        _tell(check_district(folder, at=datetime.now(UTC)))
        if arguments.check:
            print(say("检查完毕，没有写入任何数据。"))
            return 0
        load_district(folder)
    print(say("已载入 %(folder)s。", folder=folder))
    return 0


def _tell(check: Check) -> None:
    for sentence, what in check.warnings:
        print(say("注意：") + say(sentence, what=what))
    for difference in check.differences:
        table = say(difference.table)
        counts = say(
            "%(table)s：新增 %(new)s，变更 %(changed)s，文件中已没有 %(gone)s",
            table=table,
            new=len(difference.new),
            changed=len(difference.changed),
            gone=len(difference.gone),
        )
        print(counts)
        for sign, rows in (("~", difference.changed), ("-", difference.gone)):
            for row in rows[:5]:
                print(f"  {sign} {row}")
