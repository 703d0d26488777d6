# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The branding of a portal, system-wide and of organizations: fields, wishes, planning, reading (contract 3.1 to 3.4).

Everything above "Reading" is pure. Writing is in branding_work.py.

An organization's branding is one document that is replaced as a whole. Without one of its own, a GET shows the
system's, so nothing proves that there is none (contract 8): an organization *inherits* when what it shows is what the
system shows. `portal_name` and `theme` of an organization are None where its own document leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .. import _parallel
from .._http import HttpError
from .._names import nearest
from .._plan import Field, InputError, Values, given, plan, plan_many, refuse_empty, to_wire
from . import images, links, versions
from .client import SYSTEM as SYSTEM_LOGIN
from .client import Vcd
from .filters import any_of, equals
from .images import Image, path_of

# The system's row among those of organizations, none of which can be called so.
SYSTEM = "System"
PRESENT, INHERITED = STATES = ("present", "inherited")
_COLOUR = re.compile(r"#?([0-9A-Fa-f]{6})")


def colour(text: str | None) -> str:
    """A colour in one spelling, `#RRGGBB`; empty for none. What is no colour stays as it is."""
    found = _COLOUR.fullmatch((text or "").strip())
    return f"#{found.group(1).upper()}" if found else (text or "").strip()


def _theme_name(theme: Mapping[str, Any] | None) -> str | None:
    """A theme is its name: which type goes with it is the server's business, and it writes DEFAULT for BUILT_IN."""
    return theme.get("name") if theme else None


FIELDS: dict[str, Field] = {
    "portal_name": Field("portalName"),
    "portal_color": Field("portalColor", read=colour),
    "theme": Field("selectedTheme", read=_theme_name),
    "custom_links": Field("customLinks", read=links.read, write=links.write),
    images.LOGO: Field(images.LOGO),
    images.ICON: Field(images.ICON),
}
LOOK = tuple(name for name in FIELDS if name not in images.KINDS)

ROW_SPEC: dict[str, Any] = {
    "portal_name": {"type": "str"},
    "portal_color": {"type": "str"},
    "theme": {"type": "str"},
    "custom_links": {"type": "list", "elements": "dict", "options": links.SPEC},
    "logo": {"type": "path"},
    "icon": {"type": "path"},
}
SPEC: dict[str, Any] = {
    "system": {"type": "dict", "options": ROW_SPEC},
    "tenants": {
        "type": "list",
        "elements": "dict",
        "options": {
            "org": {"type": "str"},
            "orgs": {"type": "list", "elements": "str"},
            "state": {"type": "str", "choices": list(STATES), "default": PRESENT},
            **ROW_SPEC,
        },
        "mutually_exclusive": [("org", "orgs")],
        "required_one_of": [("org", "orgs")],
    },
    "common": {"type": "dict", "options": ROW_SPEC},
}
"""What is to be shown, by the system and by organizations; documented in doc_fragments/branding.py."""


# Wishes


@dataclass(frozen=True)
class Wishes:
    """What the user asks for. Images are in `looks` as marks, an empty text for none of its own.

    `looks` is by organization, `SYSTEM` first where it is named; `inherited` are the organizations that shall have
    nothing of their own (their looks are empty); `images` are the images to send, by mark.
    """

    looks: dict[str, Values]
    inherited: frozenset[str] = frozenset()
    images: dict[str, Image] = field(default_factory=dict)

    @property
    def orgs(self) -> list[str]:
        """The organizations, without the system."""
        return [org for org in self.looks if org != SYSTEM]

    def kinds(self, org: str) -> tuple[str, ...]:
        """The kinds of images that have to be read of an organization, or the system: named or inherited ones."""
        look = self.looks.get(org, {})
        return images.KINDS if self.inherits(org) else tuple(kind for kind in images.KINDS if kind in look)

    def inherits(self, org: str) -> bool:
        """True for an organization that shall have nothing of its own, also one that is not named."""
        return org != SYSTEM and (org in self.inherited or org not in self.looks)

    def needs_system(self, org: str, kind: str) -> bool:
        """True if the system's image has to be read because of this organization, or of the system itself."""
        look = self.looks.get(org, {})
        return self.inherits(org) or (kind in look if org == SYSTEM else look.get(kind) == "")


