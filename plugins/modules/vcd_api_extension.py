#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_api_extension
short_description: Manage extensions of the API of vCloud Director
version_added: "0.1.0"
description:
  - Registers services that answer a part of vCloud Director's API, over AMQP or over MQTT, with the API filters that say
    which part. Changes, enables, disables and removes them.
  - Tokens of extensions over MQTT are not managed here. They go with their extension.
author: The vcpp.vcloud authors (@vcpp)
options:
  transport:
    description:
      - How requests reach the service. V(amqp) is a message broker outside of the product; V(mqtt) is the one inside of it,
        VMware Cloud Director 10.2 and newer.
      - An extension over V(amqp) is known by its O(namespace), one over V(mqtt) by O(vendor), O(name) and O(version).
    type: str
    required: true
    choices: [amqp, mqtt]
  namespace:
    description: Namespace of an extension over AMQP, which is unique and cannot change. Not used here for MQTT.
    type: str
  name:
    description:
      - Name of the extension. Over MQTT it is needed and cannot change. Over AMQP a new extension needs one, and it is left
        as it is when omitted.
    type: str
  vendor:
    description:
      - Vendor of the extension. Over MQTT it is needed and cannot change. Over AMQP it is left as it is when omitted, and
        empty for a new one.
    type: str
  version:
    description:
      - Version of an extension over MQTT, three numbers such as V(1.0.0); needed, and cannot change. Not used here for AMQP.
    type: str
  routing_key:
    description:
      - Routing key of the messages over AMQP. Left as it is when omitted; a new extension needs one. Not used here for MQTT.
    type: str
  exchange:
    description:
      - Exchange of the message broker that the messages go to over AMQP. Left as it is when omitted; a new extension needs
        one. Not used here for MQTT.
    type: str
  description:
    description: Description of the extension. Left as it is when omitted; empty for a new one.
    type: str
  enabled:
    description: Whether requests reach the extension. Left as it is when omitted; V(true) for a new one.
    type: bool
  priority:
    description:
      - Which of several extensions a request goes to, 0 to 100; the highest wins. Left as it is when omitted; V(50) for a
        new one.
    type: int
  authorization_enabled:
    description:
      - Whether the product checks rights of the extension's own. Left as it is when omitted; V(false) for a new one.
    type: bool
  filters:
    description:
      - All patterns of paths whose requests go to the extension, such as V(/api/kiwi/.*). They are Java's regular
        expressions, of 1 to 1024 characters. Their order means nothing, and an empty list takes all away. Filters by the type
        of the answer are left as they are.
      - Left as they are when omitted; none for a new extension.
    type: list
    elements: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - An extension that is enabled is disabled before it is removed. Where the removal fails, it stays disabled.
seealso:
  - module: vcpp.vcloud.vcd_api_extension_info
  - module: vcpp.vcloud.vcd_ui_plugin
"""

EXAMPLES = r"""
- name: The backup service of the message broker answers
  vcpp.vcloud.vcd_api_extension:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    transport: amqp
    namespace: nz.kiwi.backup
    name: backup
    vendor: Kiwi Cloud
    exchange: vcdext
    routing_key: backup
    filters:
      - /api/kiwi/backup/.*
      - /api/kiwi/restore/.*

- name: It is switched off for now, everything else stays as it is
  vcpp.vcloud.vcd_api_extension:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    transport: amqp
    namespace: nz.kiwi.backup
    enabled: false

- name: It is gone
  vcpp.vcloud.vcd_api_extension:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    transport: amqp
    namespace: nz.kiwi.backup
    state: absent
"""

RETURN = r"""
vcd_api_extension:
  description:
    - The extension as it is now, or would be in check mode. Empty when it is absent.
    - It holds the fields that its transport has.
  returned: success
  type: dict
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
"""

from ..module_utils._resource import Resource, run
from ..module_utils._vcd import api_extensions
from ..module_utils._vcd.client import connect

TEXTS = ("namespace", "name", "vendor", "version", "routing_key", "exchange", "description")


class ApiExtension(Resource):
    """An extension of the API, found by its namespace or by vendor, name and version."""

    noun, product = "vcd_api_extension", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {
            "transport": {"type": "str", "required": True, "choices": ["amqp", "mqtt"]},
            **{name: {"type": "str"} for name in TEXTS},
            "routing_key": {"type": "str", "no_log": False},
            **{name: {"type": "bool"} for name in ("enabled", "authorization_enabled")},
            "priority": {"type": "int"},
            "filters": {"type": "list", "elements": "str"},
        }

    def validate(self, params):
        api_extensions.check(params)

    def managed(self, context):
        return api_extensions.FIELDS[context.params["transport"]]

    def label(self, context):
        return api_extensions.title(context.params)

    def find(self, context):
        self.found = api_extensions.find(context.api, context.params)
        return self.found

    def read(self, context, wire):
        return wire.shown()

    def wanted(self, context):
        return api_extensions.wanted(context.params, self.found)

    def create(self, context, values):
        api_extensions.create(context.api, values)

    def update(self, context, wire, values):
        api_extensions.update(context.api, wire, values)

    def delete(self, context, wire):
        api_extensions.remove(context.api, wire)


def main():
    run(ApiExtension())


if __name__ == "__main__":
    main()
