# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Plug-ins of the portal: their metadata, their file and whom they are published to (contract vcd-api.md, 5.4).

Name, vendor and version together are a plug-in's identity. Its file cannot be read back, so the version is what tells
one content from another.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .._names import nearest
from .._parallel import side_by_side
from .._plan import Field, InputError, Values, given, refuse_empty, to_user, to_wire
from .._wait import TaskFailed, WaitTimeout, wait_for
from . import organizations, transfer, versions
from .client import SYSTEM, Vcd
from .plugin_packages import Package

PLUGINS = "cloudapi/extensions/ui"
READY = "ready"
ALL, LISTED = "all", "list"

METADATA: dict[str, Field] = {
    "name": Field("pluginName", immutable=True),
    "vendor": Field("vendor", immutable=True),
    "version": Field("version", immutable=True),
    "license": Field("license", default="", read=lambda text: text or ""),
    "link": Field("link", default="", read=lambda text: text or ""),
    "description": Field("description", default="", read=lambda text: text or ""),
    "tenant_scoped": Field("tenant_scoped", default=False, read=bool),
    "provider_scoped": Field("provider_scoped", default=False, read=bool),
    "enabled": Field("enabled", default=True, read=bool),
}
FIELDS: dict[str, Field] = {
    **METADATA,
    "orgs": Field("tenants", unordered=True, default=[]),
    "ready": Field("plugin_status", default=True),
    "other_versions": Field("", unordered=True, default=[]),
}


@dataclass
class Found:
    """A plug-in as it is, None where it is not there; the organizations it is published to as {name: id}; and the
    plug-ins of the same name and vendor that have another version."""

    plugin: dict[str, Any] | None
    published: dict[str, str] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)


def check(params: Mapping[str, Any], package: Package | None) -> None:
    """Refuse before anything is sent what cannot be. Raises InputError."""
    named = identity(params, package)
    for option in ("name", "vendor", "version"):
        refuse_empty(option, params.get(option), "name the plug-in, or give the path of its package")
        needed = option != "version" or params["state"] == "present"
        if needed and not named[option]:
            raise InputError(f"{option} is not set: give it, or the path of the package whose manifest says it")
    if params["publish_to"] == LISTED and params["orgs"] is None:
        raise InputError("publish_to is list, but orgs is not set: name the organizations, or give an empty list")
    if params["orgs"] is not None and params["publish_to"] == ALL:
        raise InputError("orgs is set, but publish_to is all: give one of the two")
    if params["force_upload"] and not package:
        raise InputError("force_upload is set without a path: there is nothing to upload")


def identity(params: Mapping[str, Any], package: Package | None) -> dict[str, Any]:
    """Name, vendor and version of the plug-in that the options or the manifest name."""
    known = package.values if package else {}
    return {option: params.get(option) or known.get(option) for option in ("name", "vendor", "version")}


def path(plugin: Mapping[str, Any], *more: str) -> str:
    """The path of a plug-in."""
    return "/".join((PLUGINS, quote(str(plugin["id"]), safe=""), *more))


def every(api: Vcd) -> list[dict[str, Any]]:
    """All plug-ins that the user sees, by name, vendor and version. Raises InputError below API 30.0, HttpError."""
    if not api.has("ui_plugins"):
        raise InputError(
            f"plug-ins of the portal need API version 30.0 (vCloud Director 9.1), and {versions.text(api.version)} is "
            "spoken here"
        )
    return sorted(api.gather(PLUGINS), key=lambda one: [str(one[key]) for key in ("pluginName", "vendor", "version")])


