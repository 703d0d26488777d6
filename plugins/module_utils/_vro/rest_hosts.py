# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Hosts of the REST plug-in and their operations, made by workflows of the library (contract vro-api.md, 12 and 22).

The catalog shows name and address, and as much of the rest as the plug-in's release does; what it does not show cannot
be compared, and is written with the next change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .._names import nearest
from .._plan import Field, InputError, Values, given, refuse_empty
from .._wait import TaskFailed
from . import library, objects
from .client import Vro
from .objects import Found

HOST, OPERATION = "REST:RESTHost", "REST:RESTOperation"
_PLACE = "Library/HTTP-REST/Configuration"
_ADD_HOST = ("Add a REST host", _PLACE, "8F8080808080808080808080808080808080808001299080088268176866967b3")
_REMOVE_HOST = ("Remove a REST host", _PLACE, "99808080808080808080808080808080A8808080012995053491651398b094fa1")
# Their ids differ by release of the library (contract 22).
_UPDATE_HOST = ("Update a REST host", _PLACE)
_ADD_OPERATION = ("Add a REST operation", _PLACE)
_REMOVE_OPERATION = ("Remove a REST operation", _PLACE)
_IMPORT_CERTIFICATE = ("Import a certificate from URL", "Library/Configuration/SSL Trust Manager")

AUTHENTICATION = {
    "none": "NONE", "basic": "Basic", "digest": "Digest", "ntlm": "NTLM", "kerberos": "Kerberos", "oauth1": "OAuth 1.0",
    "oauth2": "OAuth 2.0",
}  # fmt: skip
SESSION_MODE = {"shared": "Shared Session", "per_user": "Per User Session"}
REDIRECTS = {"default": "defaultRedirect", "always": "alwaysRedirect", "never": "neverRedirect"}
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS")


def _words(wire: str, table: Mapping[str, str], default: str | None = None, readable: bool = False) -> Field:
    """A field whose words are ours on one side and the workflows' on the other."""
    back = {literal.lower(): word for word, literal in table.items()}

    def read(text: Any) -> Any:
        return back.get(str(text).lower(), text)

    def write(word: Any) -> Any:
        return table.get(word, word)

    return Field(wire, readable=readable, default=default, read=read, write=write)


def _hidden(wire: str, default: Any = None, **more: Any) -> Field:
    return Field(wire, readable=False, default=default, **more)


# Names on the wire are those of the inputs of "Add a REST host".
SHOWN: dict[str, Field] = {
    "name": Field("name"),
    "url": Field("url"),
    "authentication": _words("authentication", AUTHENTICATION, "none", readable=True),
}
HIDDEN: dict[str, Field] = {
    "user": _hidden("authUserName"),
    "session_mode": _words("sessionMode", SESSION_MODE, "shared"),
    "connection_timeout": _hidden("connectionTimeout", 30),
    "operation_timeout": _hidden("operationTimeout", 60),
    "host_verification": _hidden("hostVerification", True),
    "accept_certificate": _hidden("ignoreWarnings", False),
    "use_proxy": _hidden("useProxy", False),
    "proxy_host": _hidden("proxyHost"),
    "proxy_port": _hidden("proxyPort"),
    "domain": _hidden("domain"),
    "workstation": _hidden("workstation"),
    "auto_redirect": _hidden("autoUrlRedirection"),
    "redirect_strategy": _words("redirectStrategy", REDIRECTS),
    "parallel_requests": _hidden("parallelRequestExecution"),
    "consumer_key": _hidden("consumerKey"),
    "token_sending_strategy": _hidden("tokenSendingStrategy"),
}
SECRETS: dict[str, Field] = {
    "password": _hidden("authPassword", secret=True),
    "consumer_secret": _hidden("consumerSecret", secret=True),
    "access_token": _hidden("accessToken", secret=True),
    "access_token_secret": _hidden("accessTokenSecret", secret=True),
    "oauth2_token": _hidden("oauth2Token", secret=True),
}
OPERATIONS = {"operations": Field("operations")}
FIELDS = {**SHOWN, **HIDDEN, **SECRETS, **OPERATIONS, "password_updated": Field("password_updated")}
_INPUTS = {**SHOWN, **HIDDEN, **SECRETS}
_NEEDS_USER = ("basic", "digest", "ntlm")


