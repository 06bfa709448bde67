"""`liandong up`: everything on one machine, supervised."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

from liandong.project.cli import Failed
from liandong.project.cli.surroundings import database_url, log_level, this_home
from liandong.project.cli.web import port_words
from liandong.project.home import Home
from liandong.project.launch import spawn
from liandong.project.listening import listen
from liandong.project.postgres import EmbeddedPostgres
from liandong.project.supervisor import Program, Supervisor
from liandong.project.words import say

ACCOUNTS = (
    "operator dispatcher supervisor town01…town13 department01… station001… grid001… patrol001… "
    "verifier assessor commander mediator leader auditor admin"
)
PASSWORD = "liandong-demo"
_LIANDONG = (sys.executable, "-m", "liandong.project.cli")
_ASK_SECONDS = 0.5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to start, and where."""
    parser.add_argument("--demo", action="store_true", help=say("同时生成演示区县"))
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help=say("监听地址"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help=say("监听端口"))
    webs, workers = (int(os.environ.get(name, "1")) for name in ("LIANDONG_WEBS", "LIANDONG_WORKERS"))
    parser.add_argument("--webs", type=int, default=webs, help=say("网页服务进程数"))
    parser.add_argument("--workers", type=int, default=workers, help=say("后台进程数"))


def run(arguments: argparse.Namespace) -> int:
    """Start PostgreSQL, migrate, supervise until told to stop."""
    from liandong.project.logs import configure_logs

    configure_logs(process="supervisor", level=log_level())
    home = this_home()
    home.create()
    try:
        listener = listen(arguments.host, arguments.port)
    except OSError as error:
        raise Failed(port_words(arguments.host, arguments.port, error)) from error
    _set_environment(home, is_demo=arguments.demo)
    with contextlib.ExitStack() as stack:
        stack.enter_context(listener)
        postgres = None
        if not database_url():
            _tell(say("启动内置数据库 …"))
            postgres = EmbeddedPostgres(home)
            postgres.start()
            stack.callback(postgres.stop)
        _tell(say("更新数据库结构 …"))
        if spawn([sys.executable, "-m", "liandong.project.prepare"], death_signal=signal.SIGTERM).wait() != 0:
            raise Failed(say("数据库结构更新失败，原因见上。"))
        supervisor = Supervisor(_programs(arguments, listener), postgres=postgres, when_ended=_forget_figures)
        supervisor.run(each_time=_Announcement(listener, is_demo=arguments.demo))
        _tell(say("已全部停止。"))
    return 0


def _set_environment(home: Home, *, is_demo: bool) -> None:
    """Tell every child where the state is, what is wanted, and where figures are shared."""
    figures = home.path / "metrics"
    shutil.rmtree(figures, ignore_errors=True)
    figures.mkdir(mode=0o700)
    os.environ["LIANDONG_HOME"] = str(home.path)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(figures)
    if is_demo:
        os.environ["LIANDONG_DEMO"] = "1"


def _forget_figures(pid: int) -> None:
    """Drop what an ended process counted as open just then; its totals stay."""
    for file in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob(f"gauge_live*_{pid}.db"):
        file.unlink()


def _programs(arguments: argparse.Namespace, listener: socket.socket) -> list[Program]:
    descriptor = listener.fileno()
    web = (*_LIANDONG, "web", "--fd", str(descriptor))
    programs = [Program(f"web-{number}", web, pass_fds=(descriptor,)) for number in range(1, arguments.webs + 1)]
    programs += [Program(f"worker-{number}", (*_LIANDONG, "worker")) for number in range(1, arguments.workers + 1)]
    if arguments.demo:
        programs.append(Program("demo", (*_LIANDONG, "demo"), is_done_by_exit_0=True))
    return programs


class _Announcement:
    """Asks the web whether all is ready and says so once, with the address and the demo accounts."""

    def __init__(self, listener: socket.socket, *, is_demo: bool) -> None:
        self._host, self._port = listener.getsockname()[:2]
        self._is_demo = is_demo
        self._countdown = 0
        self._is_made = False

    def __call__(self) -> None:
        if self._is_made:
            return
        self._countdown -= 1
        if self._countdown > 0 or not self._is_ready():
            return
        self._is_made = True
        _tell(say("联动已就绪：http://%(host)s:%(port)s/ （Ctrl-C 停止）", host=self._host, port=self._port))
        if self._is_demo:
            _tell(say("演示账号（密码都是 %(password)s）：", password=PASSWORD) + ACCOUNTS)

    def _is_ready(self) -> bool:
        self._countdown = 5
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self._host, self._host)
        connection = http.client.HTTPConnection(host, self._port, timeout=_ASK_SECONDS)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def _tell(words: str) -> None:
    print(words, flush=True)
