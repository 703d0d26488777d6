#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_appliance_info
short_description: Read the configuration of the appliance under a vCloud Availability service
version_added: "0.1.0"
description:
  - Reads everything that M(vcpp.vcloud.vcav_appliance) can set at a service of this kind and release.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes.info
seealso:
  - module: vcpp.vcloud.vcav_appliance
"""

EXAMPLES = r"""
- name: How is the appliance configured?
  vcpp.vcloud.vcav_appliance_info:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
  register: appliance

- name: Its name servers
  ansible.builtin.debug:
    var: appliance.vcav_appliance.dns_servers
"""

RETURN = r"""
vcav_appliance:
  description: The configuration, under the names of the options of M(vcpp.vcloud.vcav_appliance).
  returned: success
  type: dict
  contains:
    hostname: {description: Host name., type: str, sample: vcav.example.com}
    dns_servers: {description: Name servers., type: list, elements: str, sample: [192.0.2.53]}
    search_domains: {description: Search domains., type: list, elements: str, sample: [example.com]}
    ntp_servers: {description: Time servers. From 3.5 on., type: list, elements: str, sample: [192.0.2.123]}
    ssh_enabled: {description: Whether one can log in with ssh. From 3.5 on., type: bool, sample: false}
    log_levels: {description: Levels of all loggers., type: dict, sample: {com.vmware: INFO}}
    telemetry: {description: Whether telemetry is sent. Cloud service., type: bool, sample: false}
    telemetry_environment: {description: What telemetry calls the environment. Cloud service., type: str, sample: PRODUCTION}
    admin_allow_from:
      description: Networks of administrators. Cloud service, from 3.0.2 on.
      type: list
      elements: str
      sample: [192.0.2.0/24]
"""

from ..module_utils._resource import Definition, run
from ..module_utils._vcav import appliance
from ..module_utils._vcav.client import connect


class ApplianceInfo(Definition):
    """All parts of the appliance that this service shows."""

    noun = "vcav_appliance"
    connect = staticmethod(connect)

    def execute(self, context):
        return {"changed": False, self.noun: appliance.read(context.api, appliance.available(context.api))}


def main():
    run(ApplianceInfo())


if __name__ == "__main__":
    main()
