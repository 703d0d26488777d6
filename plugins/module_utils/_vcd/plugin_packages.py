# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Packages of portal plug-ins: a zip with a manifest, from which the metadata come (contract vcd-api.md, 5.4).

The server looks at neither, so whatever is wrong with a package is found here, before anything is sent.
"""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from dataclasses import dataclass, field
from typing import Any

from .._plan import InputError, Values

MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1 << 20  # bytes


@dataclass(frozen=True)
class Package:
    """A file's name and content, and the options that its manifest gives."""

    file_name: str
    content: bytes = field(repr=False)
    values: Values


def read(path: str) -> Package:
    """The package in a file. Raises InputError that names the option, what is wrong, and what to do."""
    try:
        with open(path, "rb") as file:
            content = file.read()
        with zipfile.ZipFile(path) as package:
            broken = package.testzip()
            if broken is not None:
                raise zipfile.BadZipFile(f"{broken} in it is damaged")
            found = [each for each in package.infolist() if each.filename == MANIFEST]
            if not found:
                hint = next((each for each in package.namelist() if each.endswith(f"/{MANIFEST}")), None)
                raise InputError(
                    f"path is {path!r}: there is no {MANIFEST} at its top"
                    + (f" (there is {hint}: zip the content of that folder, not the folder)" if hint else "")
                    + ", so it is no plug-in of the portal"
                )
            if found[0].file_size > LARGEST_MANIFEST:
                raise InputError(f"path is {path!r}: its {MANIFEST} is larger than any can be")
            text = package.read(found[0])
    except OSError as problem:
        raise InputError(f"path is {path!r}: it cannot be read: {problem.strerror or problem}") from problem
    # RuntimeError is what an encrypted one raises, NotImplementedError an unknown compression.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as problem:
        raise InputError(f"path is {path!r}: it is no whole zip ({problem}); build or copy it anew") from problem
    return Package(os.path.basename(path), content, _values(path, text))


def _values(path: str, text: bytes) -> Values:
    """What a manifest says in the words of the options."""
    try:
        manifest: Any = json.loads(text.decode("utf-8-sig"))
    except ValueError as problem:
        raise InputError(f"path is {path!r}: its {MANIFEST} is no JSON: {problem}") from problem
    if not isinstance(manifest, dict):
        raise InputError(f"path is {path!r}: its {MANIFEST} is no JSON object")
    for member in ("name", "vendor", "version"):
        if not (isinstance(manifest.get(member), str) and manifest[member].strip()):
            raise InputError(f"path is {path!r}: its {MANIFEST} has no {member}")
    scope = manifest.get("scope")
    scope = scope if isinstance(scope, list) else []
    texts = {name: str(manifest.get(name) or "") for name in ("license", "link", "description")}
    return {
        **{member: manifest[member] for member in ("name", "vendor", "version")},
        **texts,
        "tenant_scoped": "tenant" in scope,
        "provider_scoped": "service-provider" in scope,
    }