@dataclass(frozen=True)
class Host:
    """A host as the catalog has it; `operations` are None where they were not asked for."""

    found: Found
    operations: dict[str, Found] | None = None

    @property
    def id(self) -> str:
        """What scripts find it by."""
        return self.found.id


# Reading


def listed(api: Vro) -> list[Found]:
    """All hosts by name. Raises InputError where there is no REST plug-in, HttpError."""
    return objects.listed(api, HOST, option="the REST plug-in's type")


def find(api: Vro, name: str, with_operations: bool) -> Host | None:
    """The host of a name, None where there is none. Raises InputError for one in another spelling, HttpError."""
    rows = listed(api)
    same = [each for each in rows if each.name == name]
    if not same:
        for each in rows:
            if each.name.lower() == name.lower():
                raise InputError(f"name is {name!r}, and the server has the host {each.name!r}: write it like that")
        return None
    if len(same) > 1:
        ids = ", ".join(each.id for each in same)
        raise InputError(
            f"name is {name!r}: the server has {len(same)} hosts of this name ({ids}); remove what is too many"
        )
    return Host(same[0], operations_of(api, same[0]) if with_operations else None)


def operations_of(api: Vro, host: Found) -> dict[str, Found]:
    """The operations of a host by name. Raises HttpError."""
    return {each.name: each for each in objects.children(api, host) if each.type == OPERATION}


def read(host: Host) -> Values:
    """A host in the user's words: what the catalog shows of it."""
    shown = host.found.attributes
    values: Values = {"name": host.found.name}
    for name, field in {**SHOWN, **HIDDEN}.items():
        if name != "name" and shown.get(field.wire) is not None:
            values[name] = _plain(field, shown[field.wire])
    if host.operations is not None:
        values["operations"] = [_operation(each) for _name, each in sorted(host.operations.items())]
    return values


def _plain(field: Field, text: Any) -> Any:
    """An attribute, which is a text on the wire, as the option has it."""
    if isinstance(field.default, bool) or str(text) in ("true", "false"):
        return str(text).lower() == "true"
    if isinstance(field.default, int) and str(text).partition(".")[0].isdigit():
        return int(str(text).partition(".")[0])
    return field.read(text)


def _operation(one: Found) -> Values:
    told = one.attributes
    template = next((told[key] for key in ("urlTemplate", "templateUrl", "url") if told.get(key)), "")
    method = next((told[key] for key in ("method", "httpMethod") if told.get(key)), "")
    return {"name": one.name, "method": str(method).upper(), "url_template": str(template)}


def managed(host: Host | None) -> dict[str, Field]:
    """The fields, those readable that the catalog shows of this host."""
    if host is None:
        return FIELDS
    shown = host.found.attributes
    fields = dict(FIELDS)
    for name, field in {**SHOWN, **HIDDEN}.items():
        readable = name == "name" or shown.get(field.wire) is not None
        if readable is not field.readable:
            fields[name] = Field(
                field.wire, readable=readable, default=field.default, read=field.read, write=field.write
            )
    return fields


# What the options mean


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    refuse_empty("name", params["name"], "give the name under which workflows choose the host")
    url = params["url"]
    if url is not None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise InputError(f"url is {url!r}: write it as https://<host>[:port]/<path>")
        if parts.username or parts.password:
            raise InputError("url has a user or a password in it: give them in user and password")
    for name in ("connection_timeout", "operation_timeout"):
        if params[name] is not None and params[name] < 0:
            raise InputError(f"{name} is {params[name]}: give seconds, 0 or more")
    if params["proxy_port"] is not None and not 0 < params["proxy_port"] < 65536:
        raise InputError(f"proxy_port is {params['proxy_port']}: give a port, 1 to 65535")
    if (params["proxy_host"] is None) != (params["proxy_port"] is None):
        raise InputError("proxy_host and proxy_port belong together: give both, or neither")
    if params["password"] is not None and params["user"] is None:
        raise InputError("password is set without user")
    names = [each["name"] for each in params["operations"] or []]
    for name in names:
        refuse_empty("operations[].name", name, "give the name of the operation")
        if names.count(name) > 1:
            raise InputError(f"operations has {name!r} twice: the names of a host's operations differ")
    if params["prune_operations"] and params["operations"] is None:
        raise InputError("prune_operations is set without operations: give those that shall stay, [] for none")


