"""The verbs of the command line that change a vCD's portal behind everybody's back (vcd/branding_changes.py)."""

from __future__ import annotations

import argparse
import base64
import mimetypes
from pathlib import Path
from typing import Any

from .change_verbs import Add, pairs, spread
from .client import ControlError


def add_portal_verbs(add: Add) -> None:
    """Adds the verbs."""

    def branding(options: argparse.Namespace) -> dict[str, Any]:
        words = list(options.words)
        org = words.pop(0) if words and "=" not in words[0] else None
        return {"org": org, "fields": pairs(words)}

    made = add("branding-set", "Change fields of an organization's branding, or of the system's.", given=branding)
    made.add_argument(
        "words",
        nargs="+",
        metavar="[ORG] FIELD=VALUE",
        help="portalName, portalColor, selectedTheme (a name), customLinks (JSON)",
    )

    made = add("branding-remove", "Remove what a branding has of its own.")
    made.add_argument("org", nargs="?", help="an organization; left out: the system is as a fresh one")

    def image(options: argparse.Namespace) -> dict[str, Any]:
        given = {"org": options.org, "kind": options.kind}
        if options.file is not None:
            given["content"] = base64.b64encode(_read(options.file)).decode()
            guessed = "image/x-icon" if options.file.suffix == ".ico" else mimetypes.guess_type(options.file.name)[0]
            given["media"] = guessed or "image/png"
        return given

    made = add("branding-image", "Change a logo or an icon, or remove it.", given=image)
    made.add_argument("kind", choices=["logo", "icon"])
    made.add_argument("file", nargs="?", type=Path, help="left out: the image is removed")
    made.add_argument("--org", help="an organization; left out: the system's")

    def theme(options: argparse.Namespace) -> dict[str, Any]:
        given = {"theme": options.theme}
        if options.css is not None:
            given["css"] = _read(options.css).decode()
        return given

    made = add("theme-add", "Add a theme, or change its style sheet.", "theme", given=theme)
    made.add_argument("css", nargs="?", type=Path, help="file with its style sheet")
    add("theme-remove", "Remove a theme; who selects it has the default.", "theme")

    add("plugin-set", "Change fields of a plug-in.", "plugin", fields="for example enabled=false version=1.2.4")
    add("plugin-remove", "Remove a plug-in.", "plugin")

    def extension(options: argparse.Namespace) -> dict[str, Any]:
        return {"extension": options.extension, "enabled": options.switch == "on"}

    made = add("extension-set", "Switch an API extension on or off.", "extension", given=extension)
    made.add_argument("switch", choices=["on", "off"])
    add("extension-remove", "Remove an API extension.", "extension")

    made = add("portal-setting", "Choose how a vCD's portal answers.", given=spread)
    made.add_argument(
        "fields",
        nargs="+",
        metavar="NAME=VALUE",
        help="fallback=attribute (a tenant's GET shows the system's value for what it has not set; whole: null), "
        "require_login=false (anybody reads tenants' brandings), broker_answers=false (the test of the AMQP settings "
        "fails), branding_api=true (the feature flag of branding themes)",
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as problem:
        raise ControlError(f"{path} cannot be read: {problem.strerror}.") from problem
