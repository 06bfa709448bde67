"""A mailbox: each mail is a matter, or something about one. Contract: `docs/channels/mailbox.md`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from liandong.intake_channels.contract import Matter, Message
from liandong.intake_channels.plugins.dialect import Dialect, FieldMissing
from liandong.intake_channels.plugins.mails import ReadMail, read_mail
from liandong.intake_channels.rules.mails import refuse_lists_of_people
from liandong.intake_channels.rules.words import Kind
from liandong.kernel.refusal import marked

MOST_KEPT: Final = 5_000_000
"""Bytes of a refused mail that are kept for a replay; a larger one is in the mailbox only."""


@dataclass(frozen=True, slots=True)
class Thread:
    """What a mail is about: a matter of its own, or our case `number`, which came as `order`."""

    kind: Kind = Kind.ORDER
    order: str = ""
    number: str = ""
    says: str = ""
    """What stands before its words, for whoever reads them."""


@dataclass(frozen=True, slots=True)
class Mailbox(Dialect):
    """Mails. Which thread one belongs to only `operations` know, and it is kept with what they keep."""

    def read(self, body: bytes, *, content_type: str) -> Sequence[Message]:
        """One mail, as a matter of its own."""
        return [message_of(read_mail(body), Thread(), raw=body)]

    def reread(self, raw: bytes) -> Message:
        """The mail that was kept, in the thread it was found to be of."""
        head, _line, body = raw.partition(b"\n")
        found = json.loads(head)
        thread = Thread(Kind(found["kind"]), found["order"], found["number"], found["says"])
        return message_of(read_mail(body), thread, raw=body)


def message_of(mail: ReadMail, thread: Thread, *, raw: bytes) -> Message:
    """A mail as a message of its thread.

    :raises PersonRecord: it brings a list of people
    :raises FieldMissing: it says nothing
    """
    refuse_lists_of_people([mail.subject, *(file.name for file in mail.files)])
    is_order = thread.kind is Kind.ORDER
    words = mail.text if is_order else mail.words
    parts = [thread.says, mail.subject if is_order else "", words or ("（无正文，见附件）" if mail.files else "")]
    if not words and not mail.files and not mail.subject:
        raise FieldMissing(name="content")
    text = "\n".join(part for part in parts if part)
    order = thread.order or mail.id
    head = {"kind": thread.kind, "order": thread.order, "number": thread.number, "says": thread.says}
    return Message(
        kind=thread.kind,
        id=mail.id,
        order=order,
        raw=json.dumps(head).encode() + b"\n" + raw if len(raw) <= MOST_KEPT else b"",
        claimed_at=mail.sent_at,
        matter=Matter(text=text, name=mail.name, email=mail.address) if is_order else None,
        text="" if is_order else text,
        files=mail.files,
        number=thread.number,
    )


MAILBOX: Final = Mailbox(
    code="mail",
    word=marked("电子邮箱"),
    kinds=frozenset({Kind.ORDER, Kind.URGE, Kind.NOTE}),
    tells=frozenset(),
)