def wanted(host: Host | None, params: Mapping[str, Any]) -> Values:
    """What the user set. Raises InputError for a new host without its address."""
    if host is None and params["url"] is None:
        raise InputError(f"url is not set, and there is no REST host {params['name']!r}: a new one needs its address")
    if host is None and params["authentication"] in _NEEDS_USER and None in (params["user"], params["password"]):
        raise InputError(f"authentication is {params['authentication']!r}: a new host needs user and password")
    values = given(params, _INPUTS)
    if params["proxy_host"] is not None:
        values["use_proxy"] = True
    if params["operations"] is not None:
        asked = {each["name"]: {name: each[name] for name in ("name", "method", "url_template")}
                 for each in params["operations"]}  # fmt: skip
        kept = {} if params["prune_operations"] or host is None else host.operations or {}
        values["operations"] = [
            asked[name] if name in asked else _operation(kept[name]) for name in sorted({*asked, *kept})
        ]
    return values


def refuse_what_cannot_be(api: Vro, host: Host | None, changed: Sequence[str], params: Mapping[str, Any]) -> None:
    """Look before the first write whether this server's workflows can do it. Raises InputError, HttpError."""
    if host is None or rewrites(changed):
        asked = {name: field.wire for name, field in _INPUTS.items() if params.get(name) is not None}
        library.refuse_undeclared(library.demand(api, *_ADD_HOST), asked)
    if host is not None and rewrites(changed):
        _refuse_losses(api, host, changed, params)
    if "operations" in changed and params["operations"]:
        library.demand(api, *_ADD_OPERATION)
    if params["import_certificate"]:
        library.demand(api, *_IMPORT_CERTIFICATE)


def rewrites(changed: Sequence[str]) -> bool:
    """Whether a change is one of the host itself, not of its operations."""
    return bool(set(changed) & {*_INPUTS, "password_updated"})


def _refuse_losses(api: Vro, host: Host, changed: Sequence[str], params: Mapping[str, Any]) -> None:
    """Both ways to change a host write all of it, and nobody can read its password."""
    about = (
        f"{', '.join(name for name in changed if name != 'operations')} of REST host {host.found.name!r} would change"
    )
    way = params["authentication"] or read(host).get("authentication")
    if way in _NEEDS_USER and params["password"] is None:
        raise InputError(
            f"{about}, which writes all of the host, and its password cannot be read: give user and password"
        )
    if not params["recreate"] and library.find(api, *_UPDATE_HOST) is None:
        raise InputError(
            f"{about}, and this server has no workflow {_UPDATE_HOST[0]!r}. Set recreate: true to remove the host and "
            "make it again with its operations, but with another id"
        )


# Changing


def create(api: Vro, values: Values, params: Mapping[str, Any], wait: Mapping[str, Any]) -> None:
    """Make a host with its operations. Raises InputError, HttpError, TaskFailed."""
    if params["import_certificate"]:
        _import_certificate(api, values["url"], wait)
    outputs = library.run(api, library.demand(api, *_ADD_HOST), inputs(values), wait)
    told = next((each for each in outputs.values() if isinstance(each, dict) and each.get("type") == HOST), None)
    identifier = str((told or {}).get("id") or "") or _made(api, str(values["name"]))
    _operations(api, identifier, {}, values.get("operations") or [], params, wait)


def _made(api: Vro, name: str) -> str:
    host = find(api, name, False)
    if host is None:
        raise TaskFailed(f"workflow {_ADD_HOST[0]!r}", {}, f"it has ended, and the catalog has no host {name!r}")
    return host.id


def inputs(values: Values) -> dict[str, Any]:
    """Values in the words of the workflows' inputs."""
    return {field.wire: field.write(values[name]) for name, field in _INPUTS.items() if values.get(name) is not None}


