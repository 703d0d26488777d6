# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What makes a run happen once: a record of it, kept at the server (contract vro-api.md, 13.1 and 21).

An execution carries nothing that a client could find it by, and servers purge executions. So there is a configuration
element for each workflow and key, in a category of its own; it outlives the execution, people can read it in the
product's client, and removing it lets the run happen again. It is written before the start, so that a run whose start
was cut off is never begun a second time without somebody having looked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .._plan import InputError
from . import categories, values
from .client import Vro, segment

CATEGORY = "vcpp.vcloud run once"
STARTING = "starting"
_LONGEST = 100
_TEXTS = ("workflow", "execution_id", "state", "started", "ended", "outputs", "parameters")


@dataclass(frozen=True)
class Record:
    """What is known of the run of a key. `outputs` is JSON, `parameters` a digest; `id` is that of the element."""

    workflow: str
    state: str
    parameters: str
    execution_id: str = ""
    started: str = ""
    ended: str = ""
    outputs: str = ""
    id: str | None = None

    def results(self) -> dict[str, Any]:
        """What the run gave back, as plain YAML; nothing where somebody has edited it into what cannot be read."""
        try:
            found = json.loads(self.outputs or "{}")
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


def check_key(option: str, key: str) -> None:
    """Refuse a key that cannot be part of an element's name (contract 13.1). Raises InputError."""
    if not key.strip() or len(key) > _LONGEST or re.search(r"[\\/\x00-\x1f]", key):
        raise InputError(
            f"{option} is {key!r}: write 1 to {_LONGEST} characters without slashes and backslashes, for example "
            "tenant-tyrell-2026-03"
        )


def digest(types: Mapping[str, str], given: Mapping[str, Any]) -> str:
    """A digest of what a run was given, to tell whether it was the same. Secrets are not in it: from a digest of a
    short one it could be guessed."""
    open_ones = {
        name: value for name, value in given.items() if value is not None and not values.is_secret(types.get(name, ""))
    }
    text = json.dumps(open_ones, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def name_of(workflow_id: str, key: str) -> str:
    """The name of the element."""
    return f"{workflow_id} {key}"


class Ledger:
    """The records of one workflow. One read of the category, one of each record that is there."""

    def __init__(self, api: Vro, workflow_id: str) -> None:
        self._api, self._workflow_id = api, workflow_id
        found = categories.find(api, categories.CONFIGURATION, CATEGORY)
        self._category = found.id if found else None
        self._elements = {str(row.get("name")): str(row["id"]) for row in found.elements} if found else {}

    def find(self, key: str) -> Record | None:
        """The record of a key; None where there is none. Raises HttpError."""
        identifier = self._elements.get(name_of(self._workflow_id, key))
        document = self._api.find(f"configurations/{segment(identifier)}") if identifier else None
        if document is None:
            return None
        held = values.outputs(document.get("attributes"))
        texts = {name: str(held.get(name) or "") for name in _TEXTS}
        return Record(id=identifier, **texts)

    def prepare(self) -> None:
        """Make the category where it is missing. Raises HttpError."""
        if self._category is None:
            self._category = categories.ensure(self._api, categories.CONFIGURATION, CATEGORY)

    def write(self, key: str, record: Record) -> Record:
        """Write a record anew or over the one that is there; the same with its id. Raises HttpError."""
        document = {
            "name": name_of(self._workflow_id, key),
            "category-id": self._category,
            "description": f"Run once by vcpp.vcloud: {record.workflow}. Remove this element to let it run again.",
            "attributes": list(_attributes(record)),
        }
        if record.id:
            self._api.send("PUT", f"configurations/{segment(record.id)}", json=document)
            return record
        reply = self._api.send("POST", "configurations", query={"categoryId": self._category}, json=document)
        made = self._api.parse(reply, "POST", "configurations") or {}
        if not made.get("id"):
            raise self._api.unexpected("POST", "configurations", reply.status, "it tells no id of the element")
        return replace(record, id=str(made["id"]))


def _attributes(record: Record) -> Iterable[dict[str, Any]]:
    for name in _TEXTS:
        text = getattr(record, name)
        yield {"name": name, "type": "string", **({"value": {"string": {"value": text}}} if text else {})}
