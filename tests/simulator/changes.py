"""Changes behind Ansible's back: what an administrator does by hand at night, so that there is drift to find.

They work on the services' state directly, so neither sessions nor faults nor the journal are involved.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .certificates import write_pkcs12
from .cse.changes import CHANGES as CSE_CHANGES
from .identity import stable_id
from .journal import matches
from .vcav.policies import DEFAULT
from .vcav.replication_control import CHANGES as REPLICATION_CHANGES
from .vcav.site import SiteServices
from .vcd.branding_changes import CHANGES as PORTAL_CHANGES
from .vcd.entities_changes import CHANGES as ENTITY_CHANGES
from .vro.changes import CHANGES as VRO_CHANGES
from .vrops.changes import CHANGES as VROPS_CHANGES
from .workload_changes import CHANGES as WORKLOAD_CHANGES
from .world import Organization

if TYPE_CHECKING:
    from .runtime import Simulator


def change(simulator: Simulator, given: Mapping[str, Any]) -> dict[str, Any]:
    """Makes one change: `what` names it, `site` says where, the rest depends on it.

    Raises ValueError for unknown names and missing parameters, ApiError when the service itself would refuse.
    """
    what = given.get("what")
    action = _CHANGES.get(str(what))
    if action is None:
        raise ValueError(f"Unknown change {what}; one of {', '.join(sorted(_CHANGES))} is known.")
    group = simulator.sites.get(str(given.get("site")))
    if group is None:
        raise ValueError(f"There is no site {given.get('site')}; there are {', '.join(simulator.sites)}.")
    try:
        return action(group, given)
    except KeyError as problem:
        raise ValueError(f"The change {what} needs {problem}.") from problem


def power(simulator: Simulator, given: Mapping[str, Any]) -> dict[str, Any]:
    """Switches an appliance on or off, or removes it, as its vCenter would.

    given  do (power-on, power-off, remove), site, name; for power-on also properties (vcav/appliance.py)

    Raises ValueError for unknown ones.
    """
    group = simulator.sites.get(str(given.get("site")))
    appliance = group.appliances.get(str(given.get("name"))) if group else None
    if appliance is None:
        raise ValueError(f"There is no appliance {given.get('name')} in a site {given.get('site')}.")
    do = given.get("do")
    if do == "power-on":
        appliance.power_on(given.get("properties") or {})
    elif do == "power-off":
        appliance.power_off()
    elif do == "remove":
        appliance.remove()
    else:
        raise ValueError(f"An appliance can power-on, power-off or be removed with remove, not {do}.")
    return {"site": given["site"], "name": appliance.name, "state": appliance.state}


def _policy_set(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of a policy; `displayName` renames it."""
    policies = group.cloud.policies
    policy_id = policies.find(given["policy"])
    fields = {name: value for name, value in policies.view(policy_id).items() if name not in ("id", "orgs")}
    cap = policies.data_cap(policy_id)
    if cap is not None:
        fields["onpremDataCap"] = cap
    policies.replace(policy_id, {**fields, **given["fields"]})
    return policies.view(policy_id)


def _policy_add(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A policy that nobody ordered: as the default one, with these fields."""
    policies = group.cloud.policies
    fields = {name: value for name, value in policies.view(DEFAULT).items() if name not in ("id", "orgs")}
    return policies.view(policies.create({**fields, "displayName": given["policy"], **given.get("fields", {})}))


def _policy_remove(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A policy is gone; its organizations have the default policy."""
    policies = group.cloud.policies
    policy_id = policies.find(given["policy"])
    organizations = policies.organizations(policy_id) if policy_id != DEFAULT else []
    for org in organizations:
        policies.assign(DEFAULT, org)
    policies.remove(policy_id)
    return {"removed": policy_id, "moved": len(organizations)}


def _assign(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """An organization has another policy."""
    policies = group.cloud.policies
    policy_id = policies.find(given["policy"])
    policies.assign(policy_id, given["org"])
    return {"org": given["org"], "policy": policy_id}


def _unpair(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """This side has forgotten the other one."""
    group.cloud.pairing.unpair(given["peer"])
    return {"unpaired": given["peer"]}


def _organization_add(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A tenant that came in the night."""
    site, name = group.site, given["org"]
    if name in site.organizations:
        raise ValueError(f"Organization {name} exists.")
    organization = Organization(name, stable_id("org", site.name, name), name, "", True, group.world.now_ms())
    site.add_organization(organization, site.spec.vcd_password)
    return {"added": name}


def _organization_remove(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A tenant that left."""
    if given["org"] not in group.site.organizations:
        raise ValueError(f"There is no organization {given['org']}.")
    group.site.remove_organization(given["org"])
    return {"removed": given["org"]}


def _setting(group: SiteServices, given: Mapping[str, Any]) -> dict[str, Any]:
    """A setting of the cloud service: `admin_allow_from`, or `mgmt_address` (the trap of contract vCAV 4.2)."""
    settings, changed = group.cloud.settings, {}
    if "admin_allow_from" in given:
        settings.admin_allow_from = changed["admin_allow_from"] = str(given["admin_allow_from"])
    if "mgmt_address" in given:
        address = group.site.spec.public_address if given["mgmt_address"] == "public" else str(given["mgmt_address"])
        settings.endpoints.set(mgmtAddress=address)
        settings.endpoints.take_effect()
        if group.tunnels.registration is not None:
            group.tunnels.registration.management = address
        changed["mgmt_address"] = address
    if not changed:
        raise KeyError("admin_allow_from or mgmt_address")
    return changed


def certificate(simulator: Simulator, given: Mapping[str, Any]) -> dict[str, Any]:
    """Somebody replaced certificates: `new` is a pattern for services, which restart and present new ones.

    `make` (a service's name) with `secret` makes a PKCS#12 file for that service instead, from the run's own authority.

    Raises ValueError when no service fits.
    """
    world = simulator.world
    pattern = str(given.get("new") or given.get("make"))
    services = [one for one in world.services.values() if matches(pattern, one.name)]
    if not services or ("new" in given) == ("make" in given):
        raise ValueError(f"No service fits {pattern}; there are {', '.join(sorted(world.services))}.")
    if "make" in given:
        leaf = world.authority.leaf(services[0].certificate.names)
        return {"pkcs12": base64.b64encode(write_pkcs12(leaf, str(given["secret"]))).decode()}
    for one in services:
        one.certificate.renew()
        one.restarted()
        world.certificate_changed(one)
    return {"thumbprints": {one.name: one.certificate.thumbprint for one in services}}


_CHANGES: dict[str, Callable[[SiteServices, Mapping[str, Any]], dict[str, Any]]] = {
    "policy-set": _policy_set,
    "policy-add": _policy_add,
    "policy-remove": _policy_remove,
    "assign": _assign,
    "unpair": _unpair,
    "organization-add": _organization_add,
    "organization-remove": _organization_remove,
    "setting": _setting,
    **REPLICATION_CHANGES,
    **WORKLOAD_CHANGES,
    **PORTAL_CHANGES,
    **ENTITY_CHANGES,
    **VROPS_CHANGES,
    **VRO_CHANGES,
    **CSE_CHANGES,
}
