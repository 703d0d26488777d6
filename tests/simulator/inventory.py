"""An Ansible inventory overlay that leads the estate's host names to the simulated services.

Laid over an inventory whose hosts are named like the appliances, it replaces addresses, credentials and
the release, and says where there is no vCenter to deploy to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# The service that playbooks mean when they address an appliance.
_MAIN_SERVICE = {"cloud": "cloud", "replicator": "replicator", "tunnel": "tunnel"}


def inventory(state: dict[str, Any], root_passwords: Mapping[str, str]) -> dict[str, Any]:
    """The overlay as a document, from the content of a state file.

    root_passwords  by appliance: those that it has or is to have, never the initial one
    """
    hosts: dict[str, Any] = {}
    for site_name, site in state["sites"].items():
        for name, appliance in site["appliances"].items():
            option = appliance["deployment_option"]
            services = appliance["services"]
            variables = {
                "ansible_connection": "local",
                "ca_path": state["ca_path"],
                "vcav_url": services[_MAIN_SERVICE[option]]["url"],
                "vcav_user": "root",
                "vcav_password": root_passwords[name],
                "vcav_site": site_name,
                "vcav_appliance_release": site["version"],
            }
            if option == "cloud":
                variables |= {
                    "vcav_manager_url": services["manager"]["url"],
                    "vcav_public_url": site["public_endpoint"]["url"],
                    "vcav_public_actual_url": site["public_endpoint"]["actual_url"],
                    "vcav_public_thumbprint": site["public_endpoint"]["thumbprint"],
                    "vcd_url": site["vcd"]["url"],
                    "vcd_user": site["vcd"]["user"],
                    "vcd_password": site["vcd"]["password"],
                    "vro_url": site["vro"]["url"],
                    "vro_user": site["vro"]["user"],
                    "vro_password": site["vro"]["password"],
                }
            hosts[name] = variables | _vcenter(site, state["images"].get(site["version"]))
    for site_name, site in state["customer_sites"].items():
        appliance = site["appliance"]
        # The reference inventory has no host for it; the address is the simulator's choice (vcav/onprem.py).
        hosts[appliance["name"]] = {
            "ansible_connection": "local",
            "ca_path": state["ca_path"],
            "vcav_url": appliance["services"]["onprem"]["url"],
            "vcav_user": "root",
            "vcav_password": root_passwords[appliance["name"]],
            "vcav_customer_site": site_name,
            "vcav_onprem_address": appliance["address"],
            **_vcenter(site, state["images"].get("onprem")),
        }
    return {"all": {"hosts": hosts}}


def _vcenter(site: Mapping[str, Any], image: str | None) -> dict[str, Any]:
    """The connection of a site's vCenter and what to deploy there, where the simulator has one."""
    if "vcenter" not in site:
        return {"vcav_appliance_deploy": False, "vcav_onprem_deploy": False}
    connection = {f"vsphere_{name}": site["vcenter"][name] for name in ("hostname", "port", "user", "password")}
    return {**connection, "vcav_appliance_image": image}
