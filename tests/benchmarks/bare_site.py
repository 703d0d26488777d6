"""The bare script that the playbook `site` is measured against: everything for every site, one call after the other.

Run as `python -m tests.benchmarks.bare_site FILE`; FILE is a JSON document with ca_path, sites (those of the estate
with the addresses of this run, see `tests.benchmarks.site.for_script`), policies, assignments and what the estate says
of all. What somebody would write who knows that nothing is there yet: pyvmomi for the vCenters, one `requests` session
with keep-alive for each service, no thread, no look whether something is there already, pauses of 50 ms where it waits.

It does what `site` does in the end, in the order of the seven steps: import, power on, wait for address and service,
root password, wizard of the manager and the cloud service, replicators, tunnel, the restarts that these need, health,
pairing, policies, assignments. It reads what it has to know (thumbprints, ids) and what says that it is done (health,
pairings). It does not compare, so it leaves out what `site` reads for that, and what the images have set already.
"""

from __future__ import annotations

import hashlib
import json
import ssl
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim

PAUSE = 0.05
LONGEST = 120.0
VAMI = "VMware_vCloud_Availability"


def until(look: Callable[[], Any]) -> Any:
    """What `look` finds, once it finds something."""
    begun = time.monotonic()
    while not (found := look()):
        if time.monotonic() - begun > LONGEST:
            raise SystemExit("It takes too long.")
        time.sleep(PAUSE)
    return found


# The virtual machine


class Vcenter:
    """One vCenter, logged in, and where machines go there."""

    def __init__(self, site: dict[str, Any], ca_path: str) -> None:
        given, place = site["connection"], site["vcenter"]
        self.host, self.port = given["vsphere_hostname"], given["vsphere_port"]
        self.trust = ssl.create_default_context(cafile=ca_path)
        self.ca_path = ca_path
        self.instance = SmartConnect(
            host=self.host, port=self.port, user=given["vsphere_user"], pwd=given["vsphere_password"],
            sslContext=self.trust,
        )  # fmt: skip
        content = self.instance.content
        self.ovf = content.ovfManager
        root = f"/{place['datacenter']}"
        find = content.searchIndex.FindByInventoryPath
        self.folder = find(f"{root}/vm")
        self.pool = find(f"{root}/host/{place['cluster']}").resourcePool
        self.datastore = find(f"{root}/datastore/{place['datastore']}")
        self.network = find(f"{root}/network/{place['network']}")

    def task(self, task: Any) -> Any:
        """Wait for a task of the server."""
        info = until(lambda: (seen := task.info).state in ("success", "error") and seen)
        if info.error:
            raise info.error
        return info.result

    def deploy(self, image: str, name: str, option: str, values: dict[str, str]) -> Any:
        """Import an OVA, streaming, with its digests compared; switch it on and wait for its address."""
        with tarfile.open(image) as archive:
            descriptor, manifest, disk = iter(archive)
            text = archive.extractfile(descriptor).read()  # type: ignore[union-attr]
            digests = archive.extractfile(manifest).read().decode()  # type: ignore[union-attr]
            if hashlib.sha256(text).hexdigest() not in digests:
                raise SystemExit("The descriptor is damaged.")
            wanted = vim.OvfManager.CreateImportSpecParams(
                entityName=name,
                locale="",
                deploymentOption=option,
                networkMapping=[vim.OvfManager.NetworkMapping(name="VM Network", network=self.network)],
                propertyMapping=[vim.KeyValue(key=key, value=value) for key, value in values.items()],
                diskProvisioning="thin",
                ipAllocationPolicy="fixedPolicy",
            )
            spec = self.ovf.CreateImportSpec(text.decode(), self.pool, self.datastore, wanted)
            if spec.error:
                raise spec.error[0]
            for entry in spec.importSpec.configSpec.vAppConfig.property:
                entry.info.userConfigurable = True
            lease = self.pool.ImportVApp(spec.importSpec, self.folder)
            until(lambda: lease.state == "ready")
            info = lease.info
            member, digest = archive.extractfile(disk), hashlib.sha256()

            def blocks() -> Any:
                while block := member.read(1 << 20):  # type: ignore[union-attr]
                    digest.update(block)
                    yield block

            url = info.deviceUrl[0].url.replace("*", f"{self.host}:{self.port}")
            requests.post(url, data=blocks(), verify=self.ca_path, timeout=60).raise_for_status()
            if digest.hexdigest() not in digests:
                raise SystemExit("The disk is damaged.")
            lease.Complete()
        self.task(info.entity.PowerOn())
        until(lambda: info.entity.guest.ipAddress)
        return info.entity

    def close(self) -> None:
        """Log out."""
        Disconnect(self.instance)


