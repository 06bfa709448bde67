"""A mailbox is read over TLS, from the first byte or after STARTTLS, and never from a server nobody vouches for."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pytest_django import Settings

from liandong.cases.models import Case
from liandong.intake_channels.models import Mailbox
from tests.channels.conftest import Lane
from tests.channels.imap import MailServer, look, mail, running_mail_server
from tests.world import DISTRICT, World


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that vouches for itself, and its key."""
    folder, key = tmp_path_factory.mktemp("tls"), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "mail.example")])
    now = datetime.now(UTC)  # noqa: TID251 - certificates are looked at by the clock on the wall
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain),
    )
    return paths


@pytest.fixture(scope="module")
def mail_server(certified: tuple[Path, Path]) -> Iterator[MailServer]:
    with running_mail_server(*map(str, certified)) as server:
        yield server


@pytest.fixture
def box(mail_server: MailServer, lane: Lane) -> MailServer:
    lane.channel = "mail"
    found = mail_server.with_folder()
    found.deliver(mail())
    return found


def _opened(settings: Settings, url: str) -> None:
    settings.LIANDONG_MAILBOXES = json.dumps({DISTRICT: url})


def test_a_server_that_begins_in_clear_is_read_after_starttls(
    box: MailServer, certified: tuple[Path, Path], world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    _opened(settings, f"{box.url}?tls=starttls")
    assert look(world) == 1
    assert Case.objects.get().channel == "mail"


def test_a_server_that_is_ciphered_from_the_first_byte_is_read(
    box: MailServer, certified: tuple[Path, Path], world: World, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certified[0]))
    clear = box.port
    with _tunnel(certified, to=clear) as port:
        _opened(settings, box.url.replace("imap://", "imaps://").replace(f":{clear}/", f":{port}/"))
        assert look(world) == 1


@pytest.mark.parametrize("way", ["starttls", "first byte"])
def test_a_server_nobody_vouches_for_gets_no_password(
    box: MailServer, certified: tuple[Path, Path], world: World, settings: Settings, way: str
) -> None:
    with _tunnel(certified, to=box.port) as port:
        ciphered = box.url.replace("imap://", "imaps://").replace(f":{box.port}/", f":{port}/")
        _opened(settings, f"{box.url}?tls=starttls" if way == "starttls" else ciphered)
        assert look(world) == 0
    assert "certificate verify failed" in Mailbox.objects.get().why
    assert not Case.objects.exists()


@contextmanager
def _tunnel(certified: tuple[Path, Path], *, to: int) -> Iterator[int]:
    """Take the cipher off before a server that speaks in clear, as a provider's proxy does; gives the port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certified)

    def carry(came: socket.socket) -> None:
        with (
            suppress(OSError),
            context.wrap_socket(came, server_side=True) as outside,
            socket.create_connection(("127.0.0.1", to)) as inside,
        ):
            threading.Thread(target=_pour, args=(inside, outside), daemon=True).start()
            _pour(outside, inside)

    def serve() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=carry, args=door.accept()[:1], daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=serve, daemon=True).start()
        yield int(door.getsockname()[1])


def _pour(source: socket.socket, into: socket.socket) -> None:
    with suppress(OSError):
        while content := source.recv(65536):
            into.sendall(content)
        into.shutdown(socket.SHUT_RDWR)
