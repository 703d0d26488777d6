# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which workflow is meant, and what it takes: found by id, by name, or by name and category; its declared inputs, which
of them are mandatory, and values checked against them (contract vro-api.md, 4.2, 5, 6 and 7).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .._names import nearest
from .._plan import CREATE, InputError, Plan
from . import categories, forms, values
from .client import Vro, segment
from .links import Row
from .values import Resolve, Wire

# The options that name a workflow; documented in doc_fragments/vro_run.py.
SPEC = {name: {"type": "str"} for name in ("workflow", "category", "workflow_id")}

_SHOWN = 10  # how many candidates a message names


class NoSuchWorkflow(InputError):
    """There is none; an earlier task may make it."""


@dataclass(frozen=True)
class Workflow:
    """A workflow that can be run: `inputs` and `outputs` as it declares them, and the names that must be given."""

    id: str
    name: str
    version: str | None
    inputs: tuple[Mapping[str, Any], ...] = ()
    outputs: tuple[Mapping[str, Any], ...] = ()
    mandatory: frozenset[str] = field(default_factory=frozenset)

    @property
    def types(self) -> dict[str, str]:
        """{name: declared type} of its inputs."""
        return types_of(self.inputs)

    def encoded(self, given: Mapping[str, Any], resolve: Resolve | None, where: str = "") -> list[Wire]:
        """The parameters of a run, checked. `where` begins messages. Raises InputError before anything is sent.

        A name that it does not have, a wrong type (with the right one), and a mandatory one that is left out.
        """
        try:
            found = values.parameters(self.inputs, given, resolve)
        except InputError as problem:
            raise InputError(f"{where}workflow {self.name!r}: {ended(problem)} It was not started.") from problem
        left = self.left_out(given)
        if left:
            raise InputError(f"{where}workflow {self.name!r} needs a value for {left}. It was not started.")
        return found

    def left_out(self, given: Mapping[str, Any]) -> str:
        """The mandatory inputs that have no value, with their types, as a sentence lists them; empty without any."""
        left = [each for each in self.types if each in self.mandatory and given.get(each) is None]
        return ", ".join(f"{name} ({self.types[name]})" for name in left)

    def secrets(self, given: Mapping[str, Any]) -> list[str]:
        """The texts among the values that its declared types make secret."""
        return secrets_of(self.types, given)


