"""What the tests of this client have in common: the options of a task and the first steps of each way to log in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.unit.plugins.module_utils._vcd.scripted import JWT, PASSWORD, Step

URL = "https://vro.example.test"
API = "/vco/api"
BASIC = "Basic YWRtaW5pc3RyYXRvcjpMYWItT25seS1QYXNzdzByZCE="  # administrator and the password


def options(**more: Any) -> dict[str, Any]:
    """The connection options of a task."""
    return {
        "vro_url": URL, "vro_login": "auto", "vro_login_url": None, "vro_user": "administrator",
        "vro_password": PASSWORD, "vro_refresh_token": None, "vro_token": None,
        "validate_certs": True, "ca_path": None, "thumbprint": None, "timeout": 60, **more,
    }  # fmt: skip


def asked_for(challenge: str | None) -> Step:
    """Nobody is logged in, and the server says what it takes."""
    return Step("GET", f"{API}/users", status=401, headers={"WWW-Authenticate": challenge} if challenge else {})


def about(version: str = "7.6.0.12923317", **sends: str) -> Step:
    """The server tells its release."""
    build = version.rpartition(".")[2]
    return Step("GET", f"{API}/about", {"version": version, "build-number": build}, sends=sends)


def basic_login(version: str = "7.6.0.12923317") -> list[Step]:
    """The whole login of a release that takes user and password."""
    return [asked_for('Basic realm="VMware vRealize Orchestrator"'), about(version, Authorization=BASIC)]


def token_login(token: str = JWT) -> list[Step]:
    """The two steps of Aria Automation 8."""
    return [
        Step("POST", "/csp/gateway/am/api/login?access_token", {"refresh_token": "refresh"}),
        Step("POST", "/iaas/api/login", {"token": token, "tokenType": "Bearer"}),
        about("8.18.1.24282366", Authorization=f"Bearer {token}"),
    ]


def link(rel: str = "down", href: str = "", **attributes: str | None) -> dict[str, Any]:
    """One link of a list; an attribute that is None has no value (contract 4)."""
    listed: list[Mapping[str, str]] = [
        {"name": name} if value is None else {"name": name, "value": value} for name, value in attributes.items()
    ]
    return {"attributes": listed, "href": href or f"{URL}{API}/x/{attributes.get('id')}/", "rel": rel}
