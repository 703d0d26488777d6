# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""vApps that are Kubernetes clusters of the Container Service Extension, as vCloud Director tells them.

CSE 1.2 to 3.x marks the vApp of a cluster in its metadata, which every user of the organization sees, and names the
VMs by their part in it (contract cse-api.md, 3.3, 4.2 and 8.5). Clusters of 4.x have no such mark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from . import details
from .client import Vcd
from .filters import written
from .records import identity, kind

ROLES = {"mstr": "control_plane", "node": "worker", "nfsd": "nfs"}
"""Parts of a node in its cluster, by what the name of its VM begins with."""
MARK = "cse.cluster.id"
_NODE = re.compile(rf"({'|'.join(ROLES)})-[a-z0-9]{{4}}")


def role_of(name: str) -> str | None:
    """The part that a VM of this name has in a cluster, one of the values of ROLES; None for no name of a node."""
    found = _NODE.fullmatch(name)
    return ROLES[found[1]] if found else None


def any_node(names: Iterable[str]) -> bool:
    """Whether one of the names is that of a node: only then is it worth asking for clusters."""
    return any(_NODE.fullmatch(name) for name in names)


def identities(api: Vcd) -> dict[str, str]:
    """The ids of all clusters that the user sees, by the bare UUIDs of their vApps: one paged list. Raises HttpError.

    An id is a UUID up to CSE 2.6 and in legacy mode, later the URN of an entity.
    """
    records = api.query(kind(api, "vApp"), written(f"metadata:{MARK}==STRING:*"), f"name,metadata:{MARK}")
    marks = ((identity(record), details.entries(record).get(MARK)) for record in records)
    # The filter narrows, it never decides.
    return {vapp: str(mark) for vapp, mark in marks if mark}
