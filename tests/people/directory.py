"""A real directory (OpenLDAP's slapd) beside the tests, over TLS, on a free port; gone with the test."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.people.hired import now
from tests.people.provider import free_port

BASE = "dc=liandong,dc=test"
PEOPLE = f"ou=people,{BASE}"
SEARCHER, SEARCHER_PASSWORD = f"cn=searcher,{BASE}", "looks-for-people"
PATIENCE_SECONDS = 20.0
MODULES = Path("/usr/lib/ldap")
SCHEMA = Path("/etc/ldap/schema")


@dataclass(frozen=True, slots=True)
class Directory:
    """Where the directory answers: in the open, and over TLS with a certificate signed by `ca`."""

    plain: str
    secure: str
    ca: Path


def slapd() -> str:
    """The server's program; the test is skipped on a machine without it."""
    found = shutil.which("slapd") or shutil.which("slapd", path="/usr/sbin:/usr/lib/openldap")
    if found is None or not SCHEMA.exists():
        pytest.skip("no slapd on this machine: the Debian package slapd brings it")
    return found


@contextmanager
def answering(folder: Path, passwords: dict[str, str]) -> Iterator[Directory]:
    """Run a directory whose `people` (by uid) have these passwords."""
    program, ports = slapd(), (free_port(), free_port())
    ca = _certificate(folder)
    (folder / "data").mkdir()
    (folder / "slapd.conf").write_text(_configuration(folder), "utf-8")
    (folder / "people.ldif").write_text(_entries(passwords), "utf-8")
    slapadd = [program, "-Tadd", "-f", str(folder / "slapd.conf"), "-l", str(folder / "people.ldif")]
    subprocess.run(slapadd, check=True, capture_output=True)
    addresses = (f"ldap://127.0.0.1:{ports[0]}", f"ldaps://localhost:{ports[1]}")
    listens = f"ldap://127.0.0.1:{ports[0]} ldaps://127.0.0.1:{ports[1]}"
    process = subprocess.Popen(
        [program, "-d", "0", "-f", str(folder / "slapd.conf"), "-h", listens],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(ports[1], process)
        yield Directory(*addresses, ca)
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    ends = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < ends:
        assert process.poll() is None, "slapd ended at once"
        with socket.socket() as sock:
            sock.settimeout(0.2)
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError("slapd does not answer")


def _configuration(folder: Path) -> str:
    modules = f"modulepath {MODULES}\nmoduleload back_mdb\n" if MODULES.exists() else ""
    return f"""
include {SCHEMA}/core.schema
include {SCHEMA}/cosine.schema
include {SCHEMA}/inetorgperson.schema
{modules}pidfile {folder}/slapd.pid
TLSCACertificateFile {folder}/ca.pem
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
database mdb
suffix "{BASE}"
directory {folder}/data
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{SEARCHER}" read by self read by * none
"""


def _entries(passwords: dict[str, str]) -> str:
    people = "".join(
        f"\ndn: uid={uid},{PEOPLE}\nobjectClass: inetOrgPerson\nuid: {uid}\n"
        f"cn: {uid}\nsn: {uid}\nuserPassword: {word}\n"
        for uid, word in passwords.items()
    )
    return f"""dn: {BASE}
objectClass: dcObject
objectClass: organization
o: liandong
dc: liandong

dn: {SEARCHER}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: searcher
userPassword: {SEARCHER_PASSWORD}

dn: {PEOPLE}
objectClass: organizationalUnit
ou: people
{people}"""


def _certificate(folder: Path) -> Path:
    """A certificate for localhost, and the authority that signed it."""
    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _each in range(2))
    ca_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    ca = _signed(ca_name, ca_name, ca_key.public_key(), ca_key, is_ca=True)
    server = _signed(name, ca_name, key.public_key(), ca_key, is_ca=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    form, unlocked = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    (folder / "server.key").write_bytes(key.private_bytes(pem, form, unlocked))
    return folder / "ca.pem"


def _signed(
    name: x509.Name,
    by: x509.Name,
    public: ec.EllipticCurvePublicKey,
    key: ec.EllipticCurvePrivateKey,
    *,
    is_ca: bool,
) -> x509.Certificate:
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now() - timedelta(days=1))
        .not_valid_after(now() + timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
    )
    if not is_ca:
        built = built.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    return built.sign(key, hashes.SHA256())
