# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Releases of the Container Service Extension (CSE), and which way each of them is spoken to (contract 1.1 and 1.2).

Pure: what a server or its vCloud Director told comes in, a Release goes out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .._plan import InputError
from .._vcd import versions
from .._vcd.versions import Version

FIRST, SECOND, NATIVE, POLLED = "first", "second", "native", "polled"
"""The four ways: 1.2 and 2.0 (`/api/cse/<cluster>`); 2.5, 2.6 and 3.x on API 33 or 34 (`/api/cse/cluster/<cluster>`);
3.x on API 35 or 36 (`/api/cse/3.0`, entities); 4.x, which has no calls and looks at entities by itself."""

# 4.x by the version of its entity type.
_POLLED = {"1.1.0": "4.0", "1.2.0": "4.1", "1.3.0": "4.2"}
_CAMEL: Version = (36, 0)  # from this API number on a native cluster is an entity with hooks, in camel case


@dataclass(frozen=True)
class Release:
    """One CSE. `version` is its own text (of 4.x, which tells none, the first two numbers); `api` the API number that
    its calls want, None for whatever the vCD speaks; `rde` the version of the entity type that it writes, "" before
    3.x; `legacy` is the legacy mode of 3.1."""

    version: str
    kind: str
    api: Version | None = None
    rde: str = ""
    legacy: bool = False

    @property
    def number(self) -> tuple[int, ...]:
        """The version as numbers, to compare: (3, 1, 4)."""
        return numbers(self.version)

    @property
    def camel(self) -> bool:
        """True where native clusters are entities of 2.x, in camel case and with hooks (3.1 on API 36)."""
        return self.kind == NATIVE and self.api is not None and self.api >= _CAMEL

    def __str__(self) -> str:
        spoken = f" on API {versions.text(self.api)}" if self.api else ""
        return f"CSE {self.version}{' in legacy mode' if self.legacy else ''}{spoken}"


def numbers(version: str) -> tuple[int, ...]:
    """The numbers at the start of a version: (3, 1, 4) of `3.1.4.dev1`. Raises InputError where there are none."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    if not found:
        raise InputError(f"the Container Service Extension says that its version is {version!r}, which is none")
    return tuple(map(int, found[0].split(".")))


def of_system(told: Mapping[str, Any], spoken: Version) -> Release:
    """The release whose `/api/cse/system` told this, where API number `spoken` is spoken with its vCD.

    Raises InputError for one that is not known here, or that cannot be spoken to at this number.
    """
    version = str(told.get("version") or "")
    number = numbers(version)
    if number < (1, 2) or number >= (4,):
        raise InputError(f"the Container Service Extension here is {version}; 1.2 to 3.1 and 4.0 to 4.2 are known")
    if "cse_server_api_version" not in told:
        return Release(version, FIRST if number < (2, 5) else SECOND)
    offered = told.get("cse_server_supported_api_versions")
    legacy = bool(told.get("cse_server_running_in_legacy_mode"))
    api = _chosen(version, offered, spoken) if offered else versions.number(str(told["cse_server_api_version"]))
    if legacy or api < (35, 0):
        return Release(version, SECOND, api, legacy=legacy)
    return Release(version, NATIVE, api, "1.0.0" if api < _CAMEL else "2.0.0" if number < (3, 1, 3) else "2.1.0")


def _chosen(version: str, offered: Iterable[str], spoken: Version) -> Version:
    """The highest API number that the server knows and that is not above the one that is spoken with the vCD."""
    known = sorted(map(versions.number, offered))
    fits = [one for one in known if one <= spoken]
    if not fits:
        listed = ", ".join(map(versions.text, known))
        raise InputError(
            f"CSE {version} here serves API {listed}, and {versions.text(spoken)} is spoken with its vCloud Director. "
            "Leave vcd_api_version out or raise it"
        )
    return fits[-1]


def of_types(registered: Iterable[str]) -> Release | None:
    """The 4.x whose entity types of these versions are registered; None where there is none that is known here."""
    known = sorted((numbers(one), one) for one in registered if one in _POLLED)
    return Release(_POLLED[known[-1][1]], POLLED, None, known[-1][1]) if known else None
