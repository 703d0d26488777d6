"""The verbs of the command line that change a CSE server behind everybody's back (cse/changes.py)."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any

from .client import ControlClient

Pairs = Callable[[Sequence[str]], dict[str, Any]]
Verb = Callable[[str, str, Callable[[ControlClient, argparse.Namespace], Any]], argparse.ArgumentParser]
_BEHIND = " Not in the journal: it happens behind everybody's back."


def add_cse_verbs(verb: Verb, pairs: Pairs) -> None:
    """Adds the verbs. `pairs` reads FIELD=VALUE, as for the other verbs."""

    def add(name: str, help: str, given: Callable[[argparse.Namespace], dict[str, Any]]) -> argparse.ArgumentParser:
        def run(client: ControlClient, options: argparse.Namespace) -> Any:
            return client.change(name, options.site, **given(options))

        made = verb(name, help + _BEHIND, run)
        made.add_argument("site")
        return made

    made = add("cse-process", "Stop or start a CSE server.", lambda options: {"does": options.does})
    made.add_argument("does", choices=("stop", "start"))
    made = add("cse-setting", "Set how a CSE server behaves.", lambda options: pairs(options.fields))
    made.add_argument(
        "fields", nargs="+", metavar="NAME=VALUE", help="enforce_authorization, tkg_plus, strict, busy: true or false"
    )
    made = add(
        "cse-fail",
        "Let the next works of a CSE server fail at a step.",
        lambda options: {
            "step": options.step,
            "message": options.message,
            "hang": options.hang,
            "times": options.times,
        },
    )
    made.add_argument("step", help="vapp, control_plane, init, workers, join, nfs, drain, delete, upgrade ...")
    made.add_argument("--message", help="the error of the task")
    made.add_argument("--hang", action="store_true", help="it never ends")
    made.add_argument("--times", type=int, default=1)
    add("cse-recover", "Let nothing more go wrong at a CSE server.", lambda _options: {})
