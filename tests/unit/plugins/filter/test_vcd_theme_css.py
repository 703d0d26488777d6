# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter vcd_theme_css: warnings, refusals, and that Ansible finds it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.vcpp.vcloud.plugins.filter import vcd_theme_css as plugin

WEAK = {"header": "#323843", "header_text": "#667085"}


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    texts: list[str] = []

    class Display:
        def warning(self, text: str) -> None:
            texts.append(text)

    monkeypatch.setattr(plugin, "Display", Display)
    return texts


def test_ansible_is_told_its_name() -> None:
    assert plugin.FilterModule().filters() == {"vcd_theme_css": plugin.vcd_theme_css}


def test_a_good_palette_warns_of_nothing(warned: list[str]) -> None:
    assert "--clr-header-bg-color: #323843;" in plugin.vcd_theme_css({"header": "323843"})
    assert warned == []


def test_a_weak_contrast_is_a_warning_that_names_the_pair(warned: list[str]) -> None:
    assert plugin.vcd_theme_css(WEAK).startswith("/* vcpp.vcloud.vcd_theme_css: header #323843")
    (text,) = warned
    assert "header_text #667085 on header #323843 has a contrast of 2.36:1, and text needs 4.5:1" in text
    assert text.endswith("for header_text would be enough.")


def test_it_can_be_refused_or_passed_over_instead(warned: list[str]) -> None:
    with pytest.raises(AnsibleFilterError, match="header_text #667085 on header #323843"):
        plugin.vcd_theme_css(WEAK, contrast="fail")
    assert plugin.vcd_theme_css(WEAK, contrast="ignore")
    assert warned == []


@pytest.mark.parametrize(
    ("palette", "more", "message"),
    [
        ({"heder": "#fff"}, {}, "did you mean 'header'"),
        ({"header": 323843}, {}, "write it in quotes"),
        (None, {}, "is a NoneType"),
        (WEAK, {"contrast": "error"}, "contrast is 'error': give warn, fail or ignore"),
        (WEAK, {"base": ["x"]}, "base is a list: give the text"),
    ],
)
def test_wrong_input_is_a_sentence_and_no_traceback(palette: Any, more: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"vcpp.vcloud.vcd_theme_css: .*{message}"):
        plugin.vcd_theme_css(palette, **more)
