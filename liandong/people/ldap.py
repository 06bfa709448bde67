"""Sign-in with the password of a directory (LDAP), for accounts that exist here; nothing is created or copied.

Found and bound as the person themselves: either their name is put into `LIANDONG_LDAP_DN`, or a service account looks
for it below `LIANDONG_LDAP_BASE`. Over TLS only, but for a directory on this very machine. Needs the extra `ldap`.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from liandong.kernel.refusal import Refusal, marked
from liandong.people.backend import open_account
from liandong.people.models import User

if TYPE_CHECKING:
    from ldap3 import Connection, Tls

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
log = structlog.get_logger("ldap")


class DirectoryUnreachable(Refusal):
    """The directory does not answer, so nobody can tell whether the password is right."""

    status = 503
    says = marked("目录服务（LDAP）暂时无法连接，无法核对密码。")
    remedy = marked("请稍后再试；一直如此请告诉管理员。本地账号不受影响。")


class DirectoryUnsafe(Refusal):
    """The settings would send passwords over an open line."""

    status = 503
    says = marked("目录服务的设置不安全：密码会以明文传送。")
    remedy = marked("请管理员改用 ldaps:// 或打开 LIANDONG_LDAP_START_TLS。")


class DirectoryBackend(BaseBackend):
    """Asks the directory, last of all backends: local passwords work while it is away."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_given: Any
    ) -> User | None:
        """Return the account whose password in the directory this is.

        :raises DirectoryUnreachable, DirectoryUnsafe: the directory cannot tell
        """
        # An empty password is an anonymous bind, which succeeds for anybody (RFC 4513 §5.1.2).
        if not settings.LIANDONG_LDAP_URL or not username or not password:
            return None
        user = User.objects.filter(username=username.lower(), is_active=True, is_service=False, is_demo=False).first()
        if user is None or not _binds(user.username, password):
            return None
        return user

    def get_user(self, user_id: int) -> User | None:
        """The account of a session that began here."""
        return open_account(user_id)


def _binds(account: str, password: str) -> bool:
    try:
        from ldap3.core.exceptions import LDAPException
    except ImportError as error:
        log.warning("ldap.missing", remedy="install the extra: pip install 'liandong[ldap]'")
        raise DirectoryUnreachable from error
    try:
        name = _name_of(account)
        if not name:
            return False
        with _open(name, password) as connection:
            return bool(connection.bind())
    except (LDAPException, OSError) as error:
        log.warning("ldap.unreachable", url=settings.LIANDONG_LDAP_URL, why=repr(error)[:300])
        raise DirectoryUnreachable from error


@contextmanager
def _open(name: str, password: str) -> Iterator[Connection]:
    """A connection to the directory, over TLS, not yet bound."""
    from ldap3 import NONE, SIMPLE, Connection, Server

    parts = urlsplit(settings.LIANDONG_LDAP_URL)
    is_covered = parts.scheme == "ldaps" or settings.LIANDONG_LDAP_START_TLS
    if not is_covered and parts.hostname not in _LOOPBACK:
        raise DirectoryUnsafe
    seconds = settings.LIANDONG_LDAP_TIMEOUT
    tls = _tls() if is_covered else None
    server = Server(settings.LIANDONG_LDAP_URL, tls=tls, get_info=NONE, connect_timeout=seconds)
    given = {"user": name, "password": password, "authentication": SIMPLE}
    connection = Connection(server, **given, receive_timeout=seconds, auto_referrals=False, read_only=True)
    try:
        connection.open()
        if is_covered and not server.ssl and not connection.start_tls():
            raise OSError("the directory refused StartTLS")
        yield connection
    finally:
        # ldap3 leaves its socket open where opening failed half-way.
        if not connection.closed:
            connection.unbind()
        if connection.socket is not None:
            connection.socket.close()


def _tls() -> Tls:
    """TLS as Python does it: certificate and host name are checked by the context, not by ldap3 afterwards."""
    from ldap3 import Tls

    context = ssl.create_default_context(cafile=settings.LIANDONG_LDAP_CA or None)

    class Checked(Tls):  # type: ignore[misc]
        def wrap_socket(self, connection: Connection, do_handshake: bool = False) -> None:  # noqa: FBT001, FBT002
            connection.socket = context.wrap_socket(connection.socket, server_hostname=connection.server.host)

    return Checked(validate=ssl.CERT_REQUIRED)


def _name_of(account: str) -> str:
    """The directory's own name of the person; nothing when it knows none, or more than one."""
    from ldap3.utils.conv import escape_filter_chars
    from ldap3.utils.dn import escape_rdn

    if settings.LIANDONG_LDAP_DN:
        return str(settings.LIANDONG_LDAP_DN.replace("{account}", escape_rdn(account)))
    wanted = settings.LIANDONG_LDAP_FILTER.replace("{account}", escape_filter_chars(account))
    with _open(settings.LIANDONG_LDAP_SEARCHER, settings.LIANDONG_LDAP_SEARCHER_PASSWORD) as connection:
        if not connection.bind():
            log.warning("ldap.searcher_refused", name=settings.LIANDONG_LDAP_SEARCHER)
            raise DirectoryUnreachable
        connection.search(settings.LIANDONG_LDAP_BASE, wanted, attributes=[], size_limit=2)
        found = [entry["dn"] for entry in connection.response or [] if entry.get("type") == "searchResEntry"]
    return found[0] if len(found) == 1 else ""
