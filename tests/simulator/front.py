"""What every request passes before and after its service: outages, faults, refused writes, the journal."""

from __future__ import annotations

import json
import sys
import traceback
from dataclasses import dataclass
from xml.etree import ElementTree

from .faults import REQUEST_KINDS, Fault
from .journal import short_hash
from .service import Service
from .vcd.markup import VCLOUD_NAMESPACE
from .wire import BadBody, NoAnswer, Reply, Request, dumps
from .world import World

REFUSED_CODE = "SimulatorRefusesWrites"

_XML_HEADER = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>"


@dataclass(slots=True)
class Outcome:
    """What the server is to do with a request."""

    reply: Reply | None
    """None: close the connection without an answer."""
    delay: float = 0.0
    """Real seconds to wait before it."""


def dispatch(world: World, service: Service, request: Request) -> Outcome:
    """Hands a request to its service, with everything that may happen on the way, and writes it down."""
    world.run_due()
    token = service.token_of(request)
    write = service.is_write(request)
    fault = None
    outcome: Outcome | None = None
    if (world.powered_off or world.booting) and world.is_closed(service):
        outcome = Outcome(None)
    elif world.unavailable_until and world.is_restarting(service):
        outcome = Outcome(service.error(request, 503, "ServiceUnavailable", "The service is starting."))
    elif world.faults.all:
        fault = world.faults.take(REQUEST_KINDS, service.name, request.method, request.target)
        if fault:
            outcome = _early(world, service, request, fault)
    if outcome is None:
        if write and world.refuse_writes:
            message = "The simulator refuses writes: refuse-writes is on."
            outcome = Outcome(service.error(request, 403, REFUSED_CODE, message))
        else:
            outcome = Outcome(_handle(service, request))
            if fault:
                _late(outcome, fault)
    reply = outcome.reply
    if token is None and reply is not None and request.method == "POST":
        # An access token comes first: it is what the vCD's `token_of` answers for the requests that follow.
        token = reply.header("x-vcav-auth") or reply.header("x-vmware-vcloud-access-token")
    world.journal.add(
        world.now_ms(),
        service.name,
        request.method,
        request.target,
        reply.status if reply is not None else 0,
        request.headers.get("operationid"),
        short_hash(token),
        write,
        fault.kind if fault else None,
    )
    return outcome


def _handle(service: Service, request: Request) -> Reply | None:
    try:
        return service.handle(request)
    except BadBody as problem:
        return service.error(request, 400, "BadUserInput", str(problem))
    except NoAnswer:
        return None
    except Exception as problem:
        # A fault of the simulator itself: told to whoever watches its terminal, and to the client as a failure.
        traceback.print_exc(file=sys.stderr)
        return service.error(request, 500, "GeneralServerFailure", f"The simulator failed: {problem!r}")


def _early(world: World, service: Service, request: Request, fault: Fault) -> Outcome | None:
    """Faults that keep the request from its service; None when it goes on to it."""
    kind = fault.kind
    if kind == "too_many_requests":
        reply = service.error(request, 429, "TooManyRequests", "Too many requests.")
        reply.headers.append(("Retry-After", f"{fault.number('retry_after', 1):g}"))
        return Outcome(reply)
    if kind == "bad_gateway":
        return Outcome(Reply(502, _BAD_GATEWAY, [("content-type", "text/html")]))
    if kind == "service_unavailable":
        reply = service.error(request, 503, "ServiceUnavailable", "The service is not available.")
        if "retry_after" in fault.parameters:
            reply.headers.append(("Retry-After", f"{fault.number('retry_after', 1):g}"))
        return Outcome(reply)
    if kind == "refuse_role":
        return Outcome(service.error(request, 403, "Forbidden", "Permission denied."))
    if kind == "restart":
        refused = str(fault.parameters.get("mode", "503")) == "refused"
        world.restart(service, fault.number("seconds", 3), refused)
        if refused:
            return Outcome(None)
        return Outcome(service.error(request, 503, "ServiceUnavailable", "The service is starting."))
    if kind == "expire_tokens":
        service.expire_sessions()
    return None


def _late(outcome: Outcome, fault: Fault) -> None:
    """Faults that change what becomes of the answer."""
    if fault.kind == "drop_reply":
        outcome.reply = None
    elif fault.kind == "repeat_token" and outcome.reply is not None:
        outcome.reply.headers += [pair for pair in outcome.reply.headers if pair[0].lower() == "x-vcav-auth"]
    elif fault.kind == "slow":
        outcome.delay = fault.number("seconds", 1)
    elif fault.kind == "short_page" and outcome.reply is not None and outcome.reply.status == 200:
        _shorten(outcome.reply, int(fault.number("keep", 0)))


def _shorten(reply: Reply, keep: int) -> None:
    if "query." in (reply.header("content-type") or "") and reply.body.startswith(b"<?xml"):
        _shorten_records(reply, keep)
        return
    try:
        document = json.loads(reply.body)
    except ValueError:
        return
    for name in ("items", "values", "record", "reference", "resourceList", "link"):
        if isinstance(document, dict) and isinstance(document.get(name), list):
            document[name] = document[name][:keep]
            reply.body = dumps(document)


def _shorten_records(reply: Reply, keep: int) -> None:
    """The records of a query page; its links and its total stay as they are."""
    ElementTree.register_namespace("", VCLOUD_NAMESPACE)
    root = ElementTree.fromstring(reply.body)
    for record in [child for child in root if child.tag != f"{{{VCLOUD_NAMESPACE}}}Link"][keep:]:
        root.remove(record)
    reply.body = _XML_HEADER + ElementTree.tostring(root, encoding="utf-8")
