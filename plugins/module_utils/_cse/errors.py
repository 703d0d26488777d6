# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What refusals of the Container Service Extension mean (contract 2.3): nearly all are a 500 with a text. Pure."""

from __future__ import annotations

import re

from .._http import HttpError

DOWN = (
    "The Container Service Extension is registered at this vCloud Director, but its server does not answer: start it "
    "(service cse on its host). Where CSE 4 has replaced it, remove the registration of the old extension."
)
# A text of the server, in the order in which they are tried, and what to do about it.
_REMEDIES = (
    (r"service is disabled", "The provider enables it again: vcd cse system enable."),
    (
        r"Missing required rights",
        "The server enforces authorization: the user's role needs the right {cse}:CSE NATIVE DEPLOY RIGHT.",
    ),
    (
        r"not in a valid state",
        "Something is being done to the cluster, or has failed: run the task again, it waits for what is going on. "
        "A failed creation is removed with state: absent.",
    ),
    (r"already exists", "Somebody else made it meanwhile, or a vApp has its name: run the task again, it looks first."),
    (r"Found multiple clusters", "Clusters of several organization VDCs have this name: give vdc (and org)."),
    (r"already has|already at the size", "Somebody else resized it meanwhile: run the task again, it looks first."),
    (r"RDE_ENTITY_NOT_RESOLVED|not resolved", "The cluster is still being made, or its creation failed half-way."),
    (r"Unauthorized", "Only a System administrator may do this."),
    (r"Invalid api version", "This release does not serve the call at the API number that is spoken."),
    (r"url - not found", "The server runs in its other mode (legacy_mode), which has no such call."),
)


def text_of(problem: HttpError) -> str:
    """What the server said, code and all."""
    return " ".join(filter(None, (problem.code, problem.server_message)))


def advice(problem: HttpError) -> str:
    """What to do about a refusal; an empty text where nothing better is known than for any other request."""
    if problem.status == 504:
        return DOWN
    said = text_of(problem)
    return next((remedy for pattern, remedy in _REMEDIES if re.search(pattern, said)), "")


def is_missing(problem: HttpError) -> bool:
    """True for the answer about a cluster, an entity or a node that is not there: no status says it, its text does."""
    if problem.kind != "status":
        return False
    said = problem.server_message or ""
    gone = re.search(r"^(Cluster|Node) .*not found|does not exist", said, re.DOTALL)
    return problem.status == 404 or (problem.status in (400, 403, 500) and bool(gone))
