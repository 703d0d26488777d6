#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_appliance
short_description: Configure the appliance under a vCloud Availability service
version_added: "0.1.0"
description:
  - Sets host name, name servers, time servers, ssh, log levels, telemetry, and from where administrators may log in.
  - Only what is given is read and changed, each difference by a call of its own. If one fails, the message says what
    had been changed before it.
  - What a service's kind or release does not have is refused before anything is changed.
author: The vcpp.vcloud authors (@vcpp)
options:
  hostname:
    description: Host name of the appliance. Left as it is when omitted.
    type: str
  dns_servers:
    description:
      - Addresses of one or two name servers, in their order; more cannot be written. Left as they are when omitted.
    type: list
    elements: str
  search_domains:
    description: Domains in which short names are looked up, in their order; V([]) for none. Left as they are when omitted.
    type: list
    elements: str
  ntp_servers:
    description: Time servers, in their order. Release 3.5 and newer. Left as they are when omitted.
    type: list
    elements: str
  ssh_enabled:
    description: Whether one can log in with ssh. Release 3.5 and newer. Left as it is when omitted.
    type: bool
  log_levels:
    description:
      - Level of each logger, for example V(DEBUG) of C(com.vmware); V(ALL), V(TRACE), V(DEBUG), V(INFO), V(WARN), V(ERROR)
        or V(OFF). Other loggers stay as they are, and so do all when omitted.
      - They do not last. Every restart of the service sets them back.
    type: dict
  telemetry:
    description:
      - Whether the site takes part in the customer experience improvement program. Cloud service only.
      - Left as it is when omitted.
    type: bool
  telemetry_environment:
    description:
      - Kind of environment that telemetry names, together with O(telemetry). Cloud service only.
      - Left as it is when omitted; before release 4.0, V(PRODUCTION) if none is set and O(telemetry=true).
    type: str
  admin_allow_from:
    description:
      - Networks from which administrators may log in through the tunnel; V([]) for none, which also keeps other sites from
        pairing with this one. Cloud service of release 3.0.2 and newer. Left as it is when omitted.
    type: list
    elements: str
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.attributes
attributes:
  idempotent:
    details: One request per part that is given, six parts at most; name servers, search domains and host name are one.
notes:
  - Address, gateway and MTU are set when the appliance is deployed; the API is not known to change them.
seealso:
  - module: vcpp.vcloud.vcav_appliance_info
"""

EXAMPLES = r"""
- name: The appliance finds names, and reports nothing
  vcpp.vcloud.vcav_appliance:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    hostname: vcav.example.com
    dns_servers: [192.0.2.53, 192.0.2.54]
    search_domains: [example.com]
    telemetry: false

- name: Look closer until the next restart
  vcpp.vcloud.vcav_appliance:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    log_levels:
      com.vmware: DEBUG
"""

RETURN = r"""
vcav_appliance:
  description: The parts that were given, and what is read with them, as they are now, or would be in check mode.
  returned: success
  type: dict
  contains:
    hostname: {description: Host name., type: str, sample: vcav.example.com}
    dns_servers: {description: Name servers., type: list, elements: str, sample: [192.0.2.53]}
    search_domains: {description: Search domains., type: list, elements: str, sample: [example.com]}
    ntp_servers: {description: Time servers. From 3.5 on., type: list, elements: str, sample: [192.0.2.123]}
    ssh_enabled: {description: Whether one can log in with ssh. From 3.5 on., type: bool, sample: false}
    log_levels: {description: Levels of the loggers that were given., type: dict, sample: {com.vmware: INFO}}
    telemetry: {description: Whether telemetry is sent. Cloud service., type: bool, sample: false}
    telemetry_environment: {description: What telemetry calls the environment. Cloud service., type: str, sample: PRODUCTION}
    admin_allow_from:
      description: Networks of administrators. Cloud service, from 3.0.2 on.
      type: list
      elements: str
      sample: [192.0.2.0/24]
"""

from ..module_utils._resource import InputError, Setting, run
from ..module_utils._vcav import appliance
from ..module_utils._vcav.client import connect

TYPES = {"ssh_enabled": "bool", "telemetry": "bool", "log_levels": "dict"}
LISTS = ("dns_servers", "search_domains", "ntp_servers", "admin_allow_from")


class Appliance(Setting):
    """The machine, as far as its services let it be set."""

    noun = "vcav_appliance"
    fields = appliance.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        lists = {name: {"type": "list", "elements": "str"} for name in LISTS}
        return {name: lists.get(name) or {"type": TYPES.get(name, "str")} for name in self.fields}

    def validate(self, params):
        appliance.check(params)
        if all(params[name] is None for name in self.fields):
            raise InputError("nothing is given: name at least one part of the appliance")

    def options(self, context):
        return [name for name in self.fields if context.params[name] is not None]

    def find(self, context):
        options = [name for name in self.options(context) if appliance.has(context.api, name) is None]
        return appliance.read(context.api, options, context.params["log_levels"] or ())

    def read(self, context, wire):
        self.present = wire
        return wire

    def wanted(self, context):
        return appliance.wanted(context.api, super().wanted(context), self.present)

    def update(self, context, wire, values):
        appliance.write(context.api, wire, values, context.params)


def main():
    run(Appliance())


if __name__ == "__main__":
    main()
