"""`/api/cse/ovdc` of 1.2 and 2.0 (contract 3.5 and 3.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..machines import Vdc
from ..vcd.exchange import Refusal
from ..wire import Reply
from .calls import Call, Problem, failed
from .vdc_providers import VdcProviders

if TYPE_CHECKING:
    from .extension import Cse

_PROVIDERS = ("vcd", "pks", None)
_PKS = "ent-pks"


class ContainerProviders:
    """The calls."""

    def __init__(self, cse: Cse, *, modern: bool) -> None:
        """`modern`: as 2.0 has them."""
        self.cse = cse
        self.modern = modern
        self.providers = VdcProviders(
            cse, {"native": "native", "pks": _PKS} if modern else {"native": "vcd", "pks": "pks"}
        )

    def clear(self) -> None:
        """No VDC has a provider."""
        self.providers.clear()

    def handle(self, call: Call) -> Reply:
        """Answers a call. Raises Problem."""
        parts, method = call.parts, call.method
        if len(parts) == 3 and parts[2] == "info" and method in ("GET", "PUT"):
            return self._read(call, parts[1]) if method == "GET" else self._write(call)
        if parts == ("ovdc",) and method == "GET" and self.modern:
            return self._list(call)
        raise Problem(500, "'status_code'", 0)

    def _body(self, call: Call) -> dict[str, Any]:
        body = call.body()
        if not isinstance(body, dict):
            raise failed(f"'{type(body).__name__}' object has no attribute 'get'")
        return body

    def _list(self, call: Call) -> Reply:
        """2.0: with plans only when PKS is configured, which it is not here; then for a system administrator alone."""
        plans = bool(self._body(call).get("list_pks_plans"))
        if plans and not call.is_system:
            raise failed("Operation Denied. Plans available only for System Administrator.")
        rows = []
        for vdc in self.providers.seen(call):
            row: dict[str, Any] = {"name": vdc.name, "org": vdc.org}
            if plans:
                row |= {"pks_api_server": "", "available pks plans": []}
            else:
                row["k8s_provider"] = self.providers.of(vdc) or "none"
            rows.append(row)
        return call.reply(rows)

    def _read(self, call: Call, identity: str) -> Reply:
        if not self.modern and not call.is_system:
            raise failed("Unauthorized Operation")
        provider = self.providers.of(self.providers.find(call, identity))
        if self.modern:
            return call.reply({"k8s_provider": provider or "none"})
        return call.reply({"container_provider": provider})

    def _write(self, call: Call) -> Reply:
        """The id in the body counts, not the one in the path."""
        if not call.is_system:
            raise failed("Unauthorized Operation")
        body = self._body(call)
        needed = ("pks_plans", "pks_cluster_domain", "k8s_provider") if self.modern else ("ovdc_name", "pks_plans")
        for key in needed:
            if key not in body:
                raise failed(repr(key))
        provider = body.get("k8s_provider" if self.modern else "container_provider")
        if self.modern and provider == _PKS:
            raise failed("PKS config file does not exist")
        # What another word would do is not documented; refusing it is the stricter reading.
        if provider not in (("native", "none") if self.modern else _PROVIDERS):
            raise failed(f"'{provider}' is not a valid container provider")
        vdc = self._vdc(call, body)
        task = self.providers.write(call, vdc, provider or "")
        told = {} if self.modern else {"ovdc_name": body["ovdc_name"]}
        return call.reply({**told, "task_href": self.providers.href(call, task)}, 202)

    def _vdc(self, call: Call, body: dict[str, Any]) -> Vdc:
        if body.get("ovdc_id") is not None:
            return self.providers.find(call, str(body["ovdc_id"]))
        # Without an id by name, in 1.2 alone; without an organization, in that of who asks.
        org = str(body.get("org_name") or call.org)
        for one in self.cse.vcd.site_state.workloads.vdcs_of(org):
            if not self.modern and one.name == body["ovdc_name"]:
                return one
        raise Refusal(500, "NOT_FOUND", f"VDC '{body.get('ovdc_name')}' not found")
