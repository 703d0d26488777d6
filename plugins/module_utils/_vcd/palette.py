# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A short palette, whether its colours can be read on one another, and the portal CSS made of it. Pure.

Contrast is that of WCAG 2: relative luminance of sRGB, (lighter + 0.05) / (darker + 0.05), 1 to 21. Level AA wants
4.5:1 for text and 3:1 for large text and for components such as buttons.

The portal is built with Clarity. Newer releases of it read custom properties (`--clr-header-bg-color`), older ones know
classes only (`.header`), so the CSS has both; a browser takes what it understands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._names import nearest
from .._plan import InputError

TEXT, COMPONENT = 4.5, 3.0
BLACK, WHITE = "#000000", "#FFFFFF"


@dataclass(frozen=True)
class Part:
    """One colour of a portal: the custom properties that hold it, and the classes whose rule shows it.

    `rule` is the CSS property of these classes, `color` or `background-color`.
    """

    properties: tuple[str, ...]
    rule: str
    selectors: tuple[str, ...]


def _headers(*inside: str) -> tuple[str, ...]:
    return tuple(f"{outer} {inner}" for outer in ("header", ".header") for inner in inside)


# The names of a palette, in the order of the CSS.
PARTS: dict[str, Part] = {
    "header": Part(
        ("--clr-header-bg-color", "--clr-header-bgColor", *(f"--clr-header-{each}-bg-color" for each in range(1, 9))),
        "background-color",
        # [class] outweighs the numbered headers (`.header-6`), of which the portal uses one.
        ("header", ".header", "header[class]", ".header[class]"),
    ),
    "header_text": Part(
        ("--clr-header-font-color",),
        "color",
        (
            "header",
            ".header",
            *_headers(".branding .title", ".header-nav .nav-link", ".header-actions .nav-link", ".settings .nav-link"),
        ),
    ),
    "background": Part(("--clr-global-app-background",), "background-color", (".main-container",)),
    "surface": Part(
        (
            "--clr-card-bg-color",
            "--clr-table-bgcolor",
            "--clr-datagrid-popover-bg-color",
            "--clr-dropdown-bg-color",
            "--clr-modal-bg-color",
            "--clr-signpost-content-bg-color",
            "--clr-subnav-bg-color",
            "--clr-subnav-bgColor",
        ),
        "background-color",
        (
            ".subnav",
            ".sub-nav",
            ".card",
            ".table",
            ".datagrid",
            ".dropdown-menu",
            ".dropdown .dropdown-menu",
            ".modal-dialog .modal-content",
        ),
    ),
    "text": Part(
        (
            "--clr-global-font-color",
            "--clr-global-font-color-secondary",
            *(f"--clr-h{number}-color" for number in range(1, 7)),
            *(f"--clr-p{number}-color" for number in range(1, 9)),
            "--clr-card-title-color",
            "--clr-table-font-color",
            "--clr-thead-color",
            "--clr-dropdown-text-color",
            "--clr-dropdown-item-color",
            "--clr-dropdown-header-color",
            "--clr-forms-text-color",
            "--clr-forms-label-color",
            "--clr-nav-link-color",
            "--clr-nav-link-active-color",
        ),
        "color",
        (
            "body",
            ".nav .nav-link",
            ".card",
            ".table",
            ".datagrid",
            ".dropdown-menu .dropdown-header",
            ".dropdown-menu .dropdown-item",
        ),
    ),
    "border": Part(
        ("--clr-card-border-color", "--clr-table-border-color", "--clr-dropdown-border-color"),
        "border-color",
        (".card", ".table", ".dropdown-menu"),
    ),
    "link": Part(
        (
            "--clr-link-color",
            "--clr-link-active-color",
            "--clr-link-hover-color",
            "--clr-link-visited-color",
            "--clr-btn-link-color",
            "--clr-btn-default-color",
            "--clr-btn-default-outline-color",
        ),
        "color",
        ("a:link", "a:visited", "a:hover", "a:active", ".btn", ".btn.btn-link"),
    ),
    "primary": Part(
        (
            "--clr-btn-primary-bg-color",
            "--clr-btn-primary-border-color",
            "--clr-btn-primary-hover-bg-color",
            "--clr-nav-active-box-shadow-color",
            "--clr-progress-defaultBarColor",
        ),
        "background-color",
        (".btn.btn-primary", ".btn-primary .btn", ".btn.btn-primary:hover"),
    ),
    "primary_text": Part(
        ("--clr-btn-primary-color", "--clr-btn-primary-hover-color", "--clr-btn-primary-checked-color"),
        "color",
        (".btn.btn-primary", ".btn-primary .btn", ".btn.btn-primary:hover", ".btn.btn-primary:visited"),
    ),
    "navigation": Part(
        ("--clr-vertical-nav-bg-color",),
        "background-color",
        (".clr-vertical-nav", ".sidenav"),
    ),
    "navigation_text": Part(
        ("--clr-vertical-nav-item-color", "--clr-vertical-nav-toggle-icon-color"),
        "color",
        (
            ".clr-vertical-nav .nav-link",
            ".clr-vertical-nav .nav-trigger",
            ".clr-vertical-nav .nav-group-content",
            ".sidenav .sidenav-content > .nav-link",
        ),
    ),
    "accent": Part(
        (
            "--clr-vertical-nav-active-bg-color",
            "--clr-vertical-nav-hover-bg-color",
            "--clr-global-selection-color",
            "--clr-dropdown-bg-active-color",
        ),
        "background-color",
        (
            ".clr-vertical-nav .nav-link.active",
            ".clr-vertical-nav .nav-link:hover",
            ".clr-vertical-nav .nav-group-content.active",
            ".sidenav .sidenav-content > .nav-link.active",
        ),
    ),
    "accent_text": Part(
        (
            "--clr-vertical-nav-item-active-color",
            "--clr-vertical-nav-icon-active-color",
            "--clr-dropdown-active-text-color",
            # The words of selected rows, whose ground is the selection colour.
            "--clr-datagrid-row-selected",
        ),
        "color",
        (
            ".clr-vertical-nav .nav-link.active",
            ".clr-vertical-nav .nav-link:hover",
            ".clr-vertical-nav .nav-group-content.active",
            ".sidenav .sidenav-content > .nav-link.active",
        ),
    ),
    "login_background": Part(
        ("--clr-login-background-color",), "background-color", (".login-wrapper", ".login-wrapper .login")
    ),
    "login_text": Part(
        ("--clr-login-title-color",),
        "color",
        tuple(f".login-wrapper .login .{each}" for each in ("title", "title .hint", "subtitle", "trademark")),
    ),
}


