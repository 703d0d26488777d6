"""What the workflows of the library do: those that library.py ships without a schema (contract section 22)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from . import library
from .running import Failure
from .script_views import plain
from .store import Clash, RestHost, SdkConnection, Workflow
from .values import Wire

if TYPE_CHECKING:
    from .server import Server

Inputs = dict[str, Wire | None]
Native = Callable[["Server", Inputs], Inputs]
"""Takes the inputs and gives the outputs; raises Failure, which fails the run."""


def _required(inputs: Inputs, name: str) -> str:
    found = plain(inputs.get(name))
    if found in (None, ""):
        raise Failure(f"{name} is required")
    return str(found)


def _reference(kind: str, identity: str) -> Wire:
    return {"sdk-object": {"type": kind, "id": identity}}


def _described(inputs: Inputs) -> tuple[str, str, str, dict[str, Any]]:
    """Name, URL, authentication and the other settings of a REST host."""
    name, url = _required(inputs, "name"), _required(inputs, "url")
    if urlsplit(url).scheme not in ("http", "https"):
        raise Failure(f"Invalid URL '{url}'")
    named = ("name", "url", "authentication", "host")
    settings = {key: plain(value) for key, value in inputs.items() if key not in named}
    authentication = str(plain(inputs.get("authentication")) or "NONE")
    if authentication not in library.AUTHENTICATIONS:
        raise Failure(f"Unknown authentication type '{authentication}'")
    return name, url, authentication, settings


def _add_rest_host(server: Server, inputs: Inputs) -> Inputs:
    name, url, authentication, settings = _described(inputs)
    try:
        host = server.store.add_rest_host(name, url, authentication, **settings)
    except Clash as problem:
        # It is no error of the call but fails the run (section 22).
        raise Failure(str(problem), "Dynamic Script Module name : addRESTHost", 7) from problem
    return {"restHost": _reference("REST:RESTHost", host.id)}


def _host(server: Server, inputs: Inputs, name: str) -> RestHost:
    identity = _required(inputs, name)
    found = server.store.rest_hosts.get(identity)
    if found is None:
        raise Failure(f"REST host with ID '{identity}' not found")
    return found


def _update_rest_host(server: Server, inputs: Inputs) -> Inputs:
    """Everything is written, id and operations stay."""
    host = _host(server, inputs, "host")
    name, url, authentication, settings = _described(inputs)
    if any(one.name == name and one is not host for one in server.store.rest_hosts.values()):
        raise Failure(f"REST host with name '{name}' already exists")
    host.name, host.url, host.authentication, host.settings = name, url, authentication, settings
    return {}


def _remove_rest_host(server: Server, inputs: Inputs) -> Inputs:
    del server.store.rest_hosts[_host(server, inputs, "host").id]
    return {}


def _add_rest_operation(server: Server, inputs: Inputs) -> Inputs:
    host = _host(server, inputs, "parentHost")
    name, method, template = (_required(inputs, one) for one in ("name", "httpMethod", "templateUrl"))
    try:
        server.store.add_rest_operation(host, name, method, template, str(plain(inputs.get("contentType")) or ""))
    except Clash as problem:
        raise Failure(str(problem)) from problem
    return {}


def _remove_rest_operation(server: Server, inputs: Inputs) -> Inputs:
    identity = _required(inputs, "operation")
    for host in server.store.rest_hosts.values():
        if host.operations.pop(identity, None) is not None:
            return {}
    raise Failure(f"REST operation with ID '{identity}' not found")


def _import_certificate(server: Server, inputs: Inputs) -> Inputs:
    # The authorities of the machine and the simulator's own are trusted anyway; nothing else is kept.
    if not urlsplit(_required(inputs, "url")).hostname:
        raise Failure(f"Invalid URL '{plain(inputs['url'])}'")
    return {}


def _add_vcenter(server: Server, inputs: Inputs) -> Inputs:
    host = _required(inputs, "host")
    if host in server.store.sdk_connections:
        raise Failure(f"vCenter Server instance '{host}' already exists")
    server.store.sdk_connections[host] = SdkConnection(
        host,
        int(plain(inputs.get("port")) or 443),
        str(plain(inputs.get("path")) or "/sdk"),
        str(plain(inputs.get("userName")) or ""),
        plain(inputs.get("enabled")) is not False,
    )
    return {}


_NATIVES: dict[str, Native] = {
    library.ADD_REST_HOST: _add_rest_host,
    library.UPDATE_REST_HOST: _update_rest_host,
    library.REMOVE_REST_HOST: _remove_rest_host,
    library.ADD_REST_OPERATION: _add_rest_operation,
    library.REMOVE_REST_OPERATION: _remove_rest_operation,
    library.IMPORT_CERTIFICATE: _import_certificate,
    library.ADD_VCENTER: _add_vcenter,
}


def native(workflow: Workflow) -> Native | None:
    """What a workflow of the library does; None for one that has a schema of its own, an import over it included."""
    if workflow.content:
        return None
    return next((do for which, do in _NATIVES.items() if library.is_shipped(workflow, which)), None)
