# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""HTTP for every product: TLS, proxies, time-outs, bounded retries, keep-alive, and one exception for every failure.

Built on `requests`, which ansible-core users already have. Connections are kept per process, so the items of a loop
share one; TLS contexts are kept too, because reading the system's certificate store costs more than a request.
"""

from __future__ import annotations

import email.utils
import html
import http.cookiejar
import json
import os
import random
import re
import ssl
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote, quote_plus, urlsplit

from ._parallel import IN_FLIGHT

REQUESTS_PROBLEM: str | None
try:
    import requests
    import requests.adapters
    import requests.utils
    import urllib3

    REQUESTS_PROBLEM = None
    _AdapterBase: Any = requests.adapters.HTTPAdapter
except ImportError:
    REQUESTS_PROBLEM = traceback.format_exc()
    _AdapterBase = object

USER_AGENT = "vcpp.vcloud"
TRIES = 5
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
RETRY_ANY_METHOD = frozenset({429, 503})
RETRY_SAFE_METHODS = frozenset({429, 502, 503, 504})
FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0
BLOT = "********"


class MissingLibrary(Exception):
    """A Python library is not installed, named in `library`; the text is the import's traceback."""

    library = ""


class MissingRequests(MissingLibrary):
    """All modules need `requests`."""

    library = "requests"


class HttpError(Exception):
    """Every failure to get a usable answer.

    `kind` is one of unsent, refused, dns, tls, timeout, connection, body, status. `path` is the URL's path without
    query. `status`, `code` and `server_message` are the server's (None where it did not answer). `sent` is True when
    the request may have reached the server, so that the outcome of a write is unknown (see `outcome_unknown`).
    `advice` is what to do about it, where whoever raises knows better than the table of remedies. `tries` is how
    often the request was sent.
    """

    def __init__(
        self,
        kind: str,
        method: str,
        endpoint: str,
        path: str,
        *,
        status: int | None = None,
        code: str | None = None,
        message: str = "",
        sent: bool = False,
        headers: Mapping[str, str] | None = None,
        advice: str = "",
    ) -> None:
        self.kind, self.method, self.endpoint, self.path = kind, method, endpoint, path
        self.status, self.code, self.server_message, self.sent = status, code, message, sent
        self.headers: Mapping[str, str] = headers or {}
        self.advice, self.tries = advice, 1
        super().__init__(message)

    def __str__(self) -> str:
        return self.describe()

    @property
    def outcome_unknown(self) -> bool:
        """True for a write that may or may not have been carried out."""
        if self.method in SAFE_METHODS:
            return False
        return self.sent and (self.status is None or self.status in (502, 504) or 200 <= self.status < 300)

    @property
    def is_transient(self) -> bool:
        """True where a later try may succeed by itself: what a waiter should outlive."""
        return self.kind in ("refused", "timeout", "connection") or self.status in RETRY_SAFE_METHODS

    def describe(self) -> str:
        """What was tried, where, and what was answered, in one sentence without secrets."""
        said = self.server_message or "no explanation"
        if self.kind == "status":
            code = f" {self.code}" if self.code else ""
            often = f", {self.tries} times in a row" if self.tries > 1 else ""
            return f"{self.method} {self.path} at {self.endpoint} was answered {self.status}{code}{often}: {said}"
        words = {
            "unsent": "nothing was sent",
            "refused": "the connection was refused",
            "dns": "the host name cannot be resolved",
            "tls": "the server's certificate was not accepted",
            "timeout": "no answer in time",
            "connection": "the connection broke",
            "body": f"the answer ({self.status}) was not what this API sends",
        }
        often = f", {self.tries} tries" if self.tries > 1 else ""
        return f"{self.method} {self.path} at {self.endpoint}: {words[self.kind]} ({said}{often})"

    def as_dict(self) -> dict[str, Any]:
        """The `error` value of a failed module's result."""
        return {
            "kind": self.kind,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "code": self.code,
            "message": self.server_message,
        }


@dataclass(frozen=True)
class Transport:
    """How to reach a server. `timeout` is seconds for connecting and for each silence while reading."""

    endpoint: str
    validate_certs: bool = True
    ca_path: str | None = None
    thumbprint: str | None = None
    timeout: float = 60.0

    def normalised(self) -> Transport:
        """The same with the endpoint in one spelling (no trailing slash)."""
        return Transport(
            self.endpoint.rstrip("/"), self.validate_certs, self.ca_path or None, self.thumbprint or None, self.timeout
        )