def update(api: Vro, host: Host, values: Values, params: Mapping[str, Any], wait: Mapping[str, Any]) -> None:
    """Change a host and its operations: by the workflow for it, else by making it again.

    Raises InputError, HttpError, TaskFailed.
    """
    present = read(host)
    again = params["update_password"] == "always" or any(
        present.get(name) != value
        for name, value in values.items()
        if name in SHOWN or (name in HIDDEN and name in present)
    )
    identifier, there = host.id, dict(host.operations or {})
    if again:
        if params["import_certificate"] and values.get("url", present.get("url")) != present.get("url"):
            _import_certificate(api, values["url"], wait)
        workflow = library.find(api, *_UPDATE_HOST)
        defaults = {name: field.default for name, field in _INPUTS.items() if field.default is not None}
        # A workflow sets everything: what the user left out stays as it is shown, or becomes what a new host has.
        everything = {**defaults, **{name: present[name] for name in present if name in _INPUTS}, **values}
        if workflow is not None:
            reference = {library.input_of(workflow, HOST): {"type": HOST, "id": identifier}}
            library.run(api, workflow, {**inputs(everything), **reference}, wait)
        else:
            kept = operations_of(api, host.found) if host.operations is None else host.operations
            everything.setdefault("operations", [_operation(each) for _name, each in sorted(kept.items())])
            remove(api, host, wait)
            create(api, everything, {**params, "import_certificate": False}, wait)
            return
    if "operations" in values:
        _operations(api, identifier, there, values["operations"], params, wait)


def remove(api: Vro, host: Host, wait: Mapping[str, Any]) -> None:
    """Remove a host with its operations. Raises InputError, HttpError, TaskFailed."""
    workflow = library.demand(api, *_REMOVE_HOST)
    library.run(api, workflow, {library.input_of(workflow, HOST): {"type": HOST, "id": host.id}}, wait)


def _operations(
    api: Vro, host: str, there: Mapping[str, Found], asked: Sequence[Values], params: Mapping[str, Any],
    wait: Mapping[str, Any],
) -> None:  # fmt: skip
    """Make a host's operations those that are asked for, one after the other: the workflows change the same host."""
    by_name = {each["name"]: each for each in asked}
    content = {each["name"]: each.get("content_type") for each in params["operations"] or []}
    gone = [each for name, each in there.items() if by_name.get(name) != _operation(each)]
    new = [each for name, each in by_name.items() if name not in there or _operation(there[name]) != each]
    if gone:
        workflow = library.demand(api, *_REMOVE_OPERATION)
        for one in gone:
            library.run(api, workflow, {library.input_of(workflow, OPERATION): one.reference}, wait)
    if new:
        workflow = library.demand(api, *_ADD_OPERATION)
        for each in new:
            options = {
                library.input_of(workflow, HOST): {"type": HOST, "id": host},
                "name": each["name"],
                "templateUrl": each["url_template"],
                "httpMethod": each["method"],
                "contentType": content.get(each["name"]),
            }
            library.run(api, workflow, options, wait)


def _import_certificate(api: Vro, url: str, wait: Mapping[str, Any]) -> None:
    """Let the server trust the certificate that an address shows. Raises InputError, HttpError, TaskFailed."""
    workflow = library.demand(api, *_IMPORT_CERTIFICATE)
    if "url" not in workflow.types:
        raise InputError(
            f"import_certificate: workflow {workflow.name!r} has no input 'url', it has {', '.join(workflow.types)}"
            f"{nearest('url', workflow.types)}"
        )
    library.run(api, workflow, {"url": url, "ignoreWarnings": True}, wait)


_OPERATION_SPEC = {
    "name": {"type": "str", "required": True},
    "method": {"type": "str", "choices": list(METHODS), "default": "GET"},
    "url_template": {"type": "str", "required": True},
    "content_type": {"type": "str"},
}
# The options of vro_rest_host.
SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "url": {"type": "str"},
    "authentication": {"type": "str", "choices": list(AUTHENTICATION)},
    "user": {"type": "str"},
    "update_password": {"type": "str", "choices": ["on_create", "always"], "default": "on_create", "no_log": False},
    "session_mode": {"type": "str", "choices": list(SESSION_MODE)},
    **{name: {"type": "int"} for name in ("connection_timeout", "operation_timeout", "proxy_port")},
    **{name: {"type": "bool"} for name in ("host_verification", "accept_certificate", "auto_redirect")},
    "parallel_requests": {"type": "bool"},
    **{name: {"type": "str"} for name in ("proxy_host", "domain", "workstation")},
    "redirect_strategy": {"type": "str", "choices": list(REDIRECTS)},
    "consumer_key": {"type": "str", "no_log": False},
    "token_sending_strategy": {"type": "str", "no_log": False},
    **{name: {"type": "str", "no_log": True} for name in SECRETS},
    "operations": {"type": "list", "elements": "dict", "options": _OPERATION_SPEC},
    **{name: {"type": "bool", "default": False} for name in ("import_certificate", "prune_operations", "recreate")},
}
