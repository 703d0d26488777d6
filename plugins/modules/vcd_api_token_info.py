#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_api_token_info
short_description: Read which API tokens there are in vCloud Director
version_added: "0.1.0"
description:
  - Reads the names and owners of the API tokens that the user may see, never their values, which the product does not
    tell. VMware Cloud Director 10.3.1 and newer.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the tokens to read. Upper and lower case differ. Left out, tokens of any name are read.
    type: str
  owner:
    description: Name of the user whose tokens are read. Left out, those of all users are read that may be seen.
    type: str
  org:
    description: Name of the organization whose users' tokens are read. Left out, those of all that may be seen.
    type: str
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.attributes.info
notes:
  - A session that was itself made from an API token may not list API tokens.
  - The option O(vcd_tenant) is not used here; give O(org).
seealso:
  - module: vcpp.vcloud.vcd_api_token
"""

EXAMPLES = r"""
- name: Read all API tokens of Tyrell's users
  vcpp.vcloud.vcd_api_token_info:
    vcd_url: https://vcd.example.com
    vcd_user: administrator@system
    vcd_password: "{{ vault_vcd_password }}"
    org: Tyrell
  register: tokens
"""

RETURN = r"""
vcd_api_token:
  description: The tokens by organization, owner and name. Empty when nothing matches.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the token., type: str, sample: nightly}
    owner: {description: Name of the user whose token it is., type: str, sample: admin}
    org: {description: Name of that user's organization., type: str, sample: Tyrell}
details:
  description: What the server knows beside, one entry for each of RV(vcd_api_token), in the same order.
  returned: success
  type: list
  elements: dict
  contains:
    name: {description: Name of the token., type: str, sample: nightly}
    id: {description: URN of the token., type: str, sample: "urn:vcloud:token:0fd8e4f4-3c3d-4b9f-9d5f-5f4e6b0f6a11"}
"""

from ..module_utils._resource import Info, run
from ..module_utils._vcd import api_tokens
from ..module_utils._vcd.client import connect


class ApiTokens(Info):
    """The API tokens that the user may see."""

    noun, product = "vcd_api_token", "vcd"
    connect = staticmethod(connect)

    def spec(self):
        return {"name": {"type": "str"}, "owner": {"type": "str"}, "org": {"type": "str"}}

    def validate(self, params):
        api_tokens.check(params)

    def fetch(self, context):
        asked = {option: context.params[option] for option in ("name", "owner", "org")}
        self._found = api_tokens.matching(context.api, **asked)
        return [api_tokens.read(token) for token in self._found]

    def more(self, context):
        return {"details": [{"name": token["name"], "id": token["id"]} for token in self._found]}


def main():
    run(ApiTokens())


if __name__ == "__main__":
    main()