def read_wishes(
    system: Mapping[str, Any] | None, tenants: Sequence[Mapping[str, Any]], common: Mapping[str, Any] | None = None
) -> Wishes:
    """The options `system`, `tenants` and `common` (as SPEC), checked and in one spelling.

    `common` are the fields that every present organization has which does not name them itself. Reads the files of
    images, each once. Raises InputError that names option, value and remedy.
    """
    files: dict[tuple[str, str], Image] = {}
    looks: dict[str, Values] = {}
    shared = _look("common", common or {}, files)
    inherited = set()
    spelled: dict[str, str] = {}
    if system is not None:
        looks[SYSTEM] = _look("system", system, files)
    for number, row in enumerate(tenants):
        where, orgs = f"tenants[{number}]", _organizations(f"tenants[{number}]", row)
        if row.get("state") == INHERITED:
            extra = [name for name in FIELDS if row.get(name) is not None]
            if extra:
                raise InputError(
                    f"{where}.{extra[0]} cannot be given with state=inherited, which takes everything from the "
                    "system's branding: leave one of them out"
                )
            inherited.update(orgs)
        look = {} if row.get("state") == INHERITED else {**shared, **_look(where, row, files)}
        for org in orgs:
            # Upper and lower case make no other organization.
            twin = spelled.get(org.lower())
            if twin is not None:
                also = "" if twin == org else f", once as {twin!r}"
                raise InputError(f"{where}: {org!r} is named twice{also}; give each organization one entry")
            spelled[org.lower()] = org
            looks[org] = dict(look)
    return Wishes(looks, frozenset(inherited), {image.mark: image for image in files.values()})


def _organizations(where: str, row: Mapping[str, Any]) -> list[str]:
    names = [str(name) for name in ((row["org"],) if row.get("org") is not None else row.get("orgs") or ())]
    for name in names:
        refuse_empty(f"{where}: organization", name, "name one, or leave the entry out")
        if name.lower() == SYSTEM_LOGIN:
            raise InputError(f"{where}: {name!r} is the provider itself; its branding is the option system")
    return names


def _look(where: str, row: Mapping[str, Any], files: dict[tuple[str, str], Image]) -> Values:
    """One row's fields in one spelling."""
    look = given(row, FIELDS)
    for name in ("portal_name", "theme"):
        refuse_empty(f"{where}.{name}", look.get(name), "give a text, or leave it out to keep what is there")
        if name in look:
            look[name] = str(look[name])
    if "portal_color" in look:
        look["portal_color"] = _checked_colour(f"{where}.portal_color", str(look["portal_color"]))
    if "custom_links" in look:
        look["custom_links"] = links.checked(f"{where}.custom_links", look["custom_links"])
    for kind in images.KINDS:
        path = look.get(kind)
        if path:
            if (kind, path) not in files:
                files[kind, path] = images.load(f"{where}.{kind}", kind, path)
            look[kind] = files[kind, path].mark
    return look


def _checked_colour(option: str, text: str) -> str:
    if text.strip() and not _COLOUR.fullmatch(text.strip()):
        raise InputError(
            f'{option} is {text!r}: write six hexadecimal digits in quotes, for example "#1A2A3A", because YAML takes '
            "a bare # for a comment and bare digits for a number; an empty text leaves the colour to the theme"
        )
    return colour(text)


# Planning


@dataclass(frozen=True)
class Portal:
    """What a portal shows: the system's branding and that of organizations, as `Shown.values` with images as marks.

    `documents` are the UiBrandings that they came from, `SYSTEM` for the system's; `images` are those that were read.
    """

    system: Values
    tenants: dict[str, Values]
    documents: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    images: dict[tuple[str, str], Image] = field(default_factory=dict)

    def values(self, org: str) -> Values:
        """The row of an organization, or of `SYSTEM`."""
        return self.system if org == SYSTEM else self.tenants[org]


