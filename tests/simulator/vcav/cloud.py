"""The Cloud service: logins of vCD users, sites, policies, inventory, configuration of a running site."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..wire import NoAnswer, Reply, Request
from ..world import SYSTEM
from .base import ApplianceService, text_fields
from .cloud_settings import Settings
from .customer_sites import CustomerSites
from .errors import bad_credentials, bad_input, failure, forbidden, remote_not_authenticated
from .health import cloud_health
from .inventory import Inventory
from .pairing import Pairing, admits, peer_from
from .policies import Policies
from .replications import Replications
from .routing import EVERYONE, Call
from .sessions import Session

if TYPE_CHECKING:
    from .site import SiteServices


class CloudService(ApplianceService):
    """The service that clients mean when they say vCloud Availability."""

    kind = "cloud"
    other_sites: dict[str, SiteServices]
    """All sites of the estate, this one included."""

    def certificate_names(self, host: str, domain: str) -> list[str]:
        """The public endpoint ends here, so its name is in the certificate too."""
        return [f"{host}.{domain}", host, self.site_state.spec.public_address]

    def add_routes(self) -> None:
        """Its own calls."""
        self.pairing = Pairing(self)
        self.policies = Policies(self.site_state, self.product)
        self.inventory = Inventory(self)
        self.workloads = self.site_state.workloads
        self.customers = CustomerSites(self)
        self.replications = Replications(self)
        self.workloads.on_vm_removed = self.replications.source_removed
        self.policies.look_at(self.replications)
        self.settings = Settings(self)
        self.settings.add_routes()
        self.group.tunnels.add_routes(self)
        add = self.routes.add
        add("POST", "sessions/extend", self._extend, EVERYONE, write=False)
        add("GET", "sites", lambda call: call.json(self.pairing.listed()), EVERYONE)
        add("POST", "sites", self._pair)
        add("DELETE", "sites/{}", self._unpair)
        if not self.product.is_3:
            add("DELETE", "sessions/{}", self._shrink, EVERYONE, write=False)
            add("GET", "sites/{}", self._site, EVERYONE)
            add("PUT", "sites/{}", self._repair)
            # 4.x pairs replicators through this service too (contract 4.7).
            add("POST", "replicators", self._add_replicator)

        add("GET", "policies", lambda call: call.raw_json(self._at(call).policies.listed()))
        add("POST", "policies", self._new_policy)
        add("GET", "policies/{}", lambda call: call.json(self._at(call).policies.view(call.args[0])))
        add("PUT", "policies/{}", self._replace_policy)
        add("DELETE", "policies/{}", self._remove_policy)
        add("GET", "policies/{}/status", lambda call: call.raw_json(self._at(call).policies.status(call.args[0])))
        add("PATCH", "policies/{}/orgs/{}", self._assign)

        self.customers.add_routes()
        self.replications.add_routes()
        add("GET", "inventory/orgs", self._look_up(lambda there: there.inventory.organizations), EVERYONE)
        add("GET", "inventory/vdcs", self._look_up(lambda there: there.inventory.vdcs), EVERYONE)
        add("GET", "inventory/vdcs/{}/networks", self._look_up(lambda there: there.inventory.networks), EVERYONE)
        add(
            "GET",
            "inventory/vdcs/{}/storage-profiles",
            self._look_up(lambda there: there.inventory.storage_profiles),
            EVERYONE,
        )
        add("GET", "inventory/vapps", self._look_up(lambda there: there.inventory.vapps), EVERYONE)
        add("GET", "inventory/vms", self._look_up(lambda there: there.inventory.vms), EVERYONE)
        add("GET", "inventory/datastores", self._look_up(lambda there: there.inventory.datastores))
        add("GET", "inventory/provider-vdcs", self._look_up(lambda there: there.inventory.provider_vdcs))

    def forget(self) -> None:
        """A new deployment: unpaired, the default policy alone, nothing set, no tunnel."""
        super().forget()
        self.pairing.peers.clear()
        self.policies.reset()
        self.replications.reset()
        self.customers.reset()
        self.settings.forget()
        self.group.tunnels.registration = None

    def restarted(self) -> None:
        """What was set about endpoints holds from now on (contract 4.5)."""
        super().restarted()
        self.settings.endpoints.take_effect()

    def handle(self, request: Request) -> Reply:
        """What comes in at the public endpoint has come through the tunnel, if that is up."""
        if request.via == "public" and self.group.tunnel_error():
            raise NoAnswer
        return super().handle(request)

    # Names and addresses

    @property
    def local_site(self) -> str | None:
        """The name that the site was given; None before that. `site` is its name in the estate."""
        return self.settings.local_site.name

    @property
    def site_name(self) -> str:
        """The name that replications know the site by."""
        return self.local_site or self.site

    @property
    def is_configured(self) -> bool:
        """It has lookup service, name, vCD and license, and has noticed."""
        return self.settings.local_site.is_configured

    @property
    def public_url(self) -> str:
        """The public API endpoint: where the site is reached, whether it knows that or not."""
        spec = self.site_state.spec
        return f"https://{spec.public_address}:{spec.public_port}"

    @property
    def management_url(self) -> str:
        """The address for the site's own services."""
        return f"https://{self.appliance.name}.{self.world.estate.dns_domain}:8046"

    # Sessions

    @property
    def local_site_of_sessions(self) -> str | None:
        """Sessions show the site, once it has a name."""
        return self.local_site

    @property
    def login_types(self) -> frozenset[str]:
        """By version."""
        return self.product.login_types

    def admits_administrator(self, address: str) -> bool:
        """Whether administrators may come from there through the tunnel; 3.0.0 has no such setting (contract 1.3)."""
        return not self.settings.has_admin_allow_from or admits(self.settings.admin_allow_from, address)

    def admit_administrator(self, call: Call) -> None:
        """Refuses like a wrong password: whoever knocks from outside is not told why."""
        if call.request.via == "public" and not self.admits_administrator(call.request.client):
            raise bad_credentials()

    def log_in(self, kind: str, given: dict[str, object], call: Call) -> Session:
        """Adds the logins of vCD users, which the site's vCD decides."""
        if not kind.startswith("vcd"):
            return super().log_in(kind, given, call)
        if self.settings.vcloud.trust is None:
            raise bad_credentials()
        site = self.site_state
        vcd = self.world.services.get(f"{self.site}/vcd")
        if vcd is not None and self.world.is_restarting(vcd):
            raise failure("vCloud Director does not answer.")
        if kind == "vcdCredentials":
            login, password = text_fields(given, "vcdUser", "vcdPassword")
            name, _at, org = login.rpartition("@")
            user = site.authenticate(name, org, password)
        else:
            if kind == "vcdAccessToken":
                given.pop("context", None)
            (secret,) = text_fields(given, kind)
            session = site.vcd_session(secret, self.world.now_ms())
            # A cookie is no access token and the other way round.
            right = session is not None and secret == (session.token if kind == "vcdCookie" else session.access_token)
            user = session.user if session and right else None
        if user is None:
            raise bad_credentials()
        if user.is_system:
            self.admit_administrator(call)
        return self.sessions.start(f"{user.name}@{user.org}", user.org, self.local_site, from_vcd=True)

    def _extend(self, call: Call) -> Reply:
        given = call.request.json()
        if not isinstance(given, dict) or not isinstance(given.get("type"), str):
            raise bad_input("An extension needs a type.")
        kind = given.pop("type")
        if kind not in self.product.extension_types:
            raise bad_input(f"Extension type {kind} is not supported by this version.")
        wanted = {
            "credentials": ("site", "vcdUsername", "vcdPassword"),
            "cookie": ("site", "cookie"),
            "vcdAccessToken": ("site", "vcdAccessToken"),
            "multisite": ("site", "org"),
        }[kind]
        site, *values = text_fields(given, *wanted)
        remote = self.reach(site)
        there = remote.site_state
        if kind == "credentials":
            name, _at, org = values[0].rpartition("@")
            user = there.authenticate(name, org, values[1])
        elif kind == "multisite":
            # INFERRED: the vCDs know one another; the user of the session must exist in that organization as well.
            name = call.session.user.rpartition("@")[0]
            user = there.user_to_log_in(name, values[0]) if call.session.from_vcd else None
        else:
            session = there.vcd_session(values[0], self.world.now_ms())
            right = session is not None and values[0] == (session.token if kind == "cookie" else session.access_token)
            user = session.user if session and right else None
        address = self.group.tunnel.appliance.address
        if user is None or (user.is_system and not remote.admits_administrator(address)):
            raise remote_not_authenticated(site)
        if call.session.sites is None:
            # A session from before the site had a name.
            call.session.sites = {self.local_site: call.session.org} if self.local_site else {}
        call.session.sites[site] = user.org
        return call.json(call.session.details())

    def _shrink(self, call: Call) -> Reply:
        sites, site = call.session.sites, call.args[0]
        if sites is None or site == self.local_site or site not in sites:
            raise bad_input(f"The session is not extended to site '{site}'.")
        del sites[site]
        return call.json(call.session.details())

    def reach(self, site: str) -> CloudService:
        """The Cloud service of a paired site, when it can be reached from here.

        Raises ApiError: 404 when it is not paired, 500 when the connection is down.
        """
        peer = self.pairing.need(site)
        error = self.pairing.outgoing_error(peer)
        if error:
            raise failure(str(error["msg"]))
        return self.pairing.service_of(peer)

    def _at(self, call: Call) -> CloudService:
        """The Cloud service that a GET of administrators is about: this one, or that of the `site` parameter."""
        self.settings.vcloud.require()
        site = call.request.first("site")
        if not site or site == self.local_site:
            return self
        peer = self.pairing.need(site)
        if self.require_extension(call.session, peer.site) != SYSTEM:
            raise forbidden()
        return self.reach(site)

    def _look_up(self, pick: Callable[[CloudService], Callable[[Call, str], Reply]]) -> Callable[[Call], Reply]:
        """A GET about this site or another, for everybody who is somebody there."""

        def answer(call: Call) -> Reply:
            self.settings.vcloud.require()
            site = call.request.first("site")
            if not site or site == self.local_site:
                return pick(self)(call, call.session.org)
            self.pairing.need(site)
            org = self.require_extension(call.session, site)
            return pick(self.reach(site))(call, org)

        return answer

    # Sites

    def _site(self, call: Call) -> Reply:
        if call.args[0] == self.local_site:
            return call.json(self.pairing.local())
        return call.json(self.pairing.view(self.pairing.need(call.args[0])))

    def _add_replicator(self, call: Call) -> Reply:
        return self.group.manager.local_replicators.add_flat(call)

    def _pair(self, call: Call) -> Reply:
        optional: dict[str, type] = {"description": str}
        if self.product.is_3:
            optional["remoteRootPassword"] = str
        body = call.body({"site": str, "apiUrl": str, "apiThumbprint": str}, optional)
        wanted = peer_from(body["site"], body)
        self.pairing.check_name(wanted.site)
        password = body.get("remoteRootPassword")
        if self.product.is_3:
            # Synchronous; with the other side's password both directions, without it only this one (contract 4.8).
            self.pairing.pair(wanted, password, both=password is not None)
            return call.json(self.pairing.view(self.pairing.peers[wanted.site]))
        return self._site_task(call, "pair", wanted.site, lambda: self.pairing.pair(wanted, None, both=True))

    def _repair(self, call: Call) -> Reply:
        body = call.body({"apiUrl": str, "apiThumbprint": str}, {"description": str})
        site = call.args[0]
        self._only_remote(site)
        wanted = peer_from(site, body)
        return self._site_task(call, "repair", site, lambda: self.pairing.repair(wanted))

    def _unpair(self, call: Call) -> Reply:
        site = call.args[0]
        self._only_remote(site)
        # A task in every version: proven for 4.x, INFERRED for 3.x (contract 4.8).
        return self._site_task(call, "unpair", site, lambda: self.pairing.unpair(site))

    def _only_remote(self, site: str) -> None:
        if site == self.local_site:
            raise bad_input(f"'{site}' is the local site.")
        self.pairing.need(site)

    def _site_task(self, call: Call, kind: str, site: str, work: Callable[[], None]) -> Reply:
        task = self.tasks.start(
            work,
            type=kind,
            # Filters know `site`, `pair` and `repair` (contract 3.6); unpairing counts as work on a site.
            resource=("site" if kind == "unpair" else kind, site, site),
            user=call.session.user,
            site=self.local_site,
            operation_id=call.request.headers.get("operationid"),
            fault=self.world.faults.take_task(self.name, call.request.method, call.request.target),
        )
        return call.json(task.view(self.world.now_ms()), 202)

    # Policies

    def _policy_body(self, call: Call) -> dict[str, Any]:
        self.settings.vcloud.require()
        self.local_site_only(call)
        body = call.request.json()
        if not isinstance(body, dict):
            raise bad_input("A policy must be a JSON object.")
        return body

    def _new_policy(self, call: Call) -> Reply:
        return call.json(self.policies.view(self.policies.create(self._policy_body(call))))

    def _replace_policy(self, call: Call) -> Reply:
        self.policies.replace(call.args[0], self._policy_body(call))
        return call.json(self.policies.view(call.args[0]))

    def _remove_policy(self, call: Call) -> Reply:
        self.local_site_only(call)
        self.policies.remove(call.args[0])
        return Reply.empty()

    def _assign(self, call: Call) -> Reply:
        self.settings.vcloud.require()
        self.local_site_only(call)
        self.policies.assign(*call.args)
        # Accepted, nothing to read, no task (contract 4.10).
        return Reply.empty(202)

    def trouble_with(self, component: str) -> str | None:
        """Adds the services that this one depends on."""
        if component == "vcd":
            return self.settings.vcloud.trouble()
        if component == "manager":
            manager = self.group.manager
            if self.world.is_restarting(manager):
                return f"{manager.name} does not answer."
            if not self.settings.local_site.manager_known:
                return "The single sign-on credentials for the manager are missing."
            return None
        return super().trouble_with(component)

    def health(self) -> dict[str, Any]:
        """The whole site's health."""
        return cloud_health(self)
