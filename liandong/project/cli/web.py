"""`liandong web`: one web process."""

from __future__ import annotations

import argparse
import os
import socket

from liandong.project.cli import Failed
from liandong.project.cli.surroundings import log_level, set_up_django
from liandong.project.words import say


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"), help=say("监听地址"))
    parser.add_argument("--port", type=int, default=int(os.environ.get("PORT", "8000")), help=say("监听端口"))
    parser.add_argument("--fd", type=int, help=say("已经打开的监听套接字（由看护进程传入）"))


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from liandong.project.logs import configure_logs

    configure_logs(process="web", level=log_level())
    set_up_django()
    from liandong.project.listening import listen
    from liandong.project.web_process import run_web

    if arguments.fd is not None:
        return run_web(socket.socket(fileno=arguments.fd))
    try:
        listener = listen(arguments.host, arguments.port)
    except OSError as error:
        raise Failed(port_words(arguments.host, arguments.port, error)) from error
    return run_web(listener)


def port_words(host: str, port: int, error: OSError) -> str:
    """Say why nothing can listen there, and what to do."""
    return say(
        "无法监听 %(host)s:%(port)s（%(why)s）。请停止占用它的程序，或用 PORT 指定别的端口。",
        host=host,
        port=port,
        why=error.strerror,
    )