def targets(portal: Portal, wishes: Wishes) -> tuple[dict[str, Values], dict[str, Values]]:
    """(what is, what is wanted) by organization, ready to be compared; `SYSTEM` is among them where it is asked for.

    Two things depend on the system's branding as it will be: what an organization inherits, and the fields that are not
    named of one that inherits all of them now, because its own document will have to hold all fields. Organizations
    that nobody asked for (`prune`) inherit.
    """
    system, wanted = portal.system, dict(wishes.looks)
    present = {SYSTEM: system, **portal.tenants} if SYSTEM in wanted else dict(portal.tenants)
    after = system_after(system, wishes)
    for org, values in portal.tenants.items():
        if wishes.inherits(org):
            wanted[org] = {name: after.get(name) for name in values}
            continue
        wanted[org] = {
            name: after.get(name) if name in images.KINDS and not value else value
            for name, value in wanted[org].items()
        }
        if inherits(values, system):
            present[org] = {**values, **{name: after.get(name) for name in LOOK if name in values}}
        present[org] = without_own_colour(present[org], wanted[org], values.get("portal_color"), system)
    return present, wanted


def system_after(system: Values, wishes: Wishes) -> Values:
    """The system's branding as it will be."""
    return {**system, **plan(FIELDS, system, wishes.looks.get(SYSTEM, {})).after}


def without_own_colour(values: Values, wanted: Values, shown: Any, system: Values) -> Values:
    """The same, with no colour where none is asked for and the system's is shown.

    What a server shows of an organization that has set some fields but no colour is not known: nothing, or the
    system's (contract 3.3). Either is what was asked for.
    """
    if wanted.get("portal_color") == "" and shown == system.get("portal_color"):
        return {**values, "portal_color": ""}
    return values


def plan_tenants(portal: Portal, wishes: Wishes) -> dict[str, tuple[Values, Values]]:
    """{organization: (before, after)}, what is shown now and what would be shown: the plan of vcd_branding.

    `portal` is of `read_portal(api, wishes)`, `wishes` of `read_wishes(system, tenants, common)`, which takes the
    options of vcd_branding. The system's own row is that of `SYSTEM`, where it is asked for.

    Both sides are whole rows with the names of FIELDS:
    `{"portal_name": "Acme", "portal_color": "#1A2A3A", "theme": "acme", "custom_links": [{"type": "link", "name": ..,
    "url": ..}, ..], "logo": "sha256:..", "icon": "sha256:.."}`. Images are there where they are asked for or inherited;
    their bytes are `portal.images[org, kind]` before and `wishes.images[mark]` after (an inherited one is the system's;
    an empty text, which only the system has, is the product's own image). Pure; raises nothing.
    """
    present, wanted = targets(portal, wishes)
    return {org: (step.before, step.after) for org, step in plan_many(FIELDS, present, wanted).items()}


def inherits(values: Values, system: Values) -> bool:
    """True if an organization shows in name, colour, theme and links what the system shows."""
    return all(values.get(name) == system.get(name) for name in LOOK)


def inherited_fields(values: Values, system: Values) -> list[str]:
    """The fields in which an organization shows what the system shows."""
    return [name for name in FIELDS if name in values and values[name] == system.get(name)]


def options(rows: Mapping[str, Values]) -> dict[str, Any]:
    """Rows by organization in the form of the options of vcd_branding, `system` only where it is among them."""
    tenants = [{"org": org, **values} for org, values in rows.items() if org != SYSTEM]
    return {**({"system": rows[SYSTEM]} if SYSTEM in rows else {}), "tenants": tenants}