@dataclass(frozen=True)
class Pair:
    """Two colours that meet: `front` stands on `back` and needs this contrast."""

    front: str
    back: str
    needed: float = TEXT


PAIRS = (
    Pair("header_text", "header"),
    Pair("text", "background"),
    Pair("text", "surface"),
    Pair("link", "background"),
    Pair("link", "surface"),
    Pair("primary_text", "primary"),
    Pair("primary", "background", COMPONENT),
    Pair("primary", "surface", COMPONENT),
    Pair("navigation_text", "navigation"),
    Pair("accent_text", "accent"),
    Pair("login_text", "login_background"),
    Pair("primary", "login_background", COMPONENT),
)


def colour(value: Any, where: str = "the colour") -> str:
    """`#RRGGBB` in capitals of `#RGB` or `#RRGGBB`, with or without `#`. Raises InputError, which names `where`."""
    if not isinstance(value, str):
        # 323843 without quotes is a number in YAML, and 000000 is 0.
        raise InputError(f'{where} is {value!r}, which is no text: write it in quotes, for example "#323843"')
    digits = value.strip().removeprefix("#")
    if not re.fullmatch(r"[0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}", digits):
        raise InputError(
            f"{where} is {value!r}: write a colour as # and three or six hexadecimal digits, for example #323843"
        )
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    return f"#{digits.upper()}"


