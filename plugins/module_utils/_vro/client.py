# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of one orchestrator: the three ways to log in, requests, uploads, lists, and its control centre.

Contract vro-api.md, 1 to 4, 15 (control centre) and 19.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlsplit

from .._address import read_address, transport
from .._http import Http, HttpError, Reply, Transport, generic_error
from .._plan import InputError
from .._sessions import Login, Session, Store, in_session, store
from . import links, versions
from .links import Row
from .logins import AUTO, BASIC, Credentials, LoginPlace, find_out, open_session, read_credentials
from .versions import Version

API = "vco/api"
JSON = "application/json"
_CHECK = "Check vro_user and vro_password; a user may have to be written as user@domain."
_FORBIDDEN = (
    "The user may log in and lacks the right for this: an administrator of the orchestrator gives it by a role or by "
    "the permissions of the object or its folder."
)
_FAMILIES = ("/vco/api", "/vco-controlcenter", "/vco")


def connection(params: Mapping[str, Any]) -> Transport:
    """The transport that connection options describe. Raises InputError for an address that is none.

    `/vco` or `/vco/api` at the end is taken off: that is how documents and other tools write the address.
    """
    return transport(_address("vro_url", str(params["vro_url"])), params)


def _address(option: str, url: str) -> str:
    url = url.strip()
    for family in _FAMILIES:
        if url.rstrip("/").endswith(family):
            url = url.rstrip("/").removesuffix(family)
            break
    read_address(
        option, url, "write it as https://<host>[:port], for example https://vro.example.com; releases before 8 "
        "listen on port 8281"
    )  # fmt: skip
    return url


