"""Logins of one vCloud Availability service: who, which roles, which sites, until when (contract 3.2)."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..world import SYSTEM

# INFERRED (contract 9): the lifetime is an author's belief.
IDLE_MS = 30 * 60 * 1000

ALL_ROLES = ("EVERYONE", "ADMINISTRATORS", "VRADMINISTRATORS")


@dataclass
class Session:
    """One login."""

    token: str
    user: str
    """As answers and tasks show it: `root`, `administrator@System`."""
    org: str
    """System for root and SSO administrators."""
    sites: dict[str, str] | None
    """Site -> organization, the local site first; None at services that know no sites."""
    last_used: int
    from_vcd: bool = False
    """Logged in with vCD's credentials, so that a multisite extension is possible."""
    roles: tuple[str, ...] = field(default=ALL_ROLES)

    @property
    def is_admin(self) -> bool:
        """Holds the role ADMINISTRATORS."""
        return "ADMINISTRATORS" in self.roles

    def details(self) -> dict[str, Any]:
        """`SessionDetails`."""
        sites = None if self.sites is None else [{"site": site, "org": org} for site, org in self.sites.items()]
        return {"user": self.user, "roles": list(self.roles), "authenticatedSites": sites}


class Sessions:
    """The table of one service: a token of one service means nothing to another (contract 1.2)."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._table: dict[str, Session] = {}

    def start(self, user: str, org: str, local_site: str | None, from_vcd: bool = False) -> Session:
        """A new login. `local_site` None: the service knows no sites."""
        token = base64.b64encode(secrets.token_bytes(20)).decode()
        roles = ALL_ROLES if org == SYSTEM else ("EVERYONE",)
        sites = {local_site: org} if local_site else None
        session = Session(token, user, org, sites, self._clock(), from_vcd, roles)
        self._table[token] = session
        return session

    def find(self, token: str | None) -> Session | None:
        """The live session of a token; using it keeps it alive."""
        session = self._table.get(token) if token else None
        if session is None:
            return None
        now = self._clock()
        if now - session.last_used > IDLE_MS:
            del self._table[session.token]
            return None
        session.last_used = now
        return session

    def end(self, session: Session) -> None:
        """Logs out."""
        self._table.pop(session.token, None)

    def forget_site(self, site: str) -> None:
        """Takes a site that is no longer paired out of every session."""
        for session in self._table.values():
            if session.sites:
                session.sites.pop(site, None)

    def clear(self) -> int:
        """Ends all of them; answers how many there were."""
        count = len(self._table)
        self._table.clear()
        return count

    def __len__(self) -> int:
        return len(self._table)
