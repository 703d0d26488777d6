"""What the framework asks of a simulated service. Everything behind this door is the service's own business.

Handlers are *synchronous* and never wait: one process, one loop, so each request is handled in one go and no state
needs a lock. Slowness, dropped answers and refused writes are the framework's work (front.py), in front of every
service alike.
"""

from __future__ import annotations

from typing import Protocol

from .certificates import Certificate
from .wire import Reply, Request


class Presenter(Protocol):
    """Whoever presents a certificate in the simulated network, whether it listens here or not."""

    name: str
    """Unique: "<site>/<appliance>/<kind>" for appliances, "<site>/vcd" and "<site>/vrops" for those of a site."""
    kind: str
    """"cloud", "manager", "replicator", "tunnel", "vcd" or "lookup"."""
    site: str
    """Name of the site of the estate that it belongs to."""
    certificate: Certificate
    """What it presents in TLS; changed through its methods, never re-assigned."""


class Service(Presenter, Protocol):
    """One service of one appliance, however many ports it listens on."""

    def handle(self, request: Request) -> Reply:
        """Answers a request. It may raise BadBody, which becomes `error(request, 400, "BadUserInput", ...)`."""

    def error(self, request: Request, status: int, code: str, message: str) -> Reply:
        """An error in the service's own shape (JSON here, XML there): used for injected faults and refused writes."""

    def is_write(self, request: Request) -> bool:
        """Whether the request would change managed state. Logging in and out is not a write."""

    def token_of(self, request: Request) -> str | None:
        """The session secret that the request carries. The journal keeps only a short hash of it."""

    def expire_sessions(self) -> int:
        """Forgets every session; answers how many there were."""

    def restarted(self) -> None:
        """The service comes up again after a restart: sessions are gone, boot stamps are new."""

    def reset(self) -> None:
        """Back to the state that the estate describes. World and organizations have been reset before."""
