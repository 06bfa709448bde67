"""A mail server nobody here wrote (pymap), in a process of its own, and the mails people send to it."""

from __future__ import annotations

import contextlib
import imaplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path

from liandong.intake_channels.mailboxes import Fetcher, mailboxes
from tests.running.processes import free_port, wait_until
from tests.world import DISTRICT, World

ACCOUNT, PASSWORD = "office@liandong.example", "a password, with @ and /"
_FOLDERS = count(1)


@dataclass
class MailServer:
    """A running server and the folder in it that a test has for itself."""

    port: int
    folder: str = "INBOX"
    is_clear: bool = True

    @property
    def url(self) -> str:
        """As the setting has it."""
        account, password = ACCOUNT.replace("@", "%40"), PASSWORD.replace("@", "%40").replace("/", "%2F")
        return f"imap://{account}:{password}@127.0.0.1:{self.port}/{self.folder}".replace(" ", "%20")

    @contextlib.contextmanager
    def session(self) -> Iterator[imaplib.IMAP4]:
        """Somebody at the mailbox, as with any other program for mail."""
        server = imaplib.IMAP4("127.0.0.1", self.port, timeout=20)
        if not self.is_clear:
            server.starttls()  # without a look at the certificate: here only the folder is filled
        server.login(ACCOUNT, PASSWORD)
        try:
            yield server
        finally:
            server.logout()

    def with_folder(self) -> MailServer:
        """The same server with a folder that nobody has used."""
        folder = f"box{next(_FOLDERS)}"
        with self.session() as server:
            server.create(folder)
        return replace(self, folder=folder)

    def deliver(self, *mails: bytes, flags: str = "") -> None:
        """Put mails into the folder."""
        with self.session() as server:
            for mail in mails:
                state, _answer = server.append(self.folder, flags or None, None, mail)  # type: ignore[arg-type]
                assert state == "OK"

    def unread(self) -> int:
        """How many mails nobody has read."""
        with self.session() as server:
            server.select(self.folder)
            return len(server.uid("SEARCH", "UNSEEN")[1][0].split())


def look(world: World) -> int:
    """Let the mailbox be read once."""
    at = world.later(minutes=1)
    return Fetcher(mailboxes()[DISTRICT], clock=lambda: at, stop=threading.Event(), seconds=10).run_once()


@contextlib.contextmanager
def running_mail_server(*tls: str) -> Iterator[MailServer]:
    """Run a server for the length of the block; `tls` are its certificate and key, for those who begin in clear."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("pymap")), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--cert", tls[0], "--key", tls[1]] if tls else ["--no-tls"]
    who = ["dict", "--demo-user", ACCOUNT, "--demo-password", PASSWORD]
    with subprocess.Popen([*command, *who], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        server = MailServer(port, is_clear=not tls)

        def answers() -> bool:
            with contextlib.suppress(OSError, imaplib.IMAP4.error), server.session():
                return True
            return False

        try:
            wait_until(answers, what="the mail server answers")
            yield server
        finally:
            process.terminate()
            process.wait(20)


def mail(
    text: str = "小区门口的垃圾堆了三天没有人清运",
    *,
    subject: str = "垃圾没人清",
    name: str = "m-1",
    sender: str = "陈女士 <chen@mail.example>",
    more: str = "",
    charset: str = "utf-8",
) -> bytes:
    """A plain mail as a program writes it that sends its headers in eight bits."""
    head = f"From: {sender}\nTo: {ACCOUNT}\nSubject: {subject}\nMessage-ID: <{name}@mail.example>\n"
    head += f"Date: Mon, 02 Mar 2026 09:00:00 +0800\nMIME-Version: 1.0\n{more}"
    if "content-type" not in more.lower():
        head += f"Content-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n"
    return f"{head}\n{text}\n".replace("\n", "\r\n").encode(charset)
