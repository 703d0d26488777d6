"""Reads an estate file (the form of the reference estate) into plain values.

Only what the simulator needs is looked at; everything else in the file belongs to playbooks and is ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

SUPPORTED_VERSIONS = ("3.0", "3.5", "4.3", "4.7")


class BadEstate(Exception):
    """The estate file cannot be used; the message says why."""


@dataclass(frozen=True)
class ApplianceSpec:
    """One virtual appliance of a site."""

    name: str
    deployment_option: str
    """cloud, replicator or tunnel."""
    address: str
    replicator_port: int = 8043


@dataclass(frozen=True)
class VroSpec:
    """The orchestrator of a site."""

    url: str
    """Without a port: that of the release is meant, 8281 in 7.x and 443 later."""
    version: str | None = None
    """7.3, 7.6, 8.18 or 9.1; None: the one beside the vCloud Availability."""
    user: str | None = None
    """The administrator; None: the usual one of the release."""
    password: str | None = None
    """None: that of the single sign-on."""
    basic: bool = False
    """`authentication: basic`: a standalone 8.x with vSphere authentication."""

    def address(self, default_port: int) -> tuple[str, int]:
        """Host name and port."""
        parts = urlsplit(self.url if "://" in self.url else f"https://{self.url}")
        return parts.hostname or self.url, parts.port or default_port


@dataclass(frozen=True)
class CseSpec:
    """The Container Service Extension of a site."""

    version: str
    """One of cse/releases.py."""
    legacy_mode: bool = False
    """Of 3.1 alone."""


@dataclass(frozen=True)
class SiteSpec:
    """One provider site."""

    name: str
    description: str
    product_version: str
    lookup_service: str
    vcd_url: str
    vcd_administrator: str
    """As written in the estate, for example administrator@system."""
    vcd_password: str
    vcd_version: str | None
    public_address: str
    public_port: int
    appliances: tuple[ApplianceSpec, ...]
    vcd_api_versions: tuple[str, ...] = ()
    """API numbers that the vCD offers; none: those of its release."""
    network: Mapping[str, Any] = field(default_factory=dict)
    vcenter: Mapping[str, Any] = field(default_factory=dict)
    """As written: host, datacenter, cluster, datastore, network."""
    vrops_version: str | None = None
    """Release of its vRealize Operations; None: the simulator's choice."""
    vro: VroSpec = VroSpec("https://vro.example.local")
    cse: CseSpec | None = None
    """None: the site has none."""

    @property
    def vcd_host(self) -> str:
        """Host name of the vCD."""
        return urlsplit(self.vcd_url).hostname or self.vcd_url

    def appliances_of(self, option: str) -> list[ApplianceSpec]:
        """The appliances with one deployment option."""
        return [appliance for appliance in self.appliances if appliance.deployment_option == option]


@dataclass(frozen=True)
class Estate:
    """What the simulator is to look like when it starts, and after a reset."""

    sites: tuple[SiteSpec, ...]
    root_password: str
    initial_root_password: str
    sso_password: str
    dns_domain: str
    dns_servers: tuple[str, ...]
    tenants: tuple[str, ...]
    """Organizations that exist in the vCD of every site."""
    customer_sites: tuple[Mapping[str, Any], ...] = ()

    def with_vrops(self, version: str | None) -> Estate:
        """The same with this release of vRealize Operations at every site; None: as it is."""
        if version is None:
            return self
        return replace(self, sites=tuple(replace(site, vrops_version=version) for site in self.sites))

    def with_vro(self, version: str | None) -> Estate:
        """The same with this release of vRealize Orchestrator at every site; None: as it is."""
        if version is None:
            return self
        return replace(self, sites=tuple(replace(one, vro=replace(one.vro, version=version)) for one in self.sites))

    def with_cse(self, version: str | None) -> Estate:
        """The same with this release of CSE at every site, with none ("none"), or as it is (None)."""
        if version is None:
            return self
        cse = None if version == "none" else CseSpec(version)
        return replace(self, sites=tuple(replace(one, cse=cse) for one in self.sites))


def read_estate(path: Path, product_version: str | None = None, vcd_version: str | None = None) -> Estate:
    """Reads and checks an estate file. `product_version` and `vcd_version` override the releases in it.

    Raises BadEstate.
    """
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadEstate(f"Cannot read the estate {path}: {problem.strerror}") from problem
    except yaml.YAMLError as problem:
        raise BadEstate(f"The estate {path} is not YAML: {problem}") from problem
    return parse_estate(document, product_version, vcd_version)


