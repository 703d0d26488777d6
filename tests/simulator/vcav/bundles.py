"""Support bundles of one service (contract 4.3)."""

from __future__ import annotations

import io
import json
import secrets
import uuid
import zipfile
from typing import TYPE_CHECKING

from ..wire import Reply
from .errors import bad_input, not_found
from .health import about
from .routing import Call

if TYPE_CHECKING:
    from .base import ApplianceService


class Bundles:
    """`diagnostics/bundles`: what was collected, by id."""

    def __init__(self, service: ApplianceService) -> None:
        self._service = service
        self.all: dict[str, bytes] = {}
        self._cookies: dict[str, str] = {}
        """One-time cookie -> bundle."""

    def add_routes(self) -> None:
        """Adds the calls to the service. 3.x downloads with a one-time cookie, 4.x at once as well."""
        add = self._service.routes.add
        # Fields of an item beyond its id are not known.
        add("GET", "diagnostics/bundles", lambda call: call.json([{"id": one} for one in self.all]))
        add("POST", "diagnostics/bundles", self._collect)
        add("DELETE", "diagnostics/bundles/{}", self._remove)
        # A cookie changes nothing that is managed, so asking for one is no write.
        add("POST", "diagnostics/bundles/cookie/{}", self._cookie, write=False)
        add("GET", "diagnostics/bundles/cookie/{}", self._download_with_cookie)
        if not self._service.product.is_3:
            add("GET", "diagnostics/bundles/{}", lambda call: self._download(call.args[0]))

    def forget(self) -> None:
        """There are none."""
        self.all.clear()
        self._cookies.clear()

    def _collect(self, call: Call) -> Reply:
        number = str(uuid.uuid4())

        def work() -> None:
            self._service.require_disk()
            self.all[number] = self._content()

        # The task says what the bundle is called (contract 4.3).
        return self._service.start_task(call, "supportBundle", ("supportBundle", number, number), work)

    def _content(self) -> bytes:
        service = self._service
        parts = {"about.json": about(service), "health.json": service.health()}
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, document in parts.items():
                archive.writestr(name, json.dumps(document, indent=2))
        return packed.getvalue()

    def _need(self, number: str) -> bytes:
        content = self.all.get(number)
        if content is None:
            raise not_found(f"Support bundle {number}")
        return content

    def _remove(self, call: Call) -> Reply:
        self._need(call.args[0])
        del self.all[call.args[0]]
        return Reply.empty()

    def _cookie(self, call: Call) -> Reply:
        self._need(call.args[0])
        cookie = secrets.token_urlsafe(24)
        self._cookies[cookie] = call.args[0]
        return call.json({"cookie": cookie})

    def _download_with_cookie(self, call: Call) -> Reply:
        cookie = call.request.first("cookie")
        if cookie is None or self._cookies.pop(cookie, None) != call.args[0]:
            raise bad_input("The cookie is not valid, or has been used.")
        return self._download(call.args[0])

    def _download(self, number: str) -> Reply:
        content = self._need(number)
        name = f'inline; filename="support-bundle-{number}.zip"'
        return Reply(200, content, [("content-type", "application/octet-stream"), ("content-disposition", name)])