def merged(document: Mapping[str, Any], values: Values, theme_types: Mapping[str, str]) -> dict[str, Any]:
    """The whole document to send: what was read, with these fields replaced. PUT would clear what is left out.

    `theme_types` is the type of every theme by name, needed where `values` has another theme.
    """
    changes = to_wire(FIELDS, {name: values[name] for name in LOOK if name in values and name != "theme"})
    name = values.get("theme")
    if name is not None and name != _theme_name(document.get("selectedTheme")):
        changes["selectedTheme"] = {"themeType": theme_types[name], "name": name}
    return {**document, **changes}


# What an API number can hold


def refuse_old(version: versions.Version, wishes: Wishes, option: str = "tenants") -> None:
    """Refuse what the API number that is spoken cannot hold. Raises InputError."""
    refuse_none(version)
    if versions.has(version, "tenant_branding"):
        return
    wanted = wishes.looks.get(SYSTEM, {})
    for named, asked in (
        (option, bool(wishes.orgs)),
        ("system.custom_links", "custom_links" in wanted),
        ("system.icon", images.ICON in wanted),
    ):
        if asked:
            raise InputError(
                f"{named} needs API version 32.0 (vCloud Director 9.7), and {versions.text(version)} is spoken here; "
                "leave it out"
            )


def refuse_none(version: versions.Version) -> None:
    """Refuse an API number that has no branding. Raises InputError."""
    if not versions.has(version, "branding"):
        raise InputError(
            f"the portal's branding needs API version 30.0 (vCloud Director 9.1), and {versions.text(version)} is "
            "spoken here"
        )


def fields_of(version: versions.Version) -> tuple[str, ...]:
    """The fields that the system's branding has in an API number."""
    newer = versions.has(version, "tenant_branding")
    return tuple(name for name in FIELDS if newer or name not in ("custom_links", images.ICON))


# Reading


@dataclass(frozen=True)
class Shown:
    """A branding as the server shows it: `values` in the user's words, `document` as it came (a UiBranding)."""

    values: Values
    document: dict[str, Any] = field(default_factory=dict, repr=False)


def read_shown(document: Any, version: versions.Version) -> Shown:
    """A UiBranding in the user's words, every field that this API number has. Raises ValueError for anything else."""
    if not isinstance(document, dict) or "portalName" not in document:
        raise ValueError("an answer without portalName")
    values: Values = {
        name: FIELDS[name].read(document.get(FIELDS[name].wire)) for name in fields_of(version) if name in LOOK
    }
    return Shown(values, document)


def read_one(api: Vcd, org: str | None) -> Shown:
    """The branding that an organization shows, None for the system's: one request. Raises HttpError."""
    path = path_of(org)
    document = api.get(path)
    try:
        return read_shown(document, api.version)
    except ValueError as problem:
        raise api.unexpected("GET", path, 200, str(problem)) from problem


def read_system(api: Vcd) -> Shown:
    """The system's branding. Raises HttpError, and InputError for an API number without branding."""
    refuse_none(api.version)
    return read_one(api, None)


def read_images(api: Vcd, wanted: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Image]:
    """{(organization or `SYSTEM`, kind): image as it is shown}: one request for each, 8 at a time. Raises HttpError."""
    return _parallel.side_by_side(
        lambda each: images.fetch(api, None if each[0] == SYSTEM else each[0], each[1]), dict.fromkeys(wanted)
    )


def read_portal(api: Vcd, wishes: Wishes, others: Iterable[str] = ()) -> Portal:
    """What is shown of all that is asked for, and of `others`, which shall inherit: as few requests as that takes.

    One for the system and one for each organization, and one for each image that is named or inherited. Raises
    HttpError, and InputError for what this API number cannot hold.
    """
    refuse_old(api.version, wishes)
    shown = _parallel.side_by_side(
        lambda org: read_one(api, None if org == SYSTEM else org), dict.fromkeys((SYSTEM, *wishes.orgs, *others))
    )
    kinds = {org: wishes.kinds(org) for org in shown}
    # What is taken away or inherited is compared with the system's.
    kinds[SYSTEM] = tuple(kind for kind in images.KINDS if any(wishes.needs_system(org, kind) for org in shown))
    found = read_images(api, ((org, kind) for org, named in kinds.items() for kind in named))
    rows = {org: {**each.values, **{kind: found[org, kind].mark for kind in kinds[org]}} for org, each in shown.items()}
    return Portal(rows.pop(SYSTEM), rows, {org: each.document for org, each in shown.items()}, found)


