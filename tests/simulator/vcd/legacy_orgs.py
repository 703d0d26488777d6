"""Organizations in `/api`: the list, the tenant's view, the administrator's view and its writes (contract 4.2)."""

from __future__ import annotations

from urllib.parse import quote
from xml.etree import ElementTree

from ..identity import stable_id
from ..wire import Reply
from ..world import Organization
from .directory import urn
from .exchange import Exchange, bad_request
from .markup import Element, Value
from .organizations import ADMIN_ORG_MEDIA, ORG_MEDIA, Organizations, Wanted
from .rights import Access
from .stock import Ref, Stock, catalog_ref, named, network_ref
from .xml_body import V, read_xml

# Of OrgGeneralSettings (contract 4.2), in the order of its schema; their value is false or 0 here.
_GENERAL = (
    "CanPublishExternally",
    "CanSubscribe",
    "UseServerBootSequence",
    "DelayAfterPowerOnSeconds",
    "VdcQuota",
)
_NETWORK = "application/vnd.vmware.admin.network+xml"
_QUOTAS = ("DeployedVMQuota", "StoredVmQuota")
_RECORDS = "application/vnd.vmware.vcloud.query.records+xml"
# Read-only or carried by the links of what was read: a client sends back the whole document that it was given.
_IGNORED = frozenset(
    {
        "Link",
        "Tasks",
        "Users",
        "Groups",
        "Catalogs",
        "Vdcs",
        "VdcTemplates",
        "Networks",
        "OrgAssociations",
        "RightReferences",
        "RoleReferences",
    }
)


