"""An Ansible inventory overlay that leads the estate's host names to the simulated services.

Laid over an inventory whose hosts are named like the appliances, it replaces addresses and credentials, nothing else.
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
                }
            if "vcenter" in site:
                variables |= {
                    "vsphere_hostname": site["vcenter"]["hostname"],
                    "vsphere_port": site["vcenter"]["port"],
                    "vsphere_user": site["vcenter"]["user"],
                    "vsphere_password": site["vcenter"]["password"],
                }
            hosts[name] = variables
    return {"all": {"hosts": hosts}}
