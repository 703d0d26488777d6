"""Sharing of native clusters of CSE 3.1 (contract 5.9): the access control list of the entity, as users see it.

The vApp's sharing, which the genuine server keeps in step, is not simulated: vApps here have no list of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..vcd.entities_access import FULL_CONTROL, LEVELS
from ..vcd.sessions import Session
from ..wire import Reply
from .calls import Call, Problem, failed
from .native_pages import paged

if TYPE_CHECKING:
    from ..vcd.entities import Entity
    from .native import NativeSide

_USER = "urn:vcloud:user:"


class Access:
    """The calls about the list of a cluster."""

    def __init__(self, side: NativeSide) -> None:
        self.side = side
        self.vcd = side.cse.vcd

    def _entity(self, call: Call, identity: str, needed: int | None = None) -> Entity:
        entity = self.side.entity(call, identity, needed)
        if self.side.clusters.content(entity)["kind"] == "TKGm":
            raise Problem(400, "This operation is not supported for TKGm clusters")
        return entity

    def _users(self) -> dict[str, str]:
        """Names of users by URN."""
        found = {}
        for user in self.vcd.site_state.users.values():
            organization = self.vcd.directory.by_name(user.org)
            if organization is not None:
                found[f"{_USER}{Session.id_of(user, organization.id)}"] = user.name
        return found

    def read(self, call: Call, identity: str) -> Reply:
        """GET `/acl`: users only."""
        users = self._users()
        values = [
            {
                "memberId": one.member_id,
                "username": users.get(one.member_id, "[system user]"),
                "accessLevelId": one.level_id,
            }
            for one in self._entity(call, identity).grants.grants.values()
            if one.member_id.startswith(_USER)
        ]
        return call.reply(paged(call, values))

    def replace(self, call: Call, identity: str) -> Reply:
        """PUT `/acl`: the whole list of users; grants of organizations and roles stay."""
        entity, body = self._entity(call, identity, FULL_CONTROL), call.body()
        wanted = body.get("accessSetting") if isinstance(body, dict) else None
        if not isinstance(wanted, list):
            raise Problem(400, "'NoneType' object is not iterable")
        users, chosen = self._users(), {}
        for one in wanted:
            given: dict[str, Any] = one if isinstance(one, dict) else {}
            member, level = given.get("memberId"), given.get("accessLevelId")
            if level not in LEVELS:
                raise failed(f"There is no access level '{level}'.")
            if member not in users:
                raise failed(f"There is no user '{member}'.")
            chosen[str(member)] = str(level)
        grants = entity.grants.grants
        for key in [key for key, one in grants.items() if one.member_id.startswith(_USER)]:
            del grants[key]
        for member, level in chosen.items():
            entity.grants.add(level, member, entity.org_id)
        entity.changed()
        return call.nothing()
