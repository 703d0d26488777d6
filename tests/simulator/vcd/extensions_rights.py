"""Rights that API extensions register, and every right as `/api` shows it (contract sections 4.3 and 5.1)."""

from __future__ import annotations

from ..wire import Reply
from . import rights
from .exchange import Exchange, Refusal, bad_request, forbidden
from .extensions import RIGHT_MEDIA, RIGHTS_MEDIA, SERVICE_PATH, Extensions
from .extensions_markup import link
from .markup import Element, Value
from .routes import Route, Routes
from .themes import only_provider
from .xml_body import V, in_order, read_xml

_PATH = "/api/admin/right"
_OWN = "com.vmware.vcloud"


class ExtensionRights:
    """The rights of one vCD in its older API."""

    def __init__(self, extensions: Extensions) -> None:
        self.extensions = extensions
        self.access = extensions.access

    def clear(self) -> None:
        """Nothing of its own: services and rights are kept elsewhere."""

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        of_service = f"{SERVICE_PATH}/*/rights"
        routes.add("GET", of_service, Route(self.read_all))
        routes.add("POST", of_service, Route(self.create, writes=True))
        routes.add("GET", f"{_PATH}/*", Route(self.read))
        routes.add("DELETE", f"{_PATH}/*", Route(self.delete, writes=True))

    def read_all(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../service/{uuid}/rights` (how the list looks is INFERRED from other lists of references)."""
        service = self.extensions.find(exchange, identity, any_kind=True)
        href = f"{exchange.base_url}{SERVICE_PATH}/{service.id}/rights"
        children = [link("add", href, RIGHT_MEDIA)]
        for name, key in service.rights.items():
            attributes: dict[str, Value | None] = {
                "href": f"{exchange.base_url}{_PATH}/{key}",
                "name": name,
                "type": f"{RIGHT_MEDIA}+xml",
            }
            children.append(Element("RightReference", attributes))
        root = Element(
            "RightReferences", {"href": href, "type": f"{RIGHTS_MEDIA}+xml"}, children, many="rightReference"
        )
        return exchange.element(root, RIGHTS_MEDIA)

    def create(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../service/{uuid}/rights`: a right that roles can have, its name behind the service's namespace."""
        service = self.extensions.find(exchange, identity, any_kind=True)
        root = read_xml(exchange, f"{V}Right", f"{RIGHT_MEDIA}+xml")
        tags = [V + name for name in ("Description", "Category", "BundleKey", "ServiceNamespace")]
        texts, short = in_order(root, tags, ("Category",)), root.get("name", "").strip()
        if not short:
            raise bad_request("The attribute name is required.")
        name = f"{{{service.namespace}}}:{short}"
        if name in self.access.rights:
            raise Refusal(400, "DUPLICATE_NAME", f"There is a right '{name}' already.")
        right = self.access.add_right(name, texts["Category"], service.namespace)
        service.rights[name] = right.id
        return self._show(exchange, right, 201, texts)

    def _show(
        self, exchange: Exchange, right: rights.Right, status: int = 200, texts: dict[str, str] | None = None
    ) -> Reply:
        """The document; what the creator has said about it is not kept."""
        said = {"Category": right.category, **(texts or {})}
        children = [Element(key, text=said[key]) for key in ("Description", "Category", "BundleKey") if key in said]
        children.append(Element("ServiceNamespace", text=right.namespace))
        attributes: dict[str, Value | None] = {
            "name": right.name,
            "id": f"urn:vcloud:right:{right.id}",
            "href": f"{exchange.base_url}{_PATH}/{right.id}",
            "type": f"{RIGHT_MEDIA}+xml",
        }
        return exchange.element(Element("Right", attributes, children), RIGHT_MEDIA, status)

    def _find(self, exchange: Exchange, identity: str) -> rights.Right:
        """A right by its id; a tenant finds those that it is entitled to."""
        session = self.access.demand(exchange, rights.VIEW_RIGHTS, "RIGHT_VIEW", identity)
        seen = self.access.rights if session.is_provider else self.access.entitlements(session.org_id)
        found = next((one for name, one in self.access.rights.items() if one.id == identity and name in seen), None)
        if found is None:
            raise forbidden(rights.VIEW_RIGHTS, "RIGHT_VIEW", identity)
        return found

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/right/{uuid}`."""
        return self._show(exchange, self._find(exchange, identity))

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /api/admin/right/{uuid}`: of an extension's own rights only, and while no tenant's role has it."""
        only_provider(exchange, "RIGHT_DELETE")
        right = self._find(exchange, identity)
        roles = [*self.access.roles.values(), *self.access.global_roles.values()]
        if right.namespace == _OWN or any(right.name in one.rights and not one.read_only for one in roles):
            raise bad_request(f"The right '{right.name}' is built in or in use.")
        for service in self.extensions.services.values():
            service.rights.pop(right.name, None)
        self.access.remove_right(right.name)
        return exchange.nothing()
