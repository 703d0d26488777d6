"""The verbs of the command line that change a vRealize Operations behind everybody's back (vrops/changes.py)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from .client import ControlClient

Pairs = Callable[[Sequence[str]], dict[str, Any]]
Verb = Callable[[str, str, Callable[[ControlClient, argparse.Namespace], Any]], argparse.ArgumentParser]
_BEHIND = " Not in the journal: it happens behind everybody's back."


def add_vrops_verbs(verb: Verb, pairs: Pairs) -> None:
    """Adds the verbs. `pairs` reads FIELD=VALUE, as for the other verbs."""

    def add(name: str, help: str, given: Callable[[argparse.Namespace], dict[str, Any]]) -> argparse.ArgumentParser:
        def run(client: ControlClient, options: argparse.Namespace) -> Any:
            return client.change(name, options.site, **given(options))

        made = verb(name, help + _BEHIND, run)
        made.add_argument("site")
        return made

    made = add(
        "adapter-set",
        "Change an adapter instance.",
        lambda options: {"instance": options.instance, "fields": pairs(options.fields)},
    )
    made.add_argument("instance", help="its name")
    made.add_argument(
        "fields", nargs="+", metavar="FIELD=VALUE", help="name, description, minutes, state, or an identifier"
    )
    made = add("adapter-remove", "Remove an adapter instance.", lambda options: {"instance": options.instance})
    made.add_argument("instance", help="its name")
    made = add(
        "adapter-target",
        "Let a monitored host answer or not, or give it a new certificate, whose thumbprint is told.",
        lambda options: {"host": options.host, "does": options.does},
    )
    made.add_argument("host")
    made.add_argument("does", choices=("answer", "silence", "new-certificate"))
