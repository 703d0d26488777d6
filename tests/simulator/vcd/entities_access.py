"""Access control lists of defined entities and of their types: who was given which level (contract section 5.5)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from ..wire import Reply
from . import listing
from .directory import Directory
from .exchange import Exchange, bad_request, forbidden
from .json_body import read_object
from .listing import Document
from .rights import Access, acting_org
from .sessions import Session

READ_ONLY, READ_WRITE, FULL_CONTROL = 1, 2, 3
LEVELS = {
    "urn:vcloud:accessLevel:ReadOnly": READ_ONLY,
    "urn:vcloud:accessLevel:ReadWrite": READ_WRITE,
    "urn:vcloud:accessLevel:FullControl": FULL_CONTROL,
}
_MEMBERSHIP = "MembershipAccessControlGrant"
_FIELDS: dict[str, type] = {
    "id": str,
    "tenant": dict,
    "grantType": str,
    "objectId": str,
    "accessLevelId": str,
    "memberId": str,
}


@dataclass
class Grant:
    """One entry of a list."""

    id: str
    object_id: str
    level_id: str
    member_id: str
    org_id: str

    @property
    def level(self) -> int:
        """The level as a number that can be compared."""
        return LEVELS[self.level_id]


@dataclass
class GrantList:
    """The grants on one object."""

    object_id: str
    grants: dict[str, Grant] = field(default_factory=dict)
    """By URN."""

    def add(self, level_id: str, member_id: str, org_id: str) -> Grant:
        """A new grant."""
        grant = Grant(f"urn:vcloud:accessControl:{uuid.uuid4()}", self.object_id, level_id, member_id, org_id)
        self.grants[grant.id] = grant
        return grant

    def level_of(self, members: set[str]) -> int:
        """The highest level that any of these members was given; 0 for none."""
        return max((one.level for one in self.grants.values() if one.member_id in members), default=0)


class GrantDesk:
    """The calls about grants, the same for entities and types; the caller has checked who may do them."""

    def __init__(self, access: Access, directory: Directory) -> None:
        self.access = access
        self.directory = directory

    def members_of(self, session: Session) -> set[str]:
        """The URNs under which a session may have been given something: user, organization, role."""
        role = self.access.role(session.org_id, session.user.role)
        found = {f"urn:vcloud:user:{session.user_id}", f"urn:vcloud:org:{session.org_id}"}
        return found | {f"urn:vcloud:role:{role.id}"} if role else found

    def _document(self, grant: Grant) -> Document:
        organization = self.directory.by_id(grant.org_id)
        return {
            "id": grant.id,
            "tenant": {"name": organization.name if organization else "", "id": f"urn:vcloud:org:{grant.org_id}"},
            "grantType": _MEMBERSHIP,
            "objectId": grant.object_id,
            "accessLevelId": grant.level_id,
            "memberId": grant.member_id,
        }

    @staticmethod
    def _wanted(exchange: Exchange, own_level: int) -> tuple[str, str]:
        """Level and member of a body. Grants by right are described nowhere in enough detail: refused."""
        body = read_object(exchange, _FIELDS, ("grantType", "accessLevelId"))
        if body["grantType"] != _MEMBERSHIP:
            raise bad_request(f"The grant type '{body['grantType']}' is not supported.")
        level = LEVELS.get(body["accessLevelId"])
        if level is None:
            raise bad_request(f"There is no access level '{body['accessLevelId']}'.")
        member = body.get("memberId") or ""
        if not member.startswith(("urn:vcloud:user:", "urn:vcloud:org:", "urn:vcloud:role:")):
            raise bad_request("The field 'memberId' must be the URN of a user, an organization or a role.")
        if level > own_level:
            raise forbidden("Full Access", "ACCESS_CONTROL_EDIT", member)
        return body["accessLevelId"], member

    @staticmethod
    def _find(listed: GrantList, identity: str) -> Grant:
        grant = listed.grants.get(identity)
        if grant is None:
            raise forbidden("Full Access", "ACCESS_CONTROL_VIEW", identity)
        return grant

    def list_all(self, exchange: Exchange, listed: GrantList) -> Reply:
        """`GET .../accessControls`."""
        return listing.plain(exchange, [self._document(one) for one in listed.grants.values()], "AccessControlGrants")

    def create(self, exchange: Exchange, listed: GrantList, own_level: int) -> Reply:
        """`POST .../accessControls`: a member has one grant; a further one replaces its level (UNKNOWN)."""
        level_id, member = self._wanted(exchange, own_level)
        grant = next((one for one in listed.grants.values() if one.member_id == member), None)
        if grant is None:
            grant = listed.add(level_id, member, acting_org(exchange))
        grant.level_id = level_id
        return exchange.json(self._document(grant), 201)

    def read(self, exchange: Exchange, listed: GrantList, identity: str) -> Reply:
        """`GET .../accessControls/{id}`."""
        return exchange.json(self._document(self._find(listed, identity)))

    def update(self, exchange: Exchange, listed: GrantList, identity: str, own_level: int) -> Reply:
        """`PUT .../accessControls/{id}`: nobody changes what is above him, nor gives more than he has."""
        grant = self._find(listed, identity)
        level_id, member = self._wanted(exchange, own_level)
        if grant.level > own_level:
            raise forbidden("Full Access", "ACCESS_CONTROL_EDIT", identity)
        grant.level_id, grant.member_id = level_id, member
        return exchange.json(self._document(grant))

    def delete(self, exchange: Exchange, listed: GrantList, identity: str, own_level: int) -> Reply:
        """`DELETE .../accessControls/{id}`."""
        grant = self._find(listed, identity)
        if grant.level > own_level:
            raise forbidden("Full Access", "ACCESS_CONTROL_EDIT", identity)
        del listed.grants[identity]
        return exchange.nothing()
