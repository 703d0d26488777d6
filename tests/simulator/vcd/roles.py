"""Rights and roles as calls: what there is, and the roles of one organization (contract section 4.3)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from ..wire import Reply
from . import listing, rights
from .exchange import Exchange, Refusal, bad_request, forbidden
from .listing import Document
from .query import QueryService
from .query_types import QueryType
from .rights import Access, Right, RightSet, acting_org
from .rights_sets import FIELDS, SINCE, SetCalls, no_api_token, right_urn
from .routes import Route, Routes
from .sessions import SYSTEM_ID

_PATH = "/cloudapi/1.0.0/roles"
_RIGHTS = "/cloudapi/1.0.0/rights"
_RIGHT_FIELDS: dict[str, type] = {
    "id": str,
    "name": str,
    "description": str,
    "bundleKey": str,
    "category": str,
    "serviceNamespace": str,
    "rightType": str,
}


def _reference(right: Right) -> Document:
    return {"name": right.name, "id": right_urn(right)}


class Roles(SetCalls):
    """The rights of one vCD, and the roles of its organizations."""

    def __init__(self, access: Access, query: QueryService) -> None:
        super().__init__(access, "urn:vcloud:role:", "Roles")
        query.types["role"] = QueryType(
            "role",
            "RoleRecord",
            "RoleReference",
            "role",
            "/api/admin/role/",
            "application/vnd.vmware.admin.role+xml",
            {"name": str, "isReadOnly": bool},
            lambda exchange: [
                {"id": one.id, "name": one.name, "isReadOnly": one.read_only}
                for one in sorted(access.roles_of(acting_org(exchange)), key=lambda one: one.name.lower())
            ],
        )
        # Not in the contract's table, but in the schema since 27.0; pyvcloud asks it as System for one organization.
        query.types["adminRole"] = QueryType(
            "adminRole",
            "AdminRoleRecord",
            "AdminRoleReference",
            "role",
            "/api/admin/role/",
            "application/vnd.vmware.admin.role+xml",
            {"name": str, "isReadOnly": bool, "org": str, "orgName": str},
            lambda _exchange: [
                {"id": one.id, "name": one.name, "isReadOnly": one.read_only, "org": org.id, "orgName": org.name}
                for org in (query.stock.directory.system, *query.stock.directory.ordered)
                for one in sorted(access.roles_of(org.id), key=lambda one: one.name.lower())
            ],
            True,
            frozenset({"org"}),
        )

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add = routes.add
        add("GET", _RIGHTS, Route(self.list_known, since=SINCE))
        add("GET", f"{_RIGHTS}/*", Route(self.read_right, since=SINCE))
        add("GET", _PATH, Route(self.list_all, since=SINCE))
        add("POST", _PATH, Route(self.create, since=SINCE, writes=True))
        add("GET", f"{_PATH}/*", Route(self.read, since=SINCE))
        add("PUT", f"{_PATH}/*", Route(self.update, since=SINCE, writes=True))
        add("DELETE", f"{_PATH}/*", Route(self.delete, since=SINCE, writes=True))
        add("GET", f"{_PATH}/*/rights", Route(self.rights_of, since=SINCE))
        add("POST", f"{_PATH}/*/rights", Route(self.add_to, since=SINCE, writes=True))
        add("PUT", f"{_PATH}/*/rights", Route(self.replace_in, since=SINCE, writes=True))

    @property
    def addresses(self) -> dict[str, Callable[[Exchange, str], str]]:
        """Where the resolver finds roles (section 4.1)."""
        return {"role": lambda exchange, urn: f"/api/admin/role/{self.find(exchange, urn).id}"}

    # Rights

    def _available(self, exchange: Exchange) -> set[str]:
        """The rights that roles of the organization in question can have."""
        org = acting_org(exchange)
        return set(self.access.rights) if org == SYSTEM_ID else self.access.entitlements(org)

    @staticmethod
    def _right_document(right: Right) -> Document:
        return {
            "name": right.name,
            "id": right_urn(right),
            "description": None,
            "bundleKey": rights.UNDEFINED_KEY,
            "category": right.category,
            "serviceNamespace": right.namespace,
            "rightType": "VIEW" if right.view else "MODIFY",
            "impliedRights": [],
        }

    def list_known(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/rights`: a tenant's are those that were given to it."""
        self.access.demand(exchange, rights.VIEW_RIGHTS, "RIGHT_VIEW", "rights")
        documents = [self._right_document(self.access.rights[name]) for name in self._available(exchange)]
        return listing.answer(exchange, documents, _RIGHT_FIELDS, "Rights")

    def read_right(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/rights/{urn}`."""
        self.access.demand(exchange, rights.VIEW_RIGHTS, "RIGHT_VIEW", identity)
        for name in self._available(exchange):
            if right_urn(self.access.rights[name]) == identity:
                document = self._right_document(self.access.rights[name])
                implied = [self.access.rights[one] for one in self.access.rights[name].implied]
                return exchange.json({**document, "impliedRights": [_reference(one) for one in implied]})
        raise forbidden(rights.VIEW_RIGHTS, "RIGHT_VIEW", identity)

    # Roles

    def find(self, exchange: Exchange, identity: str) -> RightSet:
        """A role of the organization in question, by URN or bare UUID. Raises Refusal 404: one of the few calls whose
        documents promise it (section 1.1)."""
        wanted = identity.removeprefix(self.urn)
        for one in self.access.roles_of(acting_org(exchange)):
            if one.id == wanted:
                return one
        raise Refusal(404, "NOT_FOUND", f"There is no role {identity}.")

    def _to_change(self, exchange: Exchange, identity: str) -> RightSet:
        """A role that may be changed: the organization's own; a global one would change for all tenants at once."""
        no_api_token(exchange)
        self.access.demand(exchange, rights.MANAGE_ROLES, "ROLE_EDIT", identity)
        role = self.find(exchange, identity)
        if role.org_id is None:
            raise bad_request(f"The role '{role.name}' is a global role and cannot be changed here.")
        return self.changeable(role)

    def document(self, one: RightSet) -> Document:
        """What is shown; a tenant cannot write a global role."""
        return {**super().document(one), "readOnly": one.read_only or one.org_id is None}

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/roles`."""
        self.access.demand(exchange, rights.VIEW_ROLES, "ROLE_VIEW", "roles")
        documents = [self.document(one) for one in self.access.roles_of(acting_org(exchange))]
        return listing.answer(exchange, documents, FIELDS, "Roles")

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/roles/{urn}`."""
        self.access.demand(exchange, rights.VIEW_ROLES, "ROLE_VIEW", identity)
        return exchange.json(self.document(self.find(exchange, identity)))

    def create(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/roles`: a role without rights."""
        no_api_token(exchange)
        self.access.demand(exchange, rights.MANAGE_ROLES, "ROLE_CREATE", "roles")
        body = self.wanted(exchange, FIELDS)
        org = acting_org(exchange)
        self.unused(body["name"], self.access.roles_of(org))
        made = RightSet(str(uuid.uuid4()), body["name"], body.get("description") or "", set(), org)
        self.access.roles[made.id] = made
        address = f"{exchange.base_url}{_PATH}/{self.urn}{made.id}"
        return exchange.json(self.document(made), 201, [("Content-Location", address)])

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/roles/{urn}`: name and description; those who have the role keep it."""
        role = self._to_change(exchange, identity)
        body = self.wanted(exchange, FIELDS)
        self.unused(body["name"], self.access.roles_of(acting_org(exchange)), role)
        if body["name"] != role.name and self.access.users_with(role):
            # Users know their role by its name here; renaming one in use is refused, the stricter reading (UNKNOWN).
            raise bad_request(f"The role '{role.name}' is in use and cannot be renamed.")
        role.name, role.description = body["name"], body.get("description") or ""
        return exchange.json(self.document(role))

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/roles/{urn}`: not while somebody has it."""
        role = self._to_change(exchange, identity)
        if self.access.users_with(role):
            raise bad_request(f"The role '{role.name}' is in use and cannot be deleted.")
        del self.access.roles[role.id]
        return exchange.nothing()

    def rights_of(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/roles/{urn}/rights`."""
        self.access.demand(exchange, rights.VIEW_ROLES, "ROLE_VIEW", identity)
        return self.list_rights(exchange, self.find(exchange, identity), self._available(exchange))

    def add_to(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /cloudapi/1.0.0/roles/{urn}/rights`."""
        return self.add_rights(exchange, self._to_change(exchange, identity), self._available(exchange))

    def replace_in(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/roles/{urn}/rights`."""
        return self.replace_rights(exchange, self._to_change(exchange, identity), self._available(exchange))