def luminance(value: str) -> float:
    """Relative luminance of a `#RRGGBB`, 0 (black) to 1 (white)."""
    shares = (int(value[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two `#RRGGBB`, 1 (the same) to 21 (black and white)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def readable(back: str) -> str:
    """Black or white, whichever can be read better on a colour; it always has more than 4.5:1."""
    return max(WHITE, BLACK, key=lambda front: contrast(front, back))


def _mixed(value: str, with_: str, share: float) -> str:
    parts = zip((value[at : at + 2] for at in (1, 3, 5)), (with_[at : at + 2] for at in (1, 3, 5)), strict=True)
    return "#" + "".join(f"{round(int(a, 16) * (1 - share) + int(b, 16) * share):02X}" for a, b in parts)


def enough(front: str, back: str, needed: float) -> str:
    """The colour nearest to `front`, on its way to black or to white, that has the contrast `needed` (4.5 at most)."""
    for step in range(256):
        for goal in (BLACK, WHITE):
            mixed = _mixed(front, goal, step / 255)
            if contrast(mixed, back) >= needed:
                return mixed
    return readable(back)


def complete(palette: Any) -> dict[str, str]:
    """A palette with every colour that follows from those given, as {name: #RRGGBB} in the order of `PARTS`.

    What is not given is taken over: surface, navigation and login_background from background, link from primary; a text
    is black or white, whichever can be read better. Groups of which nothing is given stay the portal's own.
    Raises InputError for an unknown name, a wrong colour, an empty palette.
    """
    if not isinstance(palette, Mapping):
        raise InputError(f"the palette is a {type(palette).__name__}: give a dictionary of names and colours")
    for name in palette:
        if name not in PARTS:
            raise InputError(
                f"the palette has a colour {name!r}, which there is not{nearest(str(name), PARTS)} "
                f"The names are {', '.join(PARTS)}"
            )
    found = {name: colour(value, f"the palette's {name}") for name, value in palette.items() if value is not None}
    if not found:
        raise InputError(f"the palette is empty: give at least one of {', '.join(PARTS)}")
    for name, source in (
        ("surface", "background"),
        ("navigation", "surface" if "surface" in palette else "background"),
        ("login_background", "background"),
        ("link", "primary"),
    ):
        if source in found:
            found.setdefault(name, found[source])
    for front, back in (
        ("header_text", "header"),
        ("text", "background"),
        ("primary_text", "primary"),
        ("accent_text", "accent"),
        ("login_text", "login_background"),
    ):
        if back in found:
            found.setdefault(front, readable(found[back]))
    if "navigation" in found:
        own = found.get("text", readable(found["navigation"]))
        legible = contrast(own, found["navigation"]) >= TEXT
        found.setdefault("navigation_text", own if legible else readable(found["navigation"]))
    return {name: found[name] for name in PARTS if name in found}


def shortfalls(colours: Mapping[str, str]) -> list[dict[str, Any]]:
    """The pairs below level AA, each with `front`, `back`, their colours, `ratio`, `needed`, `enough` and a `text`.

    Pairs of which one colour is not known are passed over, and those of the same two colours are told once.
    """
    found = []
    told = set()
    for pair in PAIRS:
        if pair.front not in colours or pair.back not in colours:
            continue
        front, back = colours[pair.front], colours[pair.back]
        ratio = contrast(front, back)
        if ratio >= pair.needed or (pair.front, front, back) in told:
            continue
        told.add((pair.front, front, back))
        better = enough(front, back, pair.needed)
        kind = "text" if pair.needed == TEXT else "a component or large text"
        found.append(
            {
                "front": pair.front,
                "back": pair.back,
                "front_colour": front,
                "back_colour": back,
                "ratio": shown(ratio),
                "needed": f"{pair.needed:g}",
                "enough": better,
                "text": (
                    f"{pair.front} {front} on {pair.back} {back} has a contrast of {shown(ratio)}:1, and {kind} needs "
                    f"{pair.needed:g}:1 (WCAG AA). {better} for {pair.front} would be enough"
                ),
            }
        )
    return found


def shown(ratio: float) -> str:
    """A ratio for people, cut and not rounded: 4.499 must not read as 4.5."""
    return f"{int(ratio * 100) / 100:.2f}"


def to_css(colours: Mapping[str, str], base: str = "") -> str:
    """The style sheet of a complete palette; `base` is the sheet that it is laid over.

    The same palette gives the same bytes, so a theme of it is changed only when a colour or the base is.
    """
    # A charset or an import of the base must stay first.
    begin = f"{base.rstrip()}\n\n" if base.strip() else ""
    named = ", ".join(f"{name} {value}" for name, value in colours.items())
    properties = "".join(f"  {each}: {value};\n" for name, value in colours.items() for each in PARTS[name].properties)
    rules = "".join(
        f"{', '.join(PARTS[name].selectors)} {{ {PARTS[name].rule}: {value}; }}\n" for name, value in colours.items()
    )
    return f"{begin}/* vcpp.vcloud.vcd_theme_css: {named} */\n:root {{\n{properties}}}\n{rules}"
