"""The bare script that the inventory source is measured against: page, and write what an inventory script writes.

Run as `python -m tests.benchmarks.bare_inventory --list` with VCD_URL, VCD_USER, VCD_PASSWORD and VCD_CA_PATH; Ansible
can run it as well, as what it calls an inventory script. One `requests` session with keep-alive reads one page of 128
after the other: first the VDCs, because the records of VMs do not tell whose they are, then the VMs, both with the same
attributes as the inventory source asks for. It writes the JSON of a dynamic inventory: the same groups by organization,
VDC, vApp, network, operating system, power state and site, and for every host the same variables. With `--addresses`
it also reads every VM, with eight connections, because the records of a provider have no addresses.
"""

from __future__ import annotations

import base64
import json
import os
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import requests
import requests.adapters

CONNECTIONS = 8
PAGE = 128
VERSION = "39.0"
SPACE = "{http://www.vmware.com/vcloud/v1.5}"
VDC_FIELDS = "name,orgName,org"
FIELDS = (
    "name,container,containerName,vdc,isVAppTemplate,isDeleted,guestOs,numberOfCpus,memoryMB,status,networkName,"
    "isDeployed,catalogName,hardwareVersion,isAutoNature,storageProfileName,hostName,datastoreName,moref"
)


class Server:
    """A vCloud Director, logged in."""

    def __init__(self) -> None:
        self.url, self.session = os.environ["VCD_URL"], requests.Session()
        self.session.mount("https://", requests.adapters.HTTPAdapter(pool_maxsize=CONNECTIONS))
        self.session.verify = os.environ["VCD_CA_PATH"]
        # Otherwise the variables of the environment are looked through for every request.
        self.session.trust_env = False
        who = f"{os.environ['VCD_USER']}:{os.environ['VCD_PASSWORD']}"
        basic = {"Authorization": f"Basic {base64.b64encode(who.encode()).decode()}"}
        headers = {"Accept": f"application/json;version={VERSION}", **basic}
        answer = self.session.post(f"{self.url}/cloudapi/1.0.0/sessions/provider", headers=headers, timeout=60)
        answer.raise_for_status()
        self.site = answer.json()["site"]["name"]
        token = answer.headers["X-VMWARE-VCLOUD-ACCESS-TOKEN"]
        self.session.headers["Authorization"] = f"Bearer {token}"

    def records(self, kind: str, fields: str, where: str = "") -> Iterator[dict[str, str]]:
        """All records of a type, page after page."""
        number, seen, total = 1, 0, 1
        accept = {"Accept": f"application/*+xml;version={VERSION}"}
        chosen = f"&filter={quote(where)}" if where else ""
        while seen < total:
            query = f"type={kind}&format=idrecords&fields={fields}&page={number}&pageSize={PAGE}{chosen}"
            answer = self.session.get(f"{self.url}/api/query?{query}", headers=accept, timeout=60)
            answer.raise_for_status()
            root = ElementTree.fromstring(answer.content)
            found = [dict(child.attrib) for child in root if not child.tag.endswith("}Link")]
            yield from found
            number, seen, total = number + 1, seen + len(found), int(root.attrib["total"])

    def address(self, vm: str) -> str | None:
        """The address of the primary NIC of a VM."""
        accept = {"Accept": f"application/*+xml;version={VERSION}"}
        answer = self.session.get(f"{self.url}/api/vApp/vm-{vm}", headers=accept, timeout=60)
        answer.raise_for_status()
        section = ElementTree.fromstring(answer.content).find(f"{SPACE}NetworkConnectionSection")
        if section is None:
            return None
        primary = section.findtext(f"{SPACE}PrimaryNetworkConnectionIndex")
        nics = {
            one.findtext(f"{SPACE}NetworkConnectionIndex"): one for one in section.iter(f"{SPACE}NetworkConnection")
        }
        return nics[primary].findtext(f"{SPACE}IpAddress") if primary in nics else None

    def close(self) -> None:
        """Log out."""
        headers = {"Accept": f"application/json;version={VERSION}"}
        self.session.delete(f"{self.url}/cloudapi/1.0.0/sessions/current", headers=headers, timeout=60)


def safe(*parts: str) -> str:
    """The name of a group."""
    return re.sub(r"\W", "_", "_".join(parts))


def bare(reference: str | None) -> str:
    """The UUID of an address or a URN."""
    return (reference or "").rpartition(":")[2].rpartition("/")[2]


def main() -> None:
    """Read and write."""
    server = Server()
    vdcs = {bare(one["id"]): one for one in server.records("adminOrgVdc", VDC_FIELDS)}
    hosts: dict[str, dict[str, Any]] = {}
    groups: dict[str, dict[str, list[str]]] = {}
    for vm in server.records("adminVM", FIELDS, "isVAppTemplate==false"):
        vdc = vdcs[bare(vm["vdc"])]
        org, vdc_name, name, vapp = vdc["orgName"], vdc["name"], vm["name"], vm["containerName"]
        hosts[name] = {
            "vcloud_kind": "vm",
            "vcloud_site": server.site,
            "vcloud_name": name,
            "vcloud_org": org,
            "vcloud_vdc": vdc_name,
            "vcloud_vapp": vapp,
            "vcloud_power_state": vm["status"].lower(),
            "vcloud_guest_os": vm.get("guestOs"),
            "vcloud_cpu_count": int(vm["numberOfCpus"]),
            "vcloud_memory_mb": int(vm["memoryMB"]),
            "vcloud_network": vm.get("networkName"),
            "vcloud_ip_address": None,
            "vcloud_storage_profile": vm.get("storageProfileName"),
            "vcloud_hardware_version": int(vm["hardwareVersion"]),
            "vcloud_deployed": vm["isDeployed"] == "true",
            "vcloud_standalone": vm.get("isAutoNature") == "true",
            "vcloud_template": False,
            "vcloud_catalog": vm.get("catalogName"),
            "vcloud_owner": None,
            "vcloud_host": vm.get("hostName"),
            "vcloud_datastore": vm.get("datastoreName"),
            "vcloud_moref": vm.get("moref"),
            "vcloud_id": bare(vm["id"]),
            "vcloud_vapp_id": bare(vm["container"]),
            "vcloud_vdc_id": bare(vm["vdc"]),
        }
        steps = [safe("org", org), safe("vdc", org, vdc_name), safe("vapp", org, vdc_name, vapp)]
        for outer, inner in zip(steps, steps[1:], strict=False):
            children = groups.setdefault(outer, {"hosts": [], "children": []})["children"]
            if inner not in children:
                children.append(inner)
        others = [safe("site", server.site), safe("power_state", vm["status"].lower())]
        if vm.get("networkName"):
            others.append(safe("network", org, vm["networkName"]))
        if vm.get("guestOs"):
            others.append(safe("os", vm["guestOs"]))
        for group in (steps[-1], *others):
            groups.setdefault(group, {"hosts": [], "children": []})["hosts"].append(name)
    if "--addresses" in sys.argv:
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            found = pool.map(server.address, [host["vcloud_id"] for host in hosts.values()])
        for host, address in zip(hosts.values(), found, strict=True):
            if address:
                host["vcloud_ip_address"] = host["ansible_host"] = address
    server.close()
    json.dump({"_meta": {"hostvars": hosts}, **groups}, sys.stdout)


if __name__ == "__main__":
    main()
