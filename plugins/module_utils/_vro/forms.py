# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The forms by which the product asks a person: which fields, which of them must be filled (contract vro-api.md, 6
and 9).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import values
from .client import Vro


@dataclass(frozen=True)
class Field:
    """One field. `choices` are plain values that the form offers, None where it offers none."""

    name: str
    type: str
    label: str = ""
    mandatory: bool = False
    choices: tuple[Any, ...] | None = None

    def told(self) -> dict[str, Any]:
        """In the user's words."""
        shown = None if self.choices is None else list(self.choices)
        return {
            "name": self.name, "type": self.type, "label": self.label, "mandatory": self.mandatory, "choices": shown,
        }  # fmt: skip


def fields(document: Any) -> list[Field]:
    """The fields of a `presentation`, in order. What they are wrapped in differs (step, elements), so all is searched.

    Where a form has no steps, the parameters that it declares are its fields.
    """
    found = {str(each["id"]): _field(each) for each in _searched(document)}
    if isinstance(document, Mapping):
        for each in document.get("input-parameters") or []:
            name = str(each.get("name"))
            found.setdefault(name, Field(name, str(each.get("type") or "Any"), str(each.get("description") or "")))
    return list(found.values())


def mandatory(document: Any) -> set[str]:
    """The names of the fields that must be filled."""
    return {each.name for each in fields(document) if each.mandatory}


def asked(api: Vro, execution: str) -> list[Field]:
    """What an execution asks for, by its path; nothing where it does not wait. Raises HttpError."""
    document = api.find(f"{execution}/interaction/presentation")
    return [] if document is None else fields(document)


def _searched(document: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(document, Mapping):
        for key, value in document.items():
            if key == "fields" and isinstance(value, list):
                yield from (each for each in value if isinstance(each, Mapping) and each.get("id"))
            else:
                yield from _searched(value)
    elif isinstance(document, list):
        for each in document:
            yield from _searched(each)


def _field(wire: Mapping[str, Any]) -> Field:
    constraints = [each for each in wire.get("constraints") or [] if isinstance(each, Mapping)]
    decorators = [each for each in wire.get("decorators") or [] if isinstance(each, Mapping)]
    lists = [each["array"] for each in decorators if isinstance(each.get("array"), Mapping)]
    offered = tuple(values.decode(each) for each in lists[0].get("elements") or []) if lists else None
    return Field(
        str(wire["id"]),
        str(wire.get("type") or "Any"),
        str(wire.get("display-name") or ""),
        any(each.get("@type") == "mandatory" and each.get("value") is not False for each in constraints),
        offered,
    )