def read_every(api: Vcd, orgs: Sequence[str] | None, *, with_images: bool) -> tuple[Portal, list[Values]]:
    """(what the system and organizations show, what else there is to know of each, the system first).

    `orgs` are the organizations that are asked for, None for all; those that do not exist are left out, because the
    server tells the system's branding of them. As many requests as `read_portal`, and one or the pages of the list of
    organizations. Raises HttpError, InputError.
    """
    refuse_old(api.version, Wishes(dict.fromkeys(orgs or (), {})), "orgs")
    if orgs is None:
        names = every_org(api) if api.has("tenant_branding") else []
    else:
        known = _organizations_of(api, orgs if len(orgs) <= 20 else None) if orgs else set()
        names = sorted(known.intersection(orgs))
    kinds = [kind for kind in images.KINDS if with_images and kind in fields_of(api.version)]
    # What is asked for makes no difference here: images that are named are read.
    asked = Wishes({org: dict.fromkeys(kinds, "") for org in (SYSTEM, *names)})
    portal = read_portal(api, asked)
    details = []
    for org in (SYSTEM, *names):
        row = portal.values(org)
        found = {kind: portal.images[org, kind].details() if kind in kinds else None for kind in images.KINDS}
        details.append({"org": org, "inherits": [] if org == SYSTEM else inherited_fields(row, portal.system), **found})
    return portal, details


def look(values: Values) -> Values:
    """A row without its images, which options do not take as marks."""
    return {name: values[name] for name in LOOK if name in values}


def refuse_strangers(
    api: Vcd, orgs: Sequence[str], refuse: Callable[[str], None], option: str = "tenants"
) -> list[str]:
    """Refuse organizations that do not exist: a branding that is the system's says nothing about that.

    `refuse` gets the sentence; where it only takes note of it, the answer are their names. At most one request for up
    to 20 names, else the pages of the list. Raises HttpError.
    """
    known = _organizations_of(api, orgs if len(orgs) <= 20 else None)
    missing = [org for org in orgs if org not in known]
    if not missing:
        return []
    if len(orgs) <= 20:
        known = _organizations_of(api, None)
    others = f" (and {len(missing) - 1} more)" if len(missing) > 1 else ""
    hint = nearest(missing[0], known)
    refuse(
        f"{option}: organization {missing[0]!r}{others} does not exist at {api.site or api.endpoint}, or "
        f"the user {api.facts.get('user') or 'logged in'} may not see it{hint or '; upper and lower case differ'}"
    )
    return missing


def _organizations_of(api: Vcd, names: Sequence[str] | None) -> set[str]:
    """The names of these organizations that exist, or of all."""
    where = None if names is None else any_of(*(equals("name", name) for name in names))
    if api.has("openapi_organizations"):
        return {str(org["name"]) for org in api.gather("cloudapi/1.0.0/orgs", where)}
    return {record.get("name", "") for record in api.query("organization", where, "name")}


def every_org(api: Vcd) -> list[str]:
    """The names of all organizations but the provider's own. Raises HttpError."""
    return sorted(name for name in _organizations_of(api, None) if name.lower() != SYSTEM_LOGIN)


def second_generation(api: Vcd) -> bool:
    """True if branding themes of the second generation are on, which is behind a feature flag (contract 3.9).

    Asked, not concluded from the version: 403 and 404 mean that they are not. Raises HttpError for anything else.
    """
    if not api.has("branding_themes"):
        return False
    try:
        api.get("cloudapi/1.0.0/brandingThemes", page=1, pageSize=1)
    except HttpError as problem:
        if problem.status in (403, 404):
            return False
        raise
    return True
