"""The simulated network's names: which service answers at `https://vcav-c00.example.net:443`.

The estate's names exist nowhere; the sockets are ports of 127.0.0.1. Services that are told a URL (pairing, remote
certificates, tunnels) look it up here, so both the estate's names and the actual addresses work.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from .service import Presenter


@dataclass(frozen=True)
class Endpoint:
    """A place in the simulated network."""

    host: str
    port: int
    service: Presenter
    """Who answers there."""
    role: str
    """front, management, api, public, tunnelled, vcd, or lookup."""

    @property
    def url(self) -> str:
        """In the form that clients write."""
        return f"https://{self.host}:{self.port}"


def authority_of(url: str) -> tuple[str, int] | None:
    """Host (lower case) and port of an https URL or of a bare `host[:port]`; None when it is neither."""
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme.lower() != "https" or not host or any(letter.isspace() for letter in host):
        return None
    return host, port or 443


class Names:
    """The internal DNS, ports included."""

    def __init__(self) -> None:
        self._endpoints: dict[tuple[str, int], Endpoint] = {}

    def add(self, host: str, port: int, service: Presenter, role: str) -> Endpoint:
        """A name and port by which a service can be reached; the last registration wins."""
        endpoint = Endpoint(host.lower(), port, service, role)
        self._endpoints[endpoint.host, port] = endpoint
        return endpoint

    def find(self, url: str) -> Endpoint | None:
        """Who answers at a URL, whatever its path; None for unknown names."""
        key = authority_of(url)
        if key is None:
            return None
        if key[0] == "localhost":
            key = ("127.0.0.1", key[1])
        return self._endpoints.get(key)

    def of(self, service: Presenter) -> list[Endpoint]:
        """All places of one service."""
        return [endpoint for endpoint in self._endpoints.values() if endpoint.service is service]
