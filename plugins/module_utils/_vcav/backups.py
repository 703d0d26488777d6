# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Backups of an appliance, encrypted with a password (contract vcav-api.md, 4.15)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._plan import InputError
from . import versions
from .archives import Archives
from .client import Vcav


class Backups(Archives):
    """The backups of an appliance. How their tasks are called is not known, so all tasks are looked through."""

    noun = "backup"
    path = "backups"

    def __init__(self, api: Vcav) -> None:
        """Raises InputError before release 4.0."""
        super().__init__(api)
        if not api.has("backups"):
            raise InputError(
                f"backups exist from release {versions.since('backups')} on, and {api.endpoint} runs "
                f"{versions.text(api.version)}: take a snapshot or a copy of the virtual machine instead"
            )

    def document(self, params: Mapping[str, Any]) -> Any:
        """The password, hidden from now on."""
        self.api.hide(params["password"])
        return {"password": params["password"]}
