"""Makes a package of a plug-in of vCloud Director's portal, for tests and examples: a zip with a manifest and a script.

    python -m tests.tools.make_plugin build/availability.zip --version 1.0.0
"""

from __future__ import annotations

import argparse
import json
import zipfile
from pathlib import Path
from typing import Any

NAME, VENDOR = "availability", "Kiwi Cloud"


def manifest(version: str = "1.0.0", **more: Any) -> dict[str, Any]:
    """What a portal asks a manifest for."""
    return {
        "urn": "kiwi:availability",
        "name": NAME,
        "containerVersion": "9.1.0",
        "version": version,
        "scope": ["tenant"],
        "permissions": [],
        "description": "Recovery for tenants",
        "vendor": VENDOR,
        "license": "GPL-3.0-or-later",
        "link": "https://kiwi.example.com",
        "module": "AvailabilityModule",
        "route": "availability",
        **more,
    }


def make(path: Path, files: dict[str, str] | None = None, **more: Any) -> Path:
    """Writes a package; `files` instead of the usual ones, `more` members of the manifest."""
    content = {"manifest.json": json.dumps(manifest(**more)), "bundle.js": "/* nothing to see here */\n" * 64}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in (content if files is None else files).items():
            package.writestr(name, text)
    return path


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path)
    parser.add_argument("--version", default="1.0.0")
    given = parser.parse_args()
    print(make(given.path, version=given.version))


if __name__ == "__main__":
    main()
