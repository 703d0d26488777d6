"""What roles, global roles and rights bundles have in common as calls: documents, their rights, who may change them
(contract section 4.3)."""

from __future__ import annotations

from typing import Any

from ..wire import Reply
from . import listing
from .directory import REFERENCE
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import check_object, read_object
from .listing import Document
from .rights import Access, Right, RightSet
from .sessions import Session

SINCE = (31, 0)
REFERENCES: dict[str, type] = {
    "values": list,
    "resultTotal": int,
    "pageCount": int,
    "page": int,
    "pageSize": int,
    "associations": list,
}
"""A page document as clients send it: only `values` counts."""
FIELDS: dict[str, type] = {"id": str, "name": str, "description": str, "bundleKey": str, "readOnly": bool}
_LONGEST_NAME = 128


def right_urn(right: Right) -> str:
    """The URN of a right."""
    return f"urn:vcloud:right:{right.id}"


def no_api_token(exchange: Exchange) -> Session:
    """The session. Raises Refusal 403 for one made from an API token, which manages nobody's rights (section 2.4)."""
    session = exchange.user
    if session.by_api_token:
        raise forbidden("General: Administrator Control", "ACCESS_CONTROL_EDIT", session.user.name)
    return session


def reference_ids(values: Any) -> list[str]:
    """The ids of a list of references `{"name": ..., "id": ...}`. Raises Refusal 400."""
    if not isinstance(values, list):
        raise bad_request("The field 'values' must be an array.")
    return [str(check_object(one, REFERENCE, ("id",), f"values[{number}].")["id"]) for number, one in enumerate(values)]


class SetCalls:
    """The calls about the rights of one kind of set."""

    def __init__(self, access: Access, urn: str, model: str) -> None:
        self.access = access
        self.urn = urn
        """What its URNs begin with: `urn:vcloud:role:`."""
        self.model = model

    def document(self, one: RightSet) -> Document:
        """What is shown."""
        return {
            "name": one.name,
            "id": f"{self.urn}{one.id}",
            "description": one.description,
            "bundleKey": one.bundle_key,
            "readOnly": one.read_only,
        }

    def wanted(self, exchange: Exchange, fields: dict[str, type]) -> Document:
        """The body of a create or an update. Raises Refusal 400."""
        body = read_object(exchange, fields, ("name",))
        if not 1 <= len(body["name"]) <= _LONGEST_NAME:
            raise Refusal(400, "INVALID_NAME", f"A name has 1 to {_LONGEST_NAME} characters.")
        return body

    @staticmethod
    def changeable(one: RightSet) -> RightSet:
        """The set. Raises Refusal 400 for the product's own ones that are fixed."""
        if one.read_only:
            raise bad_request(f"'{one.name}' is read-only and cannot be changed.")
        return one

    def unused(self, name: str, others: list[RightSet], but: RightSet | None = None) -> None:
        """Raises Refusal 400 when another set has the name."""
        if any(one.name.lower() == name.lower() and one is not but for one in others):
            raise Refusal(400, "DUPLICATE_NAME", f"The name '{name}' is already in use.")

    # Rights

    def _names(self, exchange: Exchange, available: set[str]) -> set[str]:
        """The rights that a body names, with those that they imply. Raises Refusal 400 for others than `available`."""
        by_id = {right_urn(right): name for name, right in self.access.rights.items()}
        names = set()
        for identity in reference_ids(read_object(exchange, REFERENCES, ("values",))["values"]):
            name = by_id.get(identity)
            if name is None or name not in available:
                raise bad_request(f"The right '{identity}' is not available here.")
            names |= {name, *self.access.rights[name].implied}
        return names

    def list_rights(self, exchange: Exchange, one: RightSet, shown: set[str]) -> Reply:
        """`GET .../{id}/rights`: references, those of them that are among `shown`."""
        names = sorted(one.rights & shown, key=str.lower)
        documents = [{"name": name, "id": right_urn(self.access.rights[name])} for name in names]
        return listing.answer(exchange, documents, {"name": str, "id": str}, "EntityReferences")

    def add_rights(self, exchange: Exchange, one: RightSet, available: set[str]) -> Reply:
        """`POST .../{id}/rights`: these as well."""
        self.changeable(one).rights |= self._names(exchange, available)
        return self.list_rights(exchange, one, available)

    def replace_rights(self, exchange: Exchange, one: RightSet, available: set[str]) -> Reply:
        """`PUT .../{id}/rights`: these and no others."""
        self.changeable(one).rights = self._names(exchange, available)
        return self.list_rights(exchange, one, available)
