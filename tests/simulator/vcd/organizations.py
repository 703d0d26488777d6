"""The rules of organizations, and their `/cloudapi` side (contract section 4.2)."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..wire import Reply
from ..world import Organization
from . import fiql
from .directory import FIELDS, Directory, urn
from .exchange import Exchange, Refusal, bad_request, forbidden
from .markup import NOT_IN_XML
from .paging import Page, envelope, sorting
from .tasks import Task, Tasks

ORG_MEDIA = "application/vnd.vmware.vcloud.org+xml"
ADMIN_ORG_MEDIA = "application/vnd.vmware.admin.organization"
_NAME = re.compile(r"[a-zA-Z0-9_\-.!'(),$]+")
_LONGEST_NAME, _LONGEST_DESCRIPTION = 128, 256
_REFERENCES = frozenset({"id"})


@dataclass(frozen=True)
class Wanted:
    """What a create or an update asks for; a field that was left out has its default already."""

    name: str
    full_name: str
    description: str = ""
    enabled: bool = False
    can_publish: bool = False
    quotas: tuple[int, int] | None = None
    """Of running and of stored VMs, 0 for any number; None keeps them: `/cloudapi` does not have them."""

    def check(self) -> None:
        """Raises Refusal 400 when a field breaks its rule."""
        if not _NAME.fullmatch(self.name) or len(self.name) > _LONGEST_NAME:
            raise Refusal(
                400,
                "INVALID_NAME",
                f"The name '{self.name}' is not valid: it has 1 to {_LONGEST_NAME} of a-z, A-Z, 0-9 and _-.!'(),$.",
            )
        if not 1 <= len(self.full_name) <= _LONGEST_NAME:
            raise bad_request(f"The display name must have 1 to {_LONGEST_NAME} characters.")
        if NOT_IN_XML.search(self.full_name + self.description):
            raise bad_request("Control characters are not allowed: XML cannot carry them.")
        if len(self.description) > _LONGEST_DESCRIPTION:
            raise bad_request(f"The description must have at most {_LONGEST_DESCRIPTION} characters.")


def flag(exchange: Exchange, name: str) -> bool:
    """A boolean query parameter, in any case (pyvcloud writes `True`); missing is false."""
    text = (exchange.request.first(name) or "false").lower()
    if text not in ("true", "false"):
        raise bad_request(f"The parameter '{name}' must be true or false.")
    return text == "true"


class Organizations:
    """Organizations by the rules of the vCD."""

    def __init__(self, directory: Directory, tasks: Tasks) -> None:
        self.directory = directory
        self.tasks = tasks

    # Rules, shared with the XML side

    @staticmethod
    def only_provider(exchange: Exchange, operation: str) -> None:
        """Raises Refusal 403 for everybody but System users."""
        if not exchange.user.is_provider:
            raise forbidden("Organization: Edit", operation, exchange.user.user.org)

    def visible(self, exchange: Exchange) -> list[Organization] | None:
        """None when the user sees all organizations, else the ones that he sees: his own."""
        if exchange.user.is_provider:
            return None
        own = self.directory.by_id(exchange.user.org_id)
        return [own] if own is not None else []

    def find(self, exchange: Exchange, identity: str) -> Organization:
        """An organization by URN or bare UUID. Raises Refusal 403 when it is missing or not the tenant's own."""
        organization = self.directory.by_id(identity.removeprefix("urn:vcloud:org:"))
        user = exchange.user
        if organization is None or not (user.is_provider or organization.id == user.org_id):
            raise forbidden("Organization: View", "ORG_VIEW", identity)
        return organization

    def to_change(self, exchange: Exchange, identity: str) -> Organization:
        """The same for a write: for System users only, never System itself, not while it is being deleted."""
        self.only_provider(exchange, "ORG_EDIT")
        organization = self.find(exchange, identity)
        if organization is self.directory.system:
            raise bad_request("The System organization cannot be changed.")
        if self.tasks.running_on(urn(organization)) is not None:
            raise Refusal(400, "BUSY_ENTITY", f"The organization {organization.name} is busy completing an operation.")
        return organization

    def create(self, exchange: Exchange, wanted: Wanted) -> Organization:
        """A new organization."""
        wanted.check()
        if self.directory.by_name(wanted.name) is not None:
            # Code INFERRED in section 2.7.
            raise Refusal(400, "DUPLICATE_NAME", f"The organization name '{wanted.name}' is already in use.")
        organization = Organization(
            wanted.name,
            str(uuid.uuid4()),
            wanted.full_name,
            wanted.description,
            wanted.enabled,
            self.directory.world.now_ms(),
        )
        # What the estate's organizations have by nature, one of the API's own is given by nobody.
        self.directory.site.workloads.without_vdc.add(organization.id)
        self.directory.add(organization)
        self._set(organization, wanted)
        return organization

    def update(self, organization: Organization, wanted: Wanted) -> None:
        """Replaces what can be changed. UNKNOWN whether a rename is possible: refused, the stricter reading."""
        if wanted.name != organization.name:
            raise bad_request(f"The name of the organization {organization.name} cannot be changed.")
        wanted.check()
        organization.full_name = wanted.full_name
        organization.description = wanted.description
        organization.enabled = wanted.enabled
        self._set(organization, wanted)
        self.directory.changed(organization)

    def _set(self, organization: Organization, wanted: Wanted) -> None:
        """What the world does not keep of an organization."""
        if wanted.can_publish:
            self.directory.can_publish.add(organization.id)
        else:
            self.directory.can_publish.discard(organization.id)
        if wanted.quotas is not None:
            self.directory.quotas[organization.id] = wanted.quotas

    def set_enabled(self, organization: Organization, enabled: bool) -> None:
        """Enables or disables."""
        organization.enabled = enabled
        self.directory.changed(organization)

    def delete(self, exchange: Exchange, identity: str) -> Task:
        """Starts the deletion: the organization disappears when the task succeeds.

        It must be disabled, and because it holds at least its administrator, `recursive` and `force` must be true
        (section 8).
        """
        force, recursive = flag(exchange, "force"), flag(exchange, "recursive")
        organization = self.to_change(exchange, identity)
        if organization.enabled:
            raise bad_request(f"The organization {organization.name} must be disabled before it can be deleted.")
        if not (force and recursive):
            raise bad_request(
                f"The organization {organization.name} is not empty: deleting it needs recursive=true and force=true."
            )
        owner = {
            "path": f"/api/admin/org/{organization.id}",
            "id": urn(organization),
            "name": organization.name,
            "type": f"{ADMIN_ORG_MEDIA}+xml",
        }
        operation = f"Deleting Organization {organization.name}({organization.id})"
        return self.tasks.start(exchange, operation, "orgDelete", owner, lambda: self.directory.remove(organization))

    # /cloudapi/1.0.0/orgs

    def list_json(self, exchange: Exchange) -> Reply:
        """`GET /cloudapi/1.0.0/orgs`."""
        page = Page.of(exchange)
        chosen = self._chosen(exchange)
        values = [self.directory.document(one) for one in page.cut(chosen)]
        body, headers = envelope(exchange, page, len(chosen), values, "Orgs")
        return exchange.json(body, headers=headers)

    def _chosen(self, exchange: Exchange) -> Sequence[Organization]:
        """The organizations that the filter lets through, in the order asked for."""
        own = self.visible(exchange)
        rows: Sequence[Organization] = self.directory.ordered if own is None else own
        text = exchange.request.first("filter")
        if text:
            try:
                rows = self._filtered(rows, fiql.parse(text), own is None)
            except fiql.FilterError as problem:
                raise bad_request(f"The filter is not valid: {problem}.") from problem
        order = sorting(exchange, FIELDS)
        if order is not None:
            document, field = self.directory.document, order[0]

            def sort_key(one: Organization) -> Any:
                value = document(one)[field]
                return value.lower() if isinstance(value, str) else value

            rows = sorted(rows, key=sort_key, reverse=order[1])
        return rows

    def _filtered(self, rows: Sequence[Organization], node: fiql.Node, everything: bool) -> list[Organization]:
        test = fiql.predicate(node, FIELDS, _REFERENCES)
        names = fiql.exact_values(node, "name") if everything else None
        if names is not None:
            # The index answers; System is not part of the list.
            found = {name.lower(): self.directory.by_name(name) for name in names}
            hits = [one for one in found.values() if one is not None and one is not self.directory.system]
            return sorted(hits, key=lambda one: (one.name.lower(), one.name))
        document = self.directory.document
        return [one for one in rows if test(document(one))]

    def read_json(self, exchange: Exchange, identity: str) -> Reply:
        """`GET /cloudapi/1.0.0/orgs/{urn}`."""
        return exchange.json(self.directory.document(self.find(exchange, identity)))

    def create_json(self, exchange: Exchange) -> Reply:
        """`POST /cloudapi/1.0.0/orgs`."""
        self.only_provider(exchange, "ORG_CREATE")
        organization = self.create(exchange, self._wanted(exchange))
        address = f"{exchange.base_url}/cloudapi/1.0.0/orgs/{urn(organization)}"
        return exchange.json(self.directory.document(organization), 201, [("Content-Location", address)])

    def update_json(self, exchange: Exchange, identity: str) -> Reply:
        """`PUT /cloudapi/1.0.0/orgs/{urn}`: the whole document replaces the old one."""
        organization = self.to_change(exchange, identity)
        self.update(organization, self._wanted(exchange))
        return exchange.json(self.directory.document(organization))

    def delete_json(self, exchange: Exchange, identity: str) -> Reply:
        """`DELETE /cloudapi/1.0.0/orgs/{urn}`: 202 without a body, the task's address in `Location`."""
        task = self.delete(exchange, identity)
        return exchange.nothing(202, [("Location", self.tasks.href(exchange, task))])

    @staticmethod
    def _wanted(exchange: Exchange) -> Wanted:
        media = exchange.request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media != "application/json":
            raise Refusal(415, "UNSUPPORTED_MEDIA_TYPE", f"The content type '{media}' is not supported.")
        body = exchange.request.json()
        if not isinstance(body, dict):
            raise bad_request("The body must be an object.")
        # Unknown members are refused: the contract does not say that they would be ignored (UNKNOWN).
        unknown = sorted(set(body) - set(FIELDS))
        if unknown:
            raise bad_request(f"Unrecognized field '{unknown[0]}'.")
        for name, kind in FIELDS.items():
            value = body.get(name)
            if value is not None and (not isinstance(value, kind) or (kind is int and isinstance(value, bool))):
                raise bad_request(f"The field '{name}' has the wrong type.")
        for name in ("name", "displayName"):
            if body.get(name) is None:
                raise bad_request(f"The field '{name}' is required.")
        return Wanted(
            body["name"],
            body["displayName"],
            body.get("description") or "",
            body.get("isEnabled") or False,
            body.get("canPublish") or False,
        )
