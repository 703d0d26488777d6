"""What happens to the portal behind everybody's back: brandings, images, themes, plug-ins, extensions, settings.

`CHANGES` joins the changes of changes.py; the verbs for it are in portal_verbs.py, README.md lists them.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .branding import Brandings
from .exchange import Refusal
from .feature_flags import BRANDING_API
from .images import ICON, LOGO, TYPES, Image
from .portal import Portal
from .service import VcdService

if TYPE_CHECKING:
    from ..vcav.site import SiteServices

Given = Mapping[str, Any]
_NEWEST = (99, 0)
_SETTINGS = ("fallback", "require_login", "broker_answers", "branding_api")


def _portal(group: SiteServices) -> Portal:
    vcd = group.world.services[f"{group.site.name}/vcd"]
    if not isinstance(vcd, VcdService):
        raise ValueError(f"{group.site.name} has no vCD.")
    return vcd.portal


def _branding(group: SiteServices, org: str | None) -> tuple[Brandings, Any]:
    """The room, and the branding of an organization, or of the system."""
    brandings = _portal(group).brandings
    if not org:
        return brandings, brandings.system
    organization = brandings.directory.by_name(org)
    if organization is None or organization is brandings.directory.system:
        raise ValueError(f"There is no organization {org} at {group.site.name}.")
    return brandings, brandings.of(organization)


def _branding_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """Fields of a UiBranding; `selectedTheme` may be the theme's name alone. What is not named stays."""
    brandings, branding = _branding(group, given.get("org"))
    body = brandings.view(branding.look, _NEWEST) if branding.look is not None else {}
    fields = dict(given["fields"])
    if isinstance(fields.get("selectedTheme"), str):
        fields["selectedTheme"] = {"themeType": "CUSTOM", "name": fields["selectedTheme"]}
    branding.look = brandings.wanted({**body, **fields}, _NEWEST)
    return brandings.view(branding.look, _NEWEST)


def _branding_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """An organization has nothing of its own any more, the system what a fresh one has; images included."""
    brandings, branding = _branding(group, given.get("org"))
    branding.look = None if given.get("org") else brandings.default()
    branding.images.clear()
    return {"removed": given.get("org") or "System"}


def _branding_image(group: SiteServices, given: Given) -> dict[str, Any]:
    """A logo or an icon: `content` in Base64 and its `media` type; without content it is removed."""
    _brandings, branding = _branding(group, given.get("org"))
    kind, content = given["kind"], given.get("content")
    media = given.get("media", "image/png")
    if kind not in TYPES or media not in TYPES[kind]:
        raise ValueError(f"A {LOGO} or an {ICON}, of one of these types: {TYPES}.")
    if content is None:
        branding.images.pop(kind, None)
    else:
        branding.images[kind] = Image(base64.b64decode(content), media)
    return {"org": given.get("org") or "System", "kind": kind}


def _theme_add(group: SiteServices, given: Given) -> dict[str, Any]:
    """A custom theme, or another style sheet for the one that is there: `css`."""
    themes, name, css = _portal(group).themes, str(given["theme"]), given.get("css")
    theme = themes.get(name) or themes.add(name)
    if theme.built_in:
        raise ValueError(f"The theme {name} is built in.")
    theme.css = css.encode() if css is not None else theme.css
    return theme.view()


def _theme_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """A theme is gone, and whoever selected it has the default one."""
    portal, name = _portal(group), str(given["theme"])
    theme = portal.themes.get(name)
    if theme is None or theme.built_in:
        raise ValueError(f"There is no custom theme {name}.")
    moved = portal.brandings.leave_theme(name)
    portal.themes.remove(name)
    return {"removed": name, "moved": moved}


