# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Colours read from style sheets: our own, an export of the portal's editor, class rules, hostile ones."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import palette, theme_colours

HEADER = "--clr-header-bg-color"


def test_what_a_palette_writes_is_read_back() -> None:
    colours = palette.complete({"header": "#323843", "background": "#111", "primary": "#6FD69A", "navigation": "#222"})
    assert theme_colours.read(palette.to_css(colours)) == colours


def test_custom_properties_as_the_portals_editor_exports_them() -> None:
    css = f"""
    /* BEGIN; {HEADER}: #ffffff; */
    :root {{
      {HEADER}: #a71814; --clr-header-font-color:#d9e2e7;
      --clr-login-background-color: #0a2b4e; --clr-vertical-nav-active-bg-color: #a71814
    }}
    /* END */"""
    assert theme_colours.read(css) == {
        "header": "#A71814",
        "header_text": "#D9E2E7",
        "accent": "#A71814",
        "login_background": "#0A2B4E",
    }


def test_class_rules_of_a_generated_theme_where_the_last_one_counts() -> None:
    css = """@charset "UTF-8";
    header, .header { display: flex; color: #fafafa; background-color: #404e60; height: 60px }
    .main-container { background: #1b2a32; } .card{background-color:#22343c}
    .btn.btn-primary, .btn-primary .btn { background-color: #49afd9; color: #000; }
    .btn.btn-primary { color: black }
    .header .logo { background-color: #ff0000 }
    """
    found = theme_colours.read(css)
    assert (found["header"], found["header_text"], found["background"]) == ("#404E60", "#FAFAFA", "#1B2A32")
    assert (found["surface"], found["primary"], found["primary_text"]) == ("#22343C", "#49AFD9", "#000000")


@pytest.mark.parametrize(
    ("written", "colour"),
    [
        ("#abc", "#AABBCC"), ("#AABBCCff", "#AABBCC"), ("white", "#FFFFFF"), ("rgb(50, 56, 67)", "#323843"),
        ("rgb(50 56 67)", "#323843"), ("rgba(50,56,67,1)", "#323843"), ("hsl(201, 30%, 15%)", "#1B2A32"),
        ("hsl(0deg 0% 100%)", "#FFFFFF"), ("var(--mine)", "#112233"), ("var(--no, #fff)", "#FFFFFF"),
        ("var(--no, var(--mine))", "#112233"), ("rgb(100%, 0%, 0%)", "#FF0000"), ("rgb(999,0,0)", "#FF0000"),
    ],
)  # fmt: skip
def test_notations_of_a_colour(written: str, colour: str) -> None:
    assert theme_colours.read(f":root{{--mine:#123;{HEADER}:{written};}}") == {"header": colour}


@pytest.mark.parametrize(
    "written",
    [
        "transparent", "rgba(0,0,0,.5)", "#12345678", "var(--self)", "url(https://evil.example/x)", "red;}</style>",
        "expression(alert(1))", "rgb(1,2)", "rgb(a,b,c)", "linear-gradient(#fff,#000)", "#fff !important", "",
        "hsl(1e9,1%,1%)",
    ],
)  # fmt: skip
def test_what_is_no_plain_colour_is_passed_over(written: str) -> None:
    assert theme_colours.read(f":root{{--self:var({HEADER});{HEADER}:{written};}}") in ({}, {"header": "#FF0000"})
    assert "header" not in theme_colours.read(f":root{{--self:var({HEADER});{HEADER}:{written.split(';')[0]}}}")


def test_rules_of_media_queries_are_passed_over() -> None:
    css = f"@media print {{ :root {{ {HEADER}: #fff }} .header {{ color: #000 }} }} :root {{ {HEADER}: #123456 }}"
    assert theme_colours.read(css) == {"header": "#123456"}


@pytest.mark.parametrize(
    "css",
    [
        "{" * 2_000_000, "}" * 2_000_000, "a" * 2_000_000, "/*" * 1_000_000, ",-" * 999_999 + "{}",
        ":root{--a:b;" * 99_999,
        f":root{{{HEADER}:" + " " * 2_000_000 + "}", f":root{{{HEADER}:" + "var(--a," * 200_000 + "}", "#" * 5_000_000,
    ],
    ids=str.__len__,
)  # fmt: skip
def test_no_style_sheet_takes_long(css: str) -> None:
    """What looks at each place again from each place takes hours here, which the tests' time-out ends."""
    assert theme_colours.read(css) == {}