class Vro:
    """One server, logged in. Safe to use from several threads."""

    def __init__(self, params: Mapping[str, Any], sessions: Store) -> None:
        """Logs in, or finds the login. Raises InputError, HttpError."""
        way = connection(params)
        self._params = params
        self.endpoint = way.endpoint
        self._sessions = sessions
        self._credentials: Credentials = read_credentials(params)
        place = params.get("vro_login_url")
        at = replace(way, endpoint=_address("vro_login_url", str(place))).normalised() if place else way
        kind = f"vro {params.get('vro_login') or AUTO}"
        self._login = Login(way, kind, self._credentials.user, self._credentials.secret, (at.endpoint,))
        self._http = Http(way, read_error=generic_error, secrets=self._credentials.secrets)
        self._place = LoginPlace(self._http.at(at), self._http)
        self._session = sessions.acquire(self._login, self._open)
        self._http.hide(self._session.token)

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the login told: `version` (text), `build`, and `login` (basic, aria, vcf or token)."""
        return self._session.facts

    @property
    def version(self) -> Version:
        """The release as numbers, (7, 6, 0) for example."""
        return versions.parse(str(self.facts["version"]))

    @property
    def site(self) -> str | None:
        """The server's host name: an orchestrator knows no other name of itself."""
        return urlsplit(self.endpoint).hostname

    def has(self, feature: str) -> bool:
        """True if this release has the feature (see versions.py)."""
        return versions.has(self.version, feature)

    def hide(self, *secrets: str) -> None:
        """From now on these are blotted out of every message: a secure string that a request carries, say."""
        self._http.hide(*secrets)

    def unexpected(self, method: str, path: str, status: int, message: str) -> HttpError:
        """An answer of a shape that this API does not send."""
        return HttpError(
            "body", method, self.endpoint, f"/{API}/{path}", status=status, message=message, sent=method != "GET"
        )

    # Logging in

    def _open(self) -> Session:
        """Log in, and ask the server what it is. Raises InputError, HttpError."""
        way = find_out(self._http, self._params, self._credentials)
        opened = open_session(self._place, way, self._credentials)
        self._http.hide(opened.token)
        headers = {"Accept": JSON, **self._authorization(opened.token)}
        path = f"{API}/about"
        try:
            about = self._http.parse(self._http.request("GET", path, headers=headers), "GET", path)
        except HttpError as problem:
            if problem.status == 401 and way == BASIC:
                problem.advice = _CHECK
            raise
        told = about if isinstance(about, dict) else {}
        facts = {"version": str(told.get("version", "")), "build": str(told.get("build-number", "")), "login": way}
        try:
            number = versions.parse(facts["version"], facts["build"])
        except ValueError as problem:
            text = f"{problem}; is this an orchestrator?"
            raise self.unexpected("GET", "about", 200, text) from problem
        facts["version"] = versions.text(number)
        return Session(opened.transport, opened.token, facts, opened.logout)

    def _authorization(self, token: str) -> dict[str, str]:
        """The header of a login: a token where there is one, else user and password, which no file ever holds."""
        return {"Authorization": f"Bearer {token}" if token else self._credentials.basic}

    # Requests

    def send(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        file: tuple[str, bytes] | None = None,
        accept: str = JSON,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> Reply:
        """One call of `/vco/api`, with the reply as it came.

        `path` is relative and already percent-encoded; `query` values may be lists. `json` is a document; `file`
        (name, content) and `form` (texts) make an upload of several parts, the file's part being called `file`
        (contract 3). `repeatable` marks a call that writes nothing whatever its method. An expired login is renewed
        once. Raises HttpError.
        """
        data, typed = _multipart(form or {}, file) if form or file else (None, {})
        ours = bool(self._session.token) and not self._credentials.given

        def call(session: Session) -> Reply:
            sent = {"Accept": accept, **self._authorization(session.token), **typed, **(headers or {})}
            try:
                return self._http.request(
                    method, f"{API}/{path}", query=query, document=json, data=data, headers=sent, repeatable=repeatable
                )
            except HttpError as problem:
                raise self._explained(problem) from None

        return in_session(self._session, call, self._renew if ours else None)

    def _renew(self, stale: Session) -> Session:
        self._session = self._sessions.renew(self._login, stale, self._open)
        self._http.hide(self._session.token)
        return self._session

    def _explained(self, problem: HttpError) -> HttpError:
        """With the advice that only this product's login knows."""
        if problem.status == 401 and not self._session.token:
            problem.advice = _CHECK
        if problem.status == 403 and not problem.advice:
            problem.advice = _FORBIDDEN
        return problem

    def get(self, path: str, **query: Any) -> Any:
        """A document as JSON, None for an empty answer. Raises HttpError."""
        return self.parse(self.send("GET", path, query=query or None), "GET", path)

    def find(self, path: str, **query: Any) -> Any | None:
        """The same, None where there is none (or the user may not see it: contract 2). Raises HttpError."""
        try:
            return self.get(path, **query)
        except HttpError as problem:
            if problem.status == 404:
                return None
            raise

    def parse(self, reply: Reply, method: str, path: str) -> Any:
        """The JSON of a reply of `send`, None for an empty one. Raises HttpError of kind body."""
        return self._http.parse(reply, method, f"{API}/{path}")

    def rows(self, path: str, **query: Any) -> list[Row]:
        """A list's rows: each link's attributes as one dict of texts, with `href` and `rel` (links.attributes).

        Servers ignore filters and start indexes as they please (contract 4.2): the caller filters again, and a list
        that stays shorter than the server says is an error. With `maxResult` there is just one page. Raises HttpError.
        """
        document = self.get(path, **query)
        try:
            found = links.rows(document)
        except ValueError as problem:
            raise self.unexpected("GET", path, 200, str(problem)) from problem
        total = links.total(document)
        while total is not None and "maxResult" not in query and len(found) < total:
            seen = {row["href"] for row in found}
            page = links.rows(self.get(path, **query, startIndex=len(found)))
            new = [row for row in page if row["href"] not in seen]
            if not new:
                text = f"the list shows {len(found)} of {total} and no more of them"
                raise self.unexpected("GET", path, 200, text)
            found += new
        return found

    # The control centre

    def control(
        self,
        method: str,
        path: str,
        *,
        url: str | None = None,
        user: str | None = None,
        password: str | None = None,
        json: Any = None,
        file: tuple[str, bytes] | None = None,
    ) -> Any:
        """One call of the control centre, `path` being relative to `/vco-controlcenter/api`: its JSON document.

        Left out, `url` is the one beside this server (contract 1), user and password are those of the task. Raises
        InputError where there are none, HttpError.
        """
        parts = urlsplit(self.endpoint)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        beside = f"https://{host}:8283" if self.version < (8, 0) else self.endpoint
        way = replace(self._http.transport, endpoint=_address("control_center_url", url) if url else beside)
        name, secret = user or self._params.get("vro_user"), password or self._params.get("vro_password")
        if not (name and secret):
            raise InputError("the control centre takes a user and a password, and the task has none")
        credentials = Credentials(str(name), str(secret))
        self._http.hide(*credentials.secrets)
        data, typed = _multipart({}, file) if file else (None, {})
        sent = {"Accept": JSON, "Authorization": credentials.basic, **typed}
        http, place = self._http.at(way), f"vco-controlcenter/api/{path}"
        return http.parse(http.request(method, place, document=json, data=data, headers=sent), method, place)


def segment(text: str) -> str:
    """A name or an id as one part of a path."""
    return quote(text, safe="")


def _multipart(form: Mapping[str, str], file: tuple[str, bytes] | None) -> tuple[bytes, dict[str, str]]:
    """(body, headers) of an upload (contract 3)."""
    from urllib3.filepost import encode_multipart_formdata  # comes with requests

    parts: list[Any] = list(form.items())
    if file:
        parts.append(("file", (file[0], file[1], "application/octet-stream")))
    body, content_type = encode_multipart_formdata(parts)
    return body, {"Content-Type": content_type}


def document_of(reply: Reply) -> Any:
    """The JSON of a reply whose body may as well be empty or of another kind: None then."""
    with contextlib.suppress(ValueError):
        return json.loads(reply.body)
    return None


@contextlib.contextmanager
def connect(params: Mapping[str, Any]) -> Iterator[Vro]:
    """A logged-in client for the connection options of a task; its login is shared by the run or ends here."""
    with store() as sessions:
        yield Vro(params, sessions)
