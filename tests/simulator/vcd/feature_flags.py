"""Feature flags: what a vCD has and an administrator switches on (contract section 3.9)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..wire import Reply
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import read_object
from .listing import answer
from .routes import Route, Routes
from .themes import only_provider
from .versions import ApiNumber

URN = "urn:vcloud:featureflag:"
BRANDING_API = "BRANDING_API"
"""The flag "Branding API". Only its display name is published; a client has to look for that."""
_PATH = "/cloudapi/1.0.0/featureFlags"
_SINCE: ApiNumber = (36, 1)
_BRANDING_SINCE: ApiNumber = (37, 1)
_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "usage": str,
    "enabled": bool,
    "displayName": str,
    "displayDescription": str,
}


@dataclass
class FeatureFlag:
    """One flag."""

    name: str
    display_name: str
    description: str
    enabled: bool = False

    def view(self) -> dict[str, Any]:
        """The document. All of them are for features that may still change."""
        return {
            "id": f"{URN}{self.name}",
            "name": self.name,
            "usage": "ALPHA",
            "enabled": self.enabled,
            "displayName": self.display_name,
            "displayDescription": self.description,
        }


class FeatureFlags:
    """The flags of one vCD."""

    def __init__(self, newest: ApiNumber) -> None:
        self._newest = newest
        self._flags: dict[str, FeatureFlag] = {}
        self.clear()

    def clear(self) -> None:
        """All of them as they are delivered: off."""
        branding = FeatureFlag(BRANDING_API, "Branding API", "Branding themes that organizations can be given")
        self._flags = {branding.name: branding} if self._newest >= _BRANDING_SINCE else {}

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        routes.add("GET", _PATH, Route(self.read_all, since=_SINCE))
        routes.add("GET", f"{_PATH}/*", Route(self.read, since=_SINCE))
        routes.add("PUT", f"{_PATH}/*", Route(self.replace, since=_SINCE, writes=True))

    # For the rooms behind a flag, and for changes behind everybody's back

    def switch(self, name: str, enabled: bool) -> None:
        """Switches a flag. Raises KeyError for an unknown one."""
        self._flags[name].enabled = enabled

    def demand(self, name: str, exchange: Exchange) -> None:
        """Raises Refusal 403 while a feature is off: 403 or 404 (section 7), 404 being that of older API numbers."""
        flag = self._flags.get(name)
        if flag is None or not flag.enabled:
            raise forbidden("Feature Flag", "FEATURE_ACCESS", exchange.request.path)

    # Calls

    def _find(self, exchange: Exchange, identity: str) -> FeatureFlag:
        flag = self._flags.get(identity.removeprefix(URN)) if identity.startswith(URN) else None
        if flag is None or not (flag.enabled or exchange.user.is_provider):
            raise Refusal(404, "NOT_FOUND", f"There is no feature flag {identity}.")
        return flag

    def read_all(self, exchange: Exchange) -> Reply:
        """`GET /featureFlags`; whoever may not change flags does not see those that are off."""
        seen = [one.view() for one in self._flags.values() if one.enabled or exchange.user.is_provider]
        return answer(exchange, seen, _FIELDS, "FeatureFlags", references=frozenset())

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /featureFlags/{urn}`."""
        return exchange.json(self._find(exchange, identity).view())

    def replace(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /featureFlags/{urn}`: only `enabled` can change; left out it has its default, false."""
        only_provider(exchange, "FEATURE_EDIT")
        flag = self._find(exchange, identity)
        body = read_object(exchange, _FIELDS)
        for name in ("id", "name"):
            if body.get(name) not in (None, flag.view()[name]):
                raise bad_request(f"The field '{name}' cannot be changed.")
        flag.enabled = body.get("enabled") or False
        return exchange.json(flag.view())
