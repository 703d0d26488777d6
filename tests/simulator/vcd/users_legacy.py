"""Users and roles in `/api`: made below their organization, read and removed at their own address (contract 4.3).

The contract names the call that makes a user; reading and removing are what the addresses in queries and tasks lead to.
"""

from __future__ import annotations

from ..wire import Reply
from ..world import Organization, User
from . import rights
from .exchange import Exchange, Refusal, bad_request, forbidden
from .markup import Element, Value
from .rights import RightSet
from .rights_sets import SetCalls
from .routes import Route, Routes
from .sessions import Session
from .users import URN, USER_MEDIA, Person, Users
from .xml_body import V, boolean, in_order, read_xml

_ROLE_MEDIA = "application/vnd.vmware.admin.role"
# In the order in which the published client writes them; the schema's own order is not known here.
_CHILDREN = (
    "Description",
    "FullName",
    "EmailAddress",
    "Telephone",
    "IsEnabled",
    "IM",
    "NameInSource",
    "IsExternal",
    "ProviderType",
    "IsGroupRole",
    "StoredVmQuota",
    "DeployedVmQuota",
    "Role",
    "Password",
)


class LegacyUsers:
    """The `/api` side of users and roles."""

    def __init__(self, users: Users, roles: SetCalls) -> None:
        self.users = users
        self.roles = roles

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        routes.add("POST", "/api/admin/org/*/users", Route(self.create, writes=True))
        routes.add("GET", "/api/admin/user/*", Route(self.read))
        routes.add("DELETE", "/api/admin/user/*", Route(self.delete, writes=True))
        routes.add("GET", "/api/admin/role/*", Route(self.read_role))

    def _organization(self, exchange: Exchange, identity: str) -> Organization:
        found, session = self.users.directory.by_id(identity), exchange.user
        if found is None or not (session.is_provider or session.org_id == found.id):
            raise forbidden(rights.VIEW_USERS, "USER_VIEW", identity)
        return found

    def create(self, exchange: Exchange, identity: str) -> Reply:
        """`POST /api/admin/org/{uuid}/users`: 201."""
        self.users.may_manage(exchange, identity)
        org = self._organization(exchange, identity)
        root = read_xml(exchange, f"{V}User", f"{USER_MEDIA}+xml")
        texts = in_order(root, [f"{V}{name}" for name in _CHILDREN])
        reference = root.find(f"{V}Role")
        href = reference.get("href", "") if reference is not None else ""
        role = self._role(org.id, href.rstrip("/").rpartition("/")[2])
        if role is None:
            raise bad_request("The element Role must refer to a role of the organization.")
        if boolean(texts, "IsExternal") or boolean(texts, "IsGroupRole"):
            raise bad_request("Users of identity providers and groups are made in /cloudapi here.")
        user = User(root.get("name", ""), org.name, texts.get("Password", ""), role.name, boolean(texts, "IsEnabled"))
        person = Person(
            texts.get("FullName", ""),
            texts.get("Description", ""),
            texts.get("EmailAddress", ""),
            deployed_quota=self._quota(texts, "DeployedVmQuota"),
            stored_quota=self._quota(texts, "StoredVmQuota"),
        )
        self.users.add(org, user, person)
        return self._show(exchange, user, org, 201)

    @staticmethod
    def _quota(texts: dict[str, str], name: str) -> int:
        text = texts.get(name) or "0"
        if not (text.isascii() and text.isdecimal() and len(text) < 10):
            raise bad_request(f"The element {name} must be a whole number.")
        return int(text)

    def _role(self, org_id: str, identity: str) -> RightSet | None:
        found = self.users.access.roles_of(org_id)
        return next((one for one in found if one.id == identity), None)

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/user/{uuid}`."""
        user, org = self.users.find(exchange, identity)
        if exchange.user.user != user:
            self.users.access.demand(exchange, rights.VIEW_USERS, "USER_VIEW", identity)
        return self._show(exchange, user, org)

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /api/admin/user/{uuid}`: 204 at once; the task is that of `/cloudapi`."""
        self.users.may_manage(exchange, identity)
        user, org = self.users.find(exchange, identity)
        if exchange.user.user == user:
            raise bad_request("You cannot delete yourself.")
        self.users.discard(user)
        return exchange.nothing()

    def _show(self, exchange: Exchange, user: User, org: Organization, status: int = 200) -> Reply:
        identity, person = Session.id_of(user, org.id), self.users.person(user)
        role, base = self.users.role_of(user, org.id), exchange.base_url
        href = f"{base}/api/admin/user/{identity}"
        attributes: dict[str, Value | None] = {
            "name": user.name,
            "id": f"{URN}{identity}",
            "href": href,
            "type": f"{USER_MEDIA}+xml",
        }
        children = [
            Element("Link", {"rel": "edit", "href": href, "type": f"{USER_MEDIA}+xml"}),
            Element("Link", {"rel": "remove", "href": href}),
            Element("Description", text=person.description or None),
            Element("FullName", text=person.full_name or None),
            Element("EmailAddress", text=person.email or None),
            Element("IsEnabled", text=user.enabled),
            Element("IsLocked", text=False),
            Element("NameInSource", text=person.name_in_source or user.name),
            Element("IsExternal", text=person.source != "LOCAL"),
            Element("ProviderType", text="INTEGRATED" if person.source == "LOCAL" else person.source),
            Element("IsGroupRole", text=False),
            Element("StoredVmQuota", text=person.stored_quota),
            Element("DeployedVmQuota", text=person.deployed_quota),
        ]
        if role is not None:
            place = f"{base}/api/admin/role/{role.id}"
            children.append(Element("Role", {"href": place, "name": role.name, "type": f"{_ROLE_MEDIA}+xml"}))
        headers = [("Location", href)] if status == 201 else None
        return exchange.element(Element("User", attributes, children), USER_MEDIA, status, headers)

    def read_role(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /api/admin/role/{uuid}` with the references of its rights."""
        access = self.users.access
        session = access.demand(exchange, rights.VIEW_ROLES, "ROLE_VIEW", identity)
        role = self._role(session.org_id, identity)
        if role is None and session.is_provider:
            # What System is shown of a tenant's users leads to their roles.
            role = access.roles.get(identity) or access.global_roles.get(identity)
        if role is None:
            raise Refusal(403, "ACCESS_TO_RESOURCE_IS_FORBIDDEN", f"There is no role {identity} for you.")
        base = exchange.base_url
        shown = role.rights if session.is_provider else role.rights & access.entitlements(session.org_id)
        references = [
            Element(
                "RightReference",
                {
                    "href": f"{base}/api/admin/right/{access.rights[name].id}",
                    "name": name,
                    "type": "application/vnd.vmware.admin.right+xml",
                },
            )
            for name in sorted(shown)
        ]
        attributes: dict[str, Value | None] = {
            "name": role.name,
            "id": f"urn:vcloud:role:{role.id}",
            "href": f"{base}/api/admin/role/{role.id}",
            "type": f"{_ROLE_MEDIA}+xml",
        }
        children = [
            Element("Description", text=role.description or None),
            Element("RightReferences", {}, references, many="rightReference"),
        ]
        return exchange.element(Element("Role", attributes, children), _ROLE_MEDIA)
