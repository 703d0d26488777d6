"""What the tests of the portal's calls have in common: JSON requests, and what clients send."""

from __future__ import annotations

import json
from typing import Any

from tests.simulator.wire import Reply
from tests.unit.simulator.vcd.asking import Vcd

PNG = b"\x89PNG\r\n\x1a\n" + b"not a picture, but stored as it is" * 3
JSON = "application/json"


def send(vcd: Vcd, method: str, target: str, body: Any, **headers: str) -> Reply:
    """One request with a JSON body."""
    return vcd.ask(method, target, json.dumps(body).encode(), **{"content_type": JSON, **headers})


def upload(vcd: Vcd, reply: Reply, content: bytes, **headers: str) -> Reply:
    """PUTs bytes to the address of a reply's `Link`, cut out as a published client does: first `<` to last `>`."""
    link = reply.header("Link") or ""
    address = link[link.index("<") + 1 : link.rindex(">")]
    return vcd.ask("PUT", address, content, **headers)
