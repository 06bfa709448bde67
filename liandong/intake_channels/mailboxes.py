"""The mailboxes that are read, beside the worker: each in a thread of its own, as a server may hang.

One setting, a JSON object by district: `{"310198": "imaps://user:password@host/INBOX"}`; `?tls=starttls` for a server
that begins in clear, `?address=` where the account is not the address. Secrets stand in the environment only.
"""

from __future__ import annotations

import imaplib
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, connections

from liandong.intake_channels.operations.mails import Place, note_look, refuse_mail, take_mail
from liandong.intake_channels.plugins.bulk import BULK
from liandong.intake_channels.plugins.mailbox import MAILBOX
from liandong.intake_channels.queries import mailbox_of
from liandong.intake_channels.rules.mails import MailTooLarge, MailUnreadable
from liandong.intake_channels.rules.words import Fate
from liandong.intake_channels.ways import Way
from liandong.kernel.refusal import Refusal
from liandong.notify.channels import Misconfigured
from liandong.people.access import platform

Clock = Callable[[], datetime]

SECONDS_GIVEN: Final = 20.0
LOOKS_BACK: Final = timedelta(days=30)
"""So old may a mail be that is taken when a mailbox is read for the first time, or was numbered anew."""
_AGAIN_SECONDS = 2.0
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_Server = imaplib.IMAP4
_log = structlog.get_logger("liandong.channels")


@dataclass(frozen=True, slots=True)
class Box:
    """One district's mailbox."""

    district: str
    host: str
    port: int
    account: str
    password: str
    folder: str = "INBOX"
    address: str = ""
    is_tls: bool = True
    starts_tls: bool = False

    @property
    def own(self) -> tuple[str, ...]:
        """Addresses whose mails are our own."""
        return tuple(one.lower() for one in (self.address, self.account, settings.LIANDONG_SMTP_FROM) if "@" in one)


def mailboxes() -> Mapping[str, Box]:
    """The configured mailboxes by district.

    :raises Misconfigured: the setting cannot be read
    """
    return _read(settings.LIANDONG_MAILBOXES)


def is_open_without_keys(way: Way) -> bool:
    """Whether a way is open that nobody posts to: a mailbox that is read, files that are uploaded at the desk."""
    try:
        return way.channel == BULK.code or (way.channel == MAILBOX.code and way.district in mailboxes())
    except Misconfigured:
        return False


