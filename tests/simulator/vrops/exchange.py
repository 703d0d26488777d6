"""One request on its way through vRealize Operations: what it may send, how answers look (contract A1, A7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from ..wire import Reply, Request, dumps

_XML_NAMESPACE = "http://webservice.vmware.com/vRealizeOpsMgr/1.0/"


class Refusal(Exception):
    """An answer other than success. `failures` are (what is wrong, where) of a validation."""

    def __init__(self, status: int, message: str, failures: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.failures = status, message, list(failures)


def invalid(message: str, where: str) -> Refusal:
    """A body that the validation of the server refuses."""
    return Refusal(400, "Invalid request... #1 violations found.", [(message, where)])


def not_found(what: str, key: str) -> Refusal:
    """An object that is not there."""
    return Refusal(404, f"No such {what} - {key}.")


def body_of(request: Request, known: Iterable[str], required: Iterable[str] = ()) -> dict[str, Any]:
    """The body as an object. Members that nobody knows are refused: the stricter reading of an open question."""
    document = request.json()
    if not isinstance(document, dict):
        raise Refusal(400, "The request body is not a JSON object.")
    for name in document:
        if name not in (*known, "links"):
            raise Refusal(400, f'Unrecognized field "{name}".')
    for name in required:
        if document.get(name) in (None, ""):
            raise invalid(f"{name} is required", name)
    return document


def flag(request: Request, name: str, default: bool) -> bool:
    """A boolean of the query."""
    text = request.first(name)
    if text is None:
        return default
    if text.lower() not in ("true", "false"):
        raise Refusal(400, f"Query parameter {name} is not a boolean: {text}.")
    return text.lower() == "true"


def number(request: Request, name: str, default: int) -> int:
    """A number of the query that is not negative."""
    text = request.first(name)
    if text is None:
        return default
    if not text.isdecimal():
        raise Refusal(400, f"Query parameter {name} is not a number: {text}.")
    return int(text)


class Exchange:
    """A request with what its answer needs."""

    __slots__ = ("json_by_default", "request")

    def __init__(self, request: Request, json_by_default: bool) -> None:
        self.request, self.json_by_default = request, json_by_default

    @property
    def wants_xml(self) -> bool:
        """Whether the answer is XML: asked for, or the default of 6.x."""
        accept = self.request.headers.get("accept", "").lower()
        if "json" in accept:
            return False
        if "xml" in accept:
            return True
        return not self.json_by_default

    def check(self) -> None:
        """Refuse what cannot be answered or read. Raises Refusal."""
        accept = self.request.headers.get("accept", "*/*").lower()
        if not any(name in accept for name in ("json", "xml", "*/*", "application/*")):
            raise Refusal(406, "Not Acceptable")
        if self.request.body and "json" not in self.request.headers.get("content-type", "").lower():
            # Bodies in XML, which the real thing takes as well, are not simulated.
            raise Refusal(415, "Unsupported Media Type")

    def answer(self, document: Any, status: int = 200, root: str = "result") -> Reply:
        """A document in the notation of the request; `links` are dropped where `_no_links=true` asks for that."""
        if self.request.first("_no_links") == "true":
            document = _without_links(document)
        if self.wants_xml:
            text = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{_xml(root, document, top=True)}'
            return Reply(status, text.encode(), [("content-type", "application/xml;charset=UTF-8")])
        return Reply(status, dumps(document), [("content-type", "application/json;charset=UTF-8")])

    def refuse(self, refusal: Refusal) -> Reply:
        """The error of contract A7."""
        document: dict[str, Any] = {
            "message": refusal.message,
            "moreInformation": [{"name": "errorMessage", "value": refusal.message}],
            "httpStatusCode": refusal.status,
            "apiErrorCode": refusal.status,
            "type": "Error",
        }
        if refusal.failures:
            document["validationFailures"] = [
                {"failureMessage": text, "violationPath": path} for text, path in refusal.failures
            ]
        return self.answer(document, refusal.status, "error")


def _without_links(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_links(item) for name, item in value.items() if name != "links"}
    return [_without_links(item) for item in value] if isinstance(value, list) else value


def _xml(name: str, value: Any, top: bool = False) -> str:
    """An element. The vendor's attributes and plural elements are UNKNOWN: members become elements."""
    space = f" xmlns:ops={quoteattr(_XML_NAMESPACE)}" if top else ""
    if isinstance(value, list):
        return "".join(_xml(name, item) for item in value)
    if isinstance(value, Mapping):
        inner = "".join(_xml(key, item) for key, item in value.items() if item is not None)
        return f"<ops:{name}{space}>{inner}</ops:{name}>"
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else escape(str(value))
    return f"<ops:{name}{space}>{text}</ops:{name}>"
