"""The rights of a vCD and who has which: roles, the tenants' entitlements, and what a session may do (contract 4.3).

A tenant's session has the rights of its role that are in a rights bundle published to its organization
("entitlements"); a System session has those of its role. Only rights that some call of this simulator asks for, or that
somebody would look for in a list, are here; the contract names few, so most names and all categories are INFERRED.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..identity import stable_id
from ..world import ORGANIZATION_ADMINISTRATOR, SYSTEM_ADMINISTRATOR
from .directory import Directory
from .exchange import Exchange, forbidden
from .sessions import SYSTEM_ID, Session

UNDEFINED_KEY = "com.vmware.vcloud.undefined.key"
"""`bundleKey` of what users made: there is no translation of its name (INFERRED)."""
MANAGE_TOKENS = "Manage user's own API token"
MANAGE_SERVICE_ACCOUNTS = "Manage service accounts"
VIEW_SERVICE_ACCOUNTS = "View service accounts"
VIEW_USERS = "Group / User: View"
MANAGE_USERS = "Group / User: Manage"
VIEW_ROLES = "Role: View"
MANAGE_ROLES = "Role: Create, Edit, Delete, or Copy"
VIEW_RIGHTS = "Right: View"
MANAGE_GLOBAL_ROLES = "Global Role: Create, Edit, Delete, or Copy"
MANAGE_BUNDLES = "Rights Bundle: Create, Edit, Delete, or Copy"
VIEW_DEFINITIONS = "View custom entity definitions"
CREATE_DEFINITION = "Create new custom entity definition"
EDIT_DEFINITION = "Edit custom entity definition"
DELETE_DEFINITION = "Delete custom entity definition"
MANAGE_ANY_DEFINITION = "Custom entity: Manage any custom entity definition"

_TENANT_RIGHTS = {
    "Organization: View": "Organization",
    "Organization: Edit Properties": "Organization",
    "Organization vDC: View": "Organization VDC",
    "Organization vDC Network: View Properties": "Organization VDC Network",
    "Catalog: View Private and Shared Catalogs": "Catalog",
    "Catalog: Create / Delete a Catalog": "Catalog",
    "Catalog: Edit Properties": "Catalog",
    "vApp: Create / Reconfigure": "vApp",
    "vApp: Delete": "vApp",
    "vApp: Edit Properties": "vApp",
    "vApp: Power Operations": "vApp",
    "vApp: Use Console": "vApp",
    VIEW_USERS: "Access Control",
    MANAGE_USERS: "Access Control",
    VIEW_ROLES: "Access Control",
    MANAGE_ROLES: "Access Control",
    VIEW_RIGHTS: "Access Control",
    MANAGE_TOKENS: "Access Control",
    VIEW_SERVICE_ACCOUNTS: "Access Control",
    MANAGE_SERVICE_ACCOUNTS: "Access Control",
    VIEW_DEFINITIONS: "Custom Entity",
}
_SYSTEM_RIGHTS = {
    "Organization: Edit": "Organization",
    MANAGE_GLOBAL_ROLES: "Access Control",
    MANAGE_BUNDLES: "Access Control",
    CREATE_DEFINITION: "Custom Entity",
    EDIT_DEFINITION: "Custom Entity",
    DELETE_DEFINITION: "Custom Entity",
    MANAGE_ANY_DEFINITION: "Custom Entity",
}
# Who may change something may look at it (INFERRED); a server adds such rights by itself.
_IMPLIED = {
    MANAGE_USERS: (VIEW_USERS,),
    MANAGE_ROLES: (VIEW_ROLES, VIEW_RIGHTS),
    MANAGE_SERVICE_ACCOUNTS: (VIEW_SERVICE_ACCOUNTS,),
    "Organization: Edit Properties": ("Organization: View",),
    "vApp: Create / Reconfigure": ("vApp: Edit Properties",),
    "Catalog: Edit Properties": ("Catalog: View Private and Shared Catalogs",),
    "Catalog: Create / Delete a Catalog": ("Catalog: View Private and Shared Catalogs",),
}
# What the roles of the product may do, in the rights above; each is a global role that every tenant has.
_USE = {"Organization: View", "vApp: Power Operations", "vApp: Use Console"}
_AUTHOR = _USE | {
    "Organization vDC: View",
    "Organization vDC Network: View Properties",
    "Catalog: View Private and Shared Catalogs",
    "vApp: Create / Reconfigure",
    "vApp: Delete",
    "vApp: Edit Properties",
    MANAGE_TOKENS,
}
_GLOBAL_ROLES: dict[str, tuple[str, set[str]]] = {
    ORGANIZATION_ADMINISTRATOR: ("Built-in rights for administering an organization", set(_TENANT_RIGHTS)),
    "Catalog Author": (
        "Rights given to a user who creates and publishes catalogs",
        _AUTHOR | {"Catalog: Create / Delete a Catalog", "Catalog: Edit Properties"},
    ),
    "vApp Author": ("Rights given to a user who uses catalogs and creates vApps", _AUTHOR),
    "vApp User": ("Rights given to a user who uses vApps created by others", _USE),
    "Console Access Only": ("Rights given to a user who can only view virtual machine state", {"vApp: Use Console"}),
    "Defer to Identity Provider": ("Rights come from the identity provider", set()),
}


@dataclass
class Right:
    """One right."""

    id: str
    name: str
    category: str
    view: bool
    namespace: str = "com.vmware.vcloud"
    implied: tuple[str, ...] = ()
    """Names of the rights that come with it."""


@dataclass
class RightSet:
    """A role, a global role or a rights bundle: a name and rights."""

    id: str
    """Bare UUID."""
    name: str
    description: str
    rights: set[str]
    """Names."""
    org_id: str | None = None
    """The organization of a role; None for what can be published."""
    bundle_key: str = UNDEFINED_KEY
    read_only: bool = False
    publish_all: bool = False
    tenants: set[str] = field(default_factory=set)
    """Bare ids of the organizations that it is published to."""

    def published_to(self, org_id: str) -> bool:
        """Whether an organization has it."""
        return self.publish_all or org_id in self.tenants


class Access:
    """All rights, roles, global roles and rights bundles of one vCD, and the question who may do what."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.rights: dict[str, Right] = {}
        """By name."""
        self.roles: dict[str, RightSet] = {}
        """Roles of single organizations, System's included, by id."""
        self.global_roles: dict[str, RightSet] = {}
        self.bundles: dict[str, RightSet] = {}
        self.clear()

    def clear(self) -> None:
        """Back to what a fresh vCD has."""
        for table in (self.rights, self.roles, self.global_roles, self.bundles):
            table.clear()
        for name, category in {**_TENANT_RIGHTS, **_SYSTEM_RIGHTS}.items():
            self.add_right(name, category, implied=_IMPLIED.get(name, ()))
        for name, (description, rights) in _GLOBAL_ROLES.items():
            key = f"ROLE_{name.upper().replace(' ', '_')}"
            # Changing the product's own global roles is possible; only the administrator's is fixed (INFERRED).
            fixed = name == ORGANIZATION_ADMINISTRATOR
            made = RightSet(stable_id("role", name), name, description, set(rights), None, key, fixed, publish_all=True)
            self.global_roles[made.id] = made
        admin = RightSet(
            stable_id("role", SYSTEM_ADMINISTRATOR),
            SYSTEM_ADMINISTRATOR,
            "Built-in rights for administering this installation",
            set(self.rights),
            SYSTEM_ID,
            "ROLE_SYSTEM_ADMINISTRATOR",
            True,
        )
        self.roles[admin.id] = admin
        bundle = RightSet(
            stable_id("rightsBundle", "default"),
            "Default Rights Bundle",
            "Default set of tenant rights",
            set(_TENANT_RIGHTS),
            bundle_key="com.vmware.vcloud.rights.bundle.default",
            publish_all=True,
        )
        self.bundles[bundle.id] = bundle

    # Rights come and go with the types of defined entities

    def add_right(
        self, name: str, category: str, namespace: str = "com.vmware.vcloud", implied: tuple[str, ...] = ()
    ) -> Right:
        """Makes a right known; the System Administrator has it at once. `implied`: the rights that come with it."""
        view = "View" in name or "VIEW" in name
        right = Right(stable_id("right", name), name, category, view, namespace, implied)
        self.rights[name] = right
        for role in self.roles.values():
            if role.read_only:
                role.rights.add(name)
        return right

    def remove_right(self, name: str) -> None:
        """Takes a right away, from everybody."""
        self.rights.pop(name, None)
        for table in (self.roles, self.global_roles, self.bundles):
            for one in table.values():
                one.rights.discard(name)

    def add_bundle(self, name: str, description: str, rights: Iterable[str]) -> RightSet:
        """A rights bundle that nobody has yet."""
        bundle = RightSet(str(uuid.uuid4()), name, description, set(rights))
        self.bundles[bundle.id] = bundle
        return bundle

    def remove_bundle(self, name: str) -> None:
        """Removes the bundle of this name, when it is there."""
        self.bundles = {key: one for key, one in self.bundles.items() if one.name != name}

    # Who may do what

    def roles_of(self, org_id: str) -> list[RightSet]:
        """The roles that users of an organization can have: its own, and the global roles that tenants were given."""
        own = [one for one in self.roles.values() if one.org_id == org_id]
        if org_id == SYSTEM_ID:
            return own
        return own + [one for one in self.global_roles.values() if one.published_to(org_id)]

    def role(self, org_id: str, name: str) -> RightSet | None:
        """A role by its name, without regard to case (INFERRED)."""
        wanted = name.lower()
        return next((one for one in self.roles_of(org_id) if one.name.lower() == wanted), None)

    def users_with(self, role: RightSet) -> bool:
        """Whether somebody has a role."""
        for user in self.directory.site.users.values():
            organization = self.directory.by_name(user.org)
            if organization is not None and self.role(organization.id, user.role) is role:
                return True
        return False

    def role_id(self, session: Session) -> str:
        """The bare UUID of a session's role."""
        role = self.role(session.org_id, session.user.role)
        return role.id if role else stable_id("role", session.user.role)

    def entitlements(self, org_id: str) -> set[str]:
        """The rights in the bundles that are published to a tenant."""
        found: set[str] = set()
        for bundle in self.bundles.values():
            if bundle.published_to(org_id):
                found |= bundle.rights
        return found

    def of(self, session: Session) -> set[str]:
        """The rights of a session."""
        role = self.role(session.org_id, session.user.role)
        if role is None:
            return set()
        return role.rights if session.is_provider else role.rights & self.entitlements(session.org_id)

    def has(self, session: Session, right: str) -> bool:
        """Whether a session has a right."""
        role = self.role(session.org_id, session.user.role)
        if role is None or right not in role.rights:
            return False
        return session.is_provider or any(
            right in one.rights and one.published_to(session.org_id) for one in self.bundles.values()
        )

    def demand(self, exchange: Exchange, right: str, operation: str, target: str) -> Session:
        """The session. Raises Refusal 403 when it does not have the right."""
        session = exchange.user
        if not self.has(session, right):
            raise forbidden(right, operation, target)
        return session

    def demand_system(self, exchange: Exchange, right: str, operation: str, target: str) -> Session:
        """The same for what only the provider's users may do, whatever their rights."""
        if not exchange.user.is_provider:
            raise forbidden(right, operation, target)
        return self.demand(exchange, right, operation, target)


def acting_org(exchange: Exchange) -> str:
    """The bare id of the organization that a request is about: the tenant context of a provider (section 2.5), else the
    session's own. The context has been checked before."""
    context = exchange.request.headers.get("x-vmware-vcloud-tenant-context")
    return context.lower() if context else exchange.user.org_id
