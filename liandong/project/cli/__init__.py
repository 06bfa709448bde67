"""The command `liandong`: one table of subcommands, each in words, each with an exit code scripts can trust.

0 done · 1 refused or failed, with words on stderr · 2 called wrongly · 130 interrupted. The module of a command is
imported only when that command is called.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import psycopg

from liandong.kernel.refusal import Refusal, marked
from liandong.project.home import UnusableHome
from liandong.project.postgres import PostgresUnavailable
from liandong.project.words import say


@dataclass(frozen=True, slots=True)
class Command:
    """A subcommand: its module holds `add_arguments(parser)` and `run(arguments) -> int`."""

    name: str
    module: str
    help: str


class Failed(Exception):
    """A command cannot go on; the text says why, the remedy what to do."""

    def __init__(self, words: str, remedy: str = "") -> None:
        self.remedy = remedy
        super().__init__(words)


COMMANDS = (
    Command("up", "liandong.project.cli.up", marked("启动数据库、网页服务和后台进程，并看护它们")),
    Command("web", "liandong.project.cli.web", marked("只启动一个网页服务进程")),
    Command("worker", "liandong.project.cli.worker", marked("只启动一个后台进程")),
    Command("doctor", "liandong.project.cli.doctor", marked("检查这台机器和安装，说明哪里不对")),
    Command("demo", "liandong.project.cli.demo", marked("生成演示区县及其历史数据")),
    Command("replay", "liandong.project.cli.replay", marked("把一份真实诉求表按原来的时间重放进系统")),
    Command(
        "simulate",
        "liandong.project.cli.simulate",
        marked("扮演 12345、110、数字城管或综治平台收发，可以不守规矩"),
    ),
    Command("simulate-calls", "liandong.project.cli.simulate_calls", marked("模拟交换机推送来电，可故意行为不良")),
    Command("new-district", "liandong.project.cli.new_district", marked("为新区县生成一套可填写的数据目录")),
    Command("import", "liandong.project.cli.import_district", marked("载入或更新一个区县的数据目录")),
    Command("reset-password", "liandong.project.cli.reset_password", marked("为一个账号生成一次性密码")),
    Command("backup", "liandong.project.cli.backup", marked("把数据库和上传文件备份到一个文件")),
    Command("restore", "liandong.project.cli.restore", marked("从备份文件恢复到空数据库")),
    Command("verify-audit", "liandong.project.cli.verify_audit", marked("核验全部记录是否完整、未被改动")),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    parser = argparse.ArgumentParser(prog="liandong", description=say("联动：一个区县的联动指挥平台"))
    subparsers = parser.add_subparsers(dest="command", required=True, metavar=say("命令"))
    asked = next((word for word in given if not word.startswith("-")), None)
    try:
        for command in COMMANDS:
            subparser = subparsers.add_parser(command.name, help=say(command.help), description=say(command.help))
            if command.name == asked:
                module = importlib.import_module(command.module)
                module.add_arguments(subparser)
        parsed = parser.parse_args(given)
        return int(module.run(parsed))
    except Refusal as refusal:
        return _fail(say(refusal.says, **refusal.values), refusal.remedy and say(refusal.remedy, **refusal.values))
    except Failed as failure:
        return _fail(str(failure), failure.remedy)
    except (PostgresUnavailable, UnusableHome) as failure:
        return _fail(str(failure))
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        # Django wraps the driver's error; importing Django here would make every command load it.
        if not any(isinstance(each, psycopg.OperationalError) for each in (error, error.__cause__)):
            raise
        words = say("数据库连接不上：%(words)s", words=_first_line(error))
        return _fail(words, say("请检查 DATABASE_URL 和数据库服务。"))


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]


def _fail(words: str, remedy: str = "") -> int:
    print(f"liandong: {words}", file=sys.stderr)
    if remedy:
        print(f"          {remedy}", file=sys.stderr)
    return 1
