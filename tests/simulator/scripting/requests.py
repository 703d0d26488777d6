"""Sends what scripts send through REST hosts: genuine HTTP, from the process of the script, so nobody else waits."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from typing import Any

_LARGEST = 16 * 1024 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A host without automatic redirects shows them to the script."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        """None: the answer is the redirect itself."""


def send(asked: dict[str, Any], ca: str | None) -> dict[str, Any]:
    """One request: `method`, `url`, `headers` (pairs), `body` (text or None), `seconds`, `connect_seconds`,
    `verify_host`, `redirects`, `proxy` (host:port or None).

    Answers `status`, `headers`, `body` and `length`, or `error` when there was no answer. Certificates are trusted when
    the machine's authorities or `ca` (PEM), the simulator's own, signed them.
    """
    url = str(asked["url"])
    if not url.lower().startswith(("http://", "https://")):
        return {"error": f"Invalid URL: {url}"}
    try:
        context = ssl.create_default_context()
        if ca:
            context.load_verify_locations(cadata=ca)
        context.check_hostname = bool(asked["verify_host"])
        # Environment variables of whoever started the simulator are nothing to an orchestrator.
        proxies = dict.fromkeys(("http", "https"), f"http://{asked['proxy']}") if asked["proxy"] else {}
        handlers = [urllib.request.ProxyHandler(proxies), urllib.request.HTTPSHandler(context=context)]
        opener = urllib.request.build_opener(*handlers, *([] if asked["redirects"] else [_NoRedirects()]))
        body = asked["body"].encode() if asked["body"] is not None else None
        request = urllib.request.Request(url, data=body, method=asked["method"])
        opener.addheaders = []
        for name, value in asked["headers"]:
            request.add_unredirected_header(name, value)
        # One limit for both: urllib has no other one for connecting.
        with opener.open(request, timeout=max(1.0, float(asked["seconds"]))) as answer:
            return _answer(answer.status, answer.headers.items(), answer.read(_LARGEST))
    except urllib.error.HTTPError as problem:
        return _answer(problem.code, problem.headers.items(), problem.read(_LARGEST))
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "reason", problem)
        return {"error": f"Cannot execute the request: ; {reason}"}


def _answer(status: int, headers: Any, content: bytes) -> dict[str, Any]:
    return {
        "status": status,
        "headers": [list(pair) for pair in headers],
        "body": content.decode("utf-8", "replace"),
        "length": len(content),
    }
