"""Branding themes of the second generation, and which organization has which (contract section 3.9).

Everything here is behind the feature flag "Branding API". What they hold is in branding_packages.py.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..identity import stable_id
from ..wire import Reply
from ..world import Organization
from .branding import Branding, Brandings, Look
from .branding_packages import LINK_FIELDS, REQUIRED, Package, make_package, read_package
from .directory import Directory, urn
from .exchange import Exchange, Refusal, bad_request, forbidden
from .feature_flags import BRANDING_API, FeatureFlags
from .images import BUILT_IN as BUILT_IN_IMAGES
from .images import ICON, LOGO, show_image
from .json_body import read_json, read_object
from .listing import answer
from .organizations import flag
from .routes import Handler, Route, Routes
from .sessions import SYSTEM_ID
from .tasks import Task, Tasks
from .themes import only_provider
from .transfer import UPLOAD_SPEC, Transfers, UploadSpec
from .versions import ApiNumber

URN = "urn:vcloud:entity:vmware:brandinguitheme:1.0.0:"
_PATH = "/cloudapi/1.0.0/brandingThemes"
# 10.4.1 has it behind the flag (section 3.10), although its schema names an alpha version of 38.0.
_SINCE: ApiNumber = (37, 1)
_LIGHT, _DARK = _BASES = ("CLARITY_LIGHT_THEME", "CLARITY_DARK_THEME")
_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "themeType": str,
    "isLegacy": bool,
    "isDefault": bool,
    "active": bool,
    "themeBase": str,
    "logoThumbprint": str,
    "version": str,
    "previewStyles": str,
}
_SEARCHED = {name: _FIELDS[name] for name in list(_FIELDS)[:7]}
_ASSIGNMENT: dict[str, type] = {
    "brandingThemeId": str,
    "organizationReference.name": str,
    "organizationReference.id": str,
}


@dataclass
class BrandingTheme:
    """One theme."""

    id: str
    """Bare UUID."""
    name: str
    base: str | None = None
    built_in: bool = False
    version: str = "1.0.0"
    preview: str | None = None
    package: Package | None = None

    @property
    def urn(self) -> str:
        """Its URN."""
        return f"{URN}{self.id}"


class BrandingThemes:
    """The branding themes of one vCD."""

    def __init__(
        self, directory: Directory, tasks: Tasks, transfers: Transfers, flags: FeatureFlags, old: Brandings
    ) -> None:
        self.directory = directory
        self.tasks = tasks
        self.transfers = transfers
        self.flags = flags
        self.old = old
        self._themes: dict[str, BrandingTheme] = {}
        self._default = ""
        self._assigned: dict[str, tuple[Organization, str]] = {}
        """Organization id -> the organization and the id of its theme."""
        self.clear()

    def clear(self) -> None:
        """Back to what is delivered: a light and a dark theme without resources (INFERRED)."""
        light = BrandingTheme(stable_id("brandingTheme", _LIGHT), "Default", _LIGHT, built_in=True)
        dark = BrandingTheme(stable_id("brandingTheme", _DARK), "Dark", _DARK, built_in=True)
        self._themes = {one.id: one for one in (light, dark)}
        self._default = light.id
        self._assigned.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls, each of which asks for the flag first."""
        one = f"{_PATH}/*"

        def add(method: str, path: str, handler: Handler) -> None:
            def guarded(exchange: Exchange, *variables: str) -> Reply:
                self.flags.demand(BRANDING_API, exchange)
                return handler(exchange, *variables)

            routes.add(method, path, Route(guarded, since=_SINCE, writes=method != "GET"))

        add("GET", _PATH, self.read_all)
        add("POST", _PATH, self.create)
        add("POST", f"{_PATH}/convert", self.convert)
        add("GET", f"{_PATH}/assignments", self.read_all_assignments)
        add("GET", one, self.read)
        add("PUT", one, self.replace)
        add("DELETE", one, self.delete)
        add("GET", f"{one}/resources", self.read_resources)
        add("PUT", f"{one}/resources", self.upload)
        for part, shown in self._parts().items():
            add("GET", f"{one}/{part}", shown)
        add("GET", f"{one}/assignments", self.read_assignments)
        add("POST", f"{one}/assignments", self.assign)
        add("PUT", f"{one}/assignments", self.replace_assignments)
        add("DELETE", f"{one}/assignments/*", self.unassign)

    # Which theme

    def _acting_for(self, exchange: Exchange) -> str:
        """The organization whose active theme is meant: that of the tenant context, else the session's own."""
        return exchange.request.headers.get("x-vmware-vcloud-tenant-context") or exchange.user.org_id

    def _of(self, org_id: str) -> str:
        """The id of the theme that an organization has: the one assigned, else the default."""
        organization, theme = self._assigned.get(org_id, (None, self._default))
        known = organization is not None and self.directory.by_id(org_id) is organization
        return theme if known else self._default

    def _find(self, exchange: Exchange, identity: str) -> BrandingTheme:
        """A theme by URN, or the active one. Unknown ones are 403: the schema promises no 404 here (section 1.1)."""
        key = self._of(self._acting_for(exchange)) if identity == "active" else identity.removeprefix(URN)
        theme = self._themes.get(key)
        if theme is None:
            raise forbidden("System Operations", "BRANDING_THEME_VIEW", identity)
        if not exchange.user.is_provider and theme.id != self._of(exchange.user.org_id):
            # A tenant sees the theme that it has, no other one (INFERRED).
            raise forbidden("System Operations", "BRANDING_THEME_VIEW", identity)
        return theme

    def _to_change(self, exchange: Exchange, identity: str) -> BrandingTheme:
        only_provider(exchange, "BRANDING_THEME_EDIT")
        return self._find(exchange, identity)

    def _assigned_to(self, theme: BrandingTheme) -> list[Organization]:
        found = [
            organization
            for key, (organization, identity) in self._assigned.items()
            if identity == theme.id and self.directory.by_id(key) is organization
        ]
        return sorted(found, key=lambda one: one.name.lower())

    # Documents

    def view(self, exchange: Exchange, theme: BrandingTheme) -> dict[str, Any]:
        """The BrandingTheme as a caller sees it: `active` is about its own organization."""
        return {
            "id": theme.urn,
            "name": theme.name,
            "themeType": "BUILT_IN" if theme.built_in else "CUSTOM",
            "isLegacy": False,
            "isDefault": theme.id == self._default,
            "active": theme.id == self._of(self._acting_for(exchange)),
            "themeBase": theme.base,
            "logoThumbprint": theme.package.logo_thumbprint if theme.package else None,
            "version": theme.version,
            "previewStyles": theme.preview,
        }

    def _wanted(self, exchange: Exchange, present: dict[str, Any]) -> dict[str, Any]:
        """A BrandingTheme of a client. What is read-only or decided elsewhere must be left out or be as it is."""
        body = read_object(exchange, _FIELDS, ("name",))
        if not 1 <= len(body["name"]) <= 128:
            raise bad_request("The name of a branding theme has 1 to 128 characters.")
        if body.get("themeBase") not in (None, *_BASES):
            raise bad_request(f"The field 'themeBase' must be one of {', '.join(_BASES)}.")
        for name in ("id", "themeType", "isLegacy", "active"):
            if body.get(name) not in (None, present[name]):
                raise bad_request(f"The field '{name}' cannot be set to {body[name]}.")
        return body

    # Themes

    def read_all(self, exchange: Exchange) -> Reply:
        """`GET /brandingThemes`."""
        own = None if exchange.user.is_provider else self._of(exchange.user.org_id)
        seen = [self.view(exchange, one) for one in self._themes.values() if own in (None, one.id)]
        return answer(exchange, seen, _SEARCHED, "BrandingThemes")

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /brandingThemes/{id}`, or `active`."""
        return exchange.json(self.view(exchange, self._find(exchange, identity)))

    def create(self, exchange: Exchange) -> Reply:
        """`POST /brandingThemes`: a theme without resources. Names need not differ: nothing says so (UNKNOWN)."""
        only_provider(exchange, "BRANDING_THEME_CREATE")
        new = {"id": None, "themeType": "CUSTOM", "isLegacy": False, "active": False}
        body = self._wanted(exchange, new)
        theme = BrandingTheme(
            str(uuid.uuid4()),
            body["name"],
            body.get("themeBase"),
            version=body.get("version") or "1.0.0",
            preview=body.get("previewStyles"),
        )
        self._themes[theme.id] = theme
        if body.get("isDefault"):
            self._default = theme.id
        address = f"{exchange.base_url}{_PATH}/{theme.urn}"
        return exchange.json(self.view(exchange, theme), 201, [("Content-Location", address)])

    def replace(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /brandingThemes/{id}`. Of a built-in theme only `isDefault` can change (INFERRED)."""
        theme = self._to_change(exchange, identity)
        present = self.view(exchange, theme)
        body = self._wanted(exchange, present)
        writable = ("name", "themeBase", "version", "previewStyles")
        if theme.built_in:
            changed = [name for name in writable if body.get(name) not in (None, present[name])]
            if changed:
                raise bad_request(f"The branding theme '{theme.name}' is built in; '{changed[0]}' cannot be changed.")
        if present["isDefault"] and not body.get("isDefault"):
            raise bad_request("Make another branding theme the default instead.")
        if not theme.built_in:
            theme.name, theme.base = body["name"], body.get("themeBase")
            theme.version, theme.preview = body.get("version") or "1.0.0", body.get("previewStyles")
        if body.get("isDefault"):
            self._default = theme.id
        return exchange.json(self.view(exchange, theme))

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /brandingThemes/{id}?force=`: `force` when organizations have it. The default stays (INFERRED)."""
        theme = self._to_change(exchange, identity)
        if theme.built_in or theme.id == self._default:
            raise bad_request(f"The branding theme '{theme.name}' is built in or the default.")
        if self._assigned_to(theme) and not flag(exchange, "force"):
            raise bad_request(f"The branding theme '{theme.name}' is assigned to organizations.")
        del self._themes[theme.id]
        self._assigned = {key: value for key, value in self._assigned.items() if value[1] != theme.id}
        return exchange.nothing()

    # Resources

    def read_resources(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /brandingThemes/{id}/resources`: the archive as it was sent."""
        return exchange.raw(self._package(exchange, identity).archive, "application/zip")

    def _package(self, exchange: Exchange, identity: str) -> Package:
        package = self._find(exchange, identity).package
        if package is None:
            raise Refusal(404, "NOT_FOUND", f"The branding theme {identity} has no resources.")
        return package

    def _parts(self) -> dict[str, Handler]:
        """The parts of a package by the last part of their address. A missing one is 404 (UNKNOWN)."""

        def missing(part: str) -> Refusal:
            return Refusal(404, "NOT_FOUND", f"The branding theme has no {part}.")

        def picture(part: str) -> Handler:
            def show(exchange: Exchange, identity: str) -> Reply:
                package = self._find(exchange, identity).package
                standard = BUILT_IN_IMAGES.get({"logo": LOGO, "favIcon": ICON}.get(part, ""))
                image = (package.images.get(part) if package else None) or standard
                if image is None:
                    raise missing(part)
                return show_image(exchange, image)

            return show

        def css(exchange: Exchange, identity: str) -> Reply:
            content = self._package(exchange, identity).css
            if content is None:
                raise missing("css")
            return exchange.raw(content, "text/css")

        def portal_name(exchange: Exchange, identity: str) -> Reply:
            name = self._package(exchange, identity).portal_name
            if name is None:
                raise missing("portalName")
            return exchange.raw(name.encode(), "text/plain")

        def links(exchange: Exchange, identity: str) -> Reply:
            package = self._find(exchange, identity).package
            found = list(package.links) if package else []
            model = "BrandingThemeResourceCustomLinks"
            return answer(exchange, found, {"id": LINK_FIELDS["id"]}, model, order=None)

        pictures = {part: picture(part) for part in ("logo", "background", "favIcon")}
        return {**pictures, "css": css, "portalName": portal_name, "customLinks": links}

    def upload(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /brandingThemes/{id}/resources`: 202 with a task and the transfer link (204 in older texts).

        The task waits for the archive, then looks into it.
        """
        theme = self._to_change(exchange, identity)
        if theme.built_in:
            raise bad_request(f"The branding theme '{theme.name}' is built in.")
        parts = dict.fromkeys((*REQUIRED, "localizations", "customLinks"), str)
        body = read_object(exchange, {**UPLOAD_SPEC, **parts}, ("fileName", "size", *REQUIRED))
        spec = UploadSpec.of(body, ".zip")
        task = self._task(exchange, "Uploading resources of", "brandingThemeUpload", theme)
        named = {name: body[name] for name in parts if body.get(name)}
        world = self.tasks.world

        def arrived(content: bytes) -> None:
            def look() -> None:
                if task.ended is not None:
                    return
                try:
                    package = read_package(content, named)
                except Refusal as problem:
                    self.tasks.conclude(task, "error", problem.message)
                    return
                theme.package = package
                self.tasks.conclude(task)

            world.after(world.task_seconds, look)

        headers = self.transfers.announce(exchange, spec, arrived, lambda why: self.tasks.conclude(task, "error", why))
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task)), *headers])

    def _task(self, exchange: Exchange, doing: str, operation: str, theme: BrandingTheme) -> Task:
        owner = {"path": "", "id": theme.urn, "name": theme.name, "type": "application/json"}
        return self.tasks.hold(exchange, f"{doing} {theme.name}({theme.urn})", operation, owner)

    # Assignments

    def _assignment(self, organization: Organization, theme_id: str) -> dict[str, Any]:
        reference = {"name": organization.name, "id": urn(organization)}
        return {"brandingThemeId": f"{URN}{theme_id}", "organizationReference": reference}

    def _list(self, exchange: Exchange, of: Callable[[str], bool]) -> Reply:
        only_provider(exchange, "BRANDING_THEME_VIEW")
        found = [
            self._assignment(organization, theme)
            for key, (organization, theme) in self._assigned.items()
            if of(theme) and self.directory.by_id(key) is organization
        ]
        references = frozenset({"brandingThemeId", "organizationReference.id"})
        model = "BrandingThemesAssignments"
        return answer(exchange, found, _ASSIGNMENT, model, references, "organizationReference.name")

    def read_all_assignments(self, exchange: Exchange) -> Reply:
        """`GET /brandingThemes/assignments`."""
        return self._list(exchange, lambda _theme: True)

    def read_assignments(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /brandingThemes/{id}/assignments`."""
        theme = self._find(exchange, identity)
        return self._list(exchange, lambda one: one == theme.id)

    def _check_free(self, exchange: Exchange, organization: Organization, theme: BrandingTheme) -> None:
        known = self._assigned.get(organization.id)
        taken = known is not None and known[0] is organization and known[1] != theme.id
        if taken and not flag(exchange, "force"):
            raise bad_request(f"The organization {organization.name} has another branding theme; use force.")

    def assign(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /brandingThemes/{id}/assignments?force=`."""
        theme = self._to_change(exchange, identity)
        organization = self.directory.referenced(read_json(exchange))
        self._check_free(exchange, organization, theme)
        self._assigned[organization.id] = organization, theme.id
        return exchange.json(self._assignment(organization, theme.id), 201)

    def replace_assignments(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /brandingThemes/{id}/assignments?force=`: exactly these organizations have it."""
        theme = self._to_change(exchange, identity)
        body = read_json(exchange)
        if not isinstance(body, list):
            raise bad_request("The body must be an array.")
        wanted = [self.directory.referenced(one) for one in body]
        for organization in wanted:
            self._check_free(exchange, organization, theme)
        self._assigned = {key: value for key, value in self._assigned.items() if value[1] != theme.id}
        self._assigned.update({one.id: (one, theme.id) for one in wanted})
        return exchange.nothing()

    def unassign(self, exchange: Exchange, identity: str, org: str) -> Reply:
        """`DELETE /brandingThemes/{id}/assignments/{orgUrn}`: the organization has the default theme again."""
        theme = self._to_change(exchange, identity)
        key = org.removeprefix("urn:vcloud:org:").lower()
        if self._assigned.get(key, (None, None))[1] != theme.id:
            raise forbidden("System Operations", "BRANDING_THEME_EDIT", org)
        del self._assigned[key]
        return exchange.nothing()

    # Conversion

    def convert(self, exchange: Exchange) -> Reply:
        """`POST /brandingThemes/convert?assign=&dryrun=`: a theme for every legacy branding that there is.

        How the new themes are named is not published: like the organization, `System` for the provider's.
        """
        only_provider(exchange, "BRANDING_THEME_CREATE")
        assign, dry = flag(exchange, "assign"), flag(exchange, "dryrun")
        found = self.old.own_brandings()
        names = [organization.name for organization, _branding in found]

        def carry_out() -> None:
            for organization, branding in found:
                theme = BrandingTheme(str(uuid.uuid4()), organization.name, package=self._converted(branding))
                self._themes[theme.id] = theme
                if assign and organization.id == SYSTEM_ID:
                    self._default = theme.id
                elif assign:
                    self._assigned[organization.id] = organization, theme.id

        owner = {"path": "", "id": f"urn:vcloud:org:{SYSTEM_ID}", "name": "System", "type": "application/json"}
        doing = "Converting branding (dry run)" if dry else "Converting branding"
        action = (lambda: None) if dry else carry_out
        task = self.tasks.start(exchange, doing, "brandingThemeConvert", owner, action)
        if task.outcome == "success":
            task.message = f"Themes to convert: {', '.join(names) or 'none'}"
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])

    def _converted(self, branding: Branding) -> Package:
        look = branding.look or Look()
        old_theme = self.old.themes.get(look.theme) if look.theme else None
        images = {{LOGO: "logo", ICON: "favIcon"}[kind]: image for kind, image in branding.images.items()}
        links: list[dict[str, Any]] = []
        for order, item in enumerate(look.links or ()):
            if item["menuItemType"] != "override" or item["url"]:
                base = dict.fromkeys(LINK_FIELDS)
                links.append(
                    {
                        **base,
                        "id": str(uuid.uuid4()),
                        "name": item["name"] or "separator",
                        "linkType": item["menuItemType"],
                        "scope": "PORTAL",
                        "url": item["url"],
                        "order": order,
                    }
                )
        return make_package("branding", look.name, old_theme.css if old_theme else None, images, links)
