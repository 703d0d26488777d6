#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_api_extension_info
short_description: Read the extensions of the API of vCloud Director
version_added: "0.1.0"
description:
  - Reads the services that answer a part of vCloud Director's API, over AMQP and over MQTT, with their API filters.
author: The vcpp.vcloud authors (@vcpp)
options:
  transport:
    description: Read those over AMQP or those over MQTT only. Left out, both are read, as far as the release has them.
    type: str
    choices: [amqp, mqtt]
  name:
    description: Name of the extensions to read. Upper and lower case differ. Left out, all are read.
    type: str
  vendor:
    description: Vendor of the extensions to read. Left out, those of all vendors are read.
    type: str
  namespace:
    description: Namespace of the extension over AMQP to read. Left out, they are not chosen by it.
    type: str
  version:
    description: Version of the extensions over MQTT to read. Left out, they are not chosen by it.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
notes:
  - Each extension costs two requests.
seealso:
  - module: vcpp.vcloud.vcd_api_extension
"""

EXAMPLES = r"""
- name: Read all extensions
  vcpp.vcloud.vcd_api_extension_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
  register: extensions
"""

RETURN = r"""
vcd_api_extension:
  description: The extensions by transport and name, each with the fields that its transport has. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    transport: {description: V(amqp) or V(mqtt)., type: str, sample: amqp}
    namespace: {description: Its namespace. Over AMQP., type: str, sample: nz.kiwi.backup}
    name: {description: Its name., type: str, sample: backup}
    vendor: {description: Its vendor., type: str, sample: Kiwi Cloud}
    version: {description: Its version. Over MQTT., type: str, sample: 1.0.0}
    routing_key: {description: Routing key of its messages. Over AMQP., type: str, sample: backup}
    exchange: {description: Exchange of the broker. Over AMQP., type: str, sample: vcdext}
    description: {description: "Its description, empty when there is none.", type: str, sample: ""}
    enabled: {description: Whether requests reach it., type: bool, sample: true}
    priority: {description: "Its priority, 0 to 100.", type: int, sample: 50}
    authorization_enabled: {description: Whether rights of its own are checked., type: bool, sample: false}
    filters: {description: Patterns of paths., type: list, elements: str, sample: [/api/kiwi/backup/.*]}
details:
  description: What the server knows beside, one entry for each of RV(vcd_api_extension), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    id: {description: "URN of the extension.", type: str, sample: "urn:vcloud:service:2b5d8c1e-0f6a-4d5e-9d43-6a3c1f0b7e21"}
    mqtt_topics: {description: Topics of an extension over MQTT; null over AMQP., type: dict, sample: null}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import api_extensions
from ..module_utils._vcd.client import connect


class ApiExtensions(Info):
    """The extensions of the API."""

    noun, product = "vcd_api_extension", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        texts = {name: {"type": "str"} for name in ("name", "vendor", "namespace", "version")}
        return {"transport": {"type": "str", "choices": ["amqp", "mqtt"]}, **texts}

    def fetch(self, context):
        asked = {name: context.params[name] for name in ("transport", "name", "vendor", "namespace", "version")}
        self._found = api_extensions.every(context.api, asked)
        return [one.shown() for one in self._found]

    def more(self, context):
        return {"details": [one.details() for one in self._found]}


def main():
    run(ApiExtensions())


if __name__ == "__main__":
    main()
