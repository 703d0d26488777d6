"""Backups of one service, 4.x (contract 4.15)."""

from __future__ import annotations

import base64
import hashlib
import uuid
from typing import TYPE_CHECKING

from cryptography.fernet import Fernet

from ..wire import Reply, dumps
from .errors import bad_input, not_found
from .health import about
from .routing import Call

if TYPE_CHECKING:
    from .base import ApplianceService

# Nothing secret is in a simulated backup, and a request must not wait for a slow key.
_ROUNDS = 1000


class Backups:
    """`backups`: what was written, by id. Nothing reads one back: restoring has no documented call."""

    def __init__(self, service: ApplianceService) -> None:
        self._service = service
        self.all: dict[str, bytes] = {}

    def add_routes(self) -> None:
        """Adds the calls to the service."""
        add = self._service.routes.add
        # Fields of an item beyond its id are not known.
        add("GET", "backups", lambda call: call.json([{"id": one} for one in self.all]))
        add("POST", "backups", self._write)
        add("GET", "backups/{}", self._download)
        add("DELETE", "backups/{}", self._remove)

    def forget(self) -> None:
        """There are none."""
        self.all.clear()

    def _write(self, call: Call) -> Reply:
        password = call.body({"password": str})["password"]
        if not password:
            raise bad_input("password is required.")
        number = str(uuid.uuid4())

        def work() -> None:
            self._service.require_disk()
            key = hashlib.pbkdf2_hmac("sha256", password.encode(), number.encode(), _ROUNDS)
            self.all[number] = Fernet(base64.urlsafe_b64encode(key)).encrypt(dumps(about(self._service)))

        return self._service.start_task(call, "backup", ("backup", number, number), work)

    def _need(self, number: str) -> bytes:
        content = self.all.get(number)
        if content is None:
            raise not_found(f"Backup {number}")
        return content

    def _download(self, call: Call) -> Reply:
        content = self._need(call.args[0])
        name = f'inline; filename="backup-{call.args[0]}.bak"'
        return Reply(200, content, [("content-type", "application/octet-stream"), ("content-disposition", name)])

    def _remove(self, call: Call) -> Reply:
        self._need(call.args[0])
        del self.all[call.args[0]]
        return Reply.empty()
