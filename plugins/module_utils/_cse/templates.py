# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Templates that clusters are made of, in one form for every release (contract cse-api.md, 3.3, 4.3 and 5.11).

What a release does not tell is None. Revisions are numbers here, whatever the server writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from .._plan import InputError, Values
from . import capabilities, lookup, named
from .client import Cse
from .lookup import Found
from .releases import FIRST, NATIVE, POLLED

# Of the server's records; those of upgrade plans have other names for some.
_TEXTS = ("name", "kind", "description", "os", "kubernetes", "kubernetes_version", "cni", "cni_version", "catalog")


def read(record: Mapping[str, Any]) -> Values:
    """One template in the user's words, of a list or of an upgrade plan."""
    row: Values = {name: record.get(name) or None for name in _TEXTS}
    row["name"], row["description"] = str(record["name"]), record.get("description") or ""
    row["revision"] = whole(record.get("revision"))
    # 3.1 tells the container runtime of TKGm by words of its own.
    runtime, version = record.get("container_runtime"), record.get("container_runtime_version")
    row["docker_version"] = record.get("docker_version") or None
    row["container_runtime"] = " ".join(str(one) for one in (runtime, version) if one) or None
    row["catalog_item"] = record.get("catalog_item") or record.get("catalog_item_name") or None
    row["default"] = _truth(record.get("is_default"))
    row["deprecated"] = _truth(record.get("deprecated"))
    row["cpu"], row["memory_mb"] = whole(record.get("cpu")), whole(record.get("mem"))
    row["upgrade_from"] = sorted(map(str, record["upgrade_from"])) if record.get("upgrade_from") else None
    return row


def whole(value: Any) -> int | None:
    """A number that may come as a text; None for none."""
    text = str(value).strip() if value is not None and not isinstance(value, bool) else ""
    return int(text) if text.isdecimal() else None


def _truth(value: Any) -> bool | None:
    """True, "True" and "Yes" are yes; None: not told."""
    return None if value is None else str(value).lower() in ("true", "yes")


def narrowed(rows: list[Values], name: str | None, revision: int | None, kind: str | None) -> list[Values]:
    """The rows that fit, by kind, name and revision, the newest revision first."""
    wanted = {"name": name, "revision": revision, "kind": kind}
    fits = [row for row in rows if all(value in (None, row[part]) for part, value in wanted.items())]
    return sorted(fits, key=lambda row: (row["kind"] or "", row["name"], -(row["revision"] or 0)))


def every(cse: Cse) -> list[Values]:
    """All templates of the server: one list, of 3.1 on API 36 another one for TKGm. Raises InputError, HttpError."""
    if cse.release.kind == POLLED:
        raise InputError(
            f"{cse.release} has no list of templates: a cluster is made of an OVA in any catalog, whose name tells its "
            "Kubernetes version. Read catalog items with vcpp.vcloud.vcd_query, type vAppTemplate"
        )
    found = list(cse.get("template" if cse.release.kind == FIRST else "templates") or [])
    if cse.release.camel:
        found += cse.get("templates/tkgm") or []
    return [read(one) for one in found]


def targets(cse: Cse, params: Mapping[str, Any]) -> list[Values]:
    """The templates that the cluster of the options can be upgraded to, as the server says. Raises InputError."""
    if not capabilities.upgrades(cse.release) or cse.release.kind == POLLED:
        why = "upgrades by the name of an OVA" if cse.release.kind == POLLED else "has no upgrades"
        raise InputError(f"cluster is {params['cluster']!r}, but {cse.release} {why}. Leave cluster out")
    found = lookup.find(cse, params, params["cluster"], fresh=False)
    if found is None:
        raise InputError(named.missing(cse, params))
    return [read(one) for one in _plan(cse, params, found) or []]


def _plan(cse: Cse, params: Mapping[str, Any], found: Found) -> Any:
    if cse.release.kind == NATIVE:
        acting, _org = lookup.place_of(cse, params)
        return acting.get(f"3.0/cluster/{found.id}/upgrade-plan")
    org = params["org"] or params.get("vcd_tenant")
    return cse.get(f"cluster/{quote(found.name, safe='')}/upgrade-plan", org_name=org, ovdc_name=found.vdc)
