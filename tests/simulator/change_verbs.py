"""How verbs of the command line change something behind everybody's back: one verb is one change (changes.py)."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from .client import ControlClient, ControlError

Run = Callable[[ControlClient, argparse.Namespace], Any]
"""What a verb does; its answer is shown."""
Verb = Callable[[str, str, Run], argparse.ArgumentParser]
"""Makes a verb of its name and its help text."""
Given = Callable[[argparse.Namespace], dict[str, Any]]
"""What a change is told, from the arguments of its verb."""
# What the command line has for every verb of a change: these are no parameters of it.
_COMMON = ("verb", "run", "state", "site")


class Add(Protocol):
    """Adds the verb of a change; answers its parser, for further arguments."""

    def __call__(
        self, name: str, help: str, *positional: str, fields: str = "", given: Given | None = None
    ) -> argparse.ArgumentParser:
        """Positional arguments follow the site's name.

        fields  help text of FIELD=VALUE arguments, at least one; empty: none are added
        given   what the change is told; None: every argument of the verb by its name
        """


def adder(verb: Verb) -> Add:
    """The way to add verbs of changes to a command line."""

    def add(
        name: str, help: str, *positional: str, fields: str = "", given: Given | None = None
    ) -> argparse.ArgumentParser:
        def run(client: ControlClient, options: argparse.Namespace) -> Any:
            return client.change(name, options.site, **(given or _by_name)(options))

        made = verb(name, help + " Not in the journal: it happens behind everybody's back.", run)
        made.add_argument("site")
        for one in positional:
            made.add_argument(one)
        if fields:
            made.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help=fields)
        return made

    return add


def _by_name(options: argparse.Namespace) -> dict[str, Any]:
    own = {name: given for name, given in vars(options).items() if name not in _COMMON}
    return own | {"fields": pairs(own["fields"])} if "fields" in own else own


def spread(options: argparse.Namespace) -> dict[str, Any]:
    """What a change is told whose fields are parameters of its own."""
    return pairs(options.fields)


def value(text: str) -> Any:
    """A value of the command line: JSON where it is JSON, else text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def pairs(items: Sequence[str]) -> dict[str, Any]:
    """NAME=VALUE arguments; raises ControlError for one without `=`."""
    found = {}
    for item in items:
        name, equals, text = item.partition("=")
        if not equals:
            raise ControlError(f"'{item}' must have the form name=value.")
        found[name] = value(text)
    return found