@dataclass(frozen=True)
class Reply:
    """A server's answer: status, headers (names in any case), and the body as bytes."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; None when it is empty. Raises ValueError."""
        return json.loads(self.body) if self.body.strip() else None


ErrorReader = Callable[[Reply], "tuple[str | None, str]"]


def generic_error(reply: Reply) -> tuple[str | None, str]:
    """(code, message) of an answer of unknown shape, on one line.

    The `message` or `msg` of a JSON object, what a page for browsers is called, else the start of the text.
    """
    try:
        document = reply.json()
    except ValueError:
        document = None
    if isinstance(document, dict):
        texts = [document.get(key) for key in ("message", "msg")]
        said = next((each for each in texts if isinstance(each, str) and each.strip()), None)
        if said is not None:
            return None, " ".join(said.split())[:300]
    text = " ".join(reply.body[:4000].decode("utf-8", "replace").split())
    if re.match(r"<(!doctype html|html|head|body)\b", text, re.IGNORECASE):
        named = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE)
        words = html.unescape(named.group(1) if named else re.sub(r"<[^>]*>", " ", text))
        return None, f"a page for browsers, {' '.join(words.split())[:120]!r}"
    return None, text[:300]


_contexts: dict[tuple[bool, str | None], ssl.SSLContext] = {}


def tls_context(validate_certs: bool, ca_path: str | None) -> ssl.SSLContext:
    """A TLS context, made once per process; the system's store unless `ca_path` or REQUESTS_CA_BUNDLE names another.

    Raises OSError (a file that cannot be read) and ssl.SSLError (a file that holds no certificate).
    """
    bundle = ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    key = (validate_certs, bundle if validate_certs else None)
    if key not in _contexts:
        if not validate_certs:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif bundle and os.path.isdir(bundle):
            context = ssl.create_default_context(capath=bundle)
        else:
            context = ssl.create_default_context(cafile=bundle)
        _contexts[key] = context
    return _contexts[key]


class _Adapter(_AdapterBase):  # type: ignore[misc]
    """An adapter that uses our TLS context and nothing else.

    `requests` would add its own certificate bundle to ours, and let REQUESTS_CA_BUNDLE switch verification back on
    where the user switched it off.
    """

    def __init__(self, context: ssl.SSLContext, fingerprint: str | None) -> None:
        self._context, self._fingerprint = context, fingerprint
        super().__init__(pool_connections=4, pool_maxsize=IN_FLIGHT)

    def _tls(self) -> dict[str, Any]:
        return {"ssl_context": self._context, "assert_fingerprint": self._fingerprint}

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **{**more, **self._tls()})

    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        return super().proxy_manager_for(proxy, **{**more, **self._tls()})

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        conn.cert_reqs = self._context.verify_mode
        conn.ca_certs = None
        conn.ca_cert_dir = None


_pools: dict[tuple[Any, ...], Any] = {}
_pools_lock = threading.Lock()
_PROXY_VARIABLES = tuple(
    spelled for name in ("https_proxy", "all_proxy", "no_proxy", "http_proxy") for spelled in (name, name.upper())
)


def _pool(transport: Transport) -> Any:
    """The `requests.Session` of this process for a transport, with its keep-alive connections."""
    key = (os.getpid(), transport, tuple(map(os.environ.get, _PROXY_VARIABLES)))
    with _pools_lock:
        if key not in _pools:
            proxies = requests.utils.get_environ_proxies(transport.endpoint)
            pinned = transport.thumbprint
            context = tls_context(transport.validate_certs and not pinned, transport.ca_path)
            fingerprint = pinned.split(":", 1)[1] if pinned and pinned.upper().startswith("SHA-256:") else pinned
            session = requests.Session()
            # Neither ~/.netrc nor REQUESTS_CA_BUNDLE may decide here; proxies were read above, certificates by us.
            session.trust_env = False
            session.proxies = dict(proxies)
            session.headers["User-Agent"] = USER_AGENT
            # These APIs authenticate by header; a cookie of one user's login must not travel with another's requests.
            session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
            if not transport.validate_certs:
                # The user has said so: a line on standard error for every request would tell nothing new.
                urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
            session.mount("https://", _Adapter(context, fingerprint))
            _pools[key] = session
        return _pools[key]