def chosen(api: Vcd, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those whose name, vendor and version the options give. Raises InputError, HttpError."""
    asked = {METADATA[name].wire: params[name] for name in ("name", "vendor", "version")}
    return [one for one in every(api) if all(wish in (None, one[key]) for key, wish in asked.items())]


def metadata(plugin: Mapping[str, Any]) -> Values:
    """The metadata of a plug-in in the user's words."""
    return to_user(METADATA, plugin)


def published(api: Vcd, plugin: Mapping[str, Any]) -> dict[str, str]:
    """The organizations that a plug-in is published to, as {name: id}. Raises HttpError."""
    return {str(one["name"]): str(one["id"]) for one in api.gather(path(plugin, "tenants"))}


def published_each(api: Vcd, plugins: list[dict[str, Any]]) -> dict[str, list[str]]:
    """{id of a plug-in: names of the organizations it is published to}, read side by side. Raises HttpError."""
    by_id = {str(one["id"]): one for one in plugins}
    return {key: sorted(found) for key, found in side_by_side(lambda key: published(api, by_id[key]), by_id).items()}


def find(api: Vcd, named: Mapping[str, Any]) -> Found:
    """The plug-in of a name, a vendor and a version, and those of other versions. Raises InputError, HttpError."""
    same = [one for one in every(api) if one["pluginName"] == named["name"] and one["vendor"] == named["vendor"]]
    # Without a version, as where all of them shall go, the last one stands for them.
    chosen = [one for one in same if named["version"] in (None, one["version"])]
    plugin = chosen[-1] if chosen else None
    found = Found(plugin, others=[one for one in same if one is not plugin])
    if plugin:
        found.published = published(api, plugin)
    return found


def read(found: Found, forced: bool = False) -> Values:
    """A plug-in in the user's words; `forced`: as if its file were still to come."""
    plugin = found.plugin or {}
    return {
        **to_user(METADATA, plugin),
        "orgs": sorted(found.published),
        "ready": plugin.get("plugin_status") == READY and not forced,
        "other_versions": [str(one["version"]) for one in found.others],
    }


def wanted(api: Vcd, params: Mapping[str, Any], package: Package | None, found: Found) -> Values:
    """What the user set; for a new plug-in, also what its manifest says and what the version before it had.

    Raises InputError for organizations that are not there, HttpError.
    """
    values = {**identity(params, package), **given(params, METADATA)}
    if not found.plugin:
        if not package:
            raise InputError(
                f"path is not set, and there is no plug-in {title(values)}: a new one needs its package"
            )
        values = {**package.values, **inherited(api, params, found), **values}
    if package:
        values["ready"] = True
    values["other_versions"] = [] if params["remove_other_versions"] else [str(one["version"]) for one in found.others]
    if params["publish_to"] == ALL:
        values["orgs"] = sorted(all_organizations(api))
    elif params["orgs"] is not None:
        values["orgs"] = sorted(set(params["orgs"]))
        organization_ids(api, set(params["orgs"]), found.published)
    return values


def inherited(api: Vcd, params: Mapping[str, Any], found: Found) -> Values:
    """A version that takes the place of others is for those organizations that they were for."""
    if not (found.others and params["remove_other_versions"]):
        return {}
    orgs = {name for one in found.others for name in published(api, one)}
    return {"orgs": sorted(orgs), "enabled": any(one.get("enabled") for one in found.others)}


def title(values: Mapping[str, Any]) -> str:
    """Under which a plug-in is known in messages and diffs."""
    return " ".join(str(values[part]) for part in ("vendor", "name", "version") if values.get(part))


def all_organizations(api: Vcd) -> dict[str, str]:
    """{name: id} of all organizations but System, which has no portal of tenants. Raises HttpError."""
    rows = organizations.matching(api, descriptions=False)
    return {str(values["name"]): str(details["id"]) for values, details in rows if values["name"].lower() != SYSTEM}


def organization_ids(api: Vcd, names: set[str], known: Mapping[str, str]) -> dict[str, str]:
    """{name: id} of organizations, those that are `known` without asking. Raises InputError for unknown ones."""
    if names <= known.keys():
        return {name: known[name] for name in names}
    there = all_organizations(api)
    for name in sorted(names - there.keys()):
        raise InputError(f"orgs has {name!r}: there is no organization of that name{nearest(name, there)}")
    return {name: there[name] for name in names}


def apply(
    api: Vcd,
    found: Found,
    values: Values,
    package: Package | None,
    params: Mapping[str, Any],
    *,
    timeout: float,
    interval: float,
) -> None:
    """Give a plug-in its metadata, the file of `package` and its organizations, then remove other versions if asked to.

    What is new is there before what is old goes. Raises InputError, HttpError, TaskFailed.
    """
    now = read(found)
    plugin = found.plugin
    document = to_wire(METADATA, {**now, **{name: value for name, value in values.items() if name in METADATA}})
    if plugin is None:
        plugin = api.request("POST", PLUGINS, document=document)
    elif any(now[name] != values[name] for name in METADATA if name in values):
        api.request("PUT", path(plugin), document={**plugin, **document})
    if package:
        _upload(api, plugin, package, timeout=timeout, interval=interval)
    if params["publish_to"] == ALL and set(values["orgs"]) != found.published.keys():
        api.request("POST", path(plugin, "tenants", "publishAll"))
    elif "orgs" in values:
        _publish(api, plugin, found.published, set(values["orgs"]))
    if params["remove_other_versions"]:
        remove(api, found.others)


def _upload(api: Vcd, plugin: Mapping[str, Any], package: Package, *, timeout: float, interval: float) -> None:
    """Send the file, in place of one that is there, and wait until the portal has it."""
    if plugin.get("plugin_status") == READY:
        api.request("DELETE", path(plugin, "plugin"))
    transfer.upload(api, path(plugin, "plugin"), package.file_name, package.content)
    try:
        wait_for(
            lambda: api.get(path(plugin)).get("plugin_status"),
            lambda status: bool(status == READY),
            timeout=timeout,
            interval=interval,
        )
    except WaitTimeout as late:
        raise TaskFailed(
            f"uploading {package.file_name}",
            {"id": plugin["id"]},
            f"the file was sent, but after {timeout:g} seconds the plug-in is still {late.last}; run the task again",
        ) from late


def _publish(api: Vcd, plugin: Mapping[str, Any], present: Mapping[str, str], names: set[str]) -> None:
    ids = organization_ids(api, names, present)
    steps = {
        "publish": {name: ids[name] for name in names - present.keys()},
        "unpublish": {name: present[name] for name in present.keys() - names},
    }
    for action, orgs in steps.items():
        if orgs:
            references = [{"name": name, "id": orgs[name]} for name in sorted(orgs)]
            api.request("POST", path(plugin, "tenants", action), document=references)


def remove(api: Vcd, plugins: list[dict[str, Any]]) -> None:
    """Remove plug-ins with their files. Raises HttpError."""
    for one in plugins:
        api.request("DELETE", path(one))
