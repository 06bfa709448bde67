"""Install what only the tests need from the system, where it is missing: a browser, a Chinese font and a directory.

Runs apt-get where this is root; elsewhere says which command to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

FONT_DIRECTORIES = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".local/share/fonts")


def missing_packages() -> list[str]:
    """Return the Debian packages whose content is not found on this machine."""
    missing = []
    if not (shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")):
        missing.append("chromium")
    if not any(any(folder.glob("**/NotoSansCJK*")) for folder in FONT_DIRECTORIES if folder.exists()):
        missing.append("fonts-noto-cjk")
    if not shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin"):
        missing.append("slapd")
    return missing


def main() -> int:
    """Install what is missing; return 1, with words, when that is not possible here."""
    missing = missing_packages()
    if not missing:
        return 0
    command = f"apt-get install --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        print(f"The tests need {', '.join(missing)}. As root: {command}", file=sys.stderr)
        return 1
    print(f"· system packages for tests: {', '.join(missing)} …", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = ["apt-get", "--quiet", "--quiet", "--yes"]
    for arguments in (["update"], ["install", "--no-install-recommends", *missing]):
        code = subprocess.run([*apt, *arguments], env=environment, stdout=subprocess.DEVNULL).returncode
        if code != 0:
            print(f"apt-get {arguments[0]} failed with code {code}", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
