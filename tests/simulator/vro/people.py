"""Who may come in, what he may do, and the three ways to log in (contract section 2).

    7.x, and a standalone 8.x    Basic with every request; no session
    8.18 in vRA                  a refresh token for the password, an access token for the refresh token; or both in one
    9.1                          the session API of VCF Automation, `user@organization` in Basic, the token in a header

Three people can come in everywhere: the administrator of the estate, `operator`, who may look and run, and `auditor`,
who may look. They have one password. In 9.1 the `admin` of every organization of the site is an administrator, too.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from ..wire import Reply, basic_credentials
from ..world import SYSTEM
from .exchange import JSON, Exchange, Refusal, Silence, bad_request, page, reason
from .routes import ADMIN, EDIT, EXECUTE, INSPECT, VIEW, Route, Routes
from .versions import ARIA, BASIC, VCF

if TYPE_CHECKING:
    from .server import Server

ALL_RIGHTS = VIEW + EXECUTE + INSPECT + EDIT + ADMIN
OPERATOR, AUDITOR = "operator", "auditor"
# Their lives are UNKNOWN (section 20.11); short ones are the stricter reading.
ACCESS_MS = 25 * 60 * 1000
REFRESH_MS = 8 * 60 * 60 * 1000
_API_VERSIONS = ("9.0.0", "9.1.0")
_TOKEN_HEADER = "x-vmware-vcloud-access-token"
_LOGIN = "/csp/gateway/am/api/login"


@dataclass(frozen=True)
class Person:
    """Somebody who may come in."""

    name: str
    domain: str
    """The SSO domain of 7.x, vRA's "System Domain" or the organization of 9.1."""
    password: str
    rights: str
    """Letters of section 14 for the whole server."""

    @property
    def is_administrator(self) -> bool:
        """Whether no permission of an object is asked for."""
        return ADMIN in self.rights

    @property
    def principal(self) -> str:
        """As `started-by` and permissions write him."""
        return f"{self.name}@{self.domain}" if self.domain else self.name

    def is_called(self, principal: str) -> bool:
        """Whether a rule's principal (`DOMAIN\\user`, `user@domain` or the bare name, in any case) is he."""
        name, domain = split_name(principal)
        return name.lower() == self.name.lower() and (not domain or domain.lower() == self.domain.lower())


@dataclass
class _Token:
    person: Person
    until: int
    """Epoch milliseconds."""


def split_name(text: str) -> tuple[str, str]:
    """User and domain of `user`, `user@domain` or `DOMAIN\\user`; the domain is empty where none is given."""
    if "\\" in text:
        domain, _slash, name = text.partition("\\")
        return name, domain
    name, _at, domain = text.rpartition("@")
    return (name, domain) if name else (domain, "")


