"""Copy the browser libraries the pages use from `node_modules` to a static directory that git ignores.

Run by `tools/setup.py` after `npm ci`, and by `make lock` to keep addresses out of `package-lock.json`.
Leaves out which page loads what: see the templates.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

CLONE = Path(__file__).resolve().parents[1]
MODULES = CLONE / "node_modules"
VENDOR = CLONE / "liandong" / "web" / "static" / "vendor"
ICON_NAMES = CLONE / "liandong" / "web" / "icons.txt"
ICON_PACKAGE = "bootstrap-icons"

# package -> the files taken from it
FILES = {
    "htmx.org": ("dist/htmx.min.js",),
    "ol": ("dist/ol.js", "ol.css"),
    "bootstrap": ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js"),
}

# Hashed static files refuse a reference to a map that is not there.
_SOURCE_MAP = re.compile(r"\s*(//[#@]\s*sourceMappingURL=\S+|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*")
_SVG = re.compile(r'<svg[^>]*viewBox="([^"]+)"[^>]*>(.*?)</svg>', re.DOTALL)


def copy_libraries() -> None:
    """Fill `static/vendor/<name>@<version>/` anew: the files of `FILES`, licences, the sprite of icons."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    for package, files in FILES.items():
        folder = _folder(package)
        for file in files:
            text = (MODULES / package / file).read_text(encoding="utf-8")
            (folder / Path(file).name).write_text(_SOURCE_MAP.sub("\n", text), encoding="utf-8")
    if ICON_NAMES.exists():
        (_folder(ICON_PACKAGE) / "icons.svg").write_text(sprite(ICON_NAMES.read_text().split()), encoding="utf-8")


def sprite(names: list[str]) -> str:
    """Return one SVG with a `<symbol>` per icon name. Raises SystemExit for a name the package does not have."""
    symbols = []
    for name in sorted(set(names)):
        file = MODULES / ICON_PACKAGE / "icons" / f"{name}.svg"
        if not file.exists():
            sys.exit(f"{ICON_NAMES.name}: {ICON_PACKAGE} has no icon named {name}")
        found = _SVG.search(file.read_text(encoding="utf-8"))
        if found is None:
            sys.exit(f"{file} is not the SVG expected")
        view_box, shapes = found.groups()
        symbols.append(f'<symbol id="{name}" viewBox="{view_box}" fill="currentColor">{shapes.strip()}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">\n' + "\n".join(symbols) + "\n</svg>\n"


def strip_addresses() -> None:
    """Take the funding addresses out of the lock file: it names packages and hashes, no host."""
    lock = CLONE / "package-lock.json"
    content = json.loads(lock.read_text(encoding="utf-8"))
    for package in content["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    lock.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _folder(package: str) -> Path:
    version = json.loads((MODULES / package / "package.json").read_text(encoding="utf-8"))["version"]
    folder = VENDOR / f"{package}@{version}"
    folder.mkdir(parents=True)
    for licence in (MODULES / package).glob("LICENSE*"):
        shutil.copyfile(licence, folder / "LICENSE.txt")
    return folder


if __name__ == "__main__":
    strip_addresses() if "--strip-addresses" in sys.argv else copy_libraries()
