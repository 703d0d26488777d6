# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Branding themes of the second generation: packages that organizations are given (contract vcd-api.md, 3.9).

They are behind a feature flag, which the server says by 403 or 404, and VMware may still change them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .._http import HttpError
from .._names import nearest
from .._plan import Field, InputError, Values, refuse_empty
from . import branding_packages, tasks, versions
from .branding_packages import Package
from .client import JSON, Vcd
from .filters import Filter, equals
from .transfer import upload

THEMES = "cloudapi/1.0.0/brandingThemes"
FLAGS = "cloudapi/1.0.0/featureFlags"
FLAG = "Branding API"
BASES = {"light": "CLARITY_LIGHT_THEME", "dark": "CLARITY_DARK_THEME"}
FIELDS: dict[str, Field] = {
    "name": Field("name", immutable=True),
    "base": Field("themeBase"),
    "default": Field("isDefault"),
    "package": Field("package"),
    "orgs": Field("orgs", unordered=True),
}


@dataclass
class Present:
    """A theme as it is: the document, and the assignments of all themes where they were read: {organization: id}."""

    document: dict[str, Any]
    assigned: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Its URN."""
        return str(self.document["id"])

    @property
    def built_in(self) -> bool:
        """True for those that come with the product."""
        return str(self.document.get("themeType") or "").upper() == "BUILT_IN"

    @property
    def orgs(self) -> list[str]:
        """The organizations that have it."""
        return sorted(org for org, theme in self.assigned.items() if theme == self.id)


# Reading


def every(api: Vcd, where: Filter | None = None) -> list[dict[str, Any]]:
    """The documents of all themes. Raises HttpError, and InputError where the server has none of this kind."""
    if not api.has("branding_themes"):
        raise InputError(
            f"branding themes need API version 37.1 (VMware Cloud Director 10.4.1), and {versions.text(api.version)} "
            "is spoken here; use vcd_theme and vcd_branding"
        )
    try:
        return api.gather(THEMES, where)
    except HttpError as problem:
        if problem.status in (403, 404):
            raise InputError(_why_not(api)) from problem
        raise


def _why_not(api: Vcd) -> str:
    """Why the server has no branding themes, as far as its feature flags tell."""
    switch = (
        f"A System administrator switches the feature flag {FLAG!r} on, by PUT /{FLAGS}/<id> with enabled true or in "
        "the provider portal; until then use vcd_theme and vcd_branding"
    )
    try:
        flags = api.gather(FLAGS)
    except HttpError:
        flags = []
    flag = next((each for each in flags if each.get("displayName") == FLAG), None)
    if flag is not None and not flag.get("enabled"):
        return f"branding themes are switched off at {api.site or api.endpoint} (feature flag {flag['id']}). {switch}"
    if flag is not None:
        return f"branding themes are switched on, but the user of {api.facts.get('org')!r} may not see them"
    return f"branding themes are not there at {api.site or api.endpoint}, or this user may not see them. {switch}"


def assignments(api: Vcd) -> dict[str, str]:
    """{organization: id of its theme} of those that have one of their own. Raises HttpError."""
    rows = api.gather(f"{THEMES}/assignments")
    return {str(row["organizationReference"]["name"]): str(row["brandingThemeId"]) for row in rows}


def find(api: Vcd, name: str, *, with_orgs: bool) -> Present | None:
    """The theme of this name: one or two requests. Raises InputError where the name is not unique, HttpError."""
    found = [theme for theme in every(api, equals("name", name)) if theme["name"] == name]
    if len(found) > 1:
        ids = ", ".join(str(each["id"]) for each in found)
        raise InputError(
            f"name is {name!r}, which {len(found)} branding themes have: {ids}. Rename all but one of them"
        )
    if not found:
        return None
    return Present(found[0], assignments(api) if with_orgs else {})


def read(api: Vcd, present: Present, *, with_package: bool, with_orgs: bool) -> Values:
    """A theme in the user's words. One request for its package. Raises HttpError."""
    values: Values = {
        "name": present.document["name"],
        "base": base_of(present.document),
        "default": bool(present.document.get("isDefault")),
    }
    if with_package:
        values["package"] = _package_mark(api, present.id)
    if with_orgs:
        values["orgs"] = present.orgs
    return values


def base_of(document: Mapping[str, Any]) -> str | None:
    """light, dark, or None for unknown."""
    return next((ours for ours, theirs in BASES.items() if theirs == document.get("themeBase")), None)


def _package_mark(api: Vcd, identity: str) -> str | None:
    try:
        archive = api.send("GET", f"{THEMES}/{identity}/resources", media="application/zip").body
    except HttpError as problem:
        if problem.status == 404:
            return None
        raise
    return branding_packages.mark_of(archive) if archive else None


def collect(api: Vcd, name: str | None, *, optional: bool) -> list[tuple[Values, Values]] | None:
    """(theme in the user's words, what else there is to know of it) by name: two requests.

    None where the server has no such themes and that is `optional`. Raises InputError where it is not, HttpError.
    """
    try:
        found = every(api, equals("name", name) if name else None)
    except InputError:
        if optional:
            return None
        raise
    assigned = assignments(api) if found else {}
    rows = []
    for document in sorted(found, key=lambda each: (str(each["name"]), str(each["id"]))):
        if name in (None, document["name"]):
            present = Present(document, assigned)
            details = {
                "name": document["name"],
                "id": present.id,
                "built_in": present.built_in,
                "legacy": bool(document.get("isLegacy")),
                "version": document.get("version"),
                "logo_thumbprint": document.get("logoThumbprint"),
            }
            rows.append((read(api, present, with_package=False, with_orgs=True), details))
    return rows