def _portal_setting(group: SiteServices, given: Given) -> dict[str, Any]:
    """How this vCD answers where the contract leaves it open, and switches of its administrator."""
    portal, chosen = _portal(group), {name: given[name] for name in _SETTINGS if name in given}
    if not chosen:
        raise KeyError(" or ".join(_SETTINGS))
    if chosen.get("fallback", "whole") not in ("whole", "attribute"):
        raise ValueError("fallback must be whole or attribute.")
    if any(not isinstance(value, bool) for name, value in chosen.items() if name != "fallback"):
        raise ValueError("Each setting but fallback is true or false.")
    if "branding_api" in chosen:
        try:
            portal.flags.switch(BRANDING_API, chosen["branding_api"])
        except KeyError:
            raise ValueError("This release has no such feature.") from None
    if "fallback" in chosen:
        portal.brandings.per_attribute = chosen["fallback"] == "attribute"
    portal.brandings.require_login = chosen.get("require_login", portal.brandings.require_login)
    portal.broker.answers = chosen.get("broker_answers", portal.broker.answers)
    return chosen


def _plugin_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """Fields of a plug-in, which is found by its name."""
    plugins, name, fields = _portal(group).plugins, given["plugin"], dict(given["fields"])
    found = [one for one in plugins.plugins.values() if one.metadata["pluginName"] == name]
    if not found:
        raise ValueError(f"There is no plug-in {name}.")
    unknown = sorted(set(fields) - set(found[0].metadata))
    if unknown:
        raise ValueError(f"A plug-in has no field {unknown[0]}.")
    wanted = {**found[0].metadata, **fields}
    plugins.check_unique(wanted, found[0])
    found[0].metadata = wanted
    return found[0].view()


def _plugin_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """All versions of a plug-in are gone."""
    plugins, name = _portal(group).plugins, given["plugin"]
    found = [one for one in plugins.plugins.values() if one.metadata["pluginName"] == name]
    if not found:
        raise ValueError(f"There is no plug-in {name}.")
    for one in found:
        plugins.remove(one)
    return {"removed": name, "versions": len(found)}


def _extension_set(group: SiteServices, given: Given) -> dict[str, Any]:
    """Whether an extension (by its name; over AMQP or MQTT) is switched on."""
    portal, name, enabled = _portal(group), given["extension"], given["enabled"]
    if not isinstance(enabled, bool):
        raise ValueError("enabled must be true or false.")
    found = [one for one in portal.extensions.services.values() if one.name == name]
    if not found:
        raise ValueError(f"There is no extension {name}.")
    for one in found:
        one.enabled = enabled
        portal.mqtt.switch(one.id, enabled)
    return {"extension": name, "enabled": enabled}


def _extension_remove(group: SiteServices, given: Given) -> dict[str, Any]:
    """An extension is gone, with its filters and tokens."""
    portal, name = _portal(group), given["extension"]
    found = [one for one in portal.extensions.services.values() if one.name == name]
    if not found:
        raise ValueError(f"There is no extension {name}.")
    for one in found:
        portal.extensions.remove(one)
        portal.mqtt.forget(one.id)
    return {"removed": name}


def _guarded(
    action: Callable[[SiteServices, Given], dict[str, Any]],
) -> Callable[[SiteServices, Given], dict[str, Any]]:
    """What the vCD itself would refuse is a ValueError here."""

    def run(group: SiteServices, given: Given) -> dict[str, Any]:
        try:
            return action(group, given)
        except Refusal as refusal:
            raise ValueError(refusal.message) from refusal

    return run


CHANGES: dict[str, Callable[[SiteServices, Given], dict[str, Any]]] = {
    name: _guarded(action)
    for name, action in {
        "branding-set": _branding_set,
        "branding-remove": _branding_remove,
        "branding-image": _branding_image,
        "theme-add": _theme_add,
        "theme-remove": _theme_remove,
        "portal-setting": _portal_setting,
        "plugin-set": _plugin_set,
        "plugin-remove": _plugin_remove,
        "extension-set": _extension_set,
        "extension-remove": _extension_remove,
    }.items()
}
"""Name -> change; `given` has the parameters that the docstrings name, beside `org` where a branding is meant."""
