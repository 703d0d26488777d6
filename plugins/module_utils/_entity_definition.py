# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the modules about types and interfaces of runtime defined entities share; see _vcd/entity_types.py."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from ._plan import Field, Plan, Values
from ._resource import Context, Info, Params, Resource
from ._vcd import entity_types
from ._vcd.client import connect
from ._vcd.entity_types import INTERFACE_FIELDS, KEY


class EntityDefinition(Resource):
    """A type or an interface, found by vendor, nss and version. `kind` is the word for it in its identifier."""

    product = "vcd"
    kind: ClassVar[str]
    collection: ClassVar[str]
    connect = staticmethod(connect)
    present: Mapping[str, Any] | None

    def spec(self) -> dict[str, Any]:
        return {name: {"type": "str", "required": name in KEY} for name in self.fields}

    def validate(self, params: Params) -> None:
        entity_types.check(params)

    def label(self, context: Context) -> str:
        return entity_types.urn(self.kind, context.params)

    def find(self, context: Context) -> Any:
        context.api.demand_provider(f"{self.kind} {self.label(context)}")
        self.present = entity_types.find(context.api, self.collection, context.params)
        return self.present

    def read(self, context: Context, wire: Any) -> Values:
        return entity_types.read(self.fields, wire)

    def wanted(self, context: Context) -> Values:
        return {**({} if self.present else {"name": context.params["nss"]}), **super().wanted(context)}

    def advise(self, context: Context, step: Plan) -> None:
        if step.is_change and self.present:
            entity_types.refuse_read_only(self.present, step.action)

    def more(self, context: Context, step: Plan) -> dict[str, Any]:
        return {"id": self.label(context)}

    def create(self, context: Context, values: Values) -> None:
        entity_types.create(context.api, self.collection, self.fields, values)

    def update(self, context: Context, wire: Any, values: Values) -> None:
        entity_types.update(context.api, self.collection, self.fields, wire, values)

    def delete(self, context: Context, wire: Any) -> None:
        entity_types.remove(context.api, self.collection, wire)


class EntityDefinitions(Info):
    """The types or the interfaces of one vCloud Director."""

    product = "vcd"
    fields: ClassVar[Mapping[str, Field]]
    collection: ClassVar[str]
    connect = staticmethod(connect)
    found: list[dict[str, Any]]

    def spec(self) -> dict[str, Any]:
        return {name: {"type": "str"} for name in INTERFACE_FIELDS}

    def validate(self, params: Params) -> None:
        entity_types.check(params)

    def fetch(self, context: Context) -> list[Any]:
        asked = {name: context.params[name] for name in INTERFACE_FIELDS}
        self.found = entity_types.matching(context.api, self.collection, asked)
        return [entity_types.read(self.fields, wire) for wire in self.found]
