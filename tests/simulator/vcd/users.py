"""Users of organizations, in `/cloudapi` from API 35.0 (contract section 4.3); users_legacy.py has those of `/api`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..wire import Reply
from ..world import Organization, User
from . import listing, rights
from .directory import Directory
from .exchange import Exchange, Refusal, bad_request, forbidden
from .json_body import read_object
from .listing import Document
from .rights import Access, RightSet, acting_org
from .rights_sets import no_api_token, reference_ids
from .routes import Route, Routes
from .sessions import Session, Sessions
from .tasks import Task, Tasks

SINCE = (35, 0)
_PATH = "/cloudapi/1.0.0/users"
URN = "urn:vcloud:user:"
USER_MEDIA = "application/vnd.vmware.admin.user"
_FIELDS: dict[str, type] = {
    "username": str,
    "fullName": str,
    "description": str,
    "id": str,
    "roleEntityRefs": list,
    "orgEntityRef": dict,
    "password": str,
    "deployedVmQuota": int,
    "storedVmQuota": int,
    "email": str,
    "nameInSource": str,
    "enabled": bool,
    "isGroupRole": bool,
    "providerType": str,
    "locked": bool,
    "stranded": bool,
}
_FILTERS: dict[str, type] = {
    name: kind for name, kind in _FIELDS.items() if name not in ("password", "roleEntityRefs", "orgEntityRef")
} | {"orgEntityRef.id": str, "orgEntityRef.name": str}
_SOURCES = ("LOCAL", "LDAP", "SAML", "OAUTH")


@dataclass(frozen=True)
class Person:
    """What is known of a user beyond what he needs to log in."""

    full_name: str = ""
    description: str = ""
    email: str = ""
    source: str = "LOCAL"
    name_in_source: str = ""
    deployed_quota: int = 0
    stored_quota: int = 0


class Users:
    """The users of one vCD. The world has them, because vCloud Availability lets them in too."""

    def __init__(self, access: Access, directory: Directory, sessions: Sessions, tasks: Tasks) -> None:
        self.access = access
        self.directory = directory
        self.sessions = sessions
        self.tasks = tasks
        self._people: dict[tuple[str, str], Person] = {}
        self.on_discard: list[Callable[[User], None]] = []
        """Told when a user is gone."""

    @property
    def addresses(self) -> dict[str, Callable[[Exchange, str], str]]:
        """Where the resolver finds users (section 4.1)."""

        def place(exchange: Exchange, urn: str) -> str:
            user, org = self.find(exchange, urn)
            return f"/api/admin/user/{Session.id_of(user, org.id)}"

        return {"user": place}

    def clear(self) -> None:
        """Forgets what is known of users beyond their login."""
        self._people.clear()

    def register(self, routes: Routes) -> None:
        """Adds the calls."""
        add = routes.add
        add("GET", _PATH, Route(self.list_all, since=SINCE))
        add("POST", _PATH, Route(self.create, since=SINCE, writes=True))
        add("GET", f"{_PATH}/*", Route(self.read, since=SINCE))
        add("PUT", f"{_PATH}/*", Route(self.update, since=SINCE, writes=True))
        add("DELETE", f"{_PATH}/*", Route(self.delete, since=SINCE, writes=True))

    # Rules, shared with `/api`

    def organization(self, exchange: Exchange) -> Organization:
        """The organization that a request is about."""
        found = self.directory.by_id(acting_org(exchange))
        if found is None:
            raise forbidden(rights.VIEW_USERS, "USER_VIEW", acting_org(exchange))
        return found

    def person(self, user: User) -> Person:
        """What is known of a user."""
        return self._people.get((user.org.lower(), user.name.lower()), Person())

    def role_of(self, user: User, org_id: str) -> RightSet | None:
        """A user's role."""
        return self.access.role(org_id, user.role)

    def find(self, exchange: Exchange, identity: str) -> tuple[User, Organization]:
        """A user by URN or bare UUID, with his organization. Raises Refusal 403 when he is missing or a stranger's."""
        wanted = identity.removeprefix(URN)
        for user in self.directory.site.users.values():
            org = self.directory.by_name(user.org)
            if org is None or Session.id_of(user, org.id) != wanted:
                continue
            if exchange.user.is_provider or exchange.user.org_id == org.id:
                return user, org
        raise forbidden(rights.VIEW_USERS, "USER_VIEW", identity)

    def may_manage(self, exchange: Exchange, target: str) -> None:
        """Raises Refusal 403 for everybody who does not manage users."""
        no_api_token(exchange)
        self.access.demand(exchange, rights.MANAGE_USERS, "USER_EDIT", target)

    def add(self, org: Organization, user: User, person: Person) -> User:
        """A new user. Raises Refusal 400."""
        if (org.name.lower(), user.name.lower()) in self.directory.site.users:
            raise Refusal(400, "DUPLICATE_NAME", f"There is a user '{user.name}' in {org.name} already.")
        if not user.name or any(char.isspace() for char in user.name):
            raise Refusal(400, "INVALID_NAME", f"The user name '{user.name}' is not valid.")
        if person.source == "LOCAL" and not user.password:
            raise bad_request("A local user needs a password.")
        self.directory.site.add_user(user)
        self._people[org.name.lower(), user.name.lower()] = person
        return user

    def replace(self, old: User, new: User, person: Person) -> None:
        """The same user with other facts; who can no longer log in is out at once."""
        site = self.directory.site
        site.add_user(new)
        self._people[old.org.lower(), old.name.lower()] = person
        for session in list(site.vcd_sessions.values()):
            if session.user == old:
                session.user = new
                if not new.enabled:
                    site.end_vcd_session(session)

    def remove(self, exchange: Exchange, user: User, org: Organization) -> Task:
        """Starts the deletion of a user. Nobody removes himself (the stricter reading, UNKNOWN)."""
        if exchange.user.user == user:
            raise bad_request("You cannot delete yourself.")
        identity = Session.id_of(user, org.id)
        owner = {
            "path": f"/api/admin/user/{identity}",
            "id": f"{URN}{identity}",
            "name": user.name,
            "type": f"{USER_MEDIA}+xml",
        }

        operation = f"Deleting User {user.name}({identity})"
        return self.tasks.start(exchange, operation, "userDelete", owner, lambda: self.discard(user))

    def discard(self, user: User) -> None:
        """A user is gone, and his sessions with him."""
        site, key = self.directory.site, (user.org.lower(), user.name.lower())
        site.users.pop(key, None)
        self._people.pop(key, None)
        for session in list(site.vcd_sessions.values()):
            if session.user == user:
                site.end_vcd_session(session)
        for tell in self.on_discard:
            tell(user)

    # Documents

    def document(self, user: User, org: Organization) -> Document:
        """What is shown; the password never is."""
        person, role = self.person(user), self.role_of(user, org.id)
        return {
            "username": user.name,
            "fullName": person.full_name,
            "description": person.description,
            "id": f"{URN}{Session.id_of(user, org.id)}",
            "roleEntityRefs": [{"name": role.name, "id": f"urn:vcloud:role:{role.id}"}] if role else [],
            "orgEntityRef": {"name": org.name, "id": f"urn:vcloud:org:{org.id}"},
            "password": None,
            "deployedVmQuota": person.deployed_quota,
            "storedVmQuota": person.stored_quota,
            "email": person.email,
            "nameInSource": person.name_in_source or user.name,
            "enabled": user.enabled,
            "isGroupRole": False,
            "providerType": person.source,
            "locked": False,
            "stranded": False,
        }

    def _wanted(self, exchange: Exchange, org: Organization, old: User | None) -> tuple[User, Person]:
        """What a create or an update asks for. Raises Refusal 400."""
        body = read_object(exchange, _FIELDS, ("username", "roleEntityRefs"))
        if body.get("locked"):
            raise bad_request("The field 'locked' can be set to false only.")
        if body.get("isGroupRole"):
            raise bad_request("There are no groups here that a role could come from.")
        wanted = reference_ids(body["roleEntityRefs"])
        roles = [one for one in self.access.roles_of(org.id) if f"urn:vcloud:role:{one.id}" in wanted]
        if len(wanted) != 1 or len(roles) != 1:
            # More than one role for a user is described for groups only; one is the stricter reading.
            raise bad_request("The field 'roleEntityRefs' must name one role of the organization.")
        source = body.get("providerType") or "LOCAL"
        if source not in _SOURCES:
            raise bad_request(f"The field 'providerType' must be one of {', '.join(_SOURCES)}.")
        if source != "LOCAL" and body.get("password"):
            raise bad_request("A user of an identity provider has no password here.")
        password = body.get("password") or (old.password if old else "")
        enabled = body.get("enabled") is not False
        user = User(old.name if old else body["username"], org.name, password, roles[0].name, enabled)
        person = Person(
            body.get("fullName") or "",
            body.get("description") or "",
            body.get("email") or "",
            source,
            body.get("nameInSource") or "",
            body.get("deployedVmQuota") or 0,
            body.get("storedVmQuota") or 0,
        )
        if old is not None and body["username"] != old.name:
            raise bad_request("The field 'username' cannot be changed.")
        return user, person

    # Calls

    def list_all(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/users`: those of one organization."""
        self.access.demand(exchange, rights.VIEW_USERS, "USER_VIEW", "users")
        org = self.organization(exchange)
        found = [one for one in self.directory.site.users.values() if one.org.lower() == org.name.lower()]
        documents = [self.document(one, org) for one in found]
        return listing.answer(
            exchange, documents, _FILTERS, "VcdUsers", frozenset({"id", "orgEntityRef.id"}), "username"
        )

    def create(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/users`."""
        self.may_manage(exchange, "users")
        org = self.organization(exchange)
        user, person = self._wanted(exchange, org, None)
        document = self.document(self.add(org, user, person), org)
        return exchange.json(document, 201, [("Content-Location", f"{exchange.base_url}{_PATH}/{document['id']}")])

    def read(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/users/{urn}`; everybody sees himself."""
        user, org = self.find(exchange, identity)
        if exchange.user.user != user:
            self.access.demand(exchange, rights.VIEW_USERS, "USER_VIEW", identity)
        return exchange.json(self.document(user, org))

    def update(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/users/{urn}`: all but the password is replaced, which changes when one is sent."""
        self.may_manage(exchange, identity)
        old, org = self.find(exchange, identity)
        user, person = self._wanted(exchange, org, old)
        if not user.enabled and exchange.user.user == old:
            raise bad_request("You cannot disable yourself.")
        self.replace(old, replace(user, name=old.name), person)
        return exchange.json(self.document(user, org))

    def delete(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/users/{urn}`: 202 with a task."""
        self.may_manage(exchange, identity)
        user, org = self.find(exchange, identity)
        task = self.remove(exchange, user, org)
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])
