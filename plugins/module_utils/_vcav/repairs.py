# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the replacement of a certificate breaks, who repairs it, and the part that the same service can repair itself.

The table of the contract (vcav-api.md, 4.4): everybody who pinned the old certificate is broken until repaired.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .._http import HttpError
from .._plan import InputError
from . import pkcs12, replicators, sites, tunnels
from .client import Vcav

TUNNEL, PAIRING, REPLICATOR = "vcav_tunnel", "vcav_site_pairing", "vcav_replicator"


@dataclass(frozen=True)
class Repair:
    """One thing that a replacement breaks. `work` repairs it from here; None where that is another task's business."""

    kind: str
    name: str
    module: str | None
    how: str
    work: Callable[[], None] | None = None

    def row(self) -> dict[str, Any]:
        """As the result tells it."""
        module = f"vcpp.vcloud.{self.module}" if self.module else None
        return {"kind": self.kind, "name": self.name, "done": self.work is not None, "module": module, "how": self.how}


def service_of(api: Vcav) -> str:
    """CLOUD, MANAGER, REPLICATOR or TUNNEL."""
    return str(api.facts.get("service")).upper()


def peers(api: Vcav) -> list[dict[str, Any]]:
    """The sites that the service is paired with; none for a service that knows no sites."""
    return sites.paired(api) if service_of(api) == "CLOUD" else []


def refuse_duplicate(bundle: pkcs12.Bundle, paired: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a certificate that a paired site has: two sites with one certificate cannot be paired. InputError."""
    for peer in paired:
        if peer.get("apiThumbprint") == bundle.thumbprint:
            raise InputError(
                f"pkcs12_path is {bundle.path!r}: its certificate ({bundle.thumbprint}) is that of the paired site "
                f"{peer['site']!r}, and two sites with one certificate cannot be paired. Give each site its own "
                "certificate, also instead of one wildcard for both. Nothing was changed."
            )


def shared_names(bundle: pkcs12.Bundle, paired: Sequence[Mapping[str, Any]]) -> list[str]:
    """Warnings about names of the certificate that are those of a paired site as well."""
    found = []
    for peer in paired:
        url = peer.get("apiPublicUrl")
        host = sites.normal_url(url).removeprefix("https://").rpartition(":")[0] if url else ""
        name = next((each for each in bundle.names if host and pkcs12.covers(each, host)), None)
        if name:
            found.append(
                f"the name {name} in the certificate covers the paired site {peer['site']} ({host}) too. Do not "
                "install the same certificate there: two sites with one certificate cannot be paired."
            )
    return found


def broken(api: Vcav, paired: Sequence[Mapping[str, Any]]) -> list[Repair]:
    """What is broken now although the certificate is the wanted one: somebody who trusts another one still."""
    if service_of(api) == "CLOUD":
        return [_pairing(str(peer["site"]), "; ".join(told)) for peer in paired if (told := sites.trouble(peer))]
    if service_of(api) == "MANAGER":
        found = replicators.every(api)
        return [_replicator(each, "; ".join(told)) for each in found if (told := replicators.trouble(each))]
    return []


def consequences(api: Vcav, paired: Sequence[Mapping[str, Any]], params: Mapping[str, Any]) -> list[Repair]:
    """What the replacement will break, in the order of repair. Only reads. Raises HttpError."""
    service = service_of(api)
    if service == "CLOUD":
        return _of_cloud(api, paired, params)
    if service == "MANAGER":
        ready = all(params[name] for name in replicators.CREDENTIALS)
        return [_replicator(each, "", api if ready else None, params) for each in replicators.every(api)]
    if service == "REPLICATOR":
        how = "Repair its registration at the manager service, port 8441 of the cloud appliance."
        return [Repair("replicator", api.endpoint, REPLICATOR, how)]
    return [
        Repair("tunnel", api.endpoint, TUNNEL, "Register it anew at the cloud service, then restart the services."),
        Repair("paired sites", api.endpoint, PAIRING, "Repair the site's pairings once the tunnel is registered anew."),
    ]


def _of_cloud(api: Vcav, paired: Sequence[Mapping[str, Any]], params: Mapping[str, Any]) -> list[Repair]:
    password = params["tunnel_root_password"]
    found = []
    for tunnel in tunnels.registered(api):
        how = "The tunnel wants its root password anew: run the task with repair: true."
        work = _tunnel_work(api, tunnel, password) if password else None
        found.append(Repair("tunnel", str(tunnel["url"]), TUNNEL, how, work))
    found += [_pairing(str(peer["site"]), "") for peer in paired]
    for site in api.get("vc-sites") or []:
        how = "The customer accepts the new certificate with Repair in the on-premises appliance; no call is known."
        found.append(Repair("on-premises site", str(site.get("site")), None, how))
    how = "Users of the portal's plug-in load it from the new certificate; they sign in to the portal again."
    return [*found, Repair("portal plug-in", api.endpoint, None, how)]


def _tunnel_work(api: Vcav, tunnel: Mapping[str, Any], password: str) -> Callable[[], None]:
    return lambda: tunnels.register(api, tunnel, str(tunnel["url"]), str(tunnel["certificate"]), password)


def _pairing(site: str, told: str) -> Repair:
    how = "Repair it at either site, with the new certificate's thumbprint at the other one."
    return Repair("pairing", site, PAIRING, f"{told}. {how}" if told else how)


def _replicator(
    wire: Mapping[str, Any], told: str, api: Vcav | None = None, params: Mapping[str, Any] | None = None
) -> Repair:
    how = "Repair its registration at this manager."
    work = None
    if api is not None and params is not None:
        work = _replicator_work(api, wire, params)
    return Repair("replicator", str(wire["apiUrl"]), REPLICATOR, f"{told}. {how}" if told else how, work)


def _replicator_work(api: Vcav, wire: Mapping[str, Any], params: Mapping[str, Any]) -> Callable[[], None]:
    return lambda: replicators.repair(api, wire, {}, params)


def carry_out(found: Sequence[Repair]) -> str | None:
    """Do what can be done from here; a sentence about what failed, None where nothing did."""
    failed = []
    for repair in found:
        if repair.work is not None:
            try:
                repair.work()
            except HttpError as problem:
                failed.append(f"{repair.kind} {repair.name}: {str(problem).rstrip('.')}")
    if not failed:
        return None
    return (
        f"The certificate was replaced and the service is back, but not everything could be repaired: "
        f"{'; '.join(failed)}. Run the modules that repairs names, with repair: true."
    )
