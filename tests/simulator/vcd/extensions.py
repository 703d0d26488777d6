"""API extensions over AMQP, and the API filters of all extensions (contract section 5.1).

An extension over MQTT (extensions_mqtt.py) has its filters here as well: they hang on the same kind of service.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree

from ..wire import Reply
from .exchange import Exchange, Refusal, bad_request, forbidden
from .extensions_broker import AMQP_MEDIA, AMQP_PATH
from .extensions_markup import ADMIN, link, vmext
from .json_body import media_type, unsupported
from .markup import Element, Value
from .paging import Page, page_address
from .query import QueryService
from .query_types import QueryType
from .rights import Access
from .routes import Route, Routes
from .themes import only_provider
from .xml_body import VMEXT, V, boolean, in_order, read_xml, whole_number

_ROOT = "/api/admin/extension"
SERVICE_PATH = f"{_ROOT}/service"
SERVICE_MEDIA = f"{ADMIN}.service"
_FILTER_MEDIA = f"{ADMIN}.apiFilter"
RIGHT_MEDIA, RIGHTS_MEDIA = f"{ADMIN}.right", f"{ADMIN}.rights"
_LINK_MEDIA = f"{ADMIN}.serviceLink"
_RECORDS_MEDIA = "application/vnd.vmware.vcloud.query.records"
_LONGEST_PATTERN = 1024
_TAGS = [
    f"{V}Description",
    *(
        VMEXT + name
        for name in (
            "Namespace",
            "Enabled",
            "AuthorizationEnabled",
            "RoutingKey",
            "Priority",
            "Exchange",
            "Vendor",
            "ApiFilters",
            "ServiceLinks",
            "ApiDefinitions",
            "ResourceClasses",
        )
    ),
]
_LINK_TAGS = [VMEXT + name for name in ("LinkHref", "MimeType", "Rel", "ResourceId", "ResourceType")]


@dataclass
class ApiFilter:
    """What leads a request to a service: a regular expression on its path, or the type of its answer."""

    id: str
    url_pattern: str | None
    content_type: str | None = None


@dataclass
class Service:
    """An extension, as far as both kinds have something in common, and what AMQP adds to it."""

    id: str
    """Bare UUID."""
    name: str
    namespace: str
    over_amqp: bool = True
    description: str = ""
    enabled: bool = False
    authorization: bool = False
    routing_key: str = ""
    priority: int = 50
    exchange: str = ""
    vendor: str = ""
    filters: dict[str, ApiFilter] = field(default_factory=dict)
    links: dict[str, dict[str, str]] = field(default_factory=dict)
    """The texts of its links by their ids."""
    urn: str = ""
    """Its URN in `/cloudapi`, when it is over MQTT."""
    rights: dict[str, str] = field(default_factory=dict)
    """Name -> id of the rights that it has registered."""


def checked_pattern(pattern: str) -> str:
    """A Java regular expression on a path; what Python's cannot read is taken for a bad one. Raises Refusal 400."""
    if not 1 <= len(pattern) <= _LONGEST_PATTERN:
        raise bad_request(f"A URL pattern has 1 to {_LONGEST_PATTERN} characters.")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as problem:
        raise bad_request(f"The URL pattern '{pattern}' is not a regular expression: {problem}.") from problem
    return pattern


