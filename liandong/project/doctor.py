"""What keeps this installation from working well, each finding with what to do about it.

A check is a small function in `CHECKS`; it reads, changes nothing, and says its finding in the reader's language.
"""

from __future__ import annotations

import csv
import os
import shutil
import socket
import stat
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import psycopg

from liandong.project.home import Home, UnusableHome
from liandong.project.words import say

OLDEST_POSTGRES = 15
OLDEST_PYTHON = (3, 11)
_BYTES_NEEDED = 2_000_000_000
_BYTES_WISE = 10_000_000_000
_SECONDS_OF_CLOCK_GAP = 5


class Mark(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; `remedy` is empty when all is well."""

    mark: Mark
    what: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks look at."""

    home: Home
    database_url: str
    port: int
    public_url: str
    calendar_file: Path
    at: datetime


def examine(surroundings: Surroundings) -> Iterator[Finding]:
    """Yield the finding of every check, in order."""
    for check in CHECKS:
        yield check(surroundings)


def python_version(_: Surroundings) -> Finding:
    """Is this Python new enough?"""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] >= OLDEST_PYTHON:
        return Finding(Mark.OK, f"Python {version}")
    what = say("Python %(version)s 太旧。", version=version)
    return Finding(Mark.PROBLEM, what, say("请安装 Python 3.11 或更新版本。"))


def time_zone_data(_: Surroundings) -> Finding:
    """Does this machine know the time zone of the district?"""
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return Finding(Mark.PROBLEM, say("缺少时区数据。"), say("请安装软件包 tzdata。"))
    return Finding(Mark.OK, say("时区数据齐全。"))


def home_permissions(surroundings: Surroundings) -> Finding:
    """May this user write to `LIANDONG_HOME`, and nobody else read it?"""
    path = surroundings.home.path
    if not path.exists():
        return Finding(Mark.OK, say("数据目录 %(path)s 将在首次启动时建立。", path=path))
    if not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        remedy = say("请用启动服务的用户运行，或更改目录的所有者。")
        return Finding(Mark.PROBLEM, say("无法写入数据目录 %(path)s。", path=path), remedy)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        return Finding(Mark.WARNING, say("其他用户可以打开数据目录 %(path)s。", path=path), f"chmod 700 {path}")
    return Finding(Mark.OK, say("数据目录 %(path)s 只有本用户可读。", path=path))


def disk_space(surroundings: Surroundings) -> Finding:
    """Is there room for the database to grow?"""
    path = surroundings.home.path.absolute()
    while not path.exists():
        path = path.parent
    free = shutil.disk_usage(path).free
    what = say("磁盘剩余 %(gigabytes)s GB。", gigabytes=round(free / 1e9, 1))
    if free < _BYTES_NEEDED:
        return Finding(Mark.PROBLEM, what, say("至少需要 2 GB；请清理磁盘或把 LIANDONG_HOME 移到更大的磁盘。"))
    if free < _BYTES_WISE:
        return Finding(Mark.WARNING, what, say("建议保留 10 GB 以上。"))
    return Finding(Mark.OK, what)


def port_free(surroundings: Surroundings) -> Finding:
    """Is the port free, or held by this very product?"""
    port = surroundings.port
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            if _is_ours(port):
                return Finding(Mark.OK, say("端口 %(port)s：联动正在运行。", port=port))
            remedy = say("请停止占用它的程序，或用 PORT 指定别的端口。")
            return Finding(Mark.PROBLEM, say("端口 %(port)s 已被其他程序占用。", port=port), remedy)
    return Finding(Mark.OK, say("端口 %(port)s 可用。", port=port))


def tls(surroundings: Surroundings) -> Finding:
    """Can phones use the field app? Browsers give position and offline work to HTTPS pages only."""
    if surroundings.public_url.startswith("https://"):
        return Finding(Mark.OK, say("对外地址使用 HTTPS。"))
    remedy = say("请在前面放一个带证书的反向代理，并设置 LIANDONG_PUBLIC_URL=https://…")
    return Finding(Mark.WARNING, say("没有 HTTPS：手机端无法定位，也不能离线工作。"), remedy)


def calendar_confirmed(surroundings: Surroundings) -> Finding:
    """Were the holidays of this year entered from the official notice?"""
    year = surroundings.at.astimezone(ZoneInfo("Asia/Shanghai")).year
    try:
        with surroundings.calendar_file.open(newline="", encoding="utf-8") as stream:
            confirmed = {row["year"]: row["confirmed"].lower() for row in csv.DictReader(stream)}
    except (OSError, KeyError):
        return Finding(Mark.WARNING, say("找不到工作日历。"), say("请检查 standards/calendar/cn/years.csv。"))
    if confirmed.get(str(year)) in ("true", "yes", "1"):
        return Finding(Mark.OK, say("%(year)s 年的工作日历已确认。", year=year))
    remedy = say("请按国务院办公厅通知填写 standards/calendar/cn/%(year)s.csv 并确认。", year=year)
    return Finding(Mark.WARNING, say("%(year)s 年的工作日历未确认，时限按周一至周五计算。", year=year), remedy)


