"""Which function answers which method and path, and who may ask."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..wire import BadBody, Headers, Reply, Request, dumps
from .errors import bad_input, token_required
from .sessions import Session

# Who may call: anybody, anybody who is logged in, holders of the role ADMINISTRATORS.
OPEN, EVERYONE, ADMIN = 0, 1, 2


@dataclass(slots=True)
class Call:
    """One request on its way through a handler."""

    request: Request
    media_type: str
    who: Session | None
    args: tuple[str, ...] = ()
    """What stood at the placeholders of the path."""

    @property
    def session(self) -> Session:
        """The login; only OPEN calls are without one."""
        if self.who is None:
            raise token_required()
        return self.who

    def json(self, document: Any, status: int = 200, headers: Headers | None = None) -> Reply:
        """A JSON answer in the negotiated media type."""
        return Reply(status, dumps(document), [("content-type", self.media_type), *(headers or ())])

    def raw_json(self, body: bytes) -> Reply:
        """JSON that was prepared before."""
        return Reply(200, body, [("content-type", self.media_type)])

    def body(self, required: dict[str, type], optional: dict[str, type] | None = None) -> dict[str, Any]:
        """The body as an object with exactly these fields; `optional` ones may be missing or null.

        Unknown fields are refused: the strict reading, because a field of another version is a client's mistake.
        """
        document = self.request.json()
        if not isinstance(document, dict):
            raise BadBody("The body must be a JSON object.")
        check_fields(document, required, optional or {})
        return document


def check_fields(document: dict[str, Any], required: dict[str, type], optional: dict[str, type]) -> None:
    """Raises ApiError 400 for fields that are missing, unknown, or of another type."""
    for name, value in document.items():
        wanted = required.get(name) or optional.get(name)
        if wanted is None:
            raise bad_input(f'Unrecognized field "{name}".')
        if value is None and name in optional:
            continue
        # In Python a bool is an int as well; in JSON it is not.
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise bad_input(f"{name} has the wrong type.")
        # The contract says "int" without a width; what does not even fit 64 bits fits no server's integer.
        if wanted is int and isinstance(value, int) and not -(2**63) <= value < 2**63:
            raise bad_input(f"{name} is out of range.")
    for name in required:
        if name not in document:
            raise bad_input(f"{name} is required.")


Handler = Callable[[Call], Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one path."""

    handler: Handler
    access: int
    is_write: bool
    raw: bool
    """Its body is not JSON."""
    expired: bool
    """A write that is possible while the root password has expired."""


class Routes:
    """The calls of one service."""

    def __init__(self) -> None:
        self._exact: dict[tuple[str, ...], dict[str, Route]] = {}
        self._patterns: dict[tuple[str, int], list[tuple[tuple[str, ...], dict[str, Route]]]] = {}

    def add(
        self,
        method: str,
        path: str,
        handler: Handler,
        access: int = ADMIN,
        write: bool | None = None,
        raw: bool = False,
        expired: bool = False,
    ) -> None:
        """`path` may have `{}` for a whole segment. Everything but GET is a write unless told otherwise.

        `raw`: its body is not JSON; `expired`: possible while the root password has expired, although it is a write.
        """
        segments = tuple(path.split("/"))
        route = Route(handler, access, method != "GET" if write is None else write, raw, expired)
        if "{}" not in segments:
            self._exact.setdefault(segments, {})[method] = route
            return
        family = self._patterns.setdefault((segments[0], len(segments)), [])
        for pattern, methods in family:
            if pattern == segments:
                methods[method] = route
                return
        family.append((segments, {method: route}))

    def find(self, segments: tuple[str, ...]) -> tuple[dict[str, Route], tuple[str, ...]] | None:
        """The methods of a path and what its placeholders stand for; None for unknown paths."""
        methods = self._exact.get(segments)
        if methods is not None:
            return methods, ()
        if not segments:
            return None
        for pattern, methods in self._patterns.get((segments[0], len(segments)), ()):
            if all(part in ("{}", segment) for part, segment in zip(pattern, segments, strict=True)):
                return methods, tuple(segment for part, segment in zip(pattern, segments, strict=True) if part == "{}")
        return None
