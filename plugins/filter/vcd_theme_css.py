# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What the filter does is in module_utils/_vcd/palette.py; here it is only told to Ansible.

from __future__ import annotations

DOCUMENTATION = r"""
name: vcd_theme_css
short_description: Make the CSS of a portal theme from a short palette
version_added: "0.1.0"
author: The vcpp.vcloud authors (@vcpp)
description:
  - Makes the style sheet of a theme of the vCloud Director portal from a few named colours, for
    M(vcpp.vcloud.vcd_theme).
  - Two colours that meet and have less contrast than level AA of WCAG 2 are a warning that names both, their ratio, the
    ratio that is needed (4.5:1 for text, 3:1 for components and large text) and a colour that would be enough.
  - The same palette always gives the same text, so a theme made from it changes only when a colour does.
notes:
  - Releases that read Clarity's custom properties lay the style sheet of a theme over their own. Older ones (the theme
    generator for vCloud Director 9.5 and later says so of its files) take it in place of their own, which then has to
    be in it. Give it as O(base).
positional: base
options:
  _input:
    description:
      - The palette, names and colours. A colour is C(#RGB) or C(#RRGGBB), with or without C(#), in quotes. An unknown
        name is refused.
      - C(header) is the bar at the top, C(header_text) what is written on it. C(background) is the page, C(surface) are
        cards, tables and menus on it, C(text) is what is written on both, C(border) their edge, C(link) are links and
        buttons without a filling.
      - C(primary) are the main buttons and progress bars, C(primary_text) the words on such a button.
      - C(navigation) is the list at the side, C(navigation_text) its entries, C(accent) the one that is selected and
        C(accent_text) its words.
      - C(login_background) and C(login_text) are the panel of the login page.
      - What is left out follows from the others. C(surface), C(navigation) and C(login_background) are the
        C(background), C(link) is the C(primary), and each text is black or white, whichever can be read better.
        Where there is nothing to follow from, the portal keeps its own colour.
    type: dict
    required: true
  base:
    description: A style sheet that comes first, for example one that the theme generator made. None when omitted.
    type: str
    default: ''
  contrast:
    description:
      - What is done about a contrast below level AA. V(warn) warns, V(fail) refuses, V(ignore) says nothing.
    type: str
    choices: [warn, fail, ignore]
    default: warn
seealso:
  - module: vcpp.vcloud.vcd_theme
"""

EXAMPLES = r"""
- name: The style sheet of the theme Kiwi, from five colours
  ansible.builtin.copy:
    content: >-
      {{ {'header': '#323843', 'background': '#FAFAFA', 'text': '#1B2330', 'primary': '#3F6212', 'accent': '#D9EDBF'}
         | vcpp.vcloud.vcd_theme_css }}
    dest: /tmp/kiwi-theme.css
    mode: "0644"

- name: The same, refused where it cannot be read
  ansible.builtin.set_fact:
    kiwi_css: "{{ {'header': '#323843', 'header_text': '#FFFFFF'} | vcpp.vcloud.vcd_theme_css(contrast='fail') }}"
"""

RETURN = r"""
_value:
  description: The style sheet.
  type: str
"""

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display

from ..module_utils._plan import InputError
from ..module_utils._vcd.palette import complete, shortfalls, to_css


def vcd_theme_css(palette, base="", contrast="warn"):
    """The style sheet of a palette. Raises AnsibleFilterError for what cannot be one."""
    if contrast not in ("warn", "fail", "ignore"):
        raise AnsibleFilterError(f"vcpp.vcloud.vcd_theme_css: contrast is {contrast!r}: give warn, fail or ignore")
    if not isinstance(base, str):
        raise AnsibleFilterError(
            f"vcpp.vcloud.vcd_theme_css: base is a {type(base).__name__}: give the text of a style sheet, for example "
            "with the lookup ansible.builtin.file"
        )
    try:
        colours = complete(palette)
    except InputError as problem:
        raise AnsibleFilterError(f"vcpp.vcloud.vcd_theme_css: {problem}") from problem
    weak = [each["text"] for each in shortfalls(colours)]
    if weak and contrast == "fail":
        raise AnsibleFilterError(f"vcpp.vcloud.vcd_theme_css: {'; '.join(weak)}")
    if contrast == "warn":
        for text in weak:
            Display().warning(f"vcpp.vcloud.vcd_theme_css: {text}.")
    return to_css(colours, base)


class FilterModule:
    """The filters of this file, as Ansible asks for them."""

    def filters(self):
        return {"vcd_theme_css": vcd_theme_css}
