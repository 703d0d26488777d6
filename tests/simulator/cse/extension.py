"""The CSE server of a site: its process, its registration at the vCD, and where its requests go (contract 1.2, 1.3).

The vCD leads a request here that no call of its own answers and that fits an API filter of an enabled service. It has
authenticated the caller before. What answers then is a side (releases.py); the sides share `system`, `machines`,
`work` and `templates`.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Protocol

from ..estate import BadEstate
from ..vcd import VcdService
from ..vcd.exchange import Exchange, Refusal
from ..vcd.extensions import ApiFilter, Service
from ..wire import BadBody, Reply
from . import system
from .calls import Call, Problem
from .machines import Machines, kubeconfig
from .releases import FIRST, POLLED, RELEASES, misfit, side_of, usable
from .templates import Template, templates_of
from .work import STEPS, Trouble

FILTERS = ("/api/cse", "/api/cse/.*")
DEPLOY_RIGHT = "{cse}:CSE NATIVE DEPLOY RIGHT"
BUSY = {"CSE Server Busy": "Please wait and try again."}


class Side(Protocol):
    """What a release answers and does beyond `/system`."""

    def __init__(self, cse: Cse) -> None:
        """Of one server; `clear` is called before the first request."""

    def handle(self, call: Call) -> Reply:
        """Answers a call. Raises Problem, or a Refusal of the vCD that it asked itself."""

    def clear(self) -> None:
        """Back to what a fresh server has; the vCD has been put back before."""


@dataclass
class Settings:
    """How the server is configured, and what the control listener can change of it."""

    enforce_authorization: bool = False
    """1.2 to 3.0: writes need DEPLOY_RIGHT."""
    tkg_plus: bool = False
    """`enable_tkg_plus`."""
    strict: bool = False
    """Privileges as they were meant (contract section 12, 12)."""
    busy: bool = False
    """3.x: every worker is taken, 429."""


class Cse:
    """The CSE server of one site."""

    def __init__(self, vcd: VcdService, version: str, legacy_mode: bool = False) -> None:
        """Raises BadEstate when the release does not fit the vCD, or is not known."""
        # Imported here: the sides know this module.
        from .sides import side_for

        if version not in RELEASES:
            raise BadEstate(f"CSE {version} is not simulated; one of none, {', '.join(RELEASES)} is.")
        self.vcd = vcd
        self.world = vcd.world
        self.release = RELEASES[version]
        self.legacy_mode = legacy_mode
        if legacy_mode and version != "3.1":
            raise BadEstate(f"Site {vcd.site}: legacy_mode is a setting of CSE 3.1, not of {version}.")
        self.numbers = usable(self.release, legacy_mode, vcd.offers)
        if not self.numbers:
            raise BadEstate(f"Site {vcd.site}: {misfit(self.release, legacy_mode, vcd.offers, vcd.release)}.")
        self.kind = side_of(self.release, legacy_mode, self.numbers)
        self.machines = Machines(vcd.site_state.workloads)
        self.settings = Settings()
        self.state = system.RUNNING
        self.alive = True
        self.generation = 0
        """Grows when the process ends: work of an older one is lost."""
        self.troubles: list[Trouble] = []
        self.api_servers: dict[str, str] = {}
        """By a cluster's name, the kubeconfig of an API server that stands behind it (`cse-kubeconfig`)."""
        self.rde_versions: list[str] = []
        """Versions of the entity types that it has registered, oldest first."""
        self.templates: tuple[Template, ...] = templates_of(version)
        side = side_for(self)
        if side is None:
            raise BadEstate(f"Site {vcd.site}: CSE {version} on vCD {vcd.release} is not simulated.")
        self.side = side
        vcd.outside["cse"] = self.answer
        self._set_up()

    # What it says of itself

    @property
    def over_mqtt(self) -> bool:
        """3.1 outside of legacy mode; all before it talk AMQP. (3.0 may do either on API 35; here AMQP.)"""
        return self.release.name == "3.1" and not self.legacy_mode

    @property
    def api_versions(self) -> list[str]:
        """`cse_server_supported_api_versions`: those ending in .0, which are the ones it knows."""
        wanted = (33, 34) if self.legacy_mode else (35, 36)
        return [f"{one}.0" for one in wanted if any(number[0] == one for number in self.numbers)]

    @property
    def default_api(self) -> str:
        """`cse_server_api_version`: the highest that both sides know."""
        return f"{max(number[0] for number in self.numbers)}.0"

    @property
    def identity(self) -> dict[str, Any]:
        """For the state file."""
        return {
            "version": self.release.name,
            "full_version": self.release.full,
            "legacy_mode": self.legacy_mode,
        }

    @property
    def view(self) -> dict[str, Any]:
        """For the control listener."""
        return {**self.identity, "process": "up" if self.alive else "down", "state": self.state}

    # Registration

    def _set_up(self) -> None:
        if self.kind != POLLED:
            extensions = self.vcd.portal.extensions
            filters = {one.id: one for one in (ApiFilter(str(uuid.uuid4()), pattern) for pattern in FILTERS)}
            if self.over_mqtt:
                service = self.vcd.portal.mqtt.install("cse", "VMWare", "1.0.0", "Container Service Extension")
            else:
                service = Service(str(uuid.uuid4()), "cse", "cse", enabled=True, routing_key="cse", exchange="cse-ext")
                extensions.services[service.id] = service
                right = self.vcd.access.add_right(DEPLOY_RIGHT, "Container Service Extension", namespace="cse")
                service.rights[DEPLOY_RIGHT] = right.id
            service.filters.update(filters)
        self.side.clear()

    def reset(self) -> None:
        """Back to the estate; the vCD has been put back already."""
        self.settings = Settings()
        self.troubles.clear()
        self.api_servers.clear()
        self.alive, self.state = True, system.RUNNING
        self.generation += 1
        self._set_up()

    def kubeconfig(self, cluster: str, address: str, identity: str) -> str:
        """What a cluster has made for its administrator: of the API server behind it, where there is one."""
        return self.api_servers.get(cluster) or kubeconfig(cluster, address, identity)

    # The process

    def stop(self) -> None:
        """The process is gone, and what it was doing is lost."""
        self.alive = False
        self.generation += 1

    def start(self) -> None:
        """It runs again."""
        self.alive, self.state = True, system.RUNNING

    def shut_down(self) -> None:
        """It was told to stop: it answers for one task time more, then the process is gone."""
        self.state = system.STOPPING
        self.world.after(self.world.task_seconds, lambda: self.stop() if self.state == system.STOPPING else None)

    def take_trouble(self, step: str) -> Trouble | None:
        """What is to go wrong in a step; its count goes down by one."""
        for one in self.troubles:
            if one.step == step:
                one.times -= 1
                if one.times <= 0:
                    self.troubles.remove(one)
                return one
        return None

    def add_trouble(self, trouble: Trouble) -> None:
        """Raises ValueError for a step that no release has."""
        if trouble.step not in STEPS:
            raise ValueError(f"CSE has no step {trouble.step}; there are {', '.join(STEPS)}.")
        self.troubles.append(trouble)

    # Requests

    def answer(self, exchange: Exchange) -> Reply:
        """Answers a request that the vCD has led here. Raises Refusal 504 while the process is down (section 1.2)."""
        if not self.alive:
            raise Refusal(
                504,
                "GATEWAY_TIMEOUT",
                "External service 'cse' failed to respond in the specified timeout (10 SECONDS).",
            )
        call = Call(self, exchange)
        try:
            if self.settings.busy and self.release.name in ("3.0", "3.1"):
                return call.reply(BUSY, 429)
            self._check_accept(call)
            self._check_token(call)
            found = system.answer(call)
            if found is not None:
                return found
            if self.state != system.RUNNING:
                text = "CSE service is disabled. Contact the System Administrator."
                raise Problem(500 if self.kind == FIRST else 400, text, 0 if self.kind == FIRST else -1)
            return self.side.handle(call)
        except Problem as problem:
            return call.refuse(problem)
        except Refusal as refusal:
            # The server's own client at the vCD was refused: an exception like any other (INFERRED for the text).
            return call.refuse(Problem(500, refusal.message))
        except BadBody as problem:
            return call.refuse(Problem(500, str(problem)))

    def _check_accept(self, call: Call) -> None:
        """3.x reads the media type of `Accept` (section 2.1)."""
        if self.release.name not in ("3.0", "3.1"):
            return
        accept = call.exchange.request.headers.get("accept", "")
        media = {part.split(";")[0].strip().lower() for part in accept.split(",")}
        if not media & {"application/json", "application/*", "application/*+json", "*/*", "*"}:
            raise Problem(406, "CSE can only serve response as json.")

    def _check_token(self, call: Call) -> None:
        """Servers on AMQP log in at the vCD with the token of the request, and not every one knows both kinds (section
        1.3). Raises Problem 500, outside of all handlers for `/system` (the text is INFERRED)."""
        headers = call.exchange.request.headers
        kinds = {"1.2": ("x-vcloud-authorization",), "2.0": ("x-vcloud-authorization",)}
        known = kinds.get(self.release.name, ())
        if self.release.name == "3.1" and self.legacy_mode:
            known = ("authorization",)
        if known and not any(headers.get(one) for one in known):
            text = f"Status code: 401, the request has no {known[0]} header."
            raise Problem(500, text, 0 if self.kind == FIRST and call.parts[:1] == ("system",) else -1)

    def demand_deploy_right(self, call: Call) -> None:
        """Writes of 1.2 to 3.0 (section 1.4). Raises Problem 500."""
        if self.settings.enforce_authorization and not self.vcd.access.has(call.session, DEPLOY_RIGHT):
            raise Problem(500, "Access Forbidden. Missing required rights.")
