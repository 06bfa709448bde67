"""Logs: one JSON object per line that names process and request; readable where a person watches."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from liandong.project.logs import configure_logs


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def test_each_line_is_an_object_that_names_process_and_request() -> None:
    stream = io.StringIO()
    configure_logs(process="web", stream=stream)
    structlog.contextvars.bind_contextvars(request="abc")
    structlog.get_logger("liandong.test").info("派遣", case="LD-1")
    logging.getLogger("other").warning("of the %s library", "standard")
    ours, theirs = map(json.loads, stream.getvalue().splitlines())
    assert (ours["event"], ours["process"], ours["request"], ours["case"]) == ("派遣", "web", "abc", "LD-1")
    assert (theirs["event"], theirs["level"], theirs["logger"]) == ("of the standard library", "warning", "other")
    assert "派遣" in stream.getvalue()


def test_a_traceback_is_kept_and_a_repeated_status_is_not() -> None:
    stream = io.StringIO()
    configure_logs(process="web", stream=stream)
    django = logging.getLogger("django.request")
    django.error("Service Unavailable: /readyz")
    try:
        raise ValueError("a fault")
    except ValueError:
        django.exception("Internal Server Error")
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert "ValueError: a fault" in line["exception"]


def test_a_person_at_a_terminal_gets_readable_lines() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    configure_logs(process="web", stream=stream)
    structlog.get_logger("liandong.test").info("dispatched")
    assert "dispatched" in stream.getvalue()
    assert not stream.getvalue().startswith("{")
