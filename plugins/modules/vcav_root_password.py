#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: vcav_root_password
short_description: Set the root password of a vCloud Availability appliance
version_added: "0.1.0"
description:
  - Replaces the first password of a new appliance, which comes from its OVF properties and has expired from the start,
    and later any other one.
  - A password cannot be read. The wanted one is tried first, and only if it is refused the current one; each is tried
    once at most, so that nobody is locked out.
  - The services of one appliance share the password. Each appliance has its own; address every one of them.
author: The vcpp.vcloud authors (@vcpp)
options:
  password:
    description:
      - The password that root shall have.
      - When omitted, it is O(vcav_password), so that an inventory needs one password per appliance.
    type: str
  current_password:
    description:
      - The password that root has if it is not the wanted one, for a new appliance that of its OVF properties.
      - When omitted, O(vcav_password) is tried where O(password) is another one.
    type: str
  warn_before_days:
    description: Warn when the password expires within so many days. V(0) never warns. Releases before 4.0 do not tell the day.
    type: int
    default: 30
  wait_timeout:
    description:
      - Longest time to wait for a service that is starting, in seconds. An appliance that was powered on just now answers
        after a while.
    type: int
    default: 300
extends_documentation_fragment:
  - vcpp.vcloud.vcav
  - vcpp.vcloud.wait
  - vcpp.vcloud.attributes
notes:
  - A password that has expired cannot be renewed to itself. The task fails then and asks for another one.
  - O(vcav_token) and users other than root are refused, because they prove nothing about the password.
seealso:
  - module: vcpp.vcloud.vcav_root_password_info
"""

EXAMPLES = r"""
- name: The first password is gone
  vcpp.vcloud.vcav_root_password:
    vcav_url: https://vcav.example.com
    vcav_password: "{{ vault_vcav_password }}"
    current_password: "{{ vault_ovf_password }}"
"""

RETURN = r"""
vcav_root_password:
  description: What can be told of the password as it is now, or would be in check mode.
  returned: success
  type: dict
  contains:
    as_wanted: {description: Whether root has the wanted password., type: bool, sample: true}
    expired: {description: Whether it has expired., type: bool, sample: false}
    expires_in_days:
      description: Whole days until it expires. Null before release 4.0, which does not tell it, and right after a change.
      type: int
      sample: 364
"""

from ..module_utils._plan import Field, plan
from ..module_utils._resource import Definition, Failure, InputError, run
from ..module_utils._vcav import passwords

FIELDS = {"as_wanted": Field(""), "expired": Field(""), "expires_in_days": Field("")}


class RootPassword(Definition):
    """The password of root, which can be tried but not read."""

    noun = "vcav_root_password"
    waits = 300
    connect = staticmethod(passwords.enter)

    def spec(self):
        secret = {"type": "str", "no_log": True}
        days = {"type": "int", "default": 30, "no_log": False}
        return {"password": secret, "current_password": secret, "warn_before_days": days}

    def validate(self, params):
        passwords.pick(params)
        if params["warn_before_days"] < 0:
            raise InputError(f"warn_before_days is {params['warn_before_days']}: give 0 or more")

    def execute(self, context):
        door = context.api
        present = {"as_wanted": door.holds, **passwords.expiry(door.api)}
        if door.holds:
            self.judge(context, present)
            return {"changed": False, self.noun: present}
        step = plan(FIELDS, present, {"as_wanted": True, "expired": False})
        if not context.check_mode:
            passwords.change(door, context.params)
            if passwords.expiry(door.api)["expired"]:
                raise Failure(f"root's password at {door.endpoint} was changed, but it is still said to have expired")
        result = {"changed": True, self.noun: {**step.after, "expires_in_days": None}}
        if context.want_diff:
            result["diff"] = [context.diff_entry(step, self.noun, str(door.site or door.endpoint))]
        return result

    def judge(self, context, present):
        days = present["expires_in_days"]
        if present["expired"]:
            raise Failure(
                f"root's password at {context.api.endpoint} is the wanted one, but it has expired, and a password "
                "cannot be renewed to itself: give a new one in password, and this one in current_password. Nothing "
                "was changed.",
                vcav_root_password=present,
            )
        if days is not None and days < context.params["warn_before_days"]:
            context.warn(f"root's password at {context.api.endpoint} expires in {days} days: set another one in time.")


def main():
    run(RootPassword())


if __name__ == "__main__":
    main()
