"""Start a child that cannot outlive its parent: the last code that runs in it before `exec`.

Run as a plain script by the interpreter, it needs the standard library only. It arranges the signal that the
kernel sends when the parent dies, and, for PostgreSQL under root, an identity that is not root.
Leaves out supervision: see `supervisor`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

# From <linux/prctl.h>, <linux/sched.h>, <linux/capability.h>.
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CLONE_NEWUSER = 0x10000000
_CAP_DAC_OVERRIDE = 1
_CAPABILITY_VERSION = 0x20080522

NOBODY = 65534


def spawn(
    command: list[str],
    *,
    death_signal: signal.Signals,
    unprivileged: bool = False,
    **options: Any,
) -> subprocess.Popen[bytes]:
    """Start `command` as a direct child that gets `death_signal` when this process dies.

    `unprivileged` gives it an identity other than root where this process is root. Call it in the main thread:
    the kernel ties the signal to the thread that forked. `options` go to `subprocess.Popen`.
    """
    launcher = [sys.executable, "-I", "-S", __file__, str(death_signal.value), str(os.getpid()), str(int(unprivileged))]
    return subprocess.Popen([*launcher, *command], **options)


def run_unprivileged(command: list[str], *, output: IO[bytes] | int) -> int:
    """Run `command` to its end under the identity PostgreSQL accepts; return its exit code."""
    child = spawn(command, death_signal=signal.SIGKILL, unprivileged=True, stdout=output, stderr=subprocess.STDOUT)
    return child.wait()


def _main(arguments: list[str]) -> None:
    death_signal, parent, unprivileged, *command = arguments
    if unprivileged == "1" and os.geteuid() == 0:
        _leave_root()
    if sys.platform == "linux":
        _prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != int(parent):
            sys.exit(1)
    os.execv(command[0], command)


def _leave_root() -> None:
    """Be somebody else, with root's files still open to us.

    In a user namespace root appears as `nobody`, so files stay root's and nothing is changed outside. Where
    namespaces are forbidden (containers), become `nobody` and keep the one right to pass file permissions.
    """
    if _libc().unshare(_CLONE_NEWUSER) == 0:
        with contextlib.suppress(OSError):
            Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} 0 1")
        with contextlib.suppress(OSError):
            Path("/proc/self/gid_map").write_text(f"{NOBODY} 0 1")
        return
    _prctl(_PR_SET_KEEPCAPS, 1)
    os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    bit = 1 << _CAP_DAC_OVERRIDE
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION, 0)
    wanted = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
    if _libc().capset(header, wanted) != 0:
        sys.exit("PostgreSQL does not run as root, and this container lets root become nobody else")
    _prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_OVERRIDE)


def _prctl(option: int, *values: int) -> None:
    arguments = [ctypes.c_ulong(value) for value in (*values, 0, 0, 0, 0)[:4]]
    if _libc().prctl(option, *arguments) != 0:
        sys.exit(f"prctl {option}: {os.strerror(ctypes.get_errno())}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


if __name__ == "__main__":
    _main(sys.argv[1:])