def parse_estate(document: Any, product_version: str | None = None, vcd_version: str | None = None) -> Estate:
    """The same from a loaded document."""
    if not isinstance(document, dict) or not document.get("sites"):
        raise BadEstate("An estate needs a list of sites.")
    password = str(document.get("root_password", "Lab-Only-Passw0rd!"))
    version = str(document.get("product_version", "3.0"))
    try:
        sites = tuple(_site(site, product_version, version, password, vcd_version) for site in document["sites"])
    except (KeyError, TypeError) as problem:
        raise BadEstate(f"A site of the estate lacks {problem}.") from problem
    if len({site.name for site in sites}) != len(sites):
        raise BadEstate("Two sites of the estate have the same name.")
    customers = tuple(document.get("customer_sites") or ())
    named = [str(item["org"]) for item in (*(document.get("policy_assignments") or ()), *customers) if "org" in item]
    return Estate(
        sites=sites,
        root_password=password,
        initial_root_password=str(document.get("initial_root_password", password)),
        sso_password=str(document.get("sso_password", password)),
        dns_domain=str(document.get("dns_domain", "example.local")),
        dns_servers=tuple(document.get("dns_servers") or ()),
        tenants=tuple(dict.fromkeys(named)),
        customer_sites=customers,
    )


def _site(
    site: Mapping[str, Any], override: str | None, default: str, password: str, vcd_override: str | None
) -> SiteSpec:
    version = override or str(site.get("product_version", default))
    if version not in SUPPORTED_VERSIONS:
        raise BadEstate(f"Product version {version} is not simulated; one of {', '.join(SUPPORTED_VERSIONS)} is.")
    vcd = site["vcd"]
    vcd_version = vcd_override or (str(vcd["version"]) if "version" in vcd else None)
    public = site["public_endpoint"]
    appliances = tuple(
        ApplianceSpec(
            name=str(item["name"]),
            deployment_option=str(item["deployment_option"]),
            address=str(item["address"]),
            replicator_port=int(item.get("replicator_port", 8043)),
        )
        for item in site["appliances"]
    )
    options = [appliance.deployment_option for appliance in appliances]
    if set(options) - {"cloud", "replicator", "tunnel"}:
        raise BadEstate(f"Site {site['name']}: only cloud, replicator and tunnel appliances are simulated.")
    if options.count("cloud") != 1 or options.count("tunnel") != 1:
        raise BadEstate(f"Site {site['name']}: a site has exactly one cloud and one tunnel appliance.")
    return SiteSpec(
        name=str(site["name"]),
        description=str(site.get("description", "")),
        product_version=version,
        lookup_service=str(site["lookup_service"]),
        vcd_url=str(vcd["url"]).rstrip("/"),
        vcd_administrator=str(vcd["administrator"]),
        vcd_password=str(vcd.get("password", password)),
        vcd_version=vcd_version,
        vcd_api_versions=tuple(str(one) for one in vcd.get("api_versions", ())),
        public_address=str(public["address"]),
        public_port=int(public.get("port", 443)),
        appliances=appliances,
        network=dict(site.get("network") or {}),
        vcenter=dict(site.get("vcenter") or {}),
        vro=_vro(site.get("vro") or {}, str(vcd["url"])),
        cse=_cse(site.get("cse") or {}, str(site["name"])),
        vrops_version=str(site["vrops"]["version"]) if "version" in (site.get("vrops") or {}) else None,
    )


def _cse(given: Mapping[str, Any], site: str) -> CseSpec | None:
    """`cse: {version, legacy_mode}` of a site; without a version, or with "none", there is none."""
    version = str(given.get("version") or "none")
    legacy = given.get("legacy_mode", False)
    if not isinstance(legacy, bool):
        raise BadEstate(f"Site {site}: legacy_mode of the CSE is true or false, not {legacy}.")
    return None if version == "none" else CseSpec(version, legacy)


def _vro(given: Mapping[str, Any], vcd_url: str) -> VroSpec:
    """The orchestrator's host is named like the vCD's where the estate names none: vdev-a03-vcd, vdev-a03-vro."""
    host = urlsplit(vcd_url).hostname or vcd_url
    name, dot, domain = host.partition(".")
    own = name.replace("vcd", "vro") if "vcd" in name else f"vro-{name}"
    authentication = given.get("authentication")
    if authentication not in (None, "basic"):
        raise BadEstate(f"authentication of a vRO is basic, or left out for that of its release, not {authentication}.")
    texts = {key: None if given.get(key) is None else str(given[key]) for key in ("version", "user", "password")}
    url = str(given.get("url") or f"https://{own}{dot}{domain}").rstrip("/")
    return VroSpec(url=url, basic=authentication == "basic", **texts)
