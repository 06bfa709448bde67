"""`liandong restore`: back from a file, into an empty database."""

from __future__ import annotations

import argparse
from pathlib import Path

from liandong.project.cli import Failed
from liandong.project.cli.surroundings import database, database_url, set_up_django, this_home
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """From which file."""
    parser.add_argument("file", type=Path, help=say("备份文件"))


def run(arguments: argparse.Namespace) -> int:
    """Restore, bring the tables to this version, make the timeline continue."""
    file: Path = arguments.file
    if not file.is_file():
        raise Failed(say("找不到文件 %(file)s。", file=file))
    home = this_home()
    home.create()
    set_up_django()
    from liandong.project.backup import restore_backup
    from liandong.project.prepare import migrate
    from liandong.timeline.operations import renumber_after_restore

    with database():
        contents = restore_backup(file, home=home, database_url=database_url())
        migrate()
        renumber_after_restore()
    print(say("已恢复：上传文件 %(uploads)s 个。", uploads=contents.uploads))
    if not contents.has_keys:
        print(say("备份不含密钥：用户需要重新登录；没有原来的 keys/sealing，已封存的报告人信息无法再打开。"))
    return 0
