#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcd_session
short_description: Open or close a vCloud Director session
version_added: "0.1.0"
description:
  - Returns the tokens of a session, for tasks that run the ordinary way, on another host for example, and would log in
    one by one, and for tasks of vCloud Availability that log in with it. Tasks on the control node share a login by
    themselves and do not need this module.
  - Close the session with O(state=absent) in an C(always) section.
author: The vcpp.vcloud authors (@vcpp)
extends_documentation_fragment:
  - vcpp.vcloud.vcd
  - vcpp.vcloud.state.session
  - vcpp.vcloud.attributes.session
seealso:
  - module: vcpp.vcloud.vcd_api_token
  - module: vcpp.vcloud.vcav_session
"""

EXAMPLES = r"""
- name: Work with one login of vCloud Director
  block:
    - name: Log in
      vcpp.vcloud.vcd_session:
        vcd_url: https://vcd.example.com
        vcd_user: administrator@system
        vcd_password: "{{ vault_vcd_password }}"
      register: login
      no_log: true

    - name: Read the organizations of vCloud Director
      vcpp.vcloud.vcd_org_info:
        vcd_url: https://vcd.example.com
        vcd_token: "{{ login.vcd_session.token }}"

    - name: Read the policies of vCloud Availability, before release 4.1 with the cookie
      vcpp.vcloud.vcav_policy_info:
        vcav_url: https://vcav.example.com
        vcav_vcd_cookie: "{{ login.vcd_session.cookie or omit }}"
        vcav_vcd_access_token: "{{ omit if login.vcd_session.cookie else login.vcd_session.access_token }}"
  always:
    - name: Log out
      vcpp.vcloud.vcd_session:
        vcd_url: https://vcd.example.com
        vcd_token: "{{ login.vcd_session.token }}"
        state: absent
      when: login.vcd_session.token is defined
"""

RETURN = r"""
vcd_session:
  description: The session. Empty when it was closed.
  returned: success
  type: dict
  contains:
    token:
      description:
        - The token for O(vcd_token) of other tasks, which is RV(vcd_session.cookie) where there is one, else
          RV(vcd_session.access_token). Register it in a task with C(no_log).
      type: str
      sample: 0123456789abcdef0123456789abcdef
    cookie:
      description:
        - The session's 32 character token, for O(vcpp.vcloud.vcav_policy_info#module:vcav_vcd_cookie) of tasks of vCloud
          Availability. Null where API version 38.0 or a newer one is spoken, which have none.
      type: str
      sample: 0123456789abcdef0123456789abcdef
    access_token:
      description:
        - The session's access token, for O(vcpp.vcloud.vcav_policy_info#module:vcav_vcd_access_token) of tasks of vCloud
          Availability 4.1 and newer. Null where the server tells none.
      type: str
      sample: eyJhbGciOiJub3QgYSByZWFsIG9uZSJ9.e30.c2lnbmF0dXJl
    user: {description: Who is logged in., type: str, sample: administrator}
    org: {description: Organization of the user., type: str, sample: System}
    site: {description: Name of the site that vCloud Director gives itself., type: str, sample: vcd.example.com}
    api_version: {description: API version that is spoken., type: str, sample: "36.0"}
"""

from ..module_utils._resource import run
from ..module_utils._session_task import SessionDefinition
from ..module_utils._vcd import sessions
from ..module_utils._vcd.client import connect


class SessionTask(SessionDefinition):
    """A session of vCloud Director."""

    noun, product = "vcd_session", "vcd"

    @staticmethod
    def connect(params):
        return sessions.closing(params) if params["state"] == "absent" else connect(params)

    def tell(self, api):
        return sessions.tell(api)


def main():
    run(SessionTask())


if __name__ == "__main__":
    main()
