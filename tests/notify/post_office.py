"""A mail server nobody here wrote (aiosmtpd), which keeps what it is handed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from pytest_django import Settings

from tests.people.provider import free_port


@dataclass
class PostOffice:
    """What a mail server does with what it is handed."""

    taken: list[Any] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer

    def letters(self) -> list[EmailMessage]:
        """What was handed in, read."""
        return [message_from_bytes(envelope.content, policy=policy.default) for envelope in self.taken]  # type: ignore[misc]


@contextlib.contextmanager
def running_post_office(settings: Settings) -> Iterator[PostOffice]:
    """Let all mail go out through a server of its own for the length of the block."""
    office = PostOffice()
    controller = Controller(office, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.LIANDONG_SMTP_URL = f"smtp://127.0.0.1:{controller.port}"
    settings.LIANDONG_SMTP_FROM = "liandong@example.gov.cn"
    try:
        yield office
    finally:
        controller.stop()