class Http:
    """Requests to one endpoint. Safe to use from several threads."""

    def __init__(
        self,
        transport: Transport,
        *,
        read_error: ErrorReader = generic_error,
        secrets: Iterable[str] = (),
        tries: int = TRIES,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """`secrets` are blotted out of every message; `tries` bounds the attempts of one request."""
        if REQUESTS_PROBLEM:
            raise MissingRequests(REQUESTS_PROBLEM)
        self.transport = transport.normalised()
        self.endpoint = self.transport.endpoint
        self._read_error, self._tries, self._sleep = read_error, max(1, tries), sleep
        self._hidden = set(secrets)
        self._spelled: list[str] | None = None
        if self.transport.thumbprint and not _is_sha256(self.transport.thumbprint):
            raise self._failure(
                "unsent", "CONNECT", "/", f"thumbprint {self.transport.thumbprint} is no SHA-256",
                advice="Give thumbprint the 32 bytes of the certificate's SHA-256 in hexadecimal, SHA-256:A1:B2:…",
            )  # fmt: skip
        try:
            self._session = _pool(self.transport)
        except (OSError, ssl.SSLError) as problem:
            origin = "ca_path" if self.transport.ca_path else "REQUESTS_CA_BUNDLE or CURL_CA_BUNDLE"
            path = self.transport.ca_path or os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
            reason = "it holds no certificate" if isinstance(problem, ssl.SSLError) else problem.strerror or problem
            raise self._failure(
                "unsent", "CONNECT", "/",
                f"there is nothing to check the server's certificate with: {origin} is {path!r}: {reason}",
                advice=f"Give {origin} a file of certificates in PEM, or a folder of them with hashed names.",
            ) from problem  # fmt: skip

    def hide(self, *secrets: str) -> None:
        """From now on these are blotted out of every message too: the token of a login, say."""
        self._hidden.update(secrets)
        self._spelled = None

    def at(self, transport: Transport) -> Http:
        """The same, secrets included, on another way to the server."""
        return Http(transport, read_error=self._read_error, secrets=self._hidden, tries=self._tries, sleep=self._sleep)

    @property
    def _secrets(self) -> list[str]:
        """Every spelling of what is hidden, worked out when a message needs it first. Longest first: one secret may be
        part of another."""
        if self._spelled is None:
            spellings = {form for secret in self._hidden for form in _spellings(secret)}
            self._spelled = sorted(spellings, key=len, reverse=True)
        return self._spelled

    def _scrub(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, BLOT)
        return text

    def _scrubbed(self, reply: Reply) -> Reply:
        """The reply without secrets in its body: before a reader of errors cuts it, so that no half of one is left."""
        body = reply.body
        for secret in self._secrets:
            body = body.replace(secret.encode("utf-8", "replace"), BLOT.encode())
        return Reply(reply.status, reply.headers, body)

    def _failure(self, kind: str, method: str, path: str, message: object, **more: Any) -> HttpError:
        if more.get("code") is not None:
            more["code"] = self._scrub(str(more["code"]))
        return HttpError(kind, method, self.endpoint, path, message=self._scrub(str(message)), **more)

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        document: Any = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
    ) -> Reply:
        """Send, retry what is safe to retry, and return a 2xx or 3xx answer. Raises HttpError for anything else.

        `path` is relative to the endpoint and already percent-encoded; `document` is sent as JSON. `repeatable` marks
        a request that changes nothing whatever its method (a login, a question that is a POST), so that it is retried
        like a GET.
        """
        path = "/" + path.lstrip("/")
        sent_headers = dict(headers or {})
        if document is not None:
            data = json.dumps(document).encode()
            sent_headers.setdefault("Content-Type", "application/json")
        for attempt in range(1, self._tries + 1):
            try:
                return self._once(method, path, query, data, sent_headers)
            except HttpError as problem:
                problem.tries = attempt
                problem.sent = problem.sent and not repeatable  # nothing was written, so nothing is in doubt
                if attempt == self._tries or not self._may_repeat(problem, repeatable):
                    raise
                self._sleep(self._pause(attempt, problem))
        raise AssertionError("unreachable: the last attempt returns or raises")

    @staticmethod
    def _may_repeat(problem: HttpError, repeatable: bool) -> bool:
        if problem.kind == "refused" or problem.status in RETRY_ANY_METHOD:
            return True
        if problem.method not in SAFE_METHODS and not repeatable:
            return False
        return problem.kind in ("timeout", "connection") or problem.status in RETRY_SAFE_METHODS

    @staticmethod
    def _pause(attempt: int, problem: HttpError) -> float:
        """Seconds until the next attempt: what the server asks for, else doubling with jitter."""
        asked = problem.headers.get("Retry-After")
        if asked:
            if asked.strip().isdecimal():
                return min(float(asked), LONGEST_PAUSE)
            try:
                moment = email.utils.parsedate_to_datetime(asked)
                return min(max(moment.timestamp() - time.time(), 0.0), LONGEST_PAUSE)
            except (TypeError, ValueError):
                pass
        return min(FIRST_PAUSE * 2.0**attempt, LONGEST_PAUSE) * random.uniform(0.5, 1.0)

    def _once(
        self,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        data: bytes | None,
        headers: Mapping[str, str],
    ) -> Reply:
        try:
            answer = self._session.request(
                method,
                self.endpoint + path,
                params=query,
                data=data,
                headers=headers,
                timeout=self.transport.timeout,
                allow_redirects=False,
            )
        except requests.exceptions.RequestException as problem:
            raise self._explain(method, path, problem) from problem
        except ValueError as problem:  # a header or a time that cannot be, found while the request was made up
            raise self._failure("unsent", method, path, problem) from problem
        except OSError as problem:
            raise self._failure("connection", method, path, problem, sent=True) from problem
        reply = Reply(answer.status_code, answer.headers, answer.content)
        if reply.status < 400:
            return reply
        raise self._refusal(method, path, reply)

    def _refusal(self, method: str, path: str, reply: Reply) -> HttpError:
        code, message = self._read_error(self._scrubbed(reply))
        return self._failure(
            "status", method, path, message, status=reply.status, code=code, sent=True, headers=reply.headers
        )

    def save(
        self, path: str, stream: IO[bytes], *, query: Mapping[str, Any] | None, headers: Mapping[str, str]
    ) -> None:
        """GET a document of any size into an open file, once. Raises HttpError, and OSError of the file."""
        path = "/" + path.lstrip("/")
        more: dict[str, Any] = {"params": query, "headers": headers, "timeout": self.transport.timeout, "stream": True}
        try:
            with self._session.get(self.endpoint + path, allow_redirects=False, **more) as answer:
                if answer.status_code != 200:
                    reply = Reply(answer.status_code, answer.headers, answer.content)
                    raise self._refusal("GET", path, reply)
                for block in answer.iter_content(1 << 20):
                    stream.write(block)
        except requests.exceptions.RequestException as problem:
            raise self._explain("GET", path, problem) from problem

    def _explain(self, method: str, path: str, problem: Exception) -> HttpError:
        """Turn what `requests` raised into our exception: find the cause, forget the library's wording."""
        text = repr(problem)
        if isinstance(problem, requests.exceptions.SSLError):
            cause = _cause(problem)
            if "EOF occurred" in cause or "UNEXPECTED_EOF" in cause:  # cut off, by a restart or a balancer
                return self._failure("connection", method, path, cause, sent=True)
            return self._explain_tls(method, path, cause)
        if isinstance(problem, requests.exceptions.ProxyError):
            return self._failure("refused", method, path, f"the proxy refused: {_cause(problem)}")
        if "NameResolutionError" in text or "getaddrinfo" in text or "Name or service not known" in text:
            return self._failure("dns", method, path, urlsplit(self.endpoint).hostname or self.endpoint)
        if isinstance(problem, requests.exceptions.ConnectTimeout):
            return self._failure("timeout", method, path, f"{self.transport.timeout:g} seconds to connect")
        if isinstance(problem, requests.exceptions.Timeout) or "Read timed out" in text:
            return self._failure("timeout", method, path, f"{self.transport.timeout:g} seconds", sent=True)
        if "NewConnectionError" in text:
            return self._failure("refused", method, path, _cause(problem))
        if isinstance(problem, ValueError):  # a header or an address that cannot be
            wrong = requests.exceptions
            of_proxy = isinstance(problem, wrong.InvalidProxyURL)
            if isinstance(problem, (wrong.InvalidURL, wrong.MissingSchema, wrong.InvalidSchema)) and not of_proxy:
                return self._failure(
                    "unsent", method, path, f"{self.endpoint} is not an address: write https://host:port"
                )
            return self._failure("unsent", method, path, _cause(problem))
        return self._failure("connection", method, path, _cause(problem), sent=True)

    def _explain_tls(self, method: str, path: str, cause: str) -> HttpError:
        """A certificate that is not the pinned one is told in the spelling in which thumbprints are given."""
        seen = re.search(r'Fingerprints did not match.*got "?([0-9a-f]+)', cause)
        if not seen:
            return self._failure("tls", method, path, cause)
        digits = seen.group(1).upper()
        shown = ":".join(digits[i : i + 2] for i in range(0, len(digits), 2))
        return self._failure(
            "tls", method, path, f"its thumbprint is SHA-256:{shown}, not {self.transport.thumbprint}",
            advice="Was the certificate replaced? Compare the thumbprint with the server's administrator, and only "
            "then give the new one in thumbprint.",
        )  # fmt: skip

    def json(self, method: str, path: str, **more: Any) -> Any:
        """`request`, with the body as JSON (None when empty). A body that is not JSON is an HttpError of kind body."""
        reply = self.request(method, path, **more)
        return self.parse(reply, method, path, repeatable=bool(more.get("repeatable")))

    def parse(self, reply: Reply, method: str, path: str, *, repeatable: bool = False) -> Any:
        """The JSON of a reply. Raises HttpError of kind body (a proxy's page, say) with the start of the text.

        A redirection is no document either: followed, it would end at a log-in page; taken as it is, it would look
        like an empty answer. For `repeatable` see `request`.
        """
        sent = not repeatable
        path = "/" + path.lstrip("/")
        if reply.status >= 300:
            target = reply.headers.get("Location", "nowhere")
            raise self._failure(
                "body", method, path, f"it redirects to {target}", status=reply.status, sent=sent, headers=reply.headers
            )
        try:
            return reply.json()
        except ValueError as problem:
            start = generic_error(self._scrubbed(reply))[1][:120]
            raise self._failure(
                "body", method, path, f"it begins: {start}", status=reply.status, sent=sent, headers=reply.headers
            ) from problem


