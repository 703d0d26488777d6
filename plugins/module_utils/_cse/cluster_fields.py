# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a cluster, and what each release can do with each of them (contract cse-api.md, 9). Pure.

The letters of the table: `F` fixed at the creation and readable, `U` fixed or needed for new nodes and not readable, so
never compared; `M` can be changed; a blank: the release has no such thing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .._plan import Field, InputError, Values, refuse_empty
from . import ssh_key
from .releases import FIRST, NATIVE, POLLED, SECOND, Release

LEVELS = {"read_only": "ReadOnly", "read_write": "ReadWrite", "full_control": "FullControl"}
# Of 1.2 and 2.0; of 2.5, 2.6 and legacy mode; of 3.x on API 35; of 3.1 on API 36; of 4.x.
_KINDS = (FIRST, SECOND, "snake", "camel", POLLED)
_TABLE = {
    "org": "FFFFF",
    "vdc": "FFFFF",
    "kind": "  FF ",
    "network": "UUFFF",
    "control_planes": "    M",
    "workers": "MMMMM",
    "nfs_nodes": "MMMM ",
    "pools": "    M",
    "template": "FMMMM",
    "template_revision": " MMM ",
    "catalog": "    F",
    "cpus": "UU F ",
    "memory_mb": "UU F ",
    "sizing_policy": "  FFF",
    "control_plane_sizing_policy": "  FFF",
    "storage_profile": "UUFFF",
    "disk_gb": "    F",
    "ssh_key": "UUFFF",
    "pod_cidr": "   FF",
    "service_cidr": "   FF",
    "expose": "  MM ",
    "access": "  MMM",
    "rollback": "UUUU ",
    "api_token": "    U",
}
_UNORDERED = ("access", "pools")
_DEFAULTS: dict[str, Any] = {"workers": 2, "nfs_nodes": 0, "control_planes": 1, "kind": "native", "rollback": True}
# What the nodes of 4.x are made with unless said: the sizes that its own user interface offers first.
_POLLED_DEFAULTS = {"workers": 1, "disk_gb": 20, "pod_cidr": "100.96.0.0/11", "service_cidr": "100.64.0.0/13"}
_RESERVED = ("system", "template", "ovdc", "swagger", "swagger.json", "swagger.yaml")

SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    **{
        name: {"type": "str"}
        for name in (
            "org", "vdc", "network", "template", "catalog", "sizing_policy", "control_plane_sizing_policy",
            "storage_profile", "pod_cidr", "service_cidr",
        )
    },
    "kind": {"type": "str", "choices": ["native", "TKG+", "TKGm"]},
    **{
        name: {"type": "int"}
        for name in (
            "control_planes", "workers", "nfs_nodes", "template_revision", "cpus", "memory_mb", "disk_gb",
        )
    },
    # A public key is no secret, but Ansible takes the name for one.
    "ssh_key": {"type": "str", "no_log": False},
    "expose": {"type": "bool"},
    "rollback": {"type": "bool"},
    "force": {"type": "bool", "default": False},
    "api_token": {"type": "str", "no_log": True},
    "access": {
        "type": "list",
        "elements": "dict",
        "options": {
            "user": {"type": "str", "required": True},
            "level": {"type": "str", "required": True, "choices": list(LEVELS)},
        },
    },
    "pools": {
        "type": "list",
        "elements": "dict",
        "options": {
            "name": {"type": "str", "required": True},
            "workers": {"type": "int", "required": True},
            "sizing_policy": {"type": "str"},
            "placement_policy": {"type": "str"},
            "storage_profile": {"type": "str"},
            "disk_gb": {"type": "int"},
        },
    },
}  # fmt: skip


def _column(release: Release) -> int:
    kind = release.kind
    if kind == NATIVE:
        kind = "camel" if release.camel else "snake"
    return _KINDS.index(kind)


def _mode(release: Release, name: str) -> str:
    if name == "access" and release.kind == NATIVE and release.number < (3, 1):
        return " "
    if name == "template" and release.kind == SECOND and release.number < (2, 6):
        return "F"
    if name == "template_revision" and release.kind == SECOND and release.number < (2, 6):
        return "F"
    return _TABLE[name][_column(release)]


def fields_of(release: Release) -> dict[str, Field]:
    """The fields of a release, by the names of their options."""
    defaults = {**_DEFAULTS, **(_POLLED_DEFAULTS if release.kind == POLLED else {})}
    made = {"name": Field("name", immutable=True)}
    for name in _TABLE:
        mode = _mode(release, name)
        if mode == " ":
            continue
        default = defaults.get(name) if name != "workers" or release.kind != POLLED else None
        made[name] = Field(
            name,
            immutable=mode == "F",
            readable=mode != "U",
            secret=name == "api_token",
            unordered=name in _UNORDERED,
            default=default,
        )
    return made