# Refusing


def check(params: Mapping[str, Any]) -> Package | None:
    """The package that is asked for, if one is. Raises InputError for options that cannot be."""
    refuse_empty("name", params["name"], "name the theme")
    if len(params["name"]) > 128:
        raise InputError(f"name has {len(params['name'])} characters: it may have 128, so shorten it")
    refuse_empty("package", params["package"], "name an archive or a folder, or leave it out")
    for org in params["orgs"] or ():
        refuse_empty("orgs: organization", org, "name one, or leave the entry out")
    return branding_packages.load(params["package"]) if params["package"] else None


def refuse_change(present: Present | None, changed: Sequence[str], after: Values) -> None:
    """Refuse what cannot be changed of this theme. Raises InputError."""
    if "default" in changed and not after["default"] and present is not None:
        raise InputError(
            f"default is false, but {after['name']!r} is the default theme: set default of the theme that takes its "
            "place"
        )
    fixed = [option for option in ("base", "package") if option in changed]
    if present is not None and fixed and (present.built_in or present.document.get("isLegacy")):
        kind = "comes with the product" if present.built_in else "was converted from the old branding"
        raise InputError(f"{fixed[0]}: the theme {after['name']!r} {kind} and cannot be changed; make another one")


def refuse_delete(present: Present, *, force: bool) -> None:
    """Refuse a removal that cannot be. Raises InputError."""
    name = present.document["name"]
    if present.built_in:
        raise InputError(f"name is {name!r}: this theme comes with the product and cannot be removed")
    if present.document.get("isDefault"):
        raise InputError(f"theme {name!r} is the default: make another one the default first")
    if present.orgs and not force:
        raise InputError(
            f"theme {name!r} is assigned to {_listed(present.orgs)}: assign another theme to them first, or set force, "
            "with which they have the default one. Nothing was changed."
        )


def _listed(orgs: Sequence[str]) -> str:
    more = f" and {len(orgs) - 10} more" if len(orgs) > 10 else ""
    return ", ".join(orgs[:10]) + more


def references(
    api: Vcd, orgs: Sequence[str], present: Present | None, refuse: Callable[[str], None], *, force: bool
) -> list[dict[str, str]]:
    """The organizations as the server wants them. `refuse` gets the sentence about those that do not exist.

    Raises InputError where some have another theme and `force` is not set, HttpError.
    """
    known = {str(org["name"]): str(org["id"]) for org in api.gather("cloudapi/1.0.0/orgs")}
    missing = sorted(set(orgs) - known.keys())
    if missing:
        others = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
        hint = nearest(missing[0], known) or "; upper and lower case differ"
        refuse(f"orgs: organization {missing[0]!r}{others} does not exist at {api.site or api.endpoint}{hint}")
    assigned = present.assigned if present is not None else assignments(api)
    own = present.id if present is not None else None
    taken = [org for org in sorted(set(orgs)) if assigned.get(org, own) != own]
    if taken and not force:
        have = "has" if len(taken) == 1 else "have"
        raise InputError(
            f"orgs: {_listed(taken)} {have} another branding theme: set force to replace it. Nothing was changed."
        )
    return [{"name": org, "id": known[org]} for org in sorted(set(orgs)) if org in known]


# Writing


def create(api: Vcd, name: str) -> Present:
    """A new theme without a package, which nobody has. Raises HttpError."""
    document = api.request("POST", THEMES, document={"name": name, "themeType": "CUSTOM"})
    if not isinstance(document, dict) or "id" not in document:
        raise api.unexpected("POST", THEMES, 201, "a new theme without an id")
    return Present(document)


def change(api: Vcd, present: Present, changes: Values, package: Package | None, wait: Mapping[str, int]) -> None:
    """Send a package, then base and default. Raises TaskFailed, HttpError."""
    if package is not None:
        send_package(api, present, package, wait)
    document = dict(present.document)
    if changes.get("base") is not None:
        document["themeBase"] = BASES[changes["base"]]
    if changes.get("default") is not None:
        document["isDefault"] = changes["default"]
    if document != present.document:
        api.request("PUT", f"{THEMES}/{present.id}", document=document)


def send_package(api: Vcd, present: Present, package: Package, wait: Mapping[str, int]) -> None:
    """Send a package and wait until the server has looked into it. Raises TaskFailed, HttpError."""
    path = f"{THEMES}/{present.id}/resources"
    reply = upload(api, path, "theme.zip", package.archive, method="PUT", extra=package.spec)
    what = f"the package of branding theme {present.document['name']}"
    tasks.follow(api, reply, what, timeout=wait["timeout"], interval=wait["interval"])


def assign(api: Vcd, present: Present, orgs: Sequence[Mapping[str, str]], *, force: bool) -> None:
    """Give exactly these organizations the theme. Raises HttpError."""
    query = {"force": "true" if force else "false"}
    api.request("PUT", f"{THEMES}/{present.id}/assignments", query=query, document=list(orgs))


def delete(api: Vcd, present: Present, *, force: bool) -> None:
    """Remove a theme. Raises HttpError."""
    query = {"force": "true"} if force else None
    api.send("DELETE", f"{THEMES}/{present.id}", media=JSON, query=query)
