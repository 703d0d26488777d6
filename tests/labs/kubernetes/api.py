# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The few requests that the lab itself sends to an API server: JSON over HTTPS, with a token."""

from __future__ import annotations

import functools
import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class Refused(Exception):
    """The server said no; `status` is the HTTP status, the text is the server's message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}")
        self.status = status


@dataclass(frozen=True)
class Api:
    """An API server, as the owner of a token sees it."""

    url: str
    ca: Path
    token: str

    @functools.cached_property
    def _opener(self) -> urllib.request.OpenerDirector:
        # No proxy of the environment: the server is on this machine.
        context = ssl.create_default_context(cafile=str(self.ca))
        return urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
        )

    def send(self, method: str, path: str, body: Any = None, kind: str = "application/json") -> Any:
        """One request; returns the document that was answered. Raises Refused, and OSError where nobody answers."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind, "Accept": "application/json"}
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with self._opener.open(request, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as problem:
            with problem:
                raise Refused(problem.code, _message(problem.read())) from None
        return json.loads(text) if text[:1] == b"{" else text.decode()

    def get(self, path: str) -> Any:
        """A document, or None where there is none."""
        try:
            return self.send("GET", path)
        except Refused as problem:
            if problem.status == 404:
                return None
            raise

    def merge(self, path: str, body: Any) -> Any:
        """A merge patch."""
        return self.send("PATCH", path, body, "application/merge-patch+json")

    def ready(self) -> bool:
        """Whether the server is there and has done what it does at its start (among it, the roles of RBAC)."""
        try:
            return bool(self.send("GET", "/readyz") == "ok")
        except (Refused, OSError):
            return False


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body.decode("utf-8", "replace")
