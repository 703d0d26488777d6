# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Whose logo or icon a file is, by its name: `Tyrell.png`, `Tyrell-icon.png`, `System.svg`. Pure: no file is read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any

from .._names import nearest
from .._plan import InputError
from .images import ICON, KINDS, LOGO

SYSTEM = "System"
SUFFIXES = {LOGO: (".png", ".jpg", ".jpeg", ".svg"), ICON: (".png", ".ico")}
_MARK = "-icon"


def with_images(branding: Any, files: Any, required: Iterable[str] = (), strict: bool = True) -> dict[str, Any]:
    """The options `system`, `tenants` and `common` of vcd_branding, each organization with the images named after it.

    An entry for several organizations becomes one for each. What an entry says itself of a logo or an icon stays, and
    organizations that inherit get none. `required` are the kinds that every other one must have, of its own or in
    common; `strict` refuses a file that belongs to nobody. Raises InputError.
    """
    if not isinstance(branding, Mapping) or not set(branding) <= {"system", "tenants", "common"}:
        raise InputError("give a dictionary with system, tenants, common, as they are options of vcd_branding")
    wrong = [kind for kind in required if kind not in KINDS]
    if wrong:
        raise InputError(f"required is {wrong[0]!r}: give {' or '.join(KINDS)}")
    system, tenants = branding.get("system") or {}, list(_each(branding.get("tenants") or ()))
    common = branding.get("common") or {}
    own = [kind for kind in required if common.get(kind) is None]
    names = [SYSTEM, *(row["org"] for row in tenants)]
    found = _by_organization(names, files, strict)
    rows = [_row(row, found, own) for row in tenants]
    whole = _row({"org": SYSTEM, **system}, found, required if system else ())
    del whole["org"]
    return {**({"system": whole} if whole else {}), "tenants": rows, **({"common": common} if common else {})}


def _each(rows: Iterable[Any]) -> Iterable[dict[str, Any]]:
    for number, row in enumerate(rows):
        if not isinstance(row, Mapping) or ("org" in row) == ("orgs" in row):
            raise InputError(f"tenants[{number}]: give a dictionary with org or orgs")
        rest = {name: value for name, value in row.items() if name not in ("org", "orgs")}
        for org in [row["org"]] if "org" in row else row["orgs"]:
            yield {"org": str(org), **rest}


def _by_organization(names: list[str], files: Iterable[str], strict: bool) -> dict[tuple[str, str], str]:
    """{(organization, kind): file}. Other files than images are passed over."""
    found: dict[tuple[str, str], str] = {}
    for path in sorted(map(str, files)):
        stem, suffix = os.path.splitext(os.path.basename(path))
        whose = [(org, kind) for org, kind in _readings(stem, suffix.lower()) if org in names]
        if len(whose) > 1:
            raise InputError(f"{path} may be the logo of {whose[0][0]!r} or the icon of {whose[1][0]!r}: rename it")
        if not whose and strict and suffix.lower() in SUFFIXES[LOGO] + SUFFIXES[ICON]:
            org = stem.removesuffix(_MARK)
            raise InputError(
                f"{path} belongs to no organization that is named{nearest(org, names)} Name the file after one, for "
                "example Tyrell.png or Tyrell-icon.png, name the organization, or take the file away"
            )
        for key in whose:
            if key in found:
                raise InputError(f"{found[key]} and {path} are both the {key[1]} of {key[0]}: take one of them away")
            found[key] = path
    return found


def _readings(stem: str, suffix: str) -> Iterable[tuple[str, str]]:
    if suffix in SUFFIXES[LOGO]:
        yield stem, LOGO
    if suffix in SUFFIXES[ICON] and stem.endswith(_MARK):
        yield stem.removesuffix(_MARK), ICON


def _row(row: Mapping[str, Any], files: Mapping[tuple[str, str], str], required: Iterable[str]) -> dict[str, Any]:
    org = row["org"]
    if row.get("state") == "inherited":
        return dict(row)
    images = {kind: files[org, kind] for kind in KINDS if (org, kind) in files and row.get(kind) is None}
    missing = [kind for kind in required if kind not in images and row.get(kind) is None]
    if missing:
        mark = _MARK if missing[0] == ICON else ""
        raise InputError(
            f"{org} has no {missing[0]}: put {org}{mark}.png into the folder, or name a file as {missing[0]} of {org}"
        )
    return {**row, **images}