# The services


class Service:
    """One service, with one kept connection; logged in by `login`."""

    def __init__(self, url: str, ca_path: str) -> None:
        self.url, self.ca_path = url, ca_path
        self.session = requests.Session()
        self.session.headers["Accept"] = "application/vnd.vmware.h4-v3+json"

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One call; raises for anything but success."""
        answer = self.session.request(
            method, f"{self.url}/{path}", json=body, headers=headers, verify=self.ca_path, timeout=60
        )
        if not answer.ok:
            raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
        if "X-VCAV-Auth" in answer.headers:
            self.session.headers["X-VCAV-Auth"] = answer.headers["X-VCAV-Auth"]
        return answer.json() if answer.content else None

    def answers(self) -> bool:
        """Whether anybody is there at all."""
        try:
            return requests.get(self.url, verify=self.ca_path, timeout=10).status_code < 500
        except requests.ConnectionError:
            return False

    def login(self, password: str) -> Service:
        """Log in as root."""
        self.call("POST", "sessions", {"type": "localUser", "localUser": "root", "localPassword": password})
        return self

    def remote(self, url: str) -> dict[str, Any]:
        """The certificate that is shown at an address, with its thumbprint."""
        return dict(self.call("GET", f"config/remote-certificate?url={quote(url, safe='')}"))

    def thumbprint(self, url: str) -> str:
        """The thumbprint of the certificate there."""
        return str(self.remote(url)["certificate"]["thumbPrint"])

    def lookup(self, url: str) -> None:
        """Set the lookup service."""
        self.call("POST", "config/lookup-service", {"url": url, "thumbprint": self.thumbprint(url)})

    def restart(self, password: str) -> None:
        """Restart the services and come back."""
        self.call("POST", "os/reboot-services")
        until(self.answers)
        self.login(password)


def first_boot(vcenter: Vcenter, site: dict[str, Any], appliance: dict[str, Any], task: dict[str, Any]) -> Service:
    """Deploy one appliance and give root its own password."""
    network = site["network"]
    values = {
        f"vami.ip0.{VAMI}": appliance["address"],
        f"vami.netmask0.{VAMI}": network["netmask"],
        f"vami.gateway.{VAMI}": network["gateway"],
        f"vami.DNS.{VAMI}": ",".join(task["dns_servers"]),
        f"vami.domain.{VAMI}": task["dns_domain"],
        f"vami.searchpath.{VAMI}": task["dns_domain"],
        "guestinfo.cis.appliance.net.ntp": network["ntp"],
        "guestinfo.cis.appliance.ssh.enabled": "False",
        "guestinfo.cis.appliance.root.password": task["initial_root_password"],
    }
    vcenter.deploy(site["image"], appliance["name"], appliance["deployment_option"], values)
    service = Service(appliance["url"], task["ca_path"])
    until(service.answers)
    service.login(task["initial_root_password"])
    changing = {"Config-Secret": task["initial_root_password"]}
    service.call("POST", "config/root-password", {"rootPassword": task["root_password"]}, **changing)
    return service.login(task["root_password"])


def configure(site: dict[str, Any], services: dict[str, Service], task: dict[str, Any]) -> Service:
    """The seven steps for one site; returns its cloud service."""
    password, lookup = task["root_password"], site["lookup_service"]
    sso = {"ssoUser": task["sso_user"], "ssoPassword": password}
    [main], replicators, [tunnel] = [
        [one for one in site["appliances"] if one["deployment_option"] == kind]
        for kind in ("cloud", "replicator", "tunnel")
    ]
    cloud = services[main["name"]]
    manager = Service(main["manager_url"], task["ca_path"]).login(password)
    manager.lookup(lookup)
    cloud.call("POST", "config/manager", {
        "managerUrl": "", "managerCertificate": "", "ssoUsername": task["sso_user"], "ssoPassword": password,
    })  # fmt: skip
    cloud.call("POST", "config/site", {"localSite": site["name"], "localSiteDescription": site["description"]})
    endpoints = cloud.call("GET", "config/endpoints")["configured"]
    public = {"apiPublicAddress": site["public_endpoint"]["address"], "apiPublicPort": site["public_endpoint"]["port"]}
    cloud.call("POST", "config/endpoints", {k: v for k, v in {**endpoints, **public}.items() if v is not None})
    cloud.lookup(lookup)
    vcd = f"{site['vcd']['url']}/api"
    cloud.call("POST", "config/vcloud", {
        "vcdUrl": vcd, "vcdUsername": site["vcd"]["administrator"], "vcdPassword": password,
        "vcdThumbprint": cloud.thumbprint(vcd),
    })  # fmt: skip
    cloud.call("POST", "license", {"key": task["license"]})
    for one in replicators:
        services[one["name"]].lookup(lookup)
        url = f"https://{one['name']}.{task['dns_domain']}:{one['replicator_port']}"
        details = {"apiUrl": url, "apiThumbprint": manager.thumbprint(url), "rootPassword": password, **sso}
        manager.call("POST", "replicators", {
            "owner": "*", "site": site["name"], "description": one["name"], "details": details,
        })  # fmt: skip
    services[tunnel["name"]].lookup(lookup)
    url = f"https://{tunnel['name']}.{task['dns_domain']}:8047"
    certificate = cloud.remote(url)["encoded"]
    cloud.call("POST", "config/tunnel-service", {"url": url, "certificate": certificate, "rootPassword": password})
    for one in [*replicators, main]:
        services[one["name"]].restart(password)
    health = cloud.call("GET", "diagnostics/health")
    if health["tunnelConnectivity"]["value"] or health["managerHealth"]["offlineReplicators"]:
        raise SystemExit(f"{site['name']} is not healthy: {health}")
    manager.session.close()
    return cloud


def pair(cloud: Service, site: dict[str, Any], other: dict[str, Any], password: str) -> None:
    """Pair a site with another one, and see that both reach each other."""
    url = f"https://{other['public_endpoint']['address']}:{other['public_endpoint']['port']}"
    task = cloud.call("POST", "sites", {
        "site": other["name"], "description": other["description"], "apiUrl": url,
        "apiThumbprint": cloud.thumbprint(url), "remoteRootPassword": password,
    })  # fmt: skip
    if isinstance(task, dict) and "state" in task and "id" in task:
        until(lambda: cloud.call("GET", f"tasks/{task['id']}")["state"] not in ("QUEUED", "RUNNING"))
    found = {one["site"]: one["state"] for one in cloud.call("GET", "sites")}
    if any(found[other["name"]].values()):
        raise SystemExit(f"{site['name']} is not connected: {found}")


def main() -> None:
    """All sites, one after the other."""
    task = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    clouds, everything = [], []
    for site in task["sites"]:
        vcenter = Vcenter(site, task["ca_path"])
        services = {one["name"]: first_boot(vcenter, site, one, task) for one in site["appliances"]}
        vcenter.close()
        clouds.append((site, configure(site, services, task)))
        everything += services.values()
    (one, cloud), *others = clouds
    for other, _service in others:
        pair(cloud, one, other, task["root_password"])
    for _site, cloud in clouds:
        ids = {}
        for policy in task["policies"]:
            ids[policy["displayName"]] = cloud.call("POST", "policies", policy)["id"]
        for each in task["assignments"]:
            cloud.call("PATCH", f"policies/{ids[each['policy']]}/orgs/{quote(each['org'])}")
    for service in everything:
        service.call("DELETE", "sessions")
    print(urlsplit(clouds[0][1].url).netloc)


if __name__ == "__main__":
    main()
