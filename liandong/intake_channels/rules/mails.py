"""What is told of a mail by its headers and words: a machine's is none of a citizen, an answer belongs to its case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from unicodedata import normalize

from liandong.intake_channels.rules.persons import LABELS, PersonRecord
from liandong.kernel.numbering import MalformedNumber, parse_number
from liandong.kernel.refusal import Refusal, marked

_BULK: Final = frozenset({"bulk", "list", "junk", "auto_reply"})
_MACHINES: Final = frozenset({"mailer-daemon", "postmaster", "mail-daemon"})
_MARKS_OF_MACHINES: Final = frozenset({"x-autoreply", "x-autorespond", "x-loop", "x-failed-recipients"})
_NUMBER = re.compile(r"[A-Z]{1,8}-[0-9]{8}-[0-9]{6}-[0-9]")
_QUOTED = re.compile(
    r"^\s*(?:-{2,}\s*(?:原始邮件|原邮件|回复的原邮件|转发邮件|original message|forwarded message)"
    r"|(?:发件人|from)\s*[:：]|(?:在|on)\b.{4,200}(?:写道|wrote)\s*[:：]?\s*$|.{4,200}(?:写道|wrote)\s*[:：]\s*$)",
    re.IGNORECASE,
)
_LISTS: Final = ("名单", "名册", "台账", "登记表", "花名册", "信息表")


class AutomaticMail(Refusal):
    """A mail that a machine wrote: an answer to it could go round for ever."""

    status = 422
    says = marked("自动回复、退信、群发或列表邮件，不登记（%(mark)s）。")
    remedy = marked("如确是市民来信，请在邮箱中查看，并在中心登记。")


class MailUnreadable(Refusal):
    """A mail of which nothing can be made out."""

    status = 422
    says = marked("邮件结构损坏，无法读出。")
    remedy = marked("请在邮箱中打开这封邮件，并在中心登记。")


class MailTooLarge(Refusal):
    """A mail of more bytes than is fetched."""

    status = 413
    says = marked("邮件有 %(bytes)s 字节，最多 %(most)s 字节。")
    remedy = marked("请在邮箱中打开这封邮件，并在中心登记。")


class TooManyMails(Refusal):
    """More mails from one address than anybody writes in a day."""

    status = 429
    says = marked("同一地址 24 小时内来信超过 %(most)s 封，不再自动登记。")
    remedy = marked("其余来信留在邮箱中，请查看后登记。")


def refuse_automatic(headers: Iterable[tuple[str, str]], *, address: str, is_report: bool) -> None:
    """Return when a person wrote a mail, as far as its headers tell (RFC 3834, RFC 2919, RFC 3464).

    `headers` have lower-case names.

    :raises AutomaticMail: a machine did
    """
    if is_report or address.partition("@")[0] in _MACHINES:
        raise AutomaticMail(mark="bounce")
    for name, value in headers:
        said = value.strip().lower()
        first = said.partition(";")[0].strip()
        if (
            (name == "auto-submitted" and first != "no")
            or (name == "precedence" and first in _BULK)
            or (name == "return-path" and said.replace(" ", "") == "<>")
            or name.startswith("list-")
            or name in _MARKS_OF_MACHINES
        ):
            raise AutomaticMail(mark=name)


def refuse_own(address: str, *, own: Iterable[str]) -> None:
    """Return when a mail is not from ourselves.

    :raises AutomaticMail: it is
    """
    if address and address in {one.strip().lower() for one in own}:
        raise AutomaticMail(mark="from")


def refuse_lists_of_people(titles: Iterable[str]) -> None:
    """Return when no title, of a mail or of what is attached, is that of a list of people by category.

    :raises PersonRecord: one is
    """
    for title in titles:
        if any(label in title for label in LABELS) and any(word in title for word in _LISTS):
            raise PersonRecord


def case_numbers(subject: str) -> tuple[str, ...]:
    """The numbers of cases in a subject whose check digit fits."""
    found = []
    for text in _NUMBER.findall(normalize("NFKC", subject[:400]).upper()):
        try:
            found.append(str(parse_number(text)))
        except MalformedNumber:
            continue
    return tuple(dict.fromkeys(found))


def own_words(text: str) -> str:
    """What was written anew in an answer; all of it where nothing else is left."""
    kept = []
    for line in text.split("\n"):
        if _QUOTED.match(line):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line)
    return "\n".join(kept).strip() or text


def is_urging(words: str) -> bool:
    """Whether somebody asks how it goes on."""
    return "催" in words
