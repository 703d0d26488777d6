"""Deciding about brandings: colours, menus, what organizations inherit, what is sent. Pure."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import branding, images, links
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd.branding import SYSTEM, Portal, read_wishes

PLAIN = {"portal_name": "vCloud Director", "portal_color": "", "theme": "Default", "custom_links": []}
OWN = {"portal_name": "Acme", "portal_color": "#1A2A3A", "theme": "acme", "custom_links": []}
DOCUMENT = {
    "portalName": "Acme",
    "portalColor": "#1a2a3a",
    "selectedTheme": {"themeType": "DEFAULT", "name": "Default"},
    "customLinks": [
        {"name": "Desk", "menuItemType": "link", "url": "https://desk.example"},
        {"name": "help", "menuItemType": "override", "url": None},
        {"name": None, "menuItemType": "separator", "url": None},
        {"name": "about", "menuItemType": "override", "url": "https://about.example"},
    ],
    "somethingNew": {"a": 1},
}


def portal(**tenants: Any) -> Portal:
    return Portal(dict(PLAIN), {org: dict(values) for org, values in tenants.items()})


@pytest.mark.parametrize(
    "text, colour",
    [
        ("#1a2a3a", "#1A2A3A"), ("1A2A3A", "#1A2A3A"), (" #1a2A3a ", "#1A2A3A"), ("", ""), (None, ""),
        ("teal", "teal"), ("#12345", "#12345"),
    ],
)  # fmt: skip
def test_a_colour_has_one_spelling(text: str | None, colour: str) -> None:
    assert branding.colour(text) == colour


def test_a_document_is_read_into_one_form() -> None:
    shown = branding.read_shown(DOCUMENT, (32, 0))
    assert shown.values == {
        "portal_name": "Acme",
        "portal_color": "#1A2A3A",
        "theme": "Default",
        "custom_links": [
            {"type": "override", "name": "about", "url": "https://about.example"},
            {"type": "link", "name": "Desk", "url": "https://desk.example"},
            {"type": "separator"},
        ],
    }
    assert list(branding.read_shown(DOCUMENT, (30, 0)).values) == ["portal_name", "portal_color", "theme"]
    empty = branding.read_shown({"portalName": None}, (39, 0)).values
    assert empty == {"portal_name": None, "portal_color": "", "theme": None, "custom_links": []}
    for strange in ({}, [], None, {"values": []}):
        with pytest.raises(ValueError, match="without portalName"):
            branding.read_shown(strange, (39, 0))


def test_a_default_menu_is_an_empty_one_and_overrides_are_a_map() -> None:
    fresh = [{"name": name, "menuItemType": "override", "url": None} for name in ("help", "about", "vmrc")]
    assert links.read(fresh) == links.read([]) == links.read(None) == []
    two = [{"type": "override", "name": name, "url": f"https://{name}"} for name in ("vmrc", "help")]
    assert links.checked("x", two) == links.checked("x", two[::-1])
    menu = [{"type": "section", "name": "a", "url": None}, {"type": "separator", "name": None, "url": None}]
    assert links.checked("x", menu) != links.checked("x", menu[::-1])
    assert links.write(links.checked("x", menu)) == [
        {"menuItemType": "section", "name": "a"},
        {"menuItemType": "separator"},
    ]


def test_what_is_sent_is_what_was_read_with_what_is_asked_for() -> None:
    types = {"acme": "CUSTOM"}
    sent = branding.merged(DOCUMENT, {"portal_color": "", "theme": "acme", "logo": "sha256:0"}, types)
    changed = {"portalColor": "", "selectedTheme": {"themeType": "CUSTOM", "name": "acme"}}
    assert sent == {**DOCUMENT, **changed}
    assert branding.merged(DOCUMENT, {"theme": "Default"}, {}) == DOCUMENT, "the type of the same theme needs no look"


def test_a_plan_has_whole_rows_of_those_that_are_asked_for() -> None:
    wishes = read_wishes({"portal_name": "Kiwi"}, [{"org": "a", "portal_color": "aabbcc"}, {"org": "b", "theme": "x"}])
    plan = branding.plan_tenants(portal(a=PLAIN, b=OWN), wishes)
    assert list(plan) == [SYSTEM, "a", "b"]
    assert plan[SYSTEM] == (PLAIN, {**PLAIN, "portal_name": "Kiwi"})
    # What a inherits is the system's as it will be; b has its own.
    assert plan["a"][1] == {**PLAIN, "portal_name": "Kiwi", "portal_color": "#AABBCC"}
    assert plan["b"] == (OWN, {**OWN, "theme": "x"})


def test_one_that_shall_inherit_shows_what_the_system_will_show() -> None:
    wishes = read_wishes({"portal_name": "Kiwi"}, [{"orgs": ["a", "b"], "state": "inherited"}])
    plan = branding.plan_tenants(portal(a=PLAIN, b=OWN, c=OWN), wishes)
    after = {**PLAIN, "portal_name": "Kiwi"}
    assert plan["b"] == (OWN, after)
    # It may have a branding of its own that is the system's of today: only removing that makes sure.
    assert plan["a"] == (PLAIN, after)
    assert plan["c"] == (OWN, after), "one that is not named is there because all others shall inherit"


def test_nothing_asked_is_nothing_planned() -> None:
    wishes = read_wishes(None, [{"org": "a"}])
    assert branding.plan_tenants(portal(a=OWN), wishes) == {"a": (OWN, OWN)}
    assert read_wishes({}, []).looks == {SYSTEM: {}}


def test_what_an_organization_inherits_is_told_field_by_field() -> None:
    assert branding.inherited_fields({**OWN, "theme": "Default"}, PLAIN) == ["theme", "custom_links"]
    assert branding.inherits(PLAIN, PLAIN) and not branding.inherits(OWN, PLAIN)


@pytest.mark.parametrize(
    "version, row, tenants, told",
    [
        ((29, 0), {"theme": "Dark"}, [], "needs API version 30.0"),
        ((31, 0), {"custom_links": []}, [], "system.custom_links needs API version 32.0"),
        ((31, 0), {"icon": ""}, [], "system.icon needs API version 32.0"),
        ((31, 0), None, [{"org": "a"}], "tenants needs API version 32.0"),
    ],
)
def test_what_an_api_number_cannot_hold_is_refused(version: Any, row: Any, tenants: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        branding.refuse_old(version, read_wishes(row, tenants))


@pytest.mark.parametrize(
    "content, media_type",
    [
        (b"\x89PNG\r\n\x1a\n...", "image/png"),
        (b"\xff\xd8\xff\xe1", "image/jpeg"),
        (b"\x00\x00\x01\x00\x01", "image/x-icon"),
        (b"<svg/>", "image/svg+xml"),
        (b"\xef\xbb\xbf <!-- a --><!DOCTYPE svg>\n<svg width='1'/>", "image/svg+xml"),
        (b"<html></html>", None),
        (b"GIF89a", None),
        (b"", None),
    ],
)
def test_a_type_is_what_the_bytes_say(content: bytes, media_type: str | None) -> None:
    assert images.type_of(content) == media_type
