# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Themes of the portal and their style sheets (contract vcd-api.md, 3.5, 3.6 and 8)."""

from __future__ import annotations

from .client import Vcd

THEMES = "cloudapi/branding/themes"
BUILT_IN, CUSTOM = "BUILT_IN", "CUSTOM"


def every(api: Vcd) -> dict[str, str]:
    """{name: type} of all themes, `BUILT_IN` or `CUSTOM`: one request. Raises HttpError."""
    found = api.get(THEMES)
    if not isinstance(found, list):
        raise api.unexpected("GET", THEMES, 200, "no list of themes")
    return {str(theme["name"]): theme_type(theme.get("themeType")) for theme in found}


def theme_type(text: str | None) -> str:
    """The type of a theme in one spelling: clients write Custom, and DEFAULT for the built-in ones (contract 3.5)."""
    return BUILT_IN if str(text or "").upper() in (BUILT_IN, "DEFAULT") else CUSTOM
