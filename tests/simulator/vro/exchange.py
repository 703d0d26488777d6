"""One request on its way through the orchestrator: who sent it, and how answers and errors look in its release.

Contract sections 3 (content negotiation), 19 (errors) and 2 (what a 401 looks like).
"""

from __future__ import annotations

import html
import uuid
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote_plus

from ..wire import BadBody, Headers, Reply, Request, dumps
from .markup import link_list
from .versions import BASIC

if TYPE_CHECKING:
    from .people import Person
    from .server import Server

Found = TypeVar("Found")
JSON = "application/json"
XML = ("application/xml", "text/xml")


class Refusal(Exception):
    """An answer other than success.

    page     an HTML page in every release, which is how some 400s and what stands in front of the server look
    whole    in 8.x and 9.x the whole error document; else the bare `{"message": ...}` that most calls answer
    headers  beside those of every answer
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        page: bool = False,
        whole: bool = False,
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.page = page
        self.whole = whole
        self.headers = list(headers)


def bad_request(message: str, *, page: bool = False) -> Refusal:
    """Content that cannot be used."""
    return Refusal(400, message, page=page)


def not_found(message: str) -> Refusal:
    """What is not there, or what the caller has no right to see (section 2: both answer alike)."""
    return Refusal(404, message)


def forbidden(message: str = "Access is denied") -> Refusal:
    """A right is missing; without a challenge, because another login would not help (section 2)."""
    return Refusal(403, message)


def not_acceptable(asked: str) -> Refusal:
    """No representation of the thing fits `Accept`."""
    return Refusal(406, f"Could not find acceptable representation for {asked}", whole=True)


def conflict(message: str) -> Refusal:
    """It exists already, is in use, or is newer."""
    return Refusal(409, message)


class Exchange:
    """A request with everything that its answer needs."""

    __slots__ = ("_person", "parts", "request", "request_id", "server")

    def __init__(self, request: Request, server: Server) -> None:
        self.request = request
        self.server = server
        self.parts = request.segments
        self.request_id = str(uuid.uuid4())
        self._person: Person | None = None

    @property
    def person(self) -> Person:
        """Who asks. Routes behind the log-in check may rely on it."""
        if self._person is None:
            raise self.unauthorized()
        return self._person

    @person.setter
    def person(self, person: Person) -> None:
        self._person = person

    # What the request says

    @property
    def accept(self) -> str:
        """The `Accept` header in lower case, `*/*` where there is none."""
        return self.request.headers.get("accept", "*/*").lower() or "*/*"

    def accepts(self, *media: str) -> bool:
        """Whether `Accept` names one of these types, itself and not by a wildcard."""
        named = {one.partition(";")[0].strip() for one in self.accept.split(",")}
        return any(one in named for one in media)

    def body(self) -> dict[str, Any]:
        """The body as a JSON object. Raises Refusal 400, or 415 where it says that it is something else."""
        media = self.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media and media != JSON and not media.endswith("+json"):
            raise Refusal(415, f"Content type '{media}' not supported", whole=True)
        document = self.request.json() if self.request.body else {}
        if not isinstance(document, dict):
            raise BadBody("The body must be a JSON object.")
        return document

    def flag(self, name: str) -> bool:
        """A boolean of the query; anything but `true` is false."""
        return (self.request.first(name) or "").lower() == "true"

    def pick(self, among: Mapping[str, Found], given: str, what: str) -> Found:
        """The thing with this id. Ids in an `href` are encoded twice and are followed as they are, ids that clients
        put into a path themselves are encoded once: both are understood. Raises Refusal 404."""
        found = among.get(given)
        if found is None:
            found = among.get(unquote_plus(given))
        if found is None:
            raise not_found(f"{what} with ID '{given}' not found")
        return found

    # Answers

    @property
    def _modern(self) -> bool:
        return self.server.release.generation >= 8

    def headers(self, extra: Headers | None = None) -> Headers:
        """What every answer carries: 8.x and 9.x name the request."""
        return [*([("x-request-id", self.request_id)] if self._modern else []), *(extra or ())]

    def json(self, body: Any, status: int = 200, headers: Headers | None = None) -> Reply:
        """A JSON document. Raises Refusal 406 when `Accept` does not take one."""
        if not (self.accepts(JSON, "*/*", "application/*") or "json" in self.accept):
            raise not_acceptable(self.accept)
        content_type = ("content-type", f"{JSON};charset=UTF-8")
        return Reply(status, dumps(body), [content_type, *self.headers(headers)])

    def links(self, name: str, body: Mapping[str, Any]) -> Reply:
        """A list of links (listing.py), as JSON or, when `Accept` names XML alone, in the namespace of section 3.
        `name` is the XML root."""
        if self.accepts(*XML) and not self.accepts(JSON):
            content_type = ("content-type", "application/xml;charset=UTF-8")
            return Reply(200, link_list(name, body), [content_type, *self.headers()])
        return self.json(body)

    def raw(self, body: bytes, media: str, headers: Headers | None = None) -> Reply:
        """Bytes of a type of their own."""
        return Reply(200, body, [("content-type", media), *self.headers(headers)])

    def nothing(self, status: int = 204, headers: Headers | None = None) -> Reply:
        """An answer without a body."""
        return Reply(status, b"", self.headers(headers))

    # Errors

    def refuse(self, refusal: Refusal) -> Reply:
        """A refusal in the words of the release: HTML before 8.x, JSON from there on (section 19)."""
        headers = self.headers(refusal.headers)
        if isinstance(refusal, Silence):
            return Reply(refusal.status, b"", headers)
        if not self._modern or refusal.page:
            return page(refusal.status, refusal.message, headers)
        body: dict[str, Any] = {"message": refusal.message}
        if refusal.whole:
            body = {
                "timestamp": self.server.world.now_ms(),
                "path": self.request.path,
                "status": refusal.status,
                "error": reason(refusal.status),
                "message": refusal.message,
                "requestId": self.request_id,
                "@type": "java.lang.Exception",
                "statusCode": refusal.status,
                "errorCode": 0,
                "referenceId": None,
            }
        return Reply(refusal.status, dumps(body), [("content-type", JSON), *headers])

    def unauthorized(self) -> Refusal:
        """401 with the challenge of the release; 9.1 has neither challenge nor body (section 2)."""
        release = self.server.release
        if self.server.login == BASIC:
            return Refusal(
                401, "Unauthorized", headers=[("WWW-Authenticate", 'Basic realm="VMware vRealize Orchestrator"')]
            )
        if release.generation == 8:
            return Refusal(401, "Unauthorized", whole=True, headers=[("WWW-Authenticate", "Bearer")])
        return Silence(401)


class Silence(Refusal):
    """A refusal without a body."""

    def __init__(self, status: int) -> None:
        super().__init__(status, reason(status))


def reason(status: int) -> str:
    """The reason phrase of a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)


def page(status: int, message: str, headers: Headers) -> Reply:
    """An error page as the servlet container, or what stands in front of it, writes one."""
    title = f"HTTP Status {status} - {reason(status)}"
    text = (
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1>"
        f"<p><b>message</b> <u>{html.escape(message)}</u></p></body></html>"
    )
    return Reply.text(text, status, "text/html;charset=UTF-8", headers)
