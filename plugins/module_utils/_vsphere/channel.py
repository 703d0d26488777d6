# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One connection to a server for what `requests` cannot do well: SOAP through pyvmomi, and files of gigabytes.

TLS is always ours: pyvmomi would switch the checks off by itself for this machine's own addresses (contract
vsphere-ovf.md, 8.2). Proxies come from the environment, as everywhere.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import http.client
import socket
import ssl
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, unquote, urlsplit

from .._http import REQUESTS_PROBLEM, HttpError, MissingRequests, Transport, tls_context

try:
    import requests.utils
except ImportError:
    pass  # REQUESTS_PROBLEM says so where it is needed

_UNREACHABLE = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN)


@dataclass(frozen=True)
class Trust:
    """How a server's certificate is checked: by authorities, by a pinned digest in hexadecimal, or (`checked` False)
    not at all. `pin` is the SHA-256 or, as leases have it, the SHA-1 of the certificate."""

    checked: bool = True
    ca_path: str | None = None
    pin: str | None = None

    @classmethod
    def of(cls, transport: Transport) -> Trust:
        pin = (transport.thumbprint or "").upper().removeprefix("SHA-256:").replace(":", "") or None
        return cls(transport.validate_certs, transport.ca_path, pin)

    def pinned(self, thumbprint: str) -> Trust:
        """The same with a pin of the server's own telling; as it is where the server told none."""
        digits = "".join(each for each in thumbprint.upper() if each in "0123456789ABCDEF")
        return replace(self, pin=digits) if len(digits) in (40, 64) else self

    def context(self) -> ssl.SSLContext:
        """Raises OSError, ssl.SSLError for authorities that cannot be read."""
        return tls_context(self.checked and self.pin is None, self.ca_path)


def shown(digits: str) -> str:
    """A digest as thumbprints are written."""
    kind = "SHA-1" if len(digits) == 40 else "SHA-256"
    return f"{kind}:" + ":".join(digits[i : i + 2] for i in range(0, len(digits), 2)).upper()


def _proxy(url: str) -> SplitResult | None:
    if REQUESTS_PROBLEM:
        raise MissingRequests(REQUESTS_PROBLEM)
    chosen = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))
    if not chosen:
        return None
    return urlsplit(chosen if "://" in chosen else f"http://{chosen}")


def _authorization(proxy: SplitResult) -> dict[str, str]:
    if not proxy.username:
        return {}
    secret = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def connect(url: SplitResult, trust: Trust, timeout: float, method: str = "CONNECT") -> http.client.HTTPConnection:
    """An open connection to the host of an http or https address, through the proxy of the environment if there is one.

    `method` is what is told to have been tried. Raises HttpError.
    """
    endpoint, path = f"{url.scheme}://{url.netloc.rpartition('@')[2]}", url.path or "/"
    host, port = url.hostname or "", url.port or (443 if url.scheme == "https" else 80)
    proxy = _proxy(endpoint)
    at, at_port = (proxy.hostname or "", proxy.port or 80) if proxy else (host, port)
    try:
        if url.scheme == "https":
            secure = http.client.HTTPSConnection(at, at_port, timeout=timeout, context=trust.context())
            connection: http.client.HTTPConnection = secure
        else:
            connection = http.client.HTTPConnection(at, at_port, timeout=timeout)
        if proxy:
            connection.set_tunnel(host, port, _authorization(proxy))
        connection.connect()
    except (OSError, http.client.HTTPException) as problem:
        raise explain(problem, method, endpoint, path, sent=False, proxied=proxy is not None) from problem
    with contextlib.suppress(OSError):
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if trust.pin and isinstance(connection.sock, ssl.SSLSocket):
        certificate = connection.sock.getpeercert(True) or b""
        algorithm = "sha1" if len(trust.pin) == 40 else "sha256"
        found = hashlib.new(algorithm, certificate, usedforsecurity=False).hexdigest().upper()
        if found != trust.pin:
            connection.close()
            raise HttpError(
                "tls", method, endpoint, path, message=f"its thumbprint is {shown(found)}, not {shown(trust.pin)}",
                advice="Was the certificate replaced? Compare the thumbprint with the server's administrator, and only "
                "then give the new one in thumbprint.",
            )  # fmt: skip
    return connection


def explain(
    problem: Exception, method: str, endpoint: str, path: str, *, sent: bool, proxied: bool = False
) -> HttpError:
    """The failure of a connection as the one exception of this house; `sent` as in HttpError."""
    kind, text = "connection", str(problem) or type(problem).__name__
    if isinstance(problem, ssl.SSLCertVerificationError):
        kind, text, sent = "tls", problem.verify_message or text, False
    elif isinstance(problem, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        text = "it was cut off"
    elif isinstance(problem, ssl.SSLError):
        kind, sent = "tls", False
    elif isinstance(problem, socket.gaierror):
        kind, text, sent = "dns", urlsplit(endpoint).hostname or endpoint, False
    elif isinstance(problem, TimeoutError):
        kind, text = "timeout", "no answer"
    elif isinstance(problem, OSError) and (problem.errno in _UNREACHABLE or "Tunnel connection failed" in text):
        kind, sent = "refused", False
        text = f"the proxy refused: {text}" if proxied else (problem.strerror or text)
    elif isinstance(problem, FileNotFoundError):
        kind, text = "unsent", f"the certificates to check the server with cannot be read: {problem}"
    elif isinstance(problem, OSError):
        text = problem.strerror or text
    return HttpError(kind, method, endpoint, path, message=text, sent=sent)
