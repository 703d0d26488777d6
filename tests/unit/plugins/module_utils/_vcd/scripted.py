"""A server that follows a script: every request must be the next one expected, or the test fails."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

URL = "https://vcd.example.test"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbmlzdHJhdG9yIn0.c2lnbmF0dXJl"
SHORT = "0123456789abcdef0123456789abcdef"
PASSWORD = "Lab-Only-Passw0rd!"
SESSION_JSON = {
    "id": "urn:vcloud:session:2a1b5a4c-0000-4000-8000-000000000001",
    "site": {"name": "vcd-north", "id": "urn:vcloud:site:cb33a646-0000-4000-8000-000000000002"},
    "user": {"name": "administrator", "id": "urn:vcloud:user:8fd38079-0000-4000-8000-000000000003"},
    "org": {"name": "System", "id": "urn:vcloud:org:a93c9db9-7471-3192-8d09-a8f7eeda85f9"},
}
SESSION_XML = (
    '<Session xmlns="http://www.vmware.com/vcloud/v1.5" org="acme" user="admin1" locationId="o1@s1">'
    "<AuthorizedLocations>"
    "<Location><LocationId>o2@s2</LocationId><SiteName>vcd-south</SiteName></Location>"
    "<Location><LocationId>o1@s1</LocationId><SiteName>vcd-north</SiteName></Location>"
    "</AuthorizedLocations></Session>"
)


@dataclass
class Step:
    """A request to come, `target` as it stands on the wire, and its answer. `sends` are headers it must carry."""

    method: str
    target: str
    body: Any = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    sends: Mapping[str, str] = field(default_factory=dict)


class Script:
    """Takes the place of the `requests.Session` under Http."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.seen: list[str] = []
        self.documents: list[Any] = []  # what was sent as JSON, None for a request without a body

    def request(self, method: str, url: str, *, params: Any, headers: Mapping[str, str], **more: Any) -> Any:
        """One request, checked against the next step."""
        prepared = requests.Request(method, url, params=params).prepare().url or ""
        asked = f"{method} /{prepared.split('/', 3)[3]}"
        self.seen.append(asked)
        is_json = CaseInsensitiveDict(headers).get("Content-Type") == "application/json"
        self.documents.append(json.loads(more["data"]) if is_json and more.get("data") else None)
        assert self.steps, f"nobody expected {asked}"
        step = self.steps.pop(0)
        assert asked == f"{step.method} {step.target}"
        for name, value in step.sends.items():
            assert CaseInsensitiveDict(headers).get(name) == value, f"{asked}: {name}"
        body = (
            step.body
            if isinstance(step.body, bytes)
            else (step.body if isinstance(step.body, str) else json.dumps(step.body)).encode()
        )
        return SimpleNamespace(status_code=step.status, headers=CaseInsensitiveDict(step.headers), content=body)


def options(**more: Any) -> dict[str, Any]:
    """The connection options of a task."""
    return {
        "vcd_url": URL,
        "vcd_user": "administrator@system",
        "vcd_password": PASSWORD,
        "vcd_token": None,
        "vcd_api_version": None,
        "validate_certs": True,
        "ca_path": None,
        "thumbprint": None,
        "timeout": 60,
        **more,
    }


def versions_document(*offered: str) -> bytes:
    """`SupportedVersions`; a `!` behind a number marks it deprecated."""
    entries = "".join(
        f'<VersionInfo deprecated="{str(each.endswith("!")).lower()}"><Version>{each.rstrip("!")}</Version>'
        f"<LoginUrl>{URL}/api/sessions</LoginUrl></VersionInfo>"
        for each in offered
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        f'<SupportedVersions xmlns="http://www.vmware.com/vcloud/versions">{entries}</SupportedVersions>'
    ).encode()


def negotiation(*offered: str) -> Step:
    """The server is asked what it speaks."""
    return Step("GET", "/api/versions", versions_document(*offered))


def login(token: str = JWT, version: str = "36.0") -> Step:
    """A provider's administrator logs in by the newer family."""
    return Step(
        "POST",
        "/cloudapi/1.0.0/sessions/provider",
        SESSION_JSON,
        headers={"X-VMWARE-VCLOUD-ACCESS-TOKEN": token},
        sends={"Accept": f"application/json;version={version}"},
    )


def logout(token: str = JWT, version: str = "36.0") -> Step:
    """And out."""
    return Step(
        "DELETE",
        "/cloudapi/1.0.0/sessions/current",
        status=204,
        sends={"Authorization": f"Bearer {token}", "Accept": f"application/json;version={version}"},
    )