class Extensions:
    """The services of one vCD and their filters."""

    def __init__(self, query: QueryService, access: Access) -> None:
        self.access = access
        self.services: dict[str, Service] = {}
        """By bare UUID, both kinds."""
        for made in self._query_types():
            query.types[made.name] = made

    def clear(self) -> None:
        """Forgets all services."""
        self.services.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add, one = routes.add, f"{SERVICE_PATH}/*"
        add("GET", _ROOT, Route(self.read_root))
        add("GET", SERVICE_PATH, Route(self.read_services))
        add("POST", SERVICE_PATH, Route(self.create, writes=True))
        add("GET", one, Route(self.read))
        add("PUT", one, Route(self.replace, writes=True))
        add("DELETE", one, Route(self.delete, writes=True))
        add("GET", f"{one}/apifilters", Route(self.read_filters))
        add("POST", f"{one}/apifilters", Route(self.create_filter, writes=True))
        add("GET", f"{SERVICE_PATH}/apifilter/*", Route(self.read_filter))
        add("DELETE", f"{SERVICE_PATH}/apifilter/*", Route(self.delete_filter, writes=True))
        add("POST", f"{one}/links", Route(self.create_link, writes=True))
        add("GET", f"{SERVICE_PATH}/link/*", Route(self.read_link))
        add("DELETE", f"{SERVICE_PATH}/link/*", Route(self.delete_link, writes=True))
        add("GET", "/api/extensibility", Route(self.read_extensibility))
        add("GET", "/api/service/*", Route(self.read_public))

    def leading(self, path: str) -> Service | None:
        """The enabled service whose filter a path fits, the one with the highest priority (INFERRED among several)."""
        found = [
            one
            for one in self.services.values()
            if one.enabled and any(f.url_pattern and re.fullmatch(f.url_pattern, path) for f in one.filters.values())
        ]
        return max(found, key=lambda one: one.priority, default=None)

    # The query service

    def _query_types(self) -> Sequence[QueryType]:
        short: dict[str, type] = {"name": str, "vendor": str, "namespace": str}
        full: dict[str, type] = {
            "name": str,
            "enabled": bool,
            "exchange": str,
            "priority": int,
            "routingKey": str,
            "vendor": str,
            "namespace": str,
            "isAuthorizationEnabled": bool,
        }

        def services(_exchange: Exchange) -> list[dict[str, Any]]:
            return [self._row(one) for one in self._over_amqp()]

        def filters(exchange: Exchange) -> list[dict[str, Any]]:
            only_provider(exchange, "QUERY_EXECUTE")
            return [
                {"id": one.id, "urlPattern": one.url_pattern or "", "service": service.id, "name": one.id}
                for service in self.services.values()
                for one in service.filters.values()
            ]

        media = "application/vnd.vmware.vcloud.service+xml"
        return (
            QueryType(
                "service", "ServiceRecord", "ServiceReference", "service", "/api/service/", media, short, services
            ),
            QueryType(
                "adminService",
                "AdminServiceRecord",
                "AdminServiceReference",
                "service",
                f"{SERVICE_PATH}/",
                f"{SERVICE_MEDIA}+xml",
                full,
                services,
                admin=True,
            ),
            QueryType(
                "apiFilter",
                "ApiFilterRecord",
                "ApiFilterReference",
                "apifilter",
                f"{SERVICE_PATH}/apifilter/",
                f"{_FILTER_MEDIA}+xml",
                {"urlPattern": str, "service": str},
                filters,
                admin=True,
                references=frozenset({"service"}),
            ),
        )

    def _over_amqp(self) -> list[Service]:
        return sorted((one for one in self.services.values() if one.over_amqp), key=lambda one: one.name.lower())

    @staticmethod
    def _row(service: Service) -> dict[str, Any]:
        return {
            "id": service.id,
            "name": service.name,
            "enabled": service.enabled,
            "exchange": service.exchange,
            "priority": service.priority,
            "routingKey": service.routing_key,
            "vendor": service.vendor,
            "namespace": service.namespace,
            "isAuthorizationEnabled": service.authorization,
        }

    # Finding and removing

    def find(self, exchange: Exchange, identity: str, *, any_kind: bool = False) -> Service:
        """A service; one over MQTT only where its filters, links and rights are meant: more is not published."""
        only_provider(exchange, "EXTENSION_SERVICE_VIEW")
        service = self.services.get(identity)
        if service is None or not (service.over_amqp or any_kind):
            raise forbidden("System Operations", "EXTENSION_SERVICE_VIEW", identity)
        return service

    def remove(self, service: Service) -> None:
        """Removes a service with its filters and rights."""
        del self.services[service.id]
        for right in service.rights:
            self.access.remove_right(right)

    # Documents

    def _document(self, exchange: Exchange, service: Service) -> Element:
        """The administrator's view, children in the order of the schema."""
        href = f"{exchange.base_url}{SERVICE_PATH}/{service.id}"

        def text(name: str, value: Value) -> Element:
            return Element(f"vmext:{name}", text=value)

        children = [
            link("edit", href, SERVICE_MEDIA),
            link("remove", href),
            link("down:apiFilters", f"{href}/apifilters", _RECORDS_MEDIA),
            link("add", f"{href}/apifilters", _FILTER_MEDIA),
            link("rights", f"{href}/rights", RIGHTS_MEDIA),
            link("add", f"{href}/links", _LINK_MEDIA),
        ]
        if service.description:
            children.append(Element("Description", text=service.description))
        children += [
            text("Namespace", service.namespace),
            text("Enabled", service.enabled),
            text("AuthorizationEnabled", service.authorization),
            text("RoutingKey", service.routing_key),
            text("Priority", service.priority),
            text("Exchange", service.exchange),
        ]
        if service.vendor:
            children.append(text("Vendor", service.vendor))
        filters = [self._filter(exchange, one, root=False) for one in service.filters.values()]
        children.append(Element("vmext:ApiFilters", {}, filters, many="apiFilter"))
        links = [self._service_link(exchange, service, one, root=False) for one in service.links]
        if links:
            children.append(Element("vmext:ServiceLinks", {}, links, many="serviceLink"))
        attributes: dict[str, Value] = {
            "name": service.name,
            "id": f"urn:vcloud:service:{service.id}",
            "href": href,
            "type": f"{SERVICE_MEDIA}+xml",
        }
        return vmext("Service", attributes, children)

    def _filter(self, exchange: Exchange, one: ApiFilter, *, root: bool) -> Element:
        href = f"{exchange.base_url}{SERVICE_PATH}/apifilter/{one.id}"
        attributes: dict[str, Value] = {
            "id": f"urn:vcloud:apifilter:{one.id}",
            "href": href,
            "type": f"{_FILTER_MEDIA}+xml",
        }
        children = [link("remove", href)]
        for name, value in (("UrlPattern", one.url_pattern), ("ResponseContentType", one.content_type)):
            if value is not None:
                children.append(Element(f"vmext:{name}", text=value))
        if root:
            return vmext("ApiFilter", attributes, children)
        return Element("vmext:ApiFilter", attributes, children)

    def _service_link(self, exchange: Exchange, service: Service, key: str, *, root: bool) -> Element:
        href = f"{exchange.base_url}{SERVICE_PATH}/link/{key}"
        attributes: dict[str, Value] = {
            "id": f"urn:vcloud:serviceLink:{key}",
            "href": href,
            "type": f"{_LINK_MEDIA}+xml",
        }
        up = f"{exchange.base_url}{SERVICE_PATH}/{service.id}"
        children = [link("remove", href), link("up", up, SERVICE_MEDIA)]
        children += [Element(f"vmext:{name}", text=value) for name, value in service.links[key].items() if value]
        if root:
            return vmext("ServiceLink", attributes, children)
        return Element("vmext:ServiceLink", attributes, children)

    def _show(self, exchange: Exchange, service: Service, status: int = 200) -> Reply:
        headers = [("Location", f"{exchange.base_url}{SERVICE_PATH}/{service.id}")] if status == 201 else None
        return exchange.element(self._document(exchange, service), SERVICE_MEDIA, status, headers)

    # Services

    def read_root(self, exchange: Exchange) -> Reply:
        """`GET /api/admin/extension`: links to what is simulated."""
        only_provider(exchange, "EXTENSION_VIEW")
        base = exchange.base_url
        links = [
            link("down", f"{base}{SERVICE_PATH}", f"{ADMIN}.extensionServices"),
            link("down", f"{base}{AMQP_PATH}", AMQP_MEDIA),
        ]
        media = f"{ADMIN}.vmwExtension"
        root = vmext("VMWExtension", {"href": f"{base}{_ROOT}", "type": f"{media}+xml"}, links)
        return exchange.element(root, media)

    def read_services(self, exchange: Exchange) -> Reply:
        """`GET /api/admin/extension/service`: where to add one; the query service lists them."""
        only_provider(exchange, "EXTENSION_SERVICE_VIEW")
        href, media = f"{exchange.base_url}{SERVICE_PATH}", f"{ADMIN}.extensionServices"
        links = [
            link("add", href, SERVICE_MEDIA),
            link("down:services", f"{exchange.base_url}/api/query?type=adminService", _RECORDS_MEDIA),
        ]
        return exchange.element(vmext("ExtensionServices", {"href": href, "type": f"{media}+xml"}, links), media)

    def _fill(self, service: Service, root: ElementTree.Element) -> None:
        """What a Service of a client says; what it leaves out has its default, except for the filters (section 5.1)."""
        texts = in_order(root, _TAGS, ("Namespace", "RoutingKey", "Exchange"))
        name = root.get("name", "").strip()
        if not name:
            raise bad_request("The attribute name is required.")
        for absent in ("ServiceLinks", "ApiDefinitions", "ResourceClasses"):
            if absent in texts and len(root.find(VMEXT + absent) or ()):
                raise bad_request(f"{absent} inside of a service are not simulated.")
        filters = self._filters_of(root)
        priority = whole_number(texts, "Priority", 50, 0, 100)
        enabled, authorization = boolean(texts, "Enabled"), boolean(texts, "AuthorizationEnabled")
        service.name, service.namespace, service.priority = name, texts["Namespace"], priority
        service.enabled, service.authorization = enabled, authorization
        service.routing_key, service.exchange = texts["RoutingKey"], texts["Exchange"]
        service.description, service.vendor = texts.get("Description", ""), texts.get("Vendor", "")
        if filters is not None:
            service.filters = {one.id: one for one in filters}

    def _filters_of(self, root: ElementTree.Element) -> list[ApiFilter] | None:
        container = root.find(f"{VMEXT}ApiFilters")
        if container is None:
            return None
        for child in container:
            if child.tag not in (f"{VMEXT}ApiFilter", f"{V}Link"):
                raise bad_request(f"The element {child.tag} is not expected here.")
        return [self._wanted_filter(child) for child in container.findall(f"{VMEXT}ApiFilter")]

    @staticmethod
    def _wanted_filter(root: ElementTree.Element) -> ApiFilter:
        texts = in_order(root, [f"{VMEXT}UrlPattern", f"{VMEXT}ResponseContentType"])
        pattern, content_type = texts.get("UrlPattern") or None, texts.get("ResponseContentType") or None
        if (pattern is None) is (content_type is None):
            raise bad_request("An API filter has either a UrlPattern or a ResponseContentType.")
        return ApiFilter(str(uuid.uuid4()), checked_pattern(pattern) if pattern else None, content_type)

    def create(self, exchange: Exchange) -> Reply:
        """`POST /api/admin/extension/service`."""
        only_provider(exchange, "EXTENSION_SERVICE_CREATE")
        root = read_xml(exchange, f"{VMEXT}Service", f"{SERVICE_MEDIA}+xml")
        service = Service(str(uuid.uuid4()), "", "")
        self._fill(service, root)
        if any(one.namespace == service.namespace for one in self.services.values()):
            raise Refusal(400, "DUPLICATE_NAME", f"There is a service with the namespace {service.namespace} already.")
        self.services[service.id] = service
        return self._show(exchange, service, 201)

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/extension/service/{uuid}`."""
        return self._show(exchange, self.find(exchange, identity))

    def replace(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT` of the same. A content type may be missing: pyvcloud sends none."""
        service = self.find(exchange, identity)
        if media_type(exchange) not in ("", f"{SERVICE_MEDIA}+xml"):
            raise unsupported(media_type(exchange))
        root = read_xml(exchange, f"{VMEXT}Service", None)
        namespace = (root.findtext(f"{VMEXT}Namespace") or "").strip()
        if namespace and namespace != service.namespace:
            raise bad_request(f"The namespace {service.namespace} cannot be changed.")
        self._fill(service, root)
        return self._show(exchange, service)

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE` of the same: of a disabled one only (400 INFERRED), whatever `force` says."""
        service = self.find(exchange, identity)
        if service.enabled:
            raise bad_request(f"The service {service.name} must be disabled before it can be deleted.")
        self.remove(service)
        return exchange.nothing()

    # Filters

    def read_filters(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../service/{uuid}/apifilters`: as the query service shows them, with its pages."""
        service = self.find(exchange, identity, any_kind=True)
        page, filters = Page.of(exchange), list(service.filters.values())
        base, path = exchange.base_url, f"{SERVICE_PATH}/{service.id}"
        children = []
        if page.number < page.count(len(filters)):
            following = page_address(exchange, f"{path}/apifilters", Page(page.number + 1, page.size))
            children.append(link("nextPage", following, _RECORDS_MEDIA))
        for one in page.cut(filters):
            attributes: dict[str, Value] = {
                "href": f"{base}{SERVICE_PATH}/apifilter/{one.id}",
                "urlPattern": one.url_pattern or "",
                "service": f"{base}{path}",
            }
            children.append(Element("ApiFilterRecord", attributes))
        attributes = {
            "name": "apiFilter",
            "page": page.number,
            "pageSize": page.size,
            "total": len(filters),
            "href": page_address(exchange, f"{path}/apifilters", page),
            "type": f"{_RECORDS_MEDIA}+xml",
        }
        return exchange.element(Element("QueryResultRecords", attributes, children, many="record"), _RECORDS_MEDIA)

    def create_filter(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../service/{uuid}/apifilters`. The same pattern twice makes two filters: clients tidy that up."""
        service = self.find(exchange, identity, any_kind=True)
        one = self._wanted_filter(read_xml(exchange, f"{VMEXT}ApiFilter", f"{_FILTER_MEDIA}+xml"))
        service.filters[one.id] = one
        location = [("Location", f"{exchange.base_url}{SERVICE_PATH}/apifilter/{one.id}")]
        return exchange.element(self._filter(exchange, one, root=True), _FILTER_MEDIA, 201, location)

    def _find_filter(self, exchange: Exchange, identity: str) -> tuple[Service, ApiFilter]:
        only_provider(exchange, "API_FILTER_VIEW")
        for service in self.services.values():
            if identity in service.filters:
                return service, service.filters[identity]
        raise forbidden("System Operations", "API_FILTER_VIEW", identity)

    def read_filter(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../service/apifilter/{id}`."""
        _service, one = self._find_filter(exchange, identity)
        return exchange.element(self._filter(exchange, one, root=True), _FILTER_MEDIA)

    def delete_filter(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE .../service/apifilter/{id}`."""
        service, one = self._find_filter(exchange, identity)
        del service.filters[one.id]
        return exchange.nothing()

    # Links

    def create_link(self, exchange: Exchange, identity: str) -> Reply:
        """`POST .../service/{uuid}/links`: kept and shown with the service; it is not added to other documents."""
        service = self.find(exchange, identity, any_kind=True)
        root = read_xml(exchange, f"{VMEXT}ServiceLink", f"{_LINK_MEDIA}+xml")
        # The order of the elements is not published.
        tags = list(dict.fromkeys(child.tag for child in root if child.tag in _LINK_TAGS))
        texts = in_order(root, tags, ("LinkHref", "Rel"))
        key = str(uuid.uuid4())
        service.links[key] = texts
        return exchange.element(self._service_link(exchange, service, key, root=True), _LINK_MEDIA, 201)

    def _find_link(self, exchange: Exchange, identity: str) -> Service:
        only_provider(exchange, "SERVICE_LINK_VIEW")
        for service in self.services.values():
            if identity in service.links:
                return service
        raise forbidden("System Operations", "SERVICE_LINK_VIEW", identity)

    def read_link(self, exchange: Exchange, identity: str) -> Reply:
        """`GET .../service/link/{id}`, the address that a link is given with."""
        service = self._find_link(exchange, identity)
        return exchange.element(self._service_link(exchange, service, identity, root=True), _LINK_MEDIA)

    def delete_link(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE .../service/link/{id}`."""
        del self._find_link(exchange, identity).links[identity]
        return exchange.nothing()

    # What everybody sees

    def read_extensibility(self, exchange: Exchange) -> Reply:
        """`GET /api/extensibility`: links to the services that are switched on (their `rel` is INFERRED)."""
        base, media = exchange.base_url, "application/vnd.vmware.vcloud.apiextensibility"
        links = [
            link("down:service", f"{base}/api/service/{one.id}", "application/vnd.vmware.vcloud.service")
            for one in self._over_amqp()
            if one.enabled
        ]
        attributes: dict[str, Value] = {"href": f"{base}/api/extensibility", "type": f"{media}+xml"}
        return exchange.element(vmext("ApiExtensibility", attributes, links), media)

    def read_public(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/service/{uuid}`: name, namespace and vendor."""
        service = self.services.get(identity)
        if service is None or not service.over_amqp:
            raise forbidden("Base", "SERVICE_VIEW", identity)
        media = "application/vnd.vmware.vcloud.service"
        children = [Element("vmext:Namespace", text=service.namespace)]
        if service.vendor:
            children.append(Element("vmext:Vendor", text=service.vendor))
        attributes: dict[str, Value] = {
            "name": service.name,
            "id": f"urn:vcloud:service:{service.id}",
            "href": f"{exchange.base_url}/api/service/{service.id}",
            "type": f"{media}+xml",
        }
        return exchange.element(vmext("Service", attributes, children), media)
