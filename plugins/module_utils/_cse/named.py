# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options that name a cluster, documented in doc_fragments/cse_cluster.py, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._names import nearest
from .._plan import refuse_empty
from . import lookup
from .client import Cse
from .releases import FIRST, SECOND


def spec() -> dict[str, dict[str, Any]]:
    """The argument spec of `cluster`, `org` and `vdc`."""
    return {"cluster": {"type": "str", "required": True}, "org": {"type": "str"}, "vdc": {"type": "str"}}


def check(params: Mapping[str, Any]) -> None:
    """Refuse empty names. Raises InputError."""
    refuse_empty("cluster", params["cluster"], "name the cluster")
    for option in ("org", "vdc"):
        refuse_empty(option, params[option], "give a name, or leave it out")


def missing(cse: Cse, params: Mapping[str, Any]) -> str:
    """The sentence, without its full stop, about a cluster that is not there, with the one that may be meant."""
    where = "".join(f" in {params[option]}" for option in ("vdc", "org") if params[option])
    if cse.release.kind in (FIRST, SECOND):
        rows = cse.get("" if cse.release.kind == FIRST else "clusters")
        names = [str(row.get("name")) for row in rows if isinstance(row, Mapping)]
    else:
        names = [one.name for one in lookup.all_entities(cse, params)]
    return f"there is no cluster {params['cluster']!r}{where} that this user sees{nearest(params['cluster'], names)}"
