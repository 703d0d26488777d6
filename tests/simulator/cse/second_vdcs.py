"""Organization VDCs of CSE 2.6 and of legacy mode: their provider, compute policies, and pages (contract 4.1, 4.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..identity import stable_id
from ..machines import Vdc
from ..wire import Reply
from .calls import Call, Problem, failed, missing
from .jobs import Job
from .vdc_providers import VdcProviders
from .work import Failed, Step

if TYPE_CHECKING:
    from .extension import Cse

DEFAULT_POLICY = "System Default"
POLICIES = (DEFAULT_POLICY, "small", "medium", "large")
"""The compute policies that a provider has made in the vCD; every VDC begins with the default one alone."""
_TRUE = ("true", "1", "yes", "y", "on")


def page_of(
    call: Call, rows: Sequence[Any], wrong: int, path: str, filters: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A page of a list; beyond the end it is empty. Raises Problem with `wrong` for what is no number."""
    asked = {}
    for name, default in (("page", 1), ("pageSize", 25)):
        text = call.query.get(name, str(default))
        try:
            asked[name] = int(text)
        except ValueError as problem:
            raise Problem(wrong, str(problem)) from problem
        if asked[name] < 1:
            # The vCD behind it refuses such a number (its text is INFERRED).
            raise failed(f"The parameter '{name}' must be a whole number, at least 1.")
    number, size = asked["page"], asked["pageSize"]
    found: dict[str, Any] = {
        "resultTotal": len(rows),
        "pageCount": -(-len(rows) // size),
        "page": number,
        "pageSize": size,
    }

    def uri(other: int) -> str:
        more = "".join(f"&{name}={quote(value)}" for name, value in (filters or {}).items())
        return f"{call.exchange.base_url}/api/cse/{path}?page={other}&pageSize={size}{more}"

    if number * size < len(rows):
        found["nextPageUri"] = uri(number + 1)
    if 1 < number <= found["pageCount"]:
        found["previousPageUri"] = uri(number - 1)
    found["values"] = list(rows[(number - 1) * size : number * size])
    return found


class OrgVdcs:
    """The calls."""

    def __init__(self, cse: Cse, *, legacy: bool) -> None:
        self.cse = cse
        self.wrong = 400 if legacy else 500
        self.providers = VdcProviders(cse, {"native": "native", "pks": "ent-pks"})
        self._policies: dict[str, list[str]] = {}

    def clear(self) -> None:
        """No VDC has a provider or policies of its own."""
        self.providers.clear()
        self._policies.clear()

    def _rows(self, call: Call, *, plans: bool) -> list[dict[str, Any]]:
        rows = []
        for vdc in self.providers.seen(call):
            row = {"name": vdc.name, "org": vdc.org, "k8s provider": self.providers.of(vdc) or "none"}
            if plans:
                # PKS is not configured: there is no server, and there are no plans.
                row |= {"pks api server": "", "available pks plans": ""}
            rows.append(row)
        return rows

    def read_all(self, call: Call) -> Reply:
        """`GET /ovdcs`."""
        plans = str(call.merged().get("list_pks_plans", False)).lower() in _TRUE
        if plans and not call.is_system:
            raise Problem(401, "Operation Denied. Plans available only for System Administrator.")
        return call.reply(self._rows(call, plans=plans))

    def read_pages(self, call: Call) -> Reply:
        """`GET /orgvdcs`, 3.x."""
        return call.reply(page_of(call, self._rows(call, plans=False), self.wrong, "orgvdcs"))

    def read(self, call: Call, identity: str) -> Reply:
        """`GET /ovdc/{id}`."""
        vdc = self.providers.find(call, identity)
        return call.reply({"k8s_provider": self.providers.of(vdc) or "none"})

    @staticmethod
    def _only_system(call: Call) -> None:
        """Writes need a system administrator (section 1.4); the text is that of section 2.3."""
        if not call.is_system:
            raise Problem(401, "Unauthorized to update CSE")

    def write(self, call: Call, identity: str) -> Reply:
        """`PUT /ovdc/{id}`."""
        self._only_system(call)
        data = call.merged(ovdc_id=identity)
        lost = [key for key in ("org_name", "ovdc_name", "k8s_provider") if key not in data]
        if lost:
            raise missing(lost)
        provider = data["k8s_provider"]
        if provider == "ent-pks":
            raise failed("CSE is not configured to work with PKS.")
        # What another word would do is not documented; refusing it is the stricter reading.
        if provider not in ("native", "none"):
            raise Problem(400, f"Invalid k8s provider '{provider}'.", 4007)
        vdc = self.providers.find(call, identity)
        task = self.providers.write(call, vdc, provider)
        return call.reply({"task_href": self.providers.href(call, task)}, 202)

    # Compute policies

    def _of(self, vdc: Vdc) -> list[str]:
        return self._policies.setdefault(vdc.id, [DEFAULT_POLICY])

    def _policy(self, call: Call, name: str) -> dict[str, str]:
        urn = f"urn:vcloud:vdcComputePolicy:{stable_id('compute-policy', self.cse.vcd.site, name)}"
        return {"name": name, "href": f"{call.exchange.base_url}/cloudapi/1.0.0/vdcComputePolicies/{urn}", "id": urn}

    def read_policies(self, call: Call, identity: str) -> Reply:
        """`GET /ovdc/{id}/compute-policies`."""
        vdc = self.providers.find(call, identity)
        return call.reply([self._policy(call, one) for one in self._of(vdc)])

    def write_policies(self, call: Call, identity: str) -> Reply:
        """`PUT /ovdc/{id}/compute-policies`: adding is done at once, removing is a task."""
        self._only_system(call)
        data = call.merged(ovdc_id=identity)
        lost = [key for key in ("action", "compute_policy_name") if key not in data]
        if lost:
            text = f"Missing required keys in request payload: {lost}"
            raise Problem(400, text, 4002 if lost[0] == "action" else 4004)
        vdc, name = self.providers.find(call, identity), data["compute_policy_name"]
        if name not in POLICIES:
            raise Problem(400, f"Compute policy '{name}' not found.")
        policy = self._policy(call, name)
        if data["action"] == "add":
            if name not in self._of(vdc):
                self._of(vdc).append(name)
            return call.reply({"message": f"Added compute policy '{name}' ({policy['id']}) to ovdc ({identity})"})
        if data["action"] == "remove":
            return call.reply({"task_href": self._remove(call, vdc, policy).href})
        raise Problem(400, "Unsupported compute policy action")

    def _remove(self, call: Call, vdc: Vdc, policy: Mapping[str, str]) -> Job:
        place, href = self.providers.place(vdc), policy["href"]
        owner = {
            "path": f"{place.path}{place.id}",
            "id": place.urn,
            "name": vdc.name,
            "type": "application/vnd.vmware.vcloud.vdc+xml",
        }
        text = f"Removing compute policy (href: {href}) from org VDC (vdc id: {vdc.id})"
        job = Job(call, "Remove org VDC compute policy", text, owner)

        def act() -> None:
            if policy["name"] not in self._of(vdc):
                raise Failed(f"VdcComputePolicyReference with href '{href}' not found")
            self._of(vdc).remove(policy["name"])

        def done() -> None:
            job.task.operation_name = "Updating VDC"
            job.succeed(f"Removed compute policy (href: {href}) from org VDC '{vdc.name}'")

        steps = [Step("", text, lambda: None)]
        steps.append(Step("policy", f"Removing compute policy (href:{href}) from org VDC '{vdc.name}'", act))
        return job.run(steps, done, lambda _step, message: job.fail(message))
