"""Portal branding, system-wide and per organization (contract sections 3.1 to 3.4)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from ..wire import Reply
from ..world import Organization
from .directory import Directory
from .exchange import Exchange, bad_request, forbidden
from .images import BUILT_IN, ICON, LOGO, Image, read_image, show_image
from .json_body import check_object, read_object
from .routes import Route, Routes
from .themes import DEFAULT_THEME, Themes, check_theme, only_provider
from .versions import ApiNumber, number, of_release

# 9.0 (29.0) had some of it, but which part is not documented: nothing below 30.0 (the stricter reading of section 3.1).
_SINCE: ApiNumber = (30, 0)
_TENANTS_SINCE: ApiNumber = (32, 0)
_FIELDS: dict[str, type] = {"portalName": str, "portalColor": str, "selectedTheme": dict, "customLinks": list}
_ITEM: dict[str, type] = {"menuItemType": str, "name": str, "url": str}
_OLD_ITEM: dict[str, type] = {"key": str, "url": str}
_ITEM_TYPES = ("override", "section", "link", "separator")
_OVERRIDES = ("help", "about", "vmrc")
# The schema wants FFFFFF, clients send #FFFFFF and #ffffff and read back what they sent. Whether other texts are
# refused is UNKNOWN: they are, the stricter reading.
_COLOUR = re.compile(r"#?[0-9A-Fa-f]{6}")
# Addresses are checked (section 3.2), by which rule is not published. A blank in the query of a mailto: address occurs.
_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s]*|mailto:[^\s?@]+@[^\s?@]+(\?[^\r\n\t]*)?", re.IGNORECASE)

Item = dict[str, str | None]


@dataclass(frozen=True)
class Look:
    """A UiBranding as it is stored: None for what was not set."""

    name: str | None = None
    colour: str | None = None
    theme: str | None = None
    links: tuple[Item, ...] | None = None

    def with_inherited(self, system: Look) -> Look:
        """What is in force when every attribute that was not set follows the system's."""
        own = {name: value for name, value in vars(self).items() if value is not None}
        return replace(system, **own)


@dataclass
class Branding:
    """What one organization, or the system, has of its own."""

    look: Look | None = None
    images: dict[str, Image] = field(default_factory=dict)


@dataclass
class _Tenant:
    organization: Organization
    branding: Branding = field(default_factory=Branding)


def _checked_address(url: str | None, where: str) -> str | None:
    if not url:
        return None
    if not _ADDRESS.fullmatch(url):
        raise bad_request(f"The field '{where}.url' is not a valid address: '{url}'.")
    return url


def _menu_item(given: Any, where: str) -> Item:
    """A UiBrandingMenuItem. Raises Refusal 400 for what section 3.2 does not allow."""
    body = check_object(given, _ITEM, ("menuItemType",), f"{where}.")
    kind, name, url = body["menuItemType"], body.get("name") or None, body.get("url")
    if kind not in _ITEM_TYPES:
        raise bad_request(f"The field '{where}.menuItemType' must be one of {', '.join(_ITEM_TYPES)}.")
    if kind == "override" and name not in _OVERRIDES:
        raise bad_request(f"The field '{where}.name' of an override must be one of {', '.join(_OVERRIDES)}.")
    if kind in ("section", "link") and name is None:
        raise bad_request(f"The field '{where}.name' is required for a {kind}.")
    address = _checked_address(url, where)
    if kind == "link" and address is None:
        raise bad_request(f"The field '{where}.url' is required for a link.")
    return {"name": name, "menuItemType": kind, "url": address}


def _old_item(given: Any, where: str) -> Item:
    """An item of before API 32.0, `{"key", "url"}`, as the menu item that comes nearest."""
    body = check_object(given, _OLD_ITEM, ("key",), f"{where}.")
    key, address = body["key"], _checked_address(body.get("url"), where)
    return {"name": key, "menuItemType": "override" if key in _OVERRIDES else "link", "url": address}