def types_of(declared: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """{name: type} of declared parameters."""
    return {str(each["name"]): str(each.get("type") or "Any") for each in declared}


def secrets_of(types: Mapping[str, str], given: Mapping[str, Any]) -> list[str]:
    """The texts among values that the types of their names make secret."""
    return [text for name, value in given.items() for text in values.secret_texts(types.get(str(name), "Any"), value)]


def ended(problem: InputError) -> str:
    """The text of a problem as a whole sentence, which a hint may have ended already."""
    text = str(problem)
    return text if text.endswith("?") else f"{text.rstrip('.')}."


def begun(values_of: Mapping[str, Any], **what: Any) -> Plan:
    """What the diff of a run shows: nothing before, and what is run with its values after; see `open_values`."""
    after = {**what, "values": dict(values_of)}
    return Plan(CREATE, {}, after, tuple(after))


def open_values(types: Mapping[str, str], given: Mapping[str, Any], secret: Iterable[str] = ()) -> dict[str, Any]:
    """What may be shown of values: without those of secret types and those that were given as secrets."""
    hidden = set(secret)
    return {
        name: value
        for name, value in given.items()
        if name not in hidden and not _has_secret(types.get(str(name), "Any"), value)
    }


def _has_secret(declared: str, value: Any) -> bool:
    """True also for an empty secret: that it is empty tells something."""
    return value is not None and (values.is_secret(declared) or bool(values.secret_texts(declared, value)))


def check(params: Mapping[str, Any]) -> None:
    """Refuse options that name no workflow, or two. Raises InputError."""
    if not (params["workflow"] or params["workflow_id"]):
        raise InputError(
            "workflow is not set: give its name, with category where the name is not unique, or workflow_id"
        )
    if params["workflow_id"] and (params["workflow"] or params["category"]):
        other = "workflow" if params["workflow"] else "category"
        raise InputError(f"workflow_id is set beside {other}: the id alone says which workflow is meant")
    if params["category"]:
        categories.read_path("category", params["category"])


def refuse_twice(params: Mapping[str, Any], where: str = "") -> None:
    """Refuse a name that is in both `parameters` and `secure_parameters`. `where` begins the message.

    Raises InputError.
    """
    for name in sorted(set(params["parameters"] or {}) & set(params["secure_parameters"] or {})):
        raise InputError(f"{where}parameters has {name!r}, and so has secure_parameters: leave it out of one")


def find(api: Vro, params: Mapping[str, Any]) -> str:
    """The id of the workflow that the options name. Raises NoSuchWorkflow, InputError, HttpError."""
    if params["workflow_id"]:
        return str(params["workflow_id"])
    name, path = str(params["workflow"]), params["category"]
    return _in_category(api, name, str(path)) if path else _by_name(api, name)


def read(api: Vro, identifier: str, *, form: bool = True) -> Workflow:
    """A workflow with what it takes; with `form` also which inputs are mandatory, which only its form tells.

    Raises NoSuchWorkflow, HttpError.
    """
    path = f"workflows/{segment(identifier)}"
    document = api.find(path)
    if document is None:
        raise NoSuchWorkflow(f"workflow_id is {identifier!r}: there is no such workflow, or this user may not see it")
    inputs = tuple(document.get("input-parameters") or [])
    shown = api.find(f"{path}/presentation") if form and inputs else None
    return Workflow(
        id=str(document.get("id") or identifier),
        name=str(document.get("name")),
        version=document.get("version"),
        inputs=inputs,
        outputs=tuple(document.get("output-parameters") or []),
        mandatory=frozenset(forms.mandatory(shown)),
    )


def _in_category(api: Vro, name: str, path: str) -> str:
    listed = categories.listed(api, categories.WORKFLOW)
    found = categories.find(api, categories.WORKFLOW, path, listed)
    if found is None:
        hint = nearest(path, [categories.normalised(str(row["path"])) for row in listed if row.get("path")])
        raise NoSuchWorkflow(f"category is {path!r}: there is no such category of workflows{hint}")
    rows = [row for row in found.elements if str(row.get("type") or "Workflow") == "Workflow"]
    same = [row for row in rows if row.get("name") == name]
    if not same:
        hint = nearest(name, [str(row.get("name")) for row in rows])
        raise NoSuchWorkflow(f"workflow is {name!r}: there is none of that name in {found.path!r}{hint}")
    if len(same) > 1:
        ids = _listed(str(row["id"]) for row in same)
        raise InputError(f"workflow {name!r} is not unique in {found.path!r}: choose by workflow_id one of {ids}")
    return str(same[0]["id"])


def _by_name(api: Vro, name: str) -> str:
    # Some releases look at the condition and some do not, so it is looked at here in any case (contract 4.2).
    same = _named(api.rows("workflows", conditions=f"name={name}"), name)
    if not same:
        everything = api.rows("workflows")
        same = _named(everything, name)
        if not same:
            hint = nearest(name, [str(row.get("name")) for row in everything])
            raise NoSuchWorkflow(f"workflow is {name!r}: there is none of that name, or this user may not see it{hint}")
    if len(same) > 1:
        raise InputError(
            f"workflow {name!r} is not unique: {_candidates(api, same)}. Give category, or workflow_id. Nothing was "
            "started."
        )
    return str(same[0]["id"])


def _named(rows: Iterable[Row], name: str) -> list[Row]:
    found = {str(row.get("id")): row for row in rows if row.get("name") == name}
    return [found[identifier] for identifier in sorted(found)]


def _candidates(api: Vro, rows: Sequence[Row]) -> str:
    """Where each of several workflows is, with its id."""
    shown = [f"{_place(api, row)!r} has {row['id']}" for row in rows[:_SHOWN]]
    return _listed([*shown, *(str(row["id"]) for row in rows[_SHOWN:])])


def _place(api: Vro, row: Row) -> str:
    """The path of a workflow's category, as far as its row leads there. Raises HttpError."""
    address = str(row.get("categoryHref") or "")
    identifier = row.get("categoryId") or urlsplit(address).path.partition("/categories/")[2].strip("/")
    if identifier:
        return categories.read(api, str(identifier)).path
    return categories.spelled(address) or str(row.get("categoryName"))


def _listed(texts: Iterable[str]) -> str:
    found = list(texts)
    more = len(found) - _SHOWN
    return ", ".join(found[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
