"""E-mail by SMTP: plain text, one message each, with a Message-ID of ours that stays the same."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate
from urllib.parse import parse_qs, unquote, urlsplit

from liandong.notify.channels.contract import Fleeting, Misconfigured, Parcel
from liandong.notify.rules.progress import News, Outcome
from liandong.notify.rules.words import Channel, Why


@dataclass(frozen=True, slots=True)
class Email(Fleeting):
    """A mail server: `smtp://user:password@host:port`, `?tls=starttls` to insist on it, `smtps://` for TLS at once."""

    url: str
    sender: str
    seconds: float = 10.0
    name: str = "email"
    channel: Channel = Channel.EMAIL

    def send(self, parcel: Parcel) -> Outcome:
        """Hand one message to the server."""
        try:
            letter = self._letter(parcel)
        except (ValueError, IndexError, MessageError) as error:
            return Outcome(News.REFUSED, Why.REFUSED, detail=str(error)[:200])
        try:
            server = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(News.LATER, Why.UNREACHABLE, detail=_said(error))
        try:
            return self._hand_over(server, letter, parcel.address)
        finally:
            server.close()

    def probe(self) -> str:
        """Whether the server lets us in."""
        try:
            server = self._connected()
            server.quit()
        except (smtplib.SMTPException, OSError) as error:
            return _said(error)
        return ""

    def _hand_over(self, server: smtplib.SMTP, letter: EmailMessage, address: str) -> Outcome:
        try:
            for code, words in (server.mail(self.sender), server.rcpt(address)):
                if code >= 400:
                    news = News.LATER if code < 500 else News.REFUSED
                    return Outcome(news, Why.BUSY if code < 500 else Why.REFUSED, detail=_words(code, words))
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(News.LATER, Why.UNREACHABLE, detail=_said(error))
        try:
            code, words = server.data(letter.as_bytes())
        except smtplib.SMTPDataError as error:
            # The server would not even have the text.
            news = News.LATER if error.smtp_code < 500 else News.REFUSED
            return Outcome(news, Why.REFUSED, detail=_said(error))
        except (smtplib.SMTPException, OSError) as error:
            return Outcome(News.UNKNOWN, Why.NO_ANSWER, detail=_said(error))
        if code == 250:
            return Outcome(News.ACCEPTED)
        news = News.LATER if code < 500 else News.REFUSED
        return Outcome(news, Why.BUSY if code < 500 else Why.REFUSED, detail=_words(code, words))

    def _connected(self) -> smtplib.SMTP:
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or 0
        context = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=self.seconds, context=context)
        else:
            server = smtplib.SMTP(host, port, timeout=self.seconds)
        server.ehlo_or_helo_if_needed()
        if parse_qs(parts.query).get("tls") == ["starttls"]:
            server.starttls(context=context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        return server

    def _letter(self, parcel: Parcel) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = Address("联动", addr_spec=self.sender)
        letter["To"] = Address(addr_spec=parcel.address)
        letter["Subject"] = parcel.subject.replace("\n", " ") or parcel.body[:40].replace("\n", " ")
        letter["Date"] = formatdate()
        letter["Message-ID"] = f"<{parcel.ref}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(parcel.body)
        return letter


def email_from(url: str, sender: str, *, seconds: float) -> Email:
    """The transport of two settings.

    :raises Misconfigured: they do not fit together
    """
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname or "@" not in sender:
        raise Misconfigured("LIANDONG_SMTP_URL is smtp://… or smtps://…, and LIANDONG_SMTP_FROM an address")
    return Email(url, sender, seconds)


def _words(code: int, words: bytes) -> str:
    return f"{code} {words.decode('utf-8', 'replace')}"[:200]


def _said(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]
