"""What the `/oauth` addresses have in common: parameters as a form or in the query, errors as OAuth 2.0 has them
(contract section 2.4)."""

from __future__ import annotations

from ..wire import Reply, dumps, parse_query
from .exchange import Exchange


class GrantRefused(Exception):
    """An OAuth error: its code and a sentence."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


def form(exchange: Exchange) -> dict[str, str]:
    """The parameters of a request: of its body or, when that is empty, of its query; of each the first value."""
    request = exchange.request
    fields = parse_query(request.body.decode("utf-8", "replace")) if request.body else request.query
    return {name: found[0] for name, found in fields.items()}


def refused(exchange: Exchange, problem: GrantRefused) -> Reply:
    """400 with the error; status and body INFERRED in section 2.4."""
    body = dumps({"error": problem.code, "error_description": str(problem)})
    return Reply(400, body, [("content-type", "application/json"), *exchange.plain_headers()])