def refuse_foreign(release: Release, params: Mapping[str, Any]) -> None:
    """Refuse options that a release has nothing for, unless they say what it does anyway. Raises InputError."""
    harmless = {"control_planes": 1, "nfs_nodes": 0, "kind": "native", "expose": False, "access": []}
    for name in _TABLE:
        value = params.get(name)
        if value is None or _mode(release, name) != " " or (name in harmless and value == harmless[name]):
            continue
        have = [
            words
            for column, words in enumerate(("1.2, 2.0", "2.5, 2.6", "3.x on API 35", "3.1 on API 36", "4.x"))
            if _TABLE[name][column] != " "
        ]
        raise InputError(f"{name} is set, but {release} has no such thing; {', '.join(have)} have. Leave it out")


def check(params: Mapping[str, Any]) -> None:
    """Refuse before anything is sent what no release takes. Raises InputError."""
    for name in ("org", "vdc", "network", "template", "catalog", "sizing_policy", "storage_profile"):
        refuse_empty(name, params.get(name), "give a name, or leave it out")
    least = {"workers": 0, "nfs_nodes": 0, "control_planes": 1, "cpus": 1, "memory_mb": 1, "disk_gb": 20}
    for name, low in least.items():
        if params.get(name) is not None and params[name] < low:
            raise InputError(f"{name} is {params[name]}: {low} is the least")
    if (params.get("control_planes") or 1) % 2 == 0:
        raise InputError(f"control_planes is {params['control_planes']}: an odd number, or the nodes cannot agree")
    if params.get("sizing_policy") and (params.get("cpus") or params.get("memory_mb")):
        raise InputError("sizing_policy says how large nodes are, and so do cpus and memory_mb: give one of them")
    if params.get("ssh_key") is not None:
        ssh_key.one_line(params["ssh_key"])
    for name, option in (("user", "access"), ("name", "pools")):
        names = [each[name] for each in params.get(option) or []]
        twice = next((each for each in names if names.count(each) > 1), None)
        if twice:
            raise InputError(f"{option} has {twice!r} twice")


def refuse_too_many(release: Release, params: Mapping[str, Any]) -> None:
    """Refuse more nodes than entities of a release may have (contract 5.3, 5.4 and section 12). Raises InputError."""
    if release.kind != NATIVE:
        return
    most = 200 if release.camel else 100
    for name in ("workers", "nfs_nodes"):
        if (params.get(name) or 0) > most:
            raise InputError(f"{name} is {params[name]}, and {release} makes {most} at the most. Make another cluster")


_TANZU_NAME = r"[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?"


def is_tanzu_name(name: str) -> bool:
    """Whether CSE 4.x takes a name for a cluster or a pool."""
    return re.fullmatch(_TANZU_NAME, name) is not None


def secrets(params: Mapping[str, Any]) -> list[str]:
    """What was given by mistake and must not be shown: a private key in place of the public one."""
    key = str(params.get("ssh_key") or "")
    return [key] if ssh_key.is_private(key) else []


def check_name(release: Release, name: str) -> None:
    """Refuse a name that a new cluster cannot have in this release. Raises InputError."""
    if release.kind == POLLED:
        rule, text = (
            r"[a-z](?:[a-z0-9-]{0,29}[a-z0-9])?",
            "lower case letters, digits and -, a letter first; 31 at most",
        )
    elif release.kind == NATIVE:
        rule, text = r"[a-zA-Z][A-Za-z0-9-]{0,24}", "letters, digits and -, a letter first; 25 at most"
    else:
        label = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
        rule, text = rf"(?=.{{1,25}}$){label}(?:\.{label})*", "letters, digits, - and dots between them; 25 at most"
    if not re.fullmatch(rule, name):
        raise InputError(f"name is {name!r}, and {release} takes {text}")
    if release.kind == FIRST and name in _RESERVED:
        raise InputError(f"name is {name!r}, which is a part of the addresses of {release}: take another")


def wanted(release: Release, params: Mapping[str, Any]) -> Values:
    """What the user set, in the form in which it is compared and sent. Raises InputError."""
    refuse_foreign(release, params)
    refuse_too_many(release, params)
    values = {name: params[name] for name in fields_of(release) if params.get(name) is not None}
    if "ssh_key" in values:
        values["ssh_key"] = ssh_key.one_line(values["ssh_key"])
    if "access" in values:
        values["access"] = sorted(({**each} for each in values["access"]), key=lambda each: str(each["user"]))
    return values