class People:
    """Users and tokens of one server, and the calls that log in."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._access: dict[str, _Token] = {}
        self._refresh: dict[str, _Token] = {}

    def forget(self) -> int:
        """Ends every session; answers how many there were."""
        count = len(self._access)
        self._access.clear()
        self._refresh.clear()
        return count

    @property
    def open_sessions(self) -> int:
        """How many access tokens are good; Basic has none."""
        now = self.server.world.now_ms()
        return sum(now <= token.until for token in self._access.values())

    def clear(self) -> None:
        """Back to the start."""
        self.forget()

    def restarted(self) -> None:
        """Access tokens are vRA's and outlive a restart of the orchestrator."""

    # Who is who

    def everybody(self) -> list[Person]:
        """Those with an account of the orchestrator; administrators of organizations come in beside them."""
        given = self.server.account
        name, domain = split_name(given.user)
        return [
            Person(name, domain, given.password, ALL_RIGHTS),
            Person(OPERATOR, domain, given.password, VIEW + EXECUTE + INSPECT),
            Person(AUDITOR, domain, given.password, VIEW),
        ]

    def find(self, name: str, domain: str, password: str) -> Person | None:
        """The person, when name, domain and password fit; without a domain his own one is meant."""
        for one in self.everybody():
            if one.name.lower() == name.lower() and domain.lower() in ("", one.domain.lower()):
                return one if secrets.compare_digest(one.password.encode(), password.encode()) else None
        if self.server.login == VCF:
            user = self.server.site.authenticate(name, domain, password)
            if user is not None and not user.is_system and user.role.endswith("Administrator"):
                return Person(user.name, user.org, password, ALL_RIGHTS)
        return None

    def of_request(self, exchange: Exchange) -> Person:
        """Who sends a request. Raises Refusal 401."""
        if self.server.login == BASIC:
            credentials = basic_credentials(exchange.request.authorization)
            person = self.find(*split_name(credentials[0]), credentials[1]) if credentials else None
        else:
            token = exchange.request.bearer_token
            person = self._living(self._access, token) if token else None
        if person is None:
            raise exchange.unauthorized()
        if person.domain.lower() in self.server.settings.external_organizations:
            # An organization with an orchestrator of its own is turned away here (section 2, 9.1).
            raise Refusal(403, "The organization uses an external orchestrator.", page=True)
        return person

    def _living(self, tokens: dict[str, _Token], secret: str) -> Person | None:
        token = tokens.get(secret)
        if token is None:
            return None
        if self.server.world.now_ms() > token.until:
            del tokens[secret]
            return None
        return token.person

    def _issue(self, tokens: dict[str, _Token], person: Person, life_ms: int) -> str:
        secret = secrets.token_urlsafe(48)
        tokens[secret] = _Token(person, self.server.world.now_ms() + life_ms)
        return secret

    # The calls

    def register(self, routes: Routes) -> None:
        """The logins of the release, and who one is."""
        routes.add("GET", "users", Route(self.who_am_i))
        if self.server.login == ARIA:
            for path in (_LOGIN, "/csp/gateway/am/idp/auth/login"):
                routes.add("POST", path, Route(self.log_in, anonymous=True))
            routes.add("POST", "/csp/gateway/am/api/auth/api-tokens/authorize", Route(self.authorize, anonymous=True))
            routes.add("POST", "/iaas/api/login", Route(self.exchange_token, anonymous=True))
        if self.server.login == VCF:
            routes.add("GET", "/api/versions", Route(self.versions, anonymous=True))
            routes.add("POST", "/cloudapi/1.0.0/sessions", Route(self.open_session, anonymous=True))
            routes.add("POST", "/cloudapi/1.0.0/sessions/provider", Route(self.open_provider_session, anonymous=True))
            routes.add("DELETE", "/cloudapi/1.0.0/sessions/current", Route(self.close_session))

    def who_am_i(self, exchange: Exchange) -> Reply:
        """`GET /users`: the cheap check of credentials (section 2)."""
        person = exchange.person
        groups = ["vcoadmins"] if person.is_administrator else ["vcousers"]
        return exchange.json({"admin-rights": person.is_administrator, "solution-user": False, "member-groups": groups})

    def log_in(self, exchange: Exchange) -> Reply:
        """vRA's login: with the bare word `access_token` as its query a refresh token, else the token of a session.

        `access_token=` is not the bare word, and gets what a client without it gets.
        """
        body = exchange.body()
        texts = [body.get(name) for name in ("username", "password")]
        if not all(isinstance(one, str) and one for one in texts):
            raise bad_request("username and password are required.")
        name, password = str(texts[0]), str(texts[1])
        domain = str(body.get("domain") or "")
        # A name that holds its domain is not understood here: clients cut it up themselves (VDT).
        person = self.find(name, domain, password)
        if person is None:
            raise bad_request("Invalid username or password.")
        if "access_token" in exchange.request.query_string.split("&"):
            return exchange.json({"refresh_token": self._issue(self._refresh, person, REFRESH_MS)})
        return exchange.json({"cspAuthToken": self._issue(self._access, person, ACCESS_MS)})

    def exchange_token(self, exchange: Exchange) -> Reply:
        """`POST /iaas/api/login`: an access token for a refresh token."""
        person = self._refreshed(exchange.body().get("refreshToken"))
        return exchange.json({"token": self._issue(self._access, person, ACCESS_MS), "tokenType": "Bearer"})

    def authorize(self, exchange: Exchange) -> Reply:
        """The cloud's form of the same: a form with `refresh_token`."""
        form = parse_qs(exchange.request.body.decode("utf-8", "replace"))
        person = self._refreshed(next(iter(form.get("refresh_token", ())), None))
        return exchange.json({"access_token": self._issue(self._access, person, ACCESS_MS), "token_type": "Bearer"})

    def _refreshed(self, secret: object) -> Person:
        person = self._living(self._refresh, secret) if isinstance(secret, str) else None
        if person is None:
            # Nobody has seen what a bad refresh token gets; the words are INFERRED.
            raise bad_request("Invalid refresh token.")
        return person

    def versions(self, exchange: Exchange) -> Reply:
        """`GET /api/versions`: the versions of the session API, as XML unless the client asks for JSON."""
        if exchange.accepts(JSON):
            found = [{"version": one, "deprecated": False} for one in _API_VERSIONS]
            return exchange.json({"versionInfo": found})
        infos = "".join(f"<VersionInfo><Version>{one}</Version></VersionInfo>" for one in _API_VERSIONS)
        text = f'<?xml version="1.0" encoding="UTF-8"?><SupportedVersions>{infos}</SupportedVersions>'
        return exchange.raw(text.encode(), "text/xml")

    def close_session(self, exchange: Exchange) -> Reply:
        """`DELETE /cloudapi/1.0.0/sessions/current`: the token is worth nothing any more (INFERRED from the vCD)."""
        self._access.pop(exchange.request.bearer_token or "", None)
        return exchange.nothing()

    def open_session(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/sessions`: for users of an organization."""
        return self._open(exchange, provider=False)

    def open_provider_session(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/sessions/provider`: for users of the organization `system`."""
        return self._open(exchange, provider=True)

    def _open(self, exchange: Exchange, *, provider: bool) -> Reply:
        media = [one.strip() for one in exchange.accept.split(",")]
        asked = [one.replace(" ", "") for one in media]
        if not any(f"{JSON};version={one}" in asked for one in _API_VERSIONS):
            # Version numbers other than those of `GET /api/versions` are refused (INFERRED from its ancestor, the vCD).
            raise Refusal(406, f"The request has invalid accept header: {exchange.accept}", whole=True)
        credentials = basic_credentials(exchange.request.authorization)
        name, domain = split_name(credentials[0]) if credentials else ("", "")
        person = self.find(name, domain, credentials[1]) if credentials and domain else None
        if person is None or (person.domain.lower() == SYSTEM.lower()) is not provider:
            raise Silence(401)
        token = self._issue(self._access, person, ACCESS_MS)
        body = {"user": {"name": person.name}, "org": {"name": person.domain}}
        return exchange.json(body, headers=[(_TOKEN_HEADER, token), ("x-vmware-vcloud-token-type", "Bearer")])


def wrong_host(exchange: Exchange) -> Reply:
    """What a 9.x answers to a `Host` that it does not route (section 1): a page of what stands in front of it."""
    return page(404, reason(404), exchange.headers())
