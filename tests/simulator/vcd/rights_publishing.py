"""Global roles and rights bundles: sets of rights that the provider publishes to tenants (contract section 4.3)."""

from __future__ import annotations

import uuid

from ..wire import Reply
from . import listing, rights
from .exchange import Exchange, Refusal, bad_request
from .json_body import read_object
from .listing import Document
from .rights import Access, RightSet
from .rights_sets import FIELDS, REFERENCES, SINCE, SetCalls, no_api_token, reference_ids
from .routes import Route, Routes

_FIELDS: dict[str, type] = {**FIELDS, "publishAll": bool}


class Publishables(SetCalls):
    """The global roles, or the rights bundles, of one vCD. Only System users may see them."""

    def __init__(self, access: Access, kind: str, right: str, model: str) -> None:
        # A global role has one id and two URNs: here this one, in the tenants that of a role.
        super().__init__(access, f"urn:vcloud:{kind}:", model)
        self.path = f"/cloudapi/1.0.0/{kind}s"
        self.right = right
        self.kind = kind

    @property
    def _all(self) -> dict[str, RightSet]:
        return self.access.global_roles if self.kind == "globalRole" else self.access.bundles

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add, one = routes.add, f"{self.path}/*"
        add("GET", self.path, Route(self.list_all, since=SINCE))
        add("POST", self.path, Route(self.create, since=SINCE, writes=True))
        add("GET", one, Route(self.read, since=SINCE))
        add("PUT", one, Route(self.update, since=SINCE, writes=True))
        add("DELETE", one, Route(self.delete, since=SINCE, writes=True))
        add("GET", f"{one}/rights", Route(self.rights_of, since=SINCE))
        add("POST", f"{one}/rights", Route(self.add_to, since=SINCE, writes=True))
        add("PUT", f"{one}/rights", Route(self.replace_in, since=SINCE, writes=True))
        add("GET", f"{one}/tenants", Route(self.tenants_of, since=SINCE))
        add("PUT", f"{one}/tenants", Route(self.replace_tenants, since=SINCE, writes=True))
        add("POST", f"{one}/tenants/publish", Route(self.publish, since=SINCE, writes=True))
        add("POST", f"{one}/tenants/unpublish", Route(self.unpublish, since=SINCE, writes=True))
        add("POST", f"{one}/tenants/publishAll", Route(self.publish_all, since=SINCE, writes=True))
        add("POST", f"{one}/tenants/unpublishAll", Route(self.unpublish_all, since=SINCE, writes=True))

    def document(self, one: RightSet) -> Document:
        """What is shown."""
        return {**super().document(one), "publishAll": one.publish_all}

    def _find(self, exchange: Exchange, identity: str) -> RightSet:
        """404 for what is not there, as the documents of these calls promise."""
        self.access.demand_system(exchange, self.right, f"{self.kind.upper()}_VIEW", identity)
        found = self._all.get(identity.removeprefix(self.urn))
        if found is None:
            raise Refusal(404, "NOT_FOUND", f"There is no {self.kind} {identity}.")
        return found

    def _to_change(self, exchange: Exchange, identity: str) -> RightSet:
        no_api_token(exchange)
        return self._find(exchange, identity)

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/{kind}s`."""
        self.access.demand_system(exchange, self.right, f"{self.kind.upper()}_VIEW", self.kind)
        return listing.answer(exchange, [self.document(one) for one in self._all.values()], _FIELDS, self.model)

    def create(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/{kind}s`: without rights and published to nobody; `publishAll` cannot be set so."""
        no_api_token(exchange)
        self.access.demand_system(exchange, self.right, f"{self.kind.upper()}_CREATE", self.kind)
        body = self.wanted(exchange, _FIELDS)
        self.unused(body["name"], list(self._all.values()))
        made = RightSet(str(uuid.uuid4()), body["name"], body.get("description") or "", set())
        self._all[made.id] = made
        address = f"{exchange.base_url}{self.path}/{self.urn}{made.id}"
        return exchange.json(self.document(made), 201, [("Content-Location", address)])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/{kind}s/{urn}`."""
        return exchange.json(self.document(self._find(exchange, identity)))

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/{kind}s/{urn}`: name and description."""
        one = self.changeable(self._to_change(exchange, identity))
        body = self.wanted(exchange, _FIELDS)
        self.unused(body["name"], list(self._all.values()), one)
        if body["name"] != one.name and self.access.users_with(one):
            raise bad_request(f"The role '{one.name}' is in use and cannot be renamed.")
        one.name, one.description = body["name"], body.get("description") or ""
        return exchange.json(self.document(one))

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/{kind}s/{urn}`: a global role not while somebody has it."""
        one = self.changeable(self._to_change(exchange, identity))
        if self.access.users_with(one):
            raise bad_request(f"The role '{one.name}' is in use and cannot be deleted.")
        del self._all[one.id]
        return exchange.nothing()

    def rights_of(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../{urn}/rights`."""
        return self.list_rights(exchange, self._find(exchange, identity), set(self.access.rights))

    def add_to(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../{urn}/rights`."""
        return self.add_rights(exchange, self._to_change(exchange, identity), set(self.access.rights))

    def replace_in(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT .../{urn}/rights`."""
        return self.replace_rights(exchange, self._to_change(exchange, identity), set(self.access.rights))

    # Tenants

    def _show_tenants(self, exchange: Exchange, one: RightSet) -> Reply:
        found = [(identity, self.access.directory.by_id(identity)) for identity in one.tenants]
        documents = [{"name": org.name, "id": f"urn:vcloud:org:{identity}"} for identity, org in found if org]
        return listing.answer(exchange, documents, {"name": str, "id": str}, "EntityReferences")

    def _wanted_tenants(self, exchange: Exchange) -> set[str]:
        found = set()
        for identity in reference_ids(read_object(exchange, REFERENCES, ("values",))["values"]):
            org = self.access.directory.by_id(identity.removeprefix("urn:vcloud:org:"))
            if org is None or org is self.access.directory.system:
                raise bad_request(f"There is no tenant '{identity}'.")
            found.add(org.id)
        return found

    def tenants_of(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../{urn}/tenants`: those it was published to by name."""
        return self._show_tenants(exchange, self._find(exchange, identity))

    def replace_tenants(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT .../{urn}/tenants`: these and no others."""
        one = self._to_change(exchange, identity)
        one.tenants = self._wanted_tenants(exchange)
        return self._show_tenants(exchange, one)

    def publish(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../{urn}/tenants/publish`."""
        one = self._to_change(exchange, identity)
        one.tenants |= self._wanted_tenants(exchange)
        return self._show_tenants(exchange, one)

    def unpublish(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../{urn}/tenants/unpublish`."""
        one = self._to_change(exchange, identity)
        one.tenants -= self._wanted_tenants(exchange)
        return self._show_tenants(exchange, one)

    def publish_all(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../{urn}/tenants/publishAll`: to everybody, those to come included."""
        one = self._to_change(exchange, identity)
        one.publish_all = True
        return self._show_tenants(exchange, one)

    def unpublish_all(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../{urn}/tenants/unpublishAll`: to nobody any more."""
        one = self._to_change(exchange, identity)
        one.publish_all = False
        one.tenants.clear()
        return self._show_tenants(exchange, one)


def global_roles(access: Access) -> Publishables:
    """The calls of `globalRoles`."""
    return Publishables(access, "globalRole", rights.MANAGE_GLOBAL_ROLES, "GlobalRoles")


def rights_bundles(access: Access) -> Publishables:
    """The calls of `rightsBundles`."""
    return Publishables(access, "rightsBundle", rights.MANAGE_BUNDLES, "RightsBundles")
