"""What is known of the appliances' images: releases, deployment options, OVF properties (contract vCAV 2.2 to 2.4).

tests/tools/make_ova.py builds images from it, and the simulated guests read their properties by it. Sizes and texts are
our own; the keys, the options and which of them the user may set are the contract's.
"""

from __future__ import annotations

from dataclasses import dataclass

RELEASES = ("3.0", "3.5", "4.3", "4.7", "4.x", "onprem")
"""Of make_ova. 4.x: any of them, the image is the same; onprem: the customer's appliance of 3.x."""

VAMI = "VMware_vCloud_Availability"
"""The instance in the keys of 3.x."""

MEMORY_MB = {"cloud": 6144, "replicator": 5120, "tunnel": 2048, "combined": 9216, "vc_combined": 7168}
"""Of each deployment option. All differ: a vCenter keeps the hardware of the chosen option and forgets the option."""
MEMORY_MB_ONPREM = 4096
CPUS = {"cloud": 4, "replicator": 4, "tunnel": 2, "combined": 8, "vc_combined": 4}

ROLE = "guestinfo.cis.appliance.role"


@dataclass(frozen=True)
class Property:
    """One OVF property."""

    key: str
    """Within its section."""
    type: str
    """string or boolean."""
    default: str = ""
    label: str = ""
    user_configurable: bool | None = True
    """None: the image does not say, which means no."""
    secret: bool = False
    per_option: bool = False
    """Its value is the chosen deployment option (contract 2.2: the role)."""


@dataclass(frozen=True)
class Section:
    """A ProductSection: properties with a class and an instance in common."""

    name: str
    class_id: str
    instance_id: str
    properties: tuple[Property, ...]

    def full_key(self, one: Property) -> str:
        """[class "."] key ["." instance] (contract vsphere-ovf 2.3)."""
        return ".".join(part for part in (self.class_id, one.key, self.instance_id) if part)


_APPLICATION = (
    Property("guestinfo.cis.appliance.root.password", "string", label="Root password", secret=True),
    Property("guestinfo.cis.appliance.ssh.enabled", "boolean", "False", "Enable SSH"),
    Property("guestinfo.cis.appliance.net.ntp", "string", label="NTP server"),
)
# Both ways in which an image says that the user may not set a property: it says so, or it says nothing.
_HIDDEN = (
    Property(ROLE, "string", user_configurable=None, per_option=True),
    Property("guestinfo.cis.appliance.is.public.cloud", "boolean", "False", user_configurable=False),
)
_NETWORK_3 = (
    Property("ip0", "string", label="Network 1 IP address"),
    Property("netmask0", "string", label="Network 1 netmask"),
    Property("gateway", "string", label="Default gateway"),
    Property("DNS", "string", label="Domain name servers"),
    Property("domain", "string", label="Domain name"),
    Property("searchpath", "string", label="Domain search path"),
)
_NETWORK_4 = (
    Property("hostname", "string", label="Host name"),
    Property("address", "string", label="Address in CIDR notation"),
    Property("gateway", "string", label="Gateway"),
    Property("mtu", "string", label="MTU"),
    Property("dnsServers", "string", label="DNS servers"),
    Property("searchDomains", "string", label="Search domains"),
)


def sections(release: str) -> tuple[Section, ...]:
    """The property sections of a release's image."""
    if release == "onprem":
        # INFERRED (contract 2.4): the keys are those of the provider's image of 3.x. It has no role to choose.
        hidden = tuple(one for one in _HIDDEN if not one.per_option)
        return (
            Section("vCloud Availability On-Premises", "", "", _APPLICATION + hidden),
            Section("Networking", "vami", VAMI, _NETWORK_3),
        )
    if release.startswith("3"):
        return (
            Section("vCloud Availability", "", "", _APPLICATION + _HIDDEN),
            Section("Networking", "vami", VAMI, _NETWORK_3),
        )
    return (
        Section("Cloud Director Availability", "", "", _APPLICATION + _HIDDEN),
        Section("Networking", "net", "", _NETWORK_4),
    )


def deployment_options(release: str) -> tuple[str, ...]:
    """The deployment options of a release's image, the default one first; none for the customer's appliance."""
    if release == "onprem":
        return ()
    options = ("cloud", "replicator", "tunnel", "combined")
    return options if release.startswith("3") else (*options, "vc_combined")