@cache
def _read(text: str) -> Mapping[str, Box]:
    try:
        return {district: _box(district, urlsplit(url)) for district, url in json.loads(text).items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise Misconfigured(f"LIANDONG_MAILBOXES: {type(error).__name__}") from None


def _box(district: str, parts: Any) -> Box:
    more, is_tls = parse_qs(parts.query), parts.scheme == "imaps"
    if parts.scheme not in ("imap", "imaps") or not parts.hostname or not parts.username:
        raise ValueError(district)
    return Box(
        district,
        parts.hostname,
        parts.port or (993 if is_tls else 143),
        unquote(parts.username),
        unquote(parts.password or ""),
        unquote(parts.path.strip("/")) or "INBOX",
        more.get("address", [""])[0],
        is_tls,
        more.get("tls") == ["starttls"],
    )


class Fetcher:
    """Takes what comes into one mailbox until `stop` is set."""

    def __init__(self, box: Box, *, clock: Clock, stop: threading.Event, seconds: float = SECONDS_GIVEN) -> None:
        self._box, self._clock, self._stop, self._seconds = box, clock, stop, seconds
        self._actor = platform(MAILBOX.code)

    def run(self) -> None:
        """Look, wait, and look again. Trouble is logged, noted for the page, and outlived."""
        try:
            while not self._stop.is_set():
                try:
                    self.run_once()
                except (DatabaseError, InterfaceError) as error:
                    _log.warning("database trouble", work=f"mailbox {self._box.district}", why=str(error).strip())
                    connection.close()
                except Exception:
                    _log.exception("reading a mailbox failed", district=self._box.district)
                self._stop.wait(settings.LIANDONG_MAILBOX_SECONDS)
        finally:
            connections.close_all()

    def run_once(self) -> int:
        """Take what is new; return how many mails were. What the server refuses is noted and tried at the next look."""
        try:
            server = self._connected()
        except (imaplib.IMAP4.error, OSError, UnicodeError) as error:
            self._trouble(error)
            return 0
        try:
            return self._look(server)
        except (imaplib.IMAP4.error, OSError) as error:
            self._trouble(error)
            return 0
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()

    def _look(self, server: _Server) -> int:
        _must(server.select(f'"{self._box.folder}"'))
        validity, following = (_number(server.response(name)) for name in ("UIDVALIDITY", "UIDNEXT"))
        known = mailbox_of(self._box.district)
        begun = known is not None and known.validity == validity
        last = known.highest if known is not None and begun else 0
        uids = self._new(server, after=last, is_first=known is None or not known.validity)
        taken = 0
        for uid in uids:
            if self._stop.is_set():
                return taken
            taken += self._take(server, Place(validity, uid))
        highest = max([last, *uids, 0 if begun else following - 1])
        note_look(self._box.district, actor=self._actor, at=self._clock(), validity=validity, highest=highest)
        return taken

    def _new(self, server: _Server, *, after: int, is_first: bool) -> list[int]:
        """Numbers of the mails to take, in order. Of a mailbox nobody read before, only what people have not read."""
        if after:
            asked = [f"UID {after + 1}:*"]
        else:
            since = self._clock() - LOOKS_BACK
            asked = [f"SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}", *(["UNSEEN"] if is_first else [])]
        found = _must(server.uid("SEARCH", *asked))
        # The last mail is always in the range up to `*`, however low its number.
        return sorted(uid for uid in map(int, b" ".join(one for one in found if one).split()) if uid > after)

    def _take(self, server: _Server, place: Place) -> bool:
        """Take one mail in a transaction of its own, and mark it read afterwards; a refused one stays unread."""
        how: dict[str, Any] = {"place": place, "district": self._box.district, "actor": self._actor}
        refusal: Refusal = MailUnreadable()
        try:
            raw = _mail(server, place.uid)
            result = take_mail(raw, own=self._box.own, at=self._clock(), **how)
        except MailTooLarge as too_large:
            refusal, result = too_large, None
            refuse_mail(refusal, at=self._clock(), **how)
        except (DatabaseError, InterfaceError, imaplib.IMAP4.error, OSError):
            raise
        except Exception:
            # Whatever is wrong with one mail must not keep out those behind it.
            _log.exception("a mail was not read", district=self._box.district, uid=place.uid)
            result = None
            refuse_mail(refusal, at=self._clock(), **how)
        if result is None or result.fate is Fate.REFUSED:
            return False
        with suppress(imaplib.IMAP4.error):
            server.uid("STORE", str(place.uid), "+FLAGS.SILENT", r"(\Seen)")
        return result.fate is Fate.TAKEN

    def _connected(self) -> _Server:
        box, context = self._box, ssl.create_default_context()
        if box.is_tls:
            server: _Server = imaplib.IMAP4_SSL(box.host, box.port, ssl_context=context, timeout=self._seconds)
        else:
            server = imaplib.IMAP4(box.host, box.port, timeout=self._seconds)
        try:
            if box.starts_tls and not box.is_tls:
                server.starttls(context)
            server.login(box.account, box.password)
            if "ID" in server.capabilities:
                # Some providers let nobody read who has not said what they are (RFC 2971).
                server.xatom("ID", '("name" "liandong")')
        except Exception:
            with suppress(OSError):  # where the cipher failed nothing is left to close
                server.shutdown()
            raise
        return server

    def _trouble(self, error: BaseException) -> None:
        said = _said(error)
        _log.warning("a mailbox cannot be read", district=self._box.district, why=said)
        note_look(self._box.district, actor=self._actor, at=self._clock(), why=said)


def fetch_mails(stop: threading.Event, clock: Clock) -> None:
    """Read every configured mailbox, each in its own thread, until `stop` is set; an ended thread is begun anew.

    A setting that cannot be read is logged, and nothing is fetched until the process starts again.
    """
    try:
        ours = list(mailboxes().values())
    except Misconfigured as error:
        _log.error("no mailbox is read", why=str(error))
        ours = []
    threads: dict[str, threading.Thread] = {}
    while not stop.is_set():
        for box in ours:
            if box.district not in threads or not threads[box.district].is_alive():
                work = Fetcher(box, clock=clock, stop=stop).run
                threads[box.district] = threading.Thread(target=work, name=f"mailbox-{box.district}", daemon=True)
                threads[box.district].start()
        stop.wait(_AGAIN_SECONDS)


def _mail(server: _Server, uid: int) -> bytes:
    """A mail, whole; asking for it does not mark it as read.

    :raises MailTooLarge: it is larger than is fetched
    """
    sizes = b" ".join(one for one in _must(server.uid("FETCH", str(uid), "(RFC822.SIZE)")) if isinstance(one, bytes))
    size = int((sizes.upper().partition(b"RFC822.SIZE ")[2].split() or [b"0"])[0].strip(b")"))
    if size > settings.LIANDONG_MAIL_BYTES:
        raise MailTooLarge(bytes=size, most=settings.LIANDONG_MAIL_BYTES)
    found = _must(server.uid("FETCH", str(uid), "(BODY.PEEK[])"))
    return next((bytes(one[1]) for one in found if isinstance(one, tuple)), b"")


def _must(answer: tuple[str, list[Any]]) -> list[Any]:
    """What a server answered.

    :raises imaplib.IMAP4.error: it refused
    """
    state, found = answer
    if state != "OK":
        raise imaplib.IMAP4.error(str(found[:1]))
    return found


def _number(answer: tuple[str, list[Any]]) -> int:
    found = answer[1][0] if answer[1] else None
    return int(found) if found else 0


def _said(error: BaseException) -> str:
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(error)
    return (text or type(error).__name__)[:200]
