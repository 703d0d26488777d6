"""What a server tells of itself (contract section 16)."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from .exchange import Exchange
from .routes import API, Route, Routes
from .server import Room

_SERVICES = (
    ("workflows", "Workflow Service"),
    ("actions", "Action Service"),
    ("packages", "Package Service"),
    ("categories", "Category Service"),
    ("configurations", "Configuration Service"),
    ("resources", "Resource Service"),
    ("tasks", "Task Service"),
    ("plugins", "Plug-in Service"),
    ("catalog", "Catalog Service"),
    ("inventory", "Inventory Service"),
    ("users", "User Service"),
)
# When each was built; only the form of the moment is known.
_BUILT = "2024-09-17T09:21:44Z"


class Information(Room):
    """`/`, `/about`, `/healthstatus`, `/health/*`, `/docs`."""

    def register(self, routes: Routes) -> None:
        """Adds its calls. Below 8.x nobody needs a login to ask what this is (section 16)."""
        open_to_all = self.server.release.generation < 8
        routes.add("GET", API, Route(self.services, anonymous=True))
        routes.add("GET", "about", Route(self.about, anonymous=open_to_all))
        routes.add("GET", "docs", Route(self.docs))
        routes.add("GET", "healthstatus", Route(self.health))
        for word in ("liveness", "readiness"):
            routes.add("GET", f"health/{word}", Route(self.probe, since=(8, 0)))

    def services(self, exchange: Exchange) -> Reply:
        """`GET /vco/api/`: which services there are."""
        found = [
            {"href": self.server.href(exchange, path), "description": description} for path, description in _SERVICES
        ]
        return exchange.json({"service": found})

    def about(self, exchange: Exchange) -> Reply:
        """`GET /about`; the version ends in the build number."""
        release = self.server.release
        body: dict[str, Any] = {
            "version": f"{release.patch}.{release.build}",
            "build-number": release.build,
            "build-date": _BUILT,
            "api-version": f"{release.number[0]}.{release.number[1]}.0",
        }
        if release.generation >= 8:
            body["features"] = []
        return exchange.json(body)

    def docs(self, exchange: Exchange) -> Reply:
        """`GET /docs`: the page that leads to the documentation; only that there is one is known."""
        return exchange.raw(
            b"<!DOCTYPE html><html><head><title>REST API</title></head><body></body></html>", "text/html"
        )

    def health(self, exchange: Exchange) -> Reply:
        """`GET /healthstatus`; 8.x has other words, `descritpion` among them, and providers with `showDetails`."""
        now, node = self.server.world.now_ms(), f"vco-{self.server.site.name.lower()}"
        if self.server.release.generation < 8:
            status = {"state": "OK", "description": "", "time": now, "childs": []}
            return exchange.json({"health-status": status, "instance-id": node, "state": "RUNNING"})
        providers = [
            {"state": "OK", "name": name, "descritpion": "", "message": "", "critical": True}
            for name in ("Database", "Authentication Provider")
        ]
        health: dict[str, Any] = {"healthStatus": "OK", "description": "", "time": now}
        if "showDetails" in exchange.request.query:
            health["health-status-providers"] = providers
        return exchange.json({"serverState": "RUNNING", "health-status": health, "instance-id": node})

    def probe(self, exchange: Exchange) -> Reply:
        """`GET /health/liveness` and `/health/readiness`: 200 (503 while the server restarts)."""
        return exchange.nothing(200)
