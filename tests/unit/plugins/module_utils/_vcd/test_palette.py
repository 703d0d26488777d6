# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Palettes: spellings of a colour, contrast as WCAG 2 defines it, what is taken over, the style sheet."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vcd import palette, theme_colours

KIWI = {"header": "#323843", "background": "#FAFAFA", "text": "#1B2330", "primary": "#3F6212", "accent": "#D9EDBF"}


@pytest.mark.parametrize("written", ["#0af", "0AF", "#00aaff", "00AAFF", " #00AaFf "])
def test_every_spelling_of_a_colour_is_the_same_colour(written: str) -> None:
    assert palette.colour(written) == "#00AAFF"


@pytest.mark.parametrize("written", ["", "#", "#12", "#1234", "#12345", "#1234567", "red", "#ggg", "##123", "#12 456"])
def test_what_is_no_colour_is_refused_by_its_name(written: str) -> None:
    with pytest.raises(InputError, match="the palette's header is .*for example #323843"):
        palette.complete({"header": written})


@pytest.mark.parametrize("written", [323843, 0, 1.5, True, ["#fff"]])
def test_a_number_is_refused_because_yaml_has_eaten_its_zeros(written: Any) -> None:
    with pytest.raises(InputError, match="the palette's header .* write it in quotes"):
        palette.complete({"header": written})


# Figures of WCAG's own understanding documents and of the definition.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#FFFFFF", 21.0),
        ("#FFFFFF", "#FFFFFF", 1.0),
        ("#777777", "#FFFFFF", 4.48),
        ("#767676", "#FFFFFF", 4.54),
        ("#949494", "#FFFFFF", 3.03),
        ("#FF0000", "#FFFFFF", 4.0),
        ("#0000FF", "#FFFFFF", 8.59),
        ("#323843", "#FFFFFF", 11.78),
    ],
)
def test_contrast_is_that_of_wcag_whichever_colour_is_the_text(one: str, other: str, ratio: float) -> None:
    for text, ground in ((one, other), (other, one)):
        assert palette.contrast(text, ground) == pytest.approx(ratio, abs=0.01)


def test_a_weak_pair_is_named_with_its_ratio_and_what_would_be_enough() -> None:
    (found,) = palette.shortfalls({"header": "#FFFFFF", "header_text": "#777777"})
    assert found["text"] == (
        "header_text #777777 on header #FFFFFF has a contrast of 4.47:1, and text needs 4.5:1 (WCAG AA). "
        "#767676 for header_text would be enough"
    )
    assert palette.contrast(found["enough"], "#FFFFFF") >= 4.5


def test_components_need_less_than_text() -> None:
    colours = {"background": "#FFFFFF", "primary": "#949494", "link": "#949494"}
    assert [(each["front"], each["needed"]) for each in palette.shortfalls(colours)] == [("link", "4.5")]
    (found,) = palette.shortfalls({"background": "#FFFFFF", "primary": "#AAAAAA"})
    assert "a component or large text needs 3:1" in found["text"]


@pytest.mark.parametrize(
    "back", ["#000000", "#777777", "#808080", "#FFFFFF", "#FF0000", "#00FF00", "#0000FF", "#737373"]
)
def test_black_or_white_and_the_nearest_enough_colour_can_always_be_read(back: str) -> None:
    assert palette.contrast(palette.readable(back), back) >= 4.5
    for front in ("#123456", "#777777", "#FFEE00", back):
        assert palette.contrast(palette.enough(front, back, 4.5), back) >= 4.5


def test_a_good_colour_is_its_own_remedy() -> None:
    assert palette.enough("#1B2330", "#FFFFFF", 4.5) == "#1B2330"


def test_what_is_left_out_follows_from_what_is_given() -> None:
    found = palette.complete(KIWI)
    assert found["surface"] == found["navigation"] == found["login_background"] == "#FAFAFA"
    assert found["header_text"] == found["primary_text"] == "#FFFFFF"
    assert found["accent_text"] == found["login_text"] == "#000000"
    assert found["navigation_text"] == found["text"] == "#1B2330"
    assert found["link"] == found["primary"] == "#3F6212"
    assert palette.shortfalls(found) == []


def test_a_dark_navigation_has_light_words_beside_a_light_page() -> None:
    found = palette.complete({**KIWI, "navigation": "#1B2330"})
    assert (found["text"], found["navigation_text"]) == ("#1B2330", "#FFFFFF")


def test_groups_of_which_nothing_is_given_stay_the_portals_own() -> None:
    assert palette.complete({"header": "#323843"}) == {"header": "#323843", "header_text": "#FFFFFF"}
    assert palette.complete({"header": "#323843", "link": None}) == palette.complete({"header": "#323843"})


def test_an_unknown_name_is_refused_with_the_one_that_was_meant() -> None:
    with pytest.raises(InputError, match="'heder', which there is not; did you mean 'header'"):
        palette.complete({"heder": "#323843"})
    with pytest.raises(InputError, match="The names are header, header_text, background"):
        palette.complete({"xyzzy": "#323843"})


@pytest.mark.parametrize(("written", "message"), [({}, "is empty"), ("#323843", "is a str"), ([], "is a list")])
def test_what_is_no_palette_is_refused(written: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        palette.complete(written)


def test_the_style_sheet_has_each_colour_as_property_and_as_rule() -> None:
    css = palette.to_css(palette.complete(KIWI))
    assert "  --clr-header-bg-color: #323843;\n" in css
    assert "header, .header, header[class], .header[class] { background-color: #323843; }\n" in css
    assert css.count("{") == css.count("}") == 1 + len(palette.complete(KIWI))


def test_the_style_sheet_is_the_same_whatever_the_order_and_the_spelling() -> None:
    other = dict(reversed([(name, value.lower().lstrip("#")) for name, value in KIWI.items()]))
    assert palette.to_css(palette.complete(other)) == palette.to_css(palette.complete(KIWI))


def test_a_base_comes_first_so_that_the_palette_outdoes_it() -> None:
    base = '@charset "UTF-8";\n.header { background-color: #000; }\n.else { color: red; }\n\n\n'
    css = palette.to_css(palette.complete(KIWI), base)
    assert css.startswith(base.rstrip() + "\n\n/* vcpp.vcloud.vcd_theme_css: header #323843")
    assert theme_colours.read(css)["header"] == "#323843"