def _child(root: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return root.find(f"{V}{name}")


def _boolean(element: ElementTree.Element | None) -> bool:
    text = ((element.text if element is not None else None) or "false").strip().lower()
    if text not in ("true", "false", "1", "0"):
        raise bad_request(f"'{text}' is not a boolean value.")
    return text in ("true", "1")


def read_admin_org(exchange: Exchange) -> Wanted:
    """The `AdminOrg` of a request. Raises Refusal 415 for another content type and 400 for what the schema forbids."""
    root = read_xml(exchange, f"{V}AdminOrg", f"{ADMIN_ORG_MEDIA}+xml")
    for child in root:
        name = child.tag.rpartition("}")[2]
        if name not in _IGNORED | {"Description", "FullName", "IsEnabled", "Settings"}:
            raise bad_request(f"Unexpected element {name}.")
    full_name, settings, description = (_child(root, name) for name in ("FullName", "Settings", "Description"))
    if full_name is None or settings is None:
        raise bad_request("AdminOrg needs the elements FullName and Settings.")
    return Wanted(
        root.get("name", ""),
        (full_name.text or "").strip(),
        (description.text or "") if description is not None else "",
        _boolean(_child(root, "IsEnabled")),
        *_settings(settings),
    )


def _settings(settings: ElementTree.Element) -> tuple[bool, tuple[int, int]]:
    """The settings that are kept: whether catalogs may be published, the quotas of running and of stored VMs.

    Others are refused instead of being dropped without a word, unless they say what holds anyway.
    `UseServerBootSequence` is taken with either value: go-vcloud-director sets it with every general setting, and there
    are no vApps whose start it could order."""
    general = _child(settings, "OrgGeneralSettings")
    known = {"CanPublishCatalogs", *_QUOTAS, "Link"}
    for parent, kept in ((settings, {"OrgGeneralSettings", "Link"}), (general, known)):
        for child in parent if parent is not None else ():
            name = child.tag.rpartition("}")[2]
            neutral = parent is general and name in _GENERAL and (child.text or "").strip() in ("false", "0")
            if name not in kept and not neutral and not (parent is general and name == "UseServerBootSequence"):
                raise bad_request(f"The setting {name} is not simulated.")
    if general is None:
        return False, (0, 0)
    deployed, stored = (_quota(general, name) for name in _QUOTAS)
    return _boolean(_child(general, "CanPublishCatalogs")), (deployed, stored)


def _quota(general: ElementTree.Element, name: str) -> int:
    element = _child(general, name)
    text = ((element.text if element is not None else None) or "0").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise bad_request(f"'{text}' is not a value of {name}.")
    return int(text)


def _link(place: Ref, base: str, media: str) -> Element:
    return Element("Link", {"rel": "down", "href": place.href(base), "name": place.name, "type": media})


_RIGHT, _ROLE = "application/vnd.vmware.admin.right+xml", "application/vnd.vmware.admin.role+xml"


class LegacyOrganizations:
    """The `/api` side of organizations."""

    def __init__(self, organizations: Organizations, stock: Stock, access: Access, build: str) -> None:
        self.organizations = organizations
        self.stock = stock
        self.access = access
        self.directory = organizations.directory
        self.tasks = organizations.tasks
        self.build = build

    # Reading

    def read_list(self, exchange: Exchange) -> Reply:
        """`GET /api/org/`: System sees all, System itself included; a tenant sees his own."""
        own = self.organizations.visible(exchange)
        chosen = [*self.directory.ordered, self.directory.system] if own is None else own
        base = f"{exchange.base_url}/api/org/"
        children = [Element("Org", {"href": base + one.id, "name": one.name, "type": ORG_MEDIA}) for one in chosen]
        root = Element(
            "OrgList", {"href": base, "type": "application/vnd.vmware.vcloud.orgList+xml"}, children, many="org"
        )
        return exchange.element(root, "application/vnd.vmware.vcloud.orgList")

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/org/{uuid}`."""
        organization = self.organizations.find(exchange, identity)
        base = exchange.base_url
        href = f"{base}/api/org/{organization.id}"
        links = []
        if exchange.version >= (33, 0):
            # The first link that contains "vdc" must be the one of VDCs: clients take it. System asks the admin types.
            if exchange.user.is_provider:
                kinds, wanted = ("adminOrgVdc", "adminCatalog"), quote(f"org=={href}", safe="=:/")
            else:
                kinds, wanted = ("orgVdc", "catalog"), quote(f"orgName=={organization.name}", safe="=")
            for kind in kinds:
                address = f"{base}/api/query?type={kind}&format=records&filter={wanted}"
                links.append(Element("Link", {"rel": "down", "type": _RECORDS, "href": address}))
        else:
            links += self._links(base, organization)
        # Networks stayed where they were; their addresses must not come before the query links.
        networks = self._networks(organization)
        links += [_link(one, base, "application/vnd.vmware.vcloud.orgNetwork+xml") for one in networks]
        if exchange.user.is_provider:
            admin = f"{base}/api/admin/org/{organization.id}"
            links.append(Element("Link", {"rel": "alternate", "type": f"{ADMIN_ORG_MEDIA}+xml", "href": admin}))
        root = Element(
            "Org",
            {"name": organization.name, "id": urn(organization), "href": href, "type": ORG_MEDIA},
            [*links, *self._described(exchange, organization)],
        )
        return exchange.element(root, ORG_MEDIA.removesuffix("+xml"))

    def _links(self, base: str, organization: Organization) -> list[Element]:
        """What an organization has, one by one: below API 33.0 there are no query links."""
        workloads = self.stock.workloads
        links = [
            _link(self.stock.vdc_ref(vdc.id), base, "application/vnd.vmware.vcloud.vdc+xml")
            for vdc in workloads.vdcs_of(organization.name)
        ]
        return links + [
            _link(catalog_ref(one), base, "application/vnd.vmware.vcloud.catalog+xml")
            for one in workloads.catalogs.values()
            if one.org == organization.name
        ]

    def _networks(self, organization: Organization) -> list[Ref]:
        vdcs = self.stock.workloads.vdcs_of(organization.name)
        return [network_ref(network) for vdc in vdcs for network in vdc.network_details()]

    def _lists(self, exchange: Exchange, organization: Organization) -> list[Element]:
        """Lists of what it has, empty ones too: go-vcloud-director looks into them before it deletes (contract 4.2)."""
        workloads, name, base = self.stock.workloads, organization.name, exchange.base_url
        # Tenants are led to their own view: go-vcloud-director knows that the addresses differ by who asks.
        provider = exchange.user.is_provider
        vdc_media = f"application/vnd.vmware.{'admin' if provider else 'vcloud'}.vdc+xml"
        catalogs = [
            named("CatalogReference", catalog_ref(one, admin=True), base, "application/vnd.vmware.admin.catalog+xml")
            for one in workloads.catalogs.values()
            if one.org == name
        ]
        vdcs = [
            named("Vdc", self.stock.vdc_ref(one.id, admin=provider), base, vdc_media) for one in workloads.vdcs_of(name)
        ]
        networks = [
            named("Network", Ref("network", "/api/admin/network/", one.id, one.name), base, _NETWORK)
            for one in self._networks(organization)
        ]
        users = [
            named("UserReference", self.stock.user_ref(name, one.name), base, "application/vnd.vmware.admin.user+xml")
            for one in self.directory.site.users.values()
            if one.org == name
        ]
        entitled = self.access.entitlements(organization.id)
        rights = [
            named("RightReference", Ref("right", "/api/admin/right/", known.id, known.name), base, _RIGHT)
            for known in sorted(self.access.rights.values(), key=lambda one: one.name)
            if known.name in entitled
        ]
        roles = [
            named("RoleReference", Ref("role", "/api/admin/role/", one.id, one.name), base, _ROLE)
            for one in self.access.roles_of(organization.id)
        ]
        return [
            Element("Users", {}, users, many="userReference"),
            Element("Catalogs", {}, catalogs, many="catalogReference"),
            Element("Vdcs", {}, vdcs, many="vdc"),
            Element("Networks", {}, networks, many="network"),
            Element("RightReferences", {}, rights, many="rightReference"),
            Element("RoleReferences", {}, roles, many="roleReference"),
        ]

    def _described(self, exchange: Exchange, organization: Organization) -> list[Element]:
        task = self.tasks.running_on(urn(organization))
        return [
            Element("Description", text=organization.description or None),
            *([Element("Tasks", {}, [self.tasks.as_element(exchange, task)], many="task")] if task else []),
            Element("FullName", text=organization.full_name),
            Element("IsEnabled", text=organization.enabled),
        ]

    def read_root(self, exchange: Exchange) -> Reply:
        """`GET /api/admin/`: the build, readable for everybody who is logged in."""
        href = f"{exchange.base_url}/api/admin/"
        children = [Element("Description", text=self.build)]
        own = self.organizations.visible(exchange)
        if own is None:
            add: dict[str, Value] = {"rel": "add", "type": f"{ADMIN_ORG_MEDIA}+xml", "href": f"{href}orgs"}
            children.insert(0, Element("Link", add))
            own = list(self.directory.ordered)
        references = [
            Element(
                "OrganizationReference",
                {
                    "href": f"{href}org/{one.id}",
                    "name": one.name,
                    "type": f"{ADMIN_ORG_MEDIA}+xml",
                },
            )
            for one in own
        ]
        children.append(Element("OrganizationReferences", {}, references, many="organizationReference"))
        if exchange.user.is_provider:
            provider = self.stock.provider_vdc_ref()
            kind = "application/vnd.vmware.admin.providervdc+xml"
            reference = named("ProviderVdcReference", provider, exchange.base_url, kind)
            children.append(Element("ProviderVdcReferences", {}, [reference], many="providerVdcReference"))
        media = "application/vnd.vmware.admin.vcloud"
        site = stable_id("vcd-site", self.directory.site.name)
        attributes: dict[str, Value] = {
            "name": self.directory.site.spec.vcd_host,
            "id": f"urn:vcloud:site:{site}",
            "href": href,
            "type": f"{media}+xml",
        }
        return exchange.element(Element("VCloud", attributes, children), media)

    def read_admin(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/org/{uuid}`."""
        return self._show(exchange, self.organizations.find(exchange, identity))

    def _show(self, exchange: Exchange, organization: Organization, status: int = 200) -> Reply:
        base = exchange.base_url
        href = f"{base}/api/admin/org/{organization.id}"
        view: dict[str, Value] = {"rel": "alternate", "type": ORG_MEDIA, "href": f"{base}/api/org/{organization.id}"}
        user_media = "application/vnd.vmware.admin.user+xml"
        links = [Element("Link", view), Element("Link", {"rel": "add", "type": user_media, "href": f"{href}/users"})]
        if exchange.user.is_provider and organization is not self.directory.system:
            action = "disable" if organization.enabled else "enable"
            links.append(Element("Link", {"rel": "edit", "type": f"{ADMIN_ORG_MEDIA}+xml", "href": href}))
            links.append(Element("Link", {"rel": action, "href": f"{href}/action/{action}"}))
            if not organization.enabled:
                links.append(Element("Link", {"rel": "remove", "href": href}))
        quotas = self.directory.quotas.get(organization.id, (0, 0))
        general = [Element("CanPublishCatalogs", text=organization.id in self.directory.can_publish)]
        general += [Element(name, text=quota) for name, quota in zip(_QUOTAS, quotas, strict=True)]
        settings = Element("Settings", {}, [Element("OrgGeneralSettings", {}, general)])
        root = Element(
            "AdminOrg",
            {"name": organization.name, "id": urn(organization), "href": href, "type": f"{ADMIN_ORG_MEDIA}+xml"},
            [*links, *self._described(exchange, organization), settings, *self._lists(exchange, organization)],
        )
        headers = [("Location", href)] if status == 201 else None
        return exchange.element(root, ADMIN_ORG_MEDIA, status, headers)

    # Writing

    def create(self, exchange: Exchange) -> Reply:
        """`POST /api/admin/orgs`."""
        self.organizations.only_provider(exchange, "ORG_CREATE")
        return self._show(exchange, self.organizations.create(exchange, read_admin_org(exchange)), 201)

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /api/admin/org/{uuid}`."""
        organization = self.organizations.to_change(exchange, identity)
        self.organizations.update(organization, read_admin_org(exchange))
        return self._show(exchange, organization)

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /api/admin/org/{uuid}?force=&recursive=`: 202 with the task as body."""
        return self.tasks.show(exchange, self.organizations.delete(exchange, identity), 202)

    def enable(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /api/admin/org/{uuid}/action/enable`."""
        self.organizations.set_enabled(self.organizations.to_change(exchange, identity), True)
        return exchange.nothing()

    def disable(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /api/admin/org/{uuid}/action/disable`."""
        self.organizations.set_enabled(self.organizations.to_change(exchange, identity), False)
        return exchange.nothing()
