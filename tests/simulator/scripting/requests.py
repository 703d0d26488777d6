"""Sends what scripts send through REST hosts: genuine HTTP, from the process of the script, so nobody else waits."""

from __future__ import annotations

import http.client
import socket
import ssl
import urllib.error
import urllib.request
from typing import Any

_LARGEST = 16 * 1024 * 1024


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A host without automatic redirects shows them to the script."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        """None: the answer is the redirect itself."""


class _Elsewhere(urllib.request.HTTPSHandler):
    """Connects to a place of the simulated network: names of the estate exist in no DNS."""

    def __init__(self, context: ssl.SSLContext, host: str, place: tuple[str, int]) -> None:
        super().__init__(context=context)
        self._tls, self._host, self._place = context, host, place

    def https_open(self, req: urllib.request.Request) -> http.client.HTTPResponse:
        """Called by urllib."""
        tls, named, place = self._tls, self._host, self._place

        class Connection(http.client.HTTPSConnection):
            """To the place where the name leads; a redirect elsewhere goes the ordinary way."""

            def connect(self) -> None:
                if req.host != named:
                    super().connect()
                    return
                plain = socket.create_connection(place, self.timeout)
                self.sock = tls.wrap_socket(plain, server_hostname=self.host)

        return self.do_open(Connection, req, context=tls)


def send(asked: dict[str, Any], ca: str | None, place: tuple[str, int] | None = None) -> dict[str, Any]:
    """One request: `method`, `url`, `headers` (pairs), `body` (text or None), `seconds`, `verify_host`, `redirects`,
    `proxy` (host:port or None). `place`: where the host of the URL is, when that is a name of the estate.

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
        body = asked["body"].encode() if asked["body"] is not None else None
        request = urllib.request.Request(url, data=body, method=asked["method"])
        https = _Elsewhere(context, request.host, place) if place else urllib.request.HTTPSHandler(context=context)
        handlers = [urllib.request.ProxyHandler(proxies), https, *([] if asked["redirects"] else [_NoRedirects()])]
        opener = urllib.request.build_opener(*handlers)
        opener.addheaders = []
        for name, value in asked["headers"]:
            request.add_unredirected_header(name, value)
        # One limit for the connection and the operation: urllib has no other one.
        with opener.open(request, timeout=max(1.0, float(asked["seconds"]))) as answer:
            return _answer(answer.status, answer.headers.items(), answer.read(_LARGEST))
    except urllib.error.HTTPError as problem:
        return _answer(problem.code, problem.headers.items(), problem.read(_LARGEST))
    except (OSError, ValueError, http.client.HTTPException) as problem:
        reason = getattr(problem, "reason", problem)
        return {"error": f"Cannot execute the request: ; {reason}"}


def _answer(status: int, headers: Any, content: bytes) -> dict[str, Any]:
    return {
        "status": status,
        "headers": [list(pair) for pair in headers],
        "body": content.decode("utf-8", "replace"),
        "length": len(content),
    }
