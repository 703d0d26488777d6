"""The verbs of the command line that change defined entities and API tokens of a vCD (vcd/entities_changes.py)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any

from .client import ControlClient

Pairs = Callable[[Sequence[str]], dict[str, Any]]
Verb = Callable[[str, str, Callable[[ControlClient, argparse.Namespace], Any]], argparse.ArgumentParser]
_BEHIND = " Not in the journal: it happens behind everybody's back."


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def add_entity_verbs(verb: Verb, pairs: Pairs) -> None:
    """Adds the verbs. `pairs` reads FIELD=VALUE, as for the other verbs."""

    def add(name: str, help: str, given: Callable[[argparse.Namespace], dict[str, Any]]) -> argparse.ArgumentParser:
        def run(client: ControlClient, options: argparse.Namespace) -> Any:
            return client.change(name, options.site, **given(options))

        made = verb(name, help + _BEHIND, run)
        made.add_argument("site")
        return made

    made = add(
        "entity-set",
        "Change a defined entity.",
        lambda options: {"entity": options.entity, "fields": pairs(options.fields)},
    )
    made.add_argument("entity", help="its URN, or its name when there is one of it")
    made.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help="name, state, or a dotted member of its content")
    made = add("entity-remove", "Remove a defined entity.", lambda options: {"entity": options.entity})
    made.add_argument("entity")
    made = add(
        "behavior-finish",
        "End what runs on a defined entity outside of the vCD.",
        lambda options: {"entity": options.entity, "result": _json(options.result), "error": options.error},
    )
    made.add_argument("entity")
    made.add_argument("--result", default="null", help="JSON, or a text")
    made.add_argument("--error", help="it fails, with this sentence")
    made = add("token-remove", "Revoke an API token.", lambda options: {"token": options.token})
    made.add_argument("token", help="its name")