def _spellings(secret: str) -> set[str]:
    """A secret as it may turn up in a text: plain, without the line end of its file, in JSON, in Python, in a URL."""
    plain = {secret, secret.strip(), " ".join(secret.split())}
    written = set(plain)
    for text in plain:
        written |= {json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
        written |= {quote(text), quote(text, safe=""), quote_plus(text)}
    # Two letters are no secret that a message could give away, and blotting them out would make it unreadable.
    return {form for form in written if len(form.strip()) > 2}


def _is_sha256(thumbprint: str) -> bool:
    """True for 32 bytes in hexadecimal, with or without "SHA-256:" and colons."""
    digits = thumbprint.upper().removeprefix("SHA-256:").replace(":", "")
    return len(digits) == 64 and all(digit in "0123456789ABCDEF" for digit in digits)


def _cause(problem: BaseException) -> str:
    """The innermost reason of a chain of library exceptions, without object addresses."""
    reason: BaseException = problem
    while True:
        deeper = [getattr(reason, "reason", None), *reason.args, reason.__context__]
        inner = next((each for each in deeper if isinstance(each, BaseException) and each is not reason), None)
        if inner is None:
            break
        reason = inner
    if isinstance(reason, ssl.SSLCertVerificationError):
        return reason.verify_message or str(reason)
    return (reason.strerror if isinstance(reason, OSError) else None) or str(reason)


def is_passing(fault: Exception) -> bool:
    """True for a failure that may be gone at the next attempt, for whoever waits (see _wait.wait_for)."""
    return isinstance(fault, HttpError) and fault.is_transient