class Brandings:
    """The branding of one vCD and of its organizations."""

    def __init__(self, directory: Directory, themes: Themes, release: str) -> None:
        self.directory = directory
        self.themes = themes
        themes.is_selected = self._is_selected
        own = number(of_release(release))
        self._default_name = "VMware Cloud Director" if own >= (34, 0) else "vCloud Director"
        overrides = [{"name": name, "menuItemType": "override", "url": None} for name in _OVERRIDES]
        self._default_links: tuple[Item, ...] = tuple(overrides) if own >= _TENANTS_SINCE else ()
        self.system = Branding()
        self._tenants: dict[str, _Tenant] = {}
        self.per_attribute = False
        self.require_login = True
        self.clear()

    def clear(self) -> None:
        """Back to a fresh system, and to the settings of one."""
        self.system = Branding(self.default())
        self._tenants.clear()
        # What GET shows for a tenant that has set only some attributes is UNKNOWN (section 3.3): the tenant's whole
        # branding with null for the rest, because then a client has to know about the fall-back itself.
        self.per_attribute = False
        # The cell setting `backend.branding.requireAuthForBranding`.
        self.require_login = True

    def default(self) -> Look:
        """The branding of a fresh system (INFERRED in section 3.2)."""
        return Look(self._default_name, None, DEFAULT_THEME, self._default_links)

    def register(self, routes: Routes) -> None:
        """Adds the calls. Trailing slashes make no difference to routes; themes have calls of their own."""
        base, tenant = "/cloudapi/branding", "/cloudapi/branding/tenant/*"
        add = routes.add
        add("GET", base, Route(self.read, since=_SINCE, public=True))
        add("PUT", base, Route(self.replace, since=_SINCE, writes=True))
        add("GET", tenant, Route(self.read, since=_TENANTS_SINCE, public=True))
        add("PUT", tenant, Route(self.replace, since=_TENANTS_SINCE, writes=True))
        add("DELETE", tenant, Route(self.delete, since=_TENANTS_SINCE, writes=True))
        for path, kind, since in (
            (f"{base}/{LOGO}", LOGO, _SINCE),
            (f"{base}/{ICON}", ICON, _TENANTS_SINCE),
            (f"{tenant}/{LOGO}", LOGO, _TENANTS_SINCE),
            (f"{tenant}/{ICON}", ICON, _TENANTS_SINCE),
        ):

            def read(exchange: Exchange, org: str | None = None, kind: str = kind) -> Reply:
                return self.read_image(exchange, kind, org)

            def store(exchange: Exchange, org: str | None = None, kind: str = kind) -> Reply:
                return self.store_image(exchange, kind, org)

            def remove(exchange: Exchange, org: str | None = None, kind: str = kind) -> Reply:
                return self.remove_image(exchange, kind, org)

            add("GET", path, Route(read, since=since, public=True))
            add("PUT", path, Route(store, since=since, writes=True))
            add("DELETE", path, Route(remove, since=since, writes=True))

    # Whose branding

    def of(self, organization: Organization) -> Branding:
        """What an organization has of its own; nothing when another one had its id before."""
        known = self._tenants.get(organization.id)
        if known is None or known.organization is not organization:
            known = self._tenants[organization.id] = _Tenant(organization)
        return known.branding

    def _own(self, organization: Organization) -> Branding:
        """The same for reading: nothing is kept for an organization that has nothing."""
        known = self._tenants.get(organization.id)
        return known.branding if known is not None and known.organization is organization else Branding()

    def _seen(self, exchange: Exchange, org: str | None) -> Branding:
        """What a caller sees of an organization; nothing means the system's.

        That is what an organization that does not exist gets (section 3.3); others' organizations do not exist for a
        tenant, and without a session none does unless the cell setting says otherwise.
        """
        found = self.directory.by_name(org) if org is not None else None
        if found is None or found is self.directory.system:
            return Branding()
        session = exchange.session
        visible = not self.require_login if session is None else session.is_provider or session.org_id == found.id
        return self._own(found) if visible else Branding()

    def _to_change(self, exchange: Exchange, org: str | None) -> Branding:
        """What is written to, for System users only. UNKNOWN for an organization that does not exist: 403, as for
        every missing object (section 1.1)."""
        only_provider(exchange, "BRANDING_EDIT")
        if org is None:
            return self.system
        found = self.directory.by_name(org)
        if found is None or found is self.directory.system:
            raise forbidden("System Operations", "BRANDING_EDIT", org)
        return self.of(found)

    def looks(self) -> list[Look]:
        """The branding of the system and those of all organizations that have one and are still there."""
        own = [branding.look for _organization, branding in self.own_brandings()]
        return [look for look in (self.system.look, *own) if look is not None]

    def own_brandings(self) -> list[tuple[Organization, Branding]]:
        """Who has a branding of its own: the system, unless it is a fresh one, and organizations that are there."""
        found = [(self.directory.system, self.system)]
        if self.system.look == self.default() and not self.system.images:
            found.clear()
        for tenant in self._tenants.values():
            alive = self.directory.by_id(tenant.organization.id) is tenant.organization
            if alive and (tenant.branding.look is not None or tenant.branding.images):
                found.append((tenant.organization, tenant.branding))
        return found

    def leave_theme(self, theme: str) -> int:
        """Whoever selects a theme has the default one; answers how many did."""
        chosen = [branding for _organization, branding in self.own_brandings()]
        found = [one for one in (self.system, *chosen) if one.look is not None and one.look.theme == theme]
        for one in found:
            if one.look is not None:
                one.look = replace(one.look, theme=DEFAULT_THEME)
        return len({id(one) for one in found})

    def _is_selected(self, theme: str) -> bool:
        return any(look.theme == theme for look in self.looks())

    # UiBranding

    def view(self, look: Look, version: ApiNumber) -> dict[str, Any]:
        """The document."""
        links: list[Item] | None = None if look.links is None else [dict(item) for item in look.links]
        if links is not None and version < _TENANTS_SINCE:
            # How the two forms of items see one another is not documented: what has no address has no old form.
            links = [{"key": item["name"], "url": item["url"]} for item in links if item["url"] is not None]
        theme = None
        if look.theme is not None:
            known = self.themes.get(look.theme)
            theme = known.view() if known else {"themeType": "CUSTOM", "name": look.theme}
        return {
            "portalName": look.name,
            "portalColor": look.colour,
            "selectedTheme": theme,
            "customLinks": links,
        }

    def wanted(self, body: dict[str, Any], version: ApiNumber) -> Look:
        """What a UiBranding asks for. Raises Refusal 400.

        A field that is left out or empty becomes null (section 3.2), also one that the schema calls required.
        """
        check_object(body, _FIELDS)
        colour = body.get("portalColor") or None
        if colour is not None and not _COLOUR.fullmatch(colour):
            raise bad_request(f"The field 'portalColor' is not six hexadecimal digits: '{colour}'.")
        theme = body.get("selectedTheme")
        if theme is not None:
            theme = check_theme(theme, version, "selectedTheme.")["name"]
            if self.themes.get(theme) is None:
                raise bad_request(f"There is no theme '{theme}'.")
        items, item = body.get("customLinks"), _menu_item if version >= _TENANTS_SINCE else _old_item
        links = None
        if items is not None:
            links = tuple(item(given, f"customLinks[{index}]") for index, given in enumerate(items))
        return Look(body.get("portalName") or None, colour, theme, links)

    # Calls

    def read(self, exchange: Exchange, org: str | None = None) -> Reply:
        """`GET /branding`, `GET /branding/tenant/{org}`: the tenant's, else the system's."""
        system = self.system.look or self.default()
        look = self._seen(exchange, org).look or system
        if self.per_attribute:
            look = look.with_inherited(system)
        return exchange.json(self.view(look, exchange.version))

    def replace(self, exchange: Exchange, org: str | None = None) -> Reply:
        """`PUT` of the same: everything is replaced."""
        branding = self._to_change(exchange, org)
        branding.look = self.wanted(read_object(exchange, _FIELDS), exchange.version)
        return exchange.json(self.view(branding.look, exchange.version))

    def delete(self, exchange: Exchange, org: str) -> Reply:
        """`DELETE /branding/tenant/{org}`: name, colour, theme and links follow the system's again; images stay."""
        self._to_change(exchange, org).look = None
        return exchange.nothing()

    def read_image(self, exchange: Exchange, kind: str, org: str | None = None) -> Reply:
        """The tenant's image, else the system's, else the built-in one."""
        image = self._seen(exchange, org).images.get(kind) or self.system.images.get(kind) or BUILT_IN[kind]
        return show_image(exchange, image)

    def store_image(self, exchange: Exchange, kind: str, org: str | None = None) -> Reply:
        """Another image."""
        branding = self._to_change(exchange, org)
        branding.images[kind] = read_image(exchange, kind)
        return exchange.nothing()

    def remove_image(self, exchange: Exchange, kind: str, org: str | None = None) -> Reply:
        """The inherited or built-in image again."""
        self._to_change(exchange, org).images.pop(kind, None)
        return exchange.nothing()
