"""Changes behind Ansible's back: what an administrator does by hand at night, so that there is drift to find.

They work on the services' state directly, so neither sessions nor faults nor the journal are involved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from .vcav.policies import DEFAULT
from .vcav.replication_control import CHANGES as REPLICATION_CHANGES
from .vcav.site import SiteServices
from .world import Organization, stable_id

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
    """A setting of the cloud service; so far `admin_allow_from`."""
    if "admin_allow_from" not in given:
        raise KeyError("admin_allow_from")
    group.cloud.settings.admin_allow_from = str(given["admin_allow_from"])
    return {"admin_allow_from": group.cloud.settings.admin_allow_from}


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
}
