"""The verbs of the command line that change defined entities and API tokens of a vCD (vcd/entities_changes.py)."""

from __future__ import annotations

import argparse
from typing import Any

from .change_verbs import Add, value


def add_entity_verbs(add: Add) -> None:
    """Adds the verbs."""

    def ending(options: argparse.Namespace) -> dict[str, Any]:
        return {"entity": options.entity, "result": value(options.result), "error": options.error}

    made = add("entity-set", "Change a defined entity.")
    made.add_argument("entity", help="its URN, or its name when there is one of it")
    made.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help="name, state, or a dotted member of its content")
    add("entity-remove", "Remove a defined entity.", "entity")
    made = add("behavior-finish", "End what runs on a defined entity outside of the vCD.", "entity", given=ending)
    made.add_argument("--result", default="null", help="JSON, or a text")
    made.add_argument("--error", help="it fails, with this sentence")
    add("token-remove", "Revoke an API token.").add_argument("token", help="its name")
