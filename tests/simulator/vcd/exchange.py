"""One request on its way through the vCD: its id, what its `Accept` asks for, who sent it, how answers look.

Contract sections 1.4 (`Accept`), 2.6 (request ids) and 2.7 (error bodies).
"""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from ..wire import Headers, Reply, Request, dumps
from .markup import Element, document, json_document
from .versions import Accepted, ApiNumber

if TYPE_CHECKING:
    from .sessions import Session

REQUEST_ID = "X-VMWARE-VCLOUD-REQUEST-ID"
_CLIENT_ID = re.compile(r"[A-Za-z0-9-]{1,128}")
FORBIDDEN = "ACCESS_TO_RESOURCE_IS_FORBIDDEN"


class Refusal(Exception):
    """An answer other than success: HTTP status, `minorErrorCode`, and the text after the request id."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message


def forbidden(right: str, operation: str, target: str) -> Refusal:
    """A right is missing or the object is: one answer for both (section 1.1), so that neither can be told from it."""
    return Refusal(
        403,
        FORBIDDEN,
        f"Either you need some or all of the following rights [{right}] to perform operations [{operation}] "
        f"for {target} or the target entity is invalid.",
    )


def bad_request(message: str) -> Refusal:
    """Content that cannot be used."""
    return Refusal(400, "BAD_REQUEST", message)


def not_found(path: str) -> Refusal:
    """A path that no call has, or a call that the requested API version does not have yet (or any more)."""
    return Refusal(404, "NOT_FOUND", f"There is no resource at {path}.")


class Exchange:
    """A request with everything that its answer needs."""

    __slots__ = ("accepted", "base_url", "parts", "request", "request_id", "session")

    def __init__(self, request: Request, accepted: Accepted) -> None:
        self.request = request
        self.parts = request.segments
        self.base_url = request.base_url
        self.accepted = accepted
        self.session: Session | None = None
        own = str(uuid.uuid4())
        client = request.headers.get("x-vmware-vcloud-client-request-id", "")
        # An id that breaks the rule is not repeated: the contract does not say what else should happen (UNKNOWN).
        self.request_id = f"{client}-{own}" if _CLIENT_ID.fullmatch(client) else own

    @property
    def version(self) -> ApiNumber:
        """The API number that the request asks for."""
        return self.accepted.number

    @property
    def user(self) -> Session:
        """The session of the request. Routes behind the log-in check may rely on it."""
        if self.session is None:
            raise Refusal(401, "UNAUTHORIZED", "This operation is denied.")
        return self.session

    def legacy(self) -> bool:
        """Whether the request belongs to `/api` (XML by default) and not to `/cloudapi` (JSON always)."""
        return bool(self.parts) and self.parts[0] == "api"

    def _typed(self, media: str) -> str:
        return f"{media};version={self.accepted.version}" if self.accepted.version else media

    def plain_headers(self, extra: Headers | None = None) -> Headers:
        """What every answer carries."""
        return [(REQUEST_ID, self.request_id), *(extra or ())]

    def json(self, body: Any, status: int = 200, headers: Headers | None = None) -> Reply:
        """A `/cloudapi` document."""
        content_type = ("content-type", self._typed("application/json"))
        return Reply(status, dumps(body), [content_type, *self.plain_headers(headers)])

    def element(
        self, root: Element, media: str, status: int = 200, headers: Headers | None = None, nulls: tuple[str, ...] = ()
    ) -> Reply:
        """An `/api` document as XML, or in the JSON variant when `Accept` names JSON. `media` is without its suffix."""
        if self.accepted.json and not self.accepted.xml:
            content_type = ("content-type", self._typed(f"{media}+json"))
            return Reply(status, json_document(root, nulls), [content_type, *self.plain_headers(headers)])
        content_type = ("content-type", self._typed(f"{media}+xml"))
        return Reply(status, document(root), [content_type, *self.plain_headers(headers)])

    def raw(self, body: bytes, media: str) -> Reply:
        """Bytes of a type of their own: an image, a style sheet, an archive."""
        return Reply(200, body, [("content-type", self._typed(media)), *self.plain_headers()])

    def nothing(self, status: int = 204, headers: Headers | None = None) -> Reply:
        """An answer without a body."""
        return Reply(status, b"", self.plain_headers(headers))

    def refuse(self, refusal: Refusal) -> Reply:
        """The error body of the request's family; every message begins with `[ <request id> ] ` (section 2.7)."""
        message = f"[ {self.request_id} ] {refusal.message}"
        if self.legacy():
            root = Element(
                "Error",
                {"majorErrorCode": refusal.status, "minorErrorCode": refusal.code, "message": message},
            )
            return self.element(root, "application/vnd.vmware.vcloud.error", refusal.status)
        body = {"minorErrorCode": refusal.code, "message": message, "stackTrace": None}
        return self.json(body, refusal.status)
