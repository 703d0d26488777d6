# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Uploads to vCloud Director in two steps: say what comes, send it to the address that is answered.

Contract vcd-api.md, 3.6 and 5.4. Themes, packages of branding and plug-ins of the portal are sent like this.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .._http import HttpError, Reply
from .client import JSON, Vcd

_LINK = re.compile(r"<([^>]*)>\s*((?:;[^,<]*)*)")


def upload(
    api: Vcd, path: str, file_name: str, content: bytes, *, method: str = "POST", extra: Mapping[str, Any] | None = None
) -> Reply:
    """Send a file's content; `extra` goes into the UploadSpec beside name, size and checksum.

    Returns the answer to the first step, which may tell of a task. Opens a transfer at the server, so it has no place
    in check mode. Raises HttpError.
    """
    spec = {
        "fileName": file_name,
        "size": len(content),
        "checksum": hashlib.sha256(content).hexdigest(),
        "checksumAlgo": "sha256",
        **(extra or {}),
    }
    reply = api.send(method, path, media=JSON, document=spec)
    target = _target(reply)
    if target is None:
        raise api.unexpected(method, path, reply.status, "an upload without an address to send it to")
    whole = f"bytes 0-{len(content) - 1}/{len(content)}"
    headers = {"Content-Type": "application/octet-stream", "Content-Range": whole}
    try:
        api.send("PUT", target, media="*/*", data=content, headers=headers)
    except HttpError as problem:
        problem.advice = problem.advice or f"{file_name} was announced but did not arrive; run the task again."
        raise
    return reply


def _target(reply: Reply) -> str | None:
    """The path of the address that takes the bytes.

    The server writes it with the public name of its portal, which may be another than the one asked here. Only the path
    is used: the session's token goes to nobody else than the server that gave it.
    """
    for address, parameters in _LINK.findall(reply.headers.get("Link", "")):
        if "upload:default" in parameters:
            return urlsplit(address).path or None
    return None
