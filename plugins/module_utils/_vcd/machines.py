# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Virtual machines of vCloud Director in the user's words (contract 4.4, 4.5).

Ten thousand of them are a usual estate, so little is done for each: one dictionary, made from one record.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from operator import itemgetter
from typing import Any
from xml.etree.ElementTree import Element

from . import details
from .client import Vcd
from .filters import all_of, equals
from .records import flag, identity, matcher, number, one_of, only, org_of, urn
from .vdcs import OPTIONS, Places, locate

POWER_STATES = (
    "powered_on", "powered_off", "suspended", "partially_powered_off", "partially_suspended", "mixed", "deployed",
    "resolved", "unresolved", "waiting_for_input", "failed_creation", "inconsistent_state", "descriptor_pending",
    "copying_contents", "disk_contents_pending", "quarantined", "quarantine_expired", "rejected", "transfer_timeout",
    "vapp_undeployed", "vapp_partially_deployed", "unknown", "unrecognized",
)  # fmt: skip

_BOTH = (
    "name", "container", "containerName", "vdc", "isVAppTemplate", "isDeleted", "guestOs", "numberOfCpus", "memoryMB",
    "status", "networkName", "isDeployed", "catalogName", "hardwareVersion", "isAutoNature", "storageProfileName",
)  # fmt: skip
# What one of the two types has: a provider's records carry no address, a tenant's do not tell the host.
_PROVIDER = ",".join((*_BOTH, "hostName", "datastoreName", "moref"))
_TENANT = ",".join((*_BOTH, "ipAddress", "ownerName"))


def read(
    api: Vcd,
    *,
    orgs: Collection[str] | None = None,
    vdcs: Collection[str] | None = None,
    vapps: Collection[str] | None = None,
    names: Collection[str] | None = None,
    power_states: Collection[str] | None = None,
    templates: bool = False,
    metadata: Collection[str] | None = None,
    options: tuple[str, str] = OPTIONS,
) -> list[dict[str, Any]]:
    """VMs by organization, VDC, vApp and name; every filter goes to the server and is applied again here.

    Organizations, VDCs, vApps and names are given as they are written, `*` in one stands for any text; None means all.
    `power_states` are of POWER_STATES. VMs of vApp templates are among the answer with `templates` only.

    Each VM has `name`, `org`, `vdc`, `vapp` (the template's name for one of a template), `power_state`, `guest_os`,
    `cpu_count`, `memory_mb`, `network` and `ip_address` (both of the primary NIC; a provider's records have no
    address: None), `storage_profile`, `hardware_version`, `deployed`, `standalone`, `template`, `catalog`, `owner`,
    `host`, `datastore`, `moref`, `id`, `vapp_id`, `vdc_id` (bare UUIDs). What the user's kind of record does not have
    is None. With `metadata`, keys of the general domain, each has those of them that it has, in `metadata`. They come
    in the records (fields=metadata:<key>, as vmware/go-vcloud-director asks: govcd/metadata.go).

    Raises InputError for an organization or VDC that does not exist, which says by which of `options` it was chosen,
    and HttpError.
    """
    where = all_of(
        one_of("name", names),
        one_of("containerName", vapps),
        one_of("status", [state.upper() for state in power_states] if power_states else None),
        None if templates else equals("isVAppTemplate", False),
    )
    fields = ",".join((_PROVIDER if api.is_provider else _TENANT, *(f"metadata:{key}" for key in metadata or ())))
    records, places = locate(api, "vm", where, fields, orgs=orgs, vdcs=vdcs, options=options)
    fits, inside, states = matcher(names), matcher(vapps), frozenset(power_states or POWER_STATES)
    found = {}
    for record in records:
        machine = _machine(record, places)
        if (
            (templates or not machine["template"])
            and record.get("isDeleted") != "true"
            and fits(machine["name"])
            and inside(machine["vapp"])
            and (power_states is None or machine["power_state"] in states)
        ):
            if metadata:
                machine["metadata"] = details.entries(record)
            # By id: a list that grows while its pages are read can show a VM twice.
            found[machine["id"]] = machine
    return sorted(found.values(), key=itemgetter("org", "vdc", "vapp", "name", "id"))


def _machine(record: Element, places: Places) -> dict[str, Any]:
    """One VM. The primary address of a record is empty while the VM has none."""
    get = record.get
    vdc_id = identity(record, "vdc")
    place = places.get(vdc_id)
    return {
        "name": get("name", ""),
        "org": place.org if place else "",
        "vdc": place.vdc if place else "",
        "vapp": get("containerName", ""),
        "power_state": get("status", "").lower(),
        "guest_os": get("guestOs") or None,
        "cpu_count": number(record, "numberOfCpus"),
        "memory_mb": number(record, "memoryMB"),
        "network": get("networkName") or None,
        "ip_address": get("ipAddress") or None,
        "storage_profile": get("storageProfileName") or None,
        "hardware_version": number(record, "hardwareVersion"),
        "deployed": get("isDeployed") == "true",
        "standalone": flag(record, "isAutoNature"),
        "template": get("isVAppTemplate") == "true",
        "catalog": get("catalogName") or None,
        "owner": get("ownerName") or None,
        "host": get("hostName") or None,
        "datastore": get("datastoreName") or None,
        "moref": get("moref") or None,
        "id": identity(record),
        "vapp_id": identity(record, "container"),
        "vdc_id": vdc_id,
    }


def matching(api: Vcd, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The VMs that the options of vcd_vm_info ask for, with ids as URNs, and with `nics` and `metadata`.

    These two are None where they were not asked for, where the VM has gone meanwhile, and for VMs of templates.
    Raises InputError, HttpError.
    """
    org = org_of(params)
    chosen: dict[str, Any] = {
        option: only(value)
        for option, value in (
            ("orgs", org),
            ("vdcs", params["vdc"]),
            ("vapps", params["vapp"]),
            ("names", params["name"]),
            ("power_states", params["power_state"]),
        )
    }
    rows = read(api, **chosen, templates=params["with_templates"])
    machines = [each["id"] for each in rows if not each["template"]]
    nics = details.of_each(details.nics, api, machines) if params["with_nics"] else {}
    metadata = details.of_each(details.metadata, api, machines) if params["with_metadata"] else {}
    for each in rows:
        each["nics"], each["metadata"] = nics.get(each["id"]), metadata.get(each["id"])
        if each["ip_address"] is None:
            each["ip_address"] = next((nic["ip_address"] for nic in each["nics"] or () if nic["primary"]), None)
        for option, kind_of_object in (("id", "vm"), ("vapp_id", "vapp"), ("vdc_id", "vdc")):
            each[option] = urn(kind_of_object, each[option])
        if each["template"]:
            each["vapp_id"] = each["vapp_id"].replace(":vapp:", ":vapptemplate:")
    return rows