def database(surroundings: Surroundings) -> Finding:
    """Does the database answer, is it new enough, do its clock and ours agree?"""
    try:
        with _connect(surroundings) as connection:
            row = connection.execute("SELECT current_setting('server_version_num')::int / 10000, now()").fetchone()
    except (psycopg.Error, UnusableHome) as error:
        words = str(error).strip().splitlines()[0]
        if surroundings.database_url:
            what, remedy = say("数据库连接不上：%(words)s", words=words), say("请检查 DATABASE_URL 和数据库服务。")
            return Finding(Mark.PROBLEM, what, remedy)
        return Finding(Mark.WARNING, say("内置数据库没有运行。"), say("运行 liandong up 会启动它。"))
    version, database_now = row or (0, datetime.now(UTC))
    if version < OLDEST_POSTGRES:
        what = say("PostgreSQL %(version)s 太旧。", version=version)
        return Finding(Mark.PROBLEM, what, say("需要 PostgreSQL %(oldest)s 或更新版本。", oldest=OLDEST_POSTGRES))
    if abs((datetime.now(UTC) - database_now).total_seconds()) > _SECONDS_OF_CLOCK_GAP:
        return Finding(Mark.PROBLEM, say("数据库服务器的时钟与本机不一致。"), say("请为两台机器配置时间同步。"))
    return Finding(Mark.OK, say("PostgreSQL %(version)s 有应答。", version=version))


def migrations(surroundings: Surroundings) -> Finding:
    """Does the database have this version's tables?"""
    if not _answers(surroundings):
        return Finding(Mark.OK, say("数据库结构：数据库运行后再检查。"))
    from liandong.project.health import pending_migrations

    if pending := pending_migrations():
        what = say("还有 %(count)s 个数据库迁移未执行。", count=pending)
        return Finding(Mark.PROBLEM, what, say("运行 liandong up 会执行它们；请先备份。"))
    return Finding(Mark.OK, say("数据库结构是最新的。"))


def worker_alive(surroundings: Surroundings) -> Finding:
    """Is somebody doing the work behind the pages?"""
    if not _answers(surroundings):
        return Finding(Mark.OK, say("后台进程：数据库运行后再检查。"))
    from django.db import DatabaseError

    from liandong.project.models import Heartbeat
    from liandong.project.worker import ALIVE_WITHIN

    try:
        is_alive = Heartbeat.objects.filter(at__gte=surroundings.at - ALIVE_WITHIN).exists()
    except DatabaseError:
        is_alive = False
    if is_alive:
        return Finding(Mark.OK, say("后台进程在运行。"))
    what = say("后台进程没有运行：时限不会推进，页面不会自动更新。")
    return Finding(Mark.WARNING, what, "liandong up / liandong worker")


def pdf_library(_: Surroundings) -> Finding:
    """Can work orders be made as PDF?"""
    from liandong.workbench import pdf

    if pdf.can_make_pdf():
        return Finding(Mark.OK, say("可以生成 PDF。"))
    remedy = say("请安装系统软件包 libpango-1.0-0、libpangoft2-1.0-0；在此之前请用打印页面。")
    return Finding(Mark.WARNING, say("缺少 Pango，不能生成 PDF 派单。"), remedy)


def message_channels(surroundings: Surroundings) -> Finding:
    """Can every configured way out for messages be reached? Nothing is sent to anybody."""
    if not _answers(surroundings):
        return Finding(Mark.OK, say("消息渠道：数据库运行后再检查。"))
    from liandong.notify.channels import Misconfigured, transports

    remedy = say("见 docs/operations/notify.md。")
    try:
        ways = transports()
    except Misconfigured as error:
        return Finding(Mark.PROBLEM, say("消息渠道的设置无法读取：%(words)s", words=error), remedy)
    if not ways:
        return Finding(Mark.OK, say("没有配置对外消息渠道，只有站内消息。"))
    faults = [f"{way.name}: {why}" for way in ways if (why := way.probe())]
    if faults:
        return Finding(Mark.PROBLEM, say("消息渠道连接不上：%(words)s", words="; ".join(faults)), remedy)
    return Finding(Mark.OK, say("消息渠道可用：%(names)s", names=", ".join(way.name for way in ways)))


def lanes(surroundings: Surroundings) -> Finding:
    """Is every lane to another platform that of a known channel, and can its address be reached? Nothing is sent."""
    if not _answers(surroundings):
        return Finding(Mark.OK, say("渠道：数据库运行后再检查。"))
    from liandong.intake_channels.contract import channels
    from liandong.intake_channels.mailboxes import mailboxes
    from liandong.intake_channels.ways import ways
    from liandong.notify.channels import Misconfigured
    from liandong.notify.channels.posting import reaches

    remedy = say("见 docs/operations/channels.md。")
    try:
        known = ways()
        mailboxes()
    except Misconfigured as error:
        return Finding(Mark.PROBLEM, say("渠道的设置无法读取：%(words)s", words=error), remedy)
    faults = [f"{lane}?" for lane, way in known.items() if way.channel not in channels()]
    faults += [f"{lane}: {why}" for lane, way in known.items() if way.url and (why := reaches(way.url, seconds=5.0))]
    if faults:
        return Finding(Mark.PROBLEM, say("渠道连接不上或代码不对：%(words)s", words="; ".join(faults)), remedy)
    return Finding(Mark.OK, say("渠道可用：%(names)s", names=", ".join(known) or "—"))


CHECKS: tuple[Callable[[Surroundings], Finding], ...] = (
    python_version,
    time_zone_data,
    home_permissions,
    disk_space,
    port_free,
    tls,
    calendar_confirmed,
    database,
    migrations,
    worker_alive,
    pdf_library,
    message_channels,
    lanes,
)


def _connect(surroundings: Surroundings) -> psycopg.Connection[tuple[Any, ...]]:
    address = surroundings.database_url or surroundings.home.dsn
    return psycopg.connect(address, connect_timeout=3)


def _answers(surroundings: Surroundings) -> bool:
    try:
        _connect(surroundings).close()
    except (psycopg.Error, UnusableHome):
        return False
    return True


def _is_ours(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return b'"status"' in answer.read(200)
    except (OSError, urllib.error.URLError, ValueError):
        return False
