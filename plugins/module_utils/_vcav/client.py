# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of one vCloud Availability service: logins, versions, paging, tasks (contract vcav-api.md, 3)."""

from __future__ import annotations

import contextlib
import dataclasses
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import IO, Any
from urllib.parse import quote

from .._address import read_address, transport
from .._http import Http, HttpError, Reply, Transport, generic_error, is_passing
from .._parallel import side_by_side
from .._plan import InputError
from .._sessions import Login, Session, Store, in_session, store, unauthorized
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import versions

TOKEN = "X-VCAV-Auth"
FIRST_MEDIA_TYPE = versions.media_type((3, 0))  # every release accepts its oldest
PAGE = 100
PROBE_TIMEOUT = 10.0
UNFINISHED = ("QUEUED", "RUNNING")


def read_error(reply: Reply) -> tuple[str | None, str]:
    """(code, msg) of an error body (contract 3.3)."""
    try:
        body = reply.json()
    except ValueError:
        return generic_error(reply)
    if isinstance(body, dict) and ("code" in body or "msg" in body):
        return body.get("code"), str(body.get("msg") or "")
    return generic_error(reply)


def segment(text: str) -> str:
    """A name as one segment of a path."""
    return quote(text, safe="")


def connection(params: Mapping[str, Any]) -> Transport:
    """The transport that connection options describe. Raises InputError for an address that is none."""
    url = str(params["vcav_url"]).strip()
    # Every path of the API hangs directly below the address, so one that is given is that of a page (contract 1.2).
    remedy = "write it as https://<host>[:port], without a path, for example https://vcav.example.com"
    read_address("vcav_url", url, remedy)
    return transport(url, params)


def credentials(params: Mapping[str, Any]) -> tuple[str, str, str, dict[str, Any]]:
    """(kind, user, secret, login body) from the connection options (contract 3.2). Raises InputError."""
    password = params.get("vcav_password")
    if params.get("vcav_vcd_access_token"):
        token = params["vcav_vcd_access_token"]
        return "vcdAccessToken", "", token, {"type": "vcdAccessToken", "vcdAccessToken": token}
    if params.get("vcav_vcd_cookie"):
        cookie = params["vcav_vcd_cookie"]
        return "vcdCookie", "", cookie, {"type": "vcdCookie", "vcdCookie": cookie}
    way = params.get("vcav_login") or "local"
    user = params.get("vcav_user") or ("root" if way == "local" else "")
    if not user:
        raise InputError(f"vcav_user is needed when vcav_login is {way}: write it as user@organization or user@domain")
    if not password:
        raise InputError(
            "no credentials: set vcav_password (environment VCAV_PASSWORD), vcav_token, vcav_vcd_cookie "
            "or vcav_vcd_access_token"
        )
    if way == "local":
        body = {"type": "localUser", "localUser": user, "localPassword": password}
    elif way == "vcd":
        body = {"type": "vcdCredentials", "vcdUser": user, "vcdPassword": password}
    else:
        body = {"type": "ssoCredentials", "username": user, "password": password}
    return str(body["type"]), user, password, body


