"""The HTTP vocabulary of the simulator: what a service is given (`Request`) and what it gives back (`Reply`).

Both are plain values without any socket, so that a test can hand a `Request` to a service and look at the `Reply`.
A `Request` decodes lazily: most requests never look at their query or their body.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import unquote, unquote_plus

Headers = list[tuple[str, str]]


class BadBody(Exception):
    """The body of a request is not the JSON document that the call needs."""


def dumps(document: Any) -> bytes:
    """`document` as compact UTF-8 JSON."""
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def parse_query(text: str) -> dict[str, list[str]]:
    """The query as name -> values, as forgiving as the real services (contract vCAV 3.1).

    Empty separators (`?&a=b`), unencoded `:` and `/` in values and names without a value are all accepted.
    """
    found: dict[str, list[str]] = {}
    for part in text.split("&"):
        if part:
            name, _separator, value = part.partition("=")
            found.setdefault(unquote_plus(name), []).append(unquote_plus(value))
    return found


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def basic_credentials(header: str) -> tuple[str, str] | None:
    """User and password of a Basic `Authorization` header; None when it is something else, or names nobody."""
    scheme, _blank, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon and name else None


class NoAnswer(Exception):
    """The connection is closed without an answer, as when nothing listens behind a proxy."""


class Request:
    """One request as a service sees it.

    method    upper case
    path      percent-decoded, without the query; double slashes are left in
    raw_path  as it was sent, without the query
    headers   lower-case name -> value (the first one, when a header is repeated)
    body      the bytes
    base_url  "https://host:port" as the client addressed the service (its Host header)
    via       the kind of listener that it came in by: front, management, api, public, vcd
    client    the address that it came from
    """

    __slots__ = (
        "_query",
        "_segments",
        "body",
        "client",
        "headers",
        "method",
        "path",
        "query_string",
        "raw_path",
        "scheme",
        "via",
    )

    def __init__(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        scheme: str = "https",
        via: str = "front",
        client: str = "127.0.0.1",
    ) -> None:
        """`target` is the request target: raw path and, after `?`, the query. Header names may have any case."""
        self.method = method
        if target.startswith(("https://", "http://")):
            # The absolute form, as sent to proxies; every HTTP server has to take it (RFC 9112, 3.2.2).
            target = "/" + target.split("/", 3)[3] if target.count("/") > 2 else "/"
        self.raw_path, _separator, self.query_string = target.partition("?")
        self.path = unquote(self.raw_path) if "%" in self.raw_path else self.raw_path
        self.headers: dict[str, str] = {name.lower(): value for name, value in (headers or {}).items()}
        self.body = body
        self.scheme = scheme
        self.via = via
        self.client = client
        self._query: dict[str, list[str]] | None = None
        self._segments: tuple[str, ...] | None = None

    @classmethod
    def received(
        cls, method: str, target: str, headers: dict[str, str], body: bytes, scheme: str, via: str, client: str
    ) -> Request:
        """The same from a server that has made the header names lower case already."""
        request = cls(method, target, None, body, scheme, via, client)
        request.headers = headers
        return request

    @property
    def query(self) -> dict[str, list[str]]:
        """Query parameters, each with all of its values in order."""
        if self._query is None:
            self._query = parse_query(self.query_string) if self.query_string else {}
        return self._query

    def first(self, name: str) -> str | None:
        """The first value of a query parameter, None when it is not there."""
        values = self.query.get(name)
        return values[0] if values else None

    @property
    def segments(self) -> tuple[str, ...]:
        """The path cut at its slashes, each part decoded for itself (so `%2F` stays in a part), empty parts dropped."""
        if self._segments is None:
            parts = [part for part in self.raw_path.split("/") if part]
            self._segments = tuple(unquote(part) if "%" in part else part for part in parts)
        return self._segments

    @property
    def base_url(self) -> str:
        """Scheme, host and port that the client wrote, without a trailing slash."""
        return f"{self.scheme}://{self.headers.get('host', 'localhost')}"

    @property
    def authorization(self) -> str:
        """The header of that name, empty when it is not there."""
        return self.headers.get("authorization", "")

    @property
    def bearer_token(self) -> str | None:
        """The token of `Authorization: Bearer`, the word in any case."""
        scheme, _blank, token = self.authorization.partition(" ")
        return token.strip() or None if scheme.lower() == "bearer" else None

    @property
    def target(self) -> str:
        """Raw path and query, as sent."""
        return f"{self.raw_path}?{self.query_string}" if self.query_string else self.raw_path

    def json(self) -> Any:
        """The body as JSON.

        Raises BadBody when it is empty or not JSON, and for what Python's reader takes but no other one could read
        back from an answer: NaN, half of a surrogate pair, nesting without end.
        """
        try:
            document = json.loads(self.body, parse_constant=_no_constant)
            # Only these bytes can stand for a surrogate; ordinary bodies are not looked at twice.
            if b"\\u" in self.body or b"\xed" in self.body:
                dumps(document)
        except (ValueError, RecursionError) as problem:
            raise BadBody(f"The body is not valid JSON: {problem}") from problem
        return document


class Reply:
    """One answer: status, bytes and headers. Content-Length is added by the server."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: bytes = b"", headers: Iterable[tuple[str, str]] = ()) -> None:
        self.status = status
        self.body = body
        self.headers: Headers = list(headers)

    @classmethod
    def json(
        cls, document: Any, status: int = 200, content_type: str = "application/json", headers: Headers | None = None
    ) -> Reply:
        """`document` as JSON."""
        return cls(status, dumps(document), [("content-type", content_type), *(headers or ())])

    @classmethod
    def text(
        cls,
        text: str,
        status: int = 200,
        content_type: str = "text/plain; charset=utf-8",
        headers: Headers | None = None,
    ) -> Reply:
        """Text of any type: XML, HTML or plain."""
        return cls(status, text.encode(), [("content-type", content_type), *(headers or ())])

    @classmethod
    def empty(cls, status: int = 204, headers: Headers | None = None) -> Reply:
        """No body at all."""
        return cls(status, b"", headers or ())

    def header(self, name: str) -> str | None:
        """The first value of a header, whatever its case; None when it is not there."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def document(self) -> Any:
        """The body, read as JSON (for tests)."""
        return json.loads(self.body)


class LateReply(Reply):
    """An answer that is not there yet. Whoever promised it hands it over by `settle`; others are served meanwhile."""

    __slots__ = ("_told", "ready")

    def __init__(self) -> None:
        super().__init__(200)
        self.ready = False
        self._told: list[Callable[[], None]] = []

    def settle(self, reply: Reply) -> None:
        """Here it is."""
        self.status, self.body, self.headers = reply.status, reply.body, reply.headers
        self.ready = True
        for told in self._told:
            told()

    def when_ready(self, told: Callable[[], None]) -> None:
        """Calls `told` once it is there."""
        if self.ready:
            told()
        else:
            self._told.append(told)
