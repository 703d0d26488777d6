"""One request that has come to the CSE server: its parts, its merged body, and how errors look (contract section 2)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..vcd.exchange import Exchange
from ..vcd.sessions import Session
from ..wire import Headers, Reply, dumps

if TYPE_CHECKING:
    from .extension import Cse

# Minor error codes of missing keys; the odd number after each means that the value is not valid (section 2.3).
MINOR = {
    "cluster_name": 4000, "compute_policy_action": 4002, "compute_policy_name": 4004, "k8s_provider": 4006,
    "network_name": 4008, "node_name": 4010, "node_names": 4012, "num_workers": 4014, "org_name": 4016,
    "ovdc_id": 4018, "ovdc_name": 4020, "pks_cluster_domain": 4022, "pks_ext_host": 4024, "pks_plan_name": 4026,
    "server_action": 4028,
}  # fmt: skip


class Problem(Exception):
    """A refusal of the CSE server: HTTP status, text, and minor error code."""

    def __init__(self, status: int, text: str, minor: int = -1) -> None:
        super().__init__(text)
        self.status = status
        self.text = text
        self.minor = minor


def failed(text: str) -> Problem:
    """What every other error is: a 500 with the text of the exception (section 2.3)."""
    return Problem(500, text)


def missing(keys: list[str]) -> Problem:
    """400 for keys that are not there; the code is that of the first one."""
    return Problem(400, f"Missing required keys in request payload: {keys}", MINOR.get(keys[0], -1))


class Call:
    """A request on its way through the CSE server."""

    def __init__(self, cse: Cse, exchange: Exchange) -> None:
        self.cse = cse
        self.exchange = exchange
        self.method = exchange.request.method
        self.parts = exchange.parts[2:]
        """The path after `/api/cse`; a slash at its end does not count."""

    @property
    def session(self) -> Session:
        """Who asks."""
        return self.exchange.user

    @property
    def is_system(self) -> bool:
        """A system administrator."""
        return self.session.is_provider

    @property
    def org(self) -> str:
        """Name of the organization of who asks."""
        return self.session.user.org

    @property
    def query(self) -> dict[str, str]:
        """The query string, one value each."""
        return {name: values[0] for name, values in self.exchange.request.query.items()}

    def body(self) -> Any:
        """The JSON body, whatever `Content-Type` says; an empty one is an empty object. Raises Problem 500."""
        raw = self.exchange.request.body
        if not raw.strip():
            return {}
        try:
            return json.loads(raw)
        except ValueError as problem:
            raise failed(str(problem)) from problem

    def merged(self, **path: str) -> dict[str, Any]:
        """Body, query and path as one flat map, the later ones win; what is null is left out (section 2.2)."""
        body = self.body()
        found = {**(body if isinstance(body, dict) else {}), **self.query, **path}
        return {name: value for name, value in found.items() if value is not None}

    def reply(self, document: Any, status: int = 200, headers: Headers | None = None) -> Reply:
        """JSON, with the content type of the release (section 2.1)."""
        media = "application/json"
        if self.cse.release.name in ("1.2", "2.0"):
            media = self.exchange.request.headers.get("accept", media)
        return Reply(status, dumps(document), [("content-type", media), *self.exchange.plain_headers(headers)])

    def nothing(self, status: int = 204) -> Reply:
        """No body."""
        return Reply(status, b"", self.exchange.plain_headers())

    def refuse(self, problem: Problem) -> Reply:
        """An error in the envelope of the release (section 2.3)."""
        if self.cse.release.name in ("1.2", "2.0"):
            reason = problem.text.partition(",")[0]
            # Errors outside of a handler are plain texts; the server of these releases says which (`minor` 0).
            plain = problem.minor == 0 or problem.status != 500
            told: Any = (
                problem.text
                if plain
                else {"reason": reason, "description": problem.text, "stacktrace": [f"Exception: {problem.text}\n"]}
            )
            return self.reply({"message": told}, problem.status)
        return self.reply(
            {"message": {"minor error code": problem.minor, "error description": problem.text}}, problem.status
        )
