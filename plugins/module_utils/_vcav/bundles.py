# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Support bundles (contract vcav-api.md, 4.3)."""

from __future__ import annotations

from typing import Any

from .._http import HttpError
from .archives import Archive, Archives
from .client import segment


class Bundles(Archives):
    """The support bundles of an appliance."""

    noun = "support bundle"
    path = "diagnostics/bundles"
    resource_type = "supportBundle"

    def source(self, archive: Archive) -> tuple[str, dict[str, Any]]:
        """Before 4.0 a download needs a cookie that is good for once."""
        if self.api.has("direct_download"):
            return super().source(archive)
        path = f"{self.path}/cookie/{segment(archive.id)}"
        cookie = str((self.api.request("POST", path) or {}).get("cookie") or "")
        if not cookie:
            raise HttpError(
                "body", "POST", self.api.endpoint, f"/{path}", status=200, message="an answer without a cookie",
            )  # fmt: skip
        self.api.hide(cookie)
        return path, {"cookie": cookie}
