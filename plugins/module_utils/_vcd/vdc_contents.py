# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an organization VDC has beside its VMs, in the user's words: networks, storage profiles, vApps (contract 4.5).

Each noun is a table of attributes; who reads it, and how it is narrowed, is the same for all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Any
from xml.etree.ElementTree import Element

from .client import Vcd
from .documents import bare_id, child_text, named
from .filters import Filter, all_of
from .records import (
    Columns,
    distinct,
    flag,
    identity,
    matcher,
    moment,
    number,
    one_of,
    only,
    org_of,
    row,
    text,
    urn,
    word,
)
from .vdcs import locate


@dataclass(frozen=True)
class Noun:
    """A type of record that names its VDC: `plain` is its name, `kind` that of its URNs.

    `columns` are what both types have, `provider` and `tenant` what only one of them has; the other's are None.
    """

    plain: str
    kind: str
    columns: Columns
    provider: Columns = field(default_factory=dict)
    tenant: Columns = field(default_factory=dict)


def read(
    api: Vcd,
    noun: Noun,
    params: Mapping[str, Any],
    *,
    where: Filter | None = None,
    test: Callable[[dict[str, Any]], bool] = lambda row: True,
) -> list[dict[str, Any]]:
    """What there is of a noun by organization, VDC and name; each has `org`, `vdc`, `id` and the noun's columns.

    `params` are a module's options: `org` (else `vcd_tenant`), `vdc` and `name`, each None for all; `*` in the last two
    stands for any text. `where` is a further filter of the server's, `test` the same on rows, because a filter narrows
    and does not decide. Raises InputError for an organization or VDC that does not exist, HttpError.
    """
    org, vdc, name = org_of(params), params["vdc"], params["name"]
    columns = {**noun.columns, **(noun.provider if api.is_provider else noun.tenant)}
    fields = ",".join(["vdc", *dict.fromkeys(attribute for attribute, _read in columns.values())])
    records, places = locate(
        api,
        noun.plain,
        all_of(one_of("name", only(name)), where),
        fields,
        orgs=only(org),
        vdcs=only(vdc),
    )
    fits = matcher(only(name))
    nothing = dict.fromkeys([*noun.provider, *noun.tenant])
    rows = []
    for record in records:
        place = places.get(identity(record, "vdc"))
        found = {
            "org": place.org if place else None,
            "vdc": place.vdc if place else None,
            **nothing,
            **row(columns, record),
            "id": urn(noun.kind, identity(record)),
        }
        if fits(found["name"] or "") and test(found):
            rows.append(found)
    return distinct(rows, ("org", "vdc", "name"))


# Networks

NETWORK_TYPES = {"direct": "0", "routed": "1", "isolated": "2"}
_TYPE_OF = {code: name for name, code in NETWORK_TYPES.items()}


def _network_type(record: Element, attribute: str) -> str | None:
    return _TYPE_OF.get(record.get(attribute, ""))


def _prefix(record: Element, attribute: str) -> int | None:
    mask = record.get(attribute)
    try:
        return IPv4Network(f"0.0.0.0/{mask}").prefixlen if mask else None
    except ValueError:
        return None


def _dns_servers(record: Element, _attribute: str) -> list[str]:
    return [server for server in (record.get("dns1"), record.get("dns2")) if server]


NETWORKS = Noun(
    "orgVdcNetwork",
    "network",
    {
        "name": ("name", text),
        "type": ("linkType", _network_type),
        "gateway": ("defaultGateway", text),
        "netmask": ("netmask", text),
        "prefix_length": ("netmask", _prefix),
        "dns_servers": ("dns1,dns2", _dns_servers),
        "dns_suffix": ("dnsSuffix", text),
        "connected_to": ("connectedTo", text),
        "shared": ("isShared", flag),
        "busy": ("isBusy", flag),
        "used_ip_count": ("usedIpCount", number),
        "total_ip_count": ("totalIpCount", number),
    },
)


def ip_ranges(api: Vcd, network: str) -> list[dict[str, str]]:
    """The static ranges of a network by its URN, each with `start` and `end`. One request. Raises HttpError.

    Below API 32.0 they stand in the document of /api, whose shape is that of the published schema (vcloud/network.xsd).
    """
    if api.has("openapi_networks"):
        document = api.get(f"cloudapi/1.0.0/orgVdcNetworks/{network}")
        subnets = ((document or {}).get("subnets") or {}).get("values") or []
        found = [each for subnet in subnets for each in (subnet.get("ipRanges") or {}).get("values") or []]
        return [{"start": each["startAddress"], "end": each["endAddress"]} for each in found]
    root = api.xml("GET", f"api/network/{bare_id(network)}")
    ranges = () if root is None else named(root, "IpRange")
    return [
        {"start": child_text(each, "StartAddress") or "", "end": child_text(each, "EndAddress") or ""}
        for each in ranges
    ]


# Storage profiles

STORAGE_PROFILES = Noun(
    "orgVdcStorageProfile",
    "vdcstorageProfile",
    {
        "name": ("name", text),
        "enabled": ("isEnabled", flag),
        "default": ("isDefaultStorageProfile", flag),
        "storage_used_mb": ("storageUsedMB", number),
        "storage_limit_mb": ("storageLimitMB", number),
        "iops_allocated": ("iopsAllocated", number),
        "iops_limit": ("iopsLimit", number),
    },
    tenant={"vdc_busy": ("isVdcBusy", flag)},
)

# vApps


def _megabytes(record: Element, attribute: str) -> int | None:
    """Of an attribute that counts kilobytes, begun ones counted as whole."""
    kilobytes = number(record, attribute)
    return None if kilobytes is None else (kilobytes + 1023) // 1024


VAPPS = Noun(
    "vApp",
    "vapp",
    {
        "name": ("name", text),
        "power_state": ("status", word),
        "owner": ("ownerName", text),
        "created": ("creationDate", moment),
        "deployed": ("isDeployed", flag),
        "enabled": ("isEnabled", flag),
        "busy": ("isBusy", flag),
        "in_maintenance": ("isInMaintenanceMode", flag),
        "standalone": ("isAutoNature", flag),
        "expired": ("isExpired", flag),
    },
    provider={
        "vm_count": ("numberOfVMs", number),
        "memory_allocation_mb": ("memoryAllocationMB", number),
        "storage_used_mb": ("storageKB", _megabytes),
    },
)