def extension(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """The body that extends a session to another site (contract 3.2), None if none is asked. Raises InputError."""
    site = params.get("vcav_remote_site")
    if not site:
        return None
    if params.get("vcav_remote_vcd_access_token"):
        return {"type": "vcdAccessToken", "site": site, "vcdAccessToken": params["vcav_remote_vcd_access_token"]}
    if params.get("vcav_remote_vcd_cookie"):
        return {"type": "cookie", "site": site, "cookie": params["vcav_remote_vcd_cookie"]}
    if params.get("vcav_remote_org"):
        return {"type": "multisite", "site": site, "org": params["vcav_remote_org"]}
    user, password = params.get("vcav_remote_user"), params.get("vcav_remote_password")
    if not (user and password):
        raise InputError(
            f"vcav_remote_site is {site!r} but there is nothing to log in there with: set vcav_remote_user and "
            "vcav_remote_password, or vcav_remote_vcd_cookie, vcav_remote_vcd_access_token or vcav_remote_org"
        )
    return {"type": "credentials", "site": site, "vcdUsername": user, "vcdPassword": password}


def _refuse_extension(body: Mapping[str, Any], version: versions.Version) -> None:
    """Refuse a way into the other site that a release does not have (contract 3.2). Raises InputError."""
    ways = {
        "vcdAccessToken": ("vcav_remote_vcd_access_token", "access_token_login"),
        "multisite": ("vcav_remote_org", "multisite_extension"),
    }
    option, feature = ways.get(str(body["type"]), ("", ""))
    if feature and not versions.has(version, feature):
        raise InputError(
            f"{option} exists from release {versions.since(feature)} on and this site runs {versions.text(version)}; "
            "use vcav_remote_user and vcav_remote_password"
        )


class Vcav:
    """One service, logged in. Safe to use from several threads.

    `version` is (major, minor); `site` is the name of the service's own site as the login told it, None before the
    site has one.
    """

    def __init__(self, params: Mapping[str, Any], sessions: Store) -> None:
        """Logs in, or finds the login. Raises InputError, HttpError."""
        transport = connection(params)
        self.endpoint = transport.endpoint
        self._sessions = sessions
        self._extension = extension(params)
        self._given = params.get("vcav_token")
        self._body: dict[str, Any] = {}
        if self._given:
            kind, user, secret = "token", "", str(self._given)
        else:
            kind, user, secret, self._body = credentials(params)
        further = [str(value) for value in (self._extension or {}).values()]
        self._login = Login(transport, kind, user, secret, tuple(further))
        hidden = [secret, *(value for key, value in (self._extension or {}).items() if key not in ("type", "site"))]
        self._http = Http(transport, read_error=read_error, secrets=hidden)
        self.facts: Mapping[str, Any] = {}
        self._use(sessions.acquire(self._login, self._open))

    def _use(self, session: Session) -> None:
        """From now on this session is ours, with what it tells of the service: an update may have changed that."""
        self._session = session
        self._http.hide(session.token)
        self.version = versions.parse(session.facts["build"])
        self.facts = session.facts

    @property
    def site(self) -> str | None:
        """The name of the service's own site, as far as the login knows it."""
        sites = self.facts.get("sites") or []
        return sites[0].get("site") if sites else None

    @property
    def token(self) -> str:
        """The session's token, for `vcav_session` alone."""
        return self._session.token

    @property
    def can_log_in(self) -> bool:
        """False where the user gave a token: when its session ends, nobody here can open another."""
        return not self._given

    def still_logged_in(self) -> bool:
        """Ask once, over a connection of its own: is the session known? Raises HttpError, also for one lost answer.

        For whoever waits for a restart: the login is not renewed, nothing is tried again, and a service that is silent
        is not waited for longer than PROBE_TIMEOUT seconds.
        """
        transport = self._login.transport
        brief = dataclasses.replace(transport, timeout=min(transport.timeout, PROBE_TIMEOUT))
        headers = {"Accept": versions.media_type(self.version), TOKEN: self.token}
        try:
            Http(brief, read_error=read_error, secrets=[self.token], tries=1).request(
                "GET", "sessions", headers=headers
            )
        except HttpError as problem:
            if problem.status == 401:
                return False
            raise
        return True

    def trust(self, thumbprint: str) -> None:
        """From now on the service is known by this certificate alone, because it has just been given it.

        Later tasks decide by their own options, so the login is not kept for them; see services.await_return.
        """
        self._sessions.forget(self._login)
        transport = dataclasses.replace(self._login.transport, thumbprint=thumbprint)
        self._login = dataclasses.replace(self._login, transport=transport)
        self._http = self._http.at(transport)

    def renew(self) -> None:
        """Log in anew, because the service has changed under a session that still holds. Raises HttpError."""
        self._use(self._sessions.renew(self._login, self._session, self._open))

    def detach(self) -> None:
        """Leave the session open when the task or the run ends: its token is in the user's hands now."""
        self._sessions.forget(self._login)

    def leave(self) -> None:
        """Log out at once, and keep the login for nobody: what it was opened with has ceased to hold."""
        self._sessions.forget(self._login)
        self._session.close()

    def has(self, feature: str) -> bool:
        """True if this release has the feature (see versions.py)."""
        return versions.has(self.version, feature)

    def _open(self) -> Session:
        """Log in (or adopt the given token), learn the release, extend to the other site."""
        headers = {"Accept": FIRST_MEDIA_TYPE}
        if self._given:
            token = str(self._given)
            try:
                details = self._http.json("GET", "sessions", headers={**headers, TOKEN: token})
            except HttpError as problem:
                self._advise(problem)
                raise
        else:
            try:
                reply = self._http.request("POST", "sessions", document=self._body, headers=headers, repeatable=True)
            except HttpError as problem:
                # Which release the service runs is told only after a login.
                if problem.status == 400 and self._body["type"] == "vcdAccessToken":
                    problem.advice = (
                        f"vcav_vcd_access_token exists from release {versions.since('access_token_login')} on; for an "
                        "older one, give vcav_user and vcav_password with vcav_login: vcd."
                    )
                raise
            details = self._http.parse(reply, "POST", "sessions", repeatable=True)
            token = reply.headers.get(TOKEN, "").split(",")[0].strip()  # may arrive repeated: the first one counts
            if not token:
                raise HttpError(
                    "body", "POST", self.endpoint, "/sessions", status=reply.status,
                    message="a login without the header X-VCAV-Auth; is this a vCloud Availability service?",
                )  # fmt: skip
        headers[TOKEN] = token
        logout = None if self._given else ("DELETE", "sessions", headers)
        session = Session(self._login.transport, token, {}, logout)
        try:
            about = self._http.json("GET", "diagnostics/about", headers=headers)
            if self._extension:
                _refuse_extension(self._extension, versions.parse(str((about or {}).get("buildVersion"))))
                details = self._http.json("POST", "sessions/extend", document=self._extension, headers=headers)
        except Exception:
            session.close()
            raise
        session.facts.update(
            build=str((about or {}).get("buildVersion")),
            service=str((about or {}).get("serviceType")),
            product=str((about or {}).get("productName")),
            user=(details or {}).get("user"),
            roles=(details or {}).get("roles") or [],
            sites=(details or {}).get("authenticatedSites") or [],
        )
        return session

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        document: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        operation: str | None = None,
        repeatable: bool = False,
    ) -> Any:
        """One call: the JSON of the answer, None for an empty one. An expired login is renewed once.

        Raises HttpError. Every request carries an operationID, by which the product's tasks can be found again.
        `repeatable` marks a question that is asked with another method than GET. `data` is a body that is no JSON,
        `headers` go beside the client's own; secrets among them are for `hide`.
        """
        return self._as_ourselves(
            lambda sent: self._http.json(
                method, path, query=query, document=document, data=data, headers=sent, repeatable=repeatable
            ),
            {"operationID": operation or _operation(), **(headers or {})},
        )

    def save(self, path: str, stream: IO[bytes], **query: Any) -> None:
        """GET a document of any size into an open file. Raises HttpError, and OSError where the file takes no more."""
        self._as_ourselves(
            lambda sent: self._http.save(path, stream, query=query or None, headers=sent), {"operationID": _operation()}
        )

    def _as_ourselves(self, send: Callable[[dict[str, str]], Any], headers: Mapping[str, str]) -> Any:
        """Send with the headers of our session, and once more in a new one where the old one has expired."""

        def call(session: Session) -> Any:
            return send({"Accept": versions.media_type(self.version), TOKEN: session.token, **headers})

        def renew(stale: Session) -> Session:
            self._use(self._sessions.renew(self._login, stale, self._open))
            return self._session

        try:
            return in_session(self._session, call, None if self._given else renew, _expired)
        except HttpError as problem:
            self._advise(problem)
            raise

    def _advise(self, problem: HttpError) -> None:
        """What only this client knows about a failure."""
        service = str(self.facts.get("service"))
        if problem.status == 404 and service.upper() in ("MANAGER", "REPLICATOR", "TUNNEL"):
            problem.advice = (
                f"This is a {service.lower()} service; sites, policies and organizations are at the cloud service, "
                "port 443 of the cloud appliance."
            )
        elif problem.status == 401 and self._given:
            problem.advice = "The session of vcav_token has ended: open another with vcpp.vcloud.vcav_session."

    def hide(self, *secrets: str) -> None:
        """From now on these are blotted out of every message: what a request is going to carry."""
        self._http.hide(*secrets)

    def get(self, path: str, **query: Any) -> Any:
        """GET a document."""
        return self.request("GET", path, query=query or None)

    def pages(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a paged collection (contract 3.5), in the server's order.

        Goes on after a page that is shorter than asked for; an empty page ends the list. Raises HttpError of kind
        body when the list ends before the total that the server itself promises.
        """
        seen = 0
        while True:
            page = self.get(path, **query, offset=seen, limit=PAGE)
            items = page.get("items") or []
            yield from items
            seen += len(items)
            total = int(page.get("total") or 0)
            if not items and seen < total:
                raise HttpError(
                    "body", "GET", self.endpoint, f"/{path}", status=200,
                    message=f"the list ended after {seen} of {total} items",
                    advice="The service's own count and its list disagree: run the task again.",
                )  # fmt: skip
            if not items or seen >= total:
                return

    def gather(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """The same as `pages`, with the pages after the first read side by side.

        Where a page is shorter than asked for, the list is read anew one page after the other. Raises HttpError.
        """
        first = self.get(path, **query, offset=0, limit=PAGE)
        total = int(first.get("total") or 0)
        further = range(PAGE, total, PAGE) if len(first.get("items") or []) == PAGE else ()
        pages = side_by_side(lambda offset: self.get(path, **query, offset=offset, limit=PAGE), further)
        found = {offset: (page or {}).get("items") or [] for offset, page in {0: first, **pages}.items()}
        if any(len(items) < min(PAGE, total - offset) for offset, items in found.items()):
            return list(self.pages(path, **query))
        return [item for items in found.values() for item in items]

    def perform(
        self,
        method: str,
        path: str,
        what: str,
        *,
        timeout: float,
        interval: float,
        document: Any = None,
        query: Any = None,
    ) -> dict[str, Any]:
        """A write that is answered with a task: send it, wait for the task. For the rest see `begin` and `finish`."""
        return self.finish(self.begin(method, path, document, query), what, timeout=timeout, interval=interval)

    def begin(self, method: str, path: str, document: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """A write that is answered with a task: send it, and return the answer.

        Where the answer is lost, the task is looked for by the request's operationID (contract 3.6, 7), because it may
        have only begun, and whoever looked for its outcome would start another. Raises HttpError.
        """
        operation = _operation()
        try:
            return self.request(method, path, query=query, document=document, operation=operation)
        except HttpError as lost:
            if not lost.outcome_unknown:
                raise
            there = {"site": query["site"]} if query and query.get("site") else {}
            answer = next(self.pages("tasks", operationID=operation, **there), None)
            if answer is None:
                raise
            return answer

    def running(self, resource_type: str, name: str) -> dict[str, Any] | None:
        """The unfinished task of a kind about one object (a site's name, say), None if there is none."""
        for task in self.pages("tasks", resourceType=resource_type):
            about = task.get("workflowInfo") or {}
            if task.get("state") in UNFINISHED and name in (about.get("resourceId"), about.get("resourceName")):
                return task
        return None

    def finish(self, answer: Any, what: str, *, timeout: float, interval: float) -> dict[str, Any]:
        """Wait for a task that a call answered with; a document that is no task is returned as it is.

        `what` names the work in errors. `timeout` and `interval` are seconds. Raises TaskFailed, HttpError.
        """
        if not is_task(answer):
            return answer if isinstance(answer, dict) else {}
        latest: dict[str, Any] = answer

        def fetch() -> dict[str, Any]:
            nonlocal latest
            latest = self.get(f"tasks/{segment(answer['id'])}")
            return latest

        def ended(task: dict[str, Any]) -> bool:
            return task.get("state") not in UNFINISHED

        if not ended(answer):
            try:
                wait_for(fetch, ended, timeout=timeout, interval=interval, tolerate=is_passing)
            except WaitTimeout as late:
                raise TaskFailed(
                    what,
                    latest,
                    f"task {answer['id']} is still {latest.get('state')} at {latest.get('progress')} percent after "
                    f"{late.seconds:g} seconds; it goes on at the server. Raise wait_timeout and run again, or look at "
                    "it with vcpp.vcloud.vcav_task_info; one that never moves ends when the services are restarted",
                ) from late
        if latest.get("state") != "SUCCEEDED":
            error = latest.get("error") or {}
            said = ": ".join(str(error[key]) for key in ("code", "msg") if error.get(key)) or "no explanation"
            reason = f"the task {answer['id']} ended {latest.get('state')}: {said}"
            raise TaskFailed(what, latest, reason)
        return latest


def _expired(problem: HttpError) -> bool:
    """A refusal by the other site is one, and none of our session."""
    return unauthorized(problem) and problem.code != "RemoteAuthenticationFailure"


def _operation() -> str:
    """An operationID of our own."""
    return f"vcpp-{uuid.uuid4()}"


def is_task(answer: Any) -> bool:
    """True for a task object (contract 3.6)."""
    return isinstance(answer, dict) and {"id", "state", "progress"} <= answer.keys()


@contextlib.contextmanager
def connect(params: Mapping[str, Any], patience: float = 0, interval: float = 2) -> Iterator[Vcav]:
    """A logged-in client for the connection options of a task; its login is shared by the run or ends here.

    `patience` is how many seconds a service that is starting is waited for, looked at every `interval` seconds.
    """
    with store() as sessions:
        if not patience:
            yield Vcav(params, sessions)
            return
        try:
            api = wait_for(
                lambda: Vcav(params, sessions), lambda api: True,
                timeout=patience, interval=interval, tolerate=is_passing,
            )  # fmt: skip
        except WaitTimeout as late:
            raise late.fault or late from late
        yield api


@contextlib.contextmanager
def closing(params: Mapping[str, Any]) -> Iterator[None]:
    """Close the session of the token in `params`; one that has already ended is closed. Raises HttpError."""
    token = str(params["vcav_token"])
    http = Http(connection(params), read_error=read_error, secrets=[token])
    try:
        http.request("DELETE", "sessions", headers={"Accept": FIRST_MEDIA_TYPE, TOKEN: token})
    except HttpError as problem:
        if problem.status != 401:
            raise
    yield
