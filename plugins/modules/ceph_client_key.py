#!/usr/bin/python
# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: ceph_client_key
short_description: Manage users of a Ceph cluster and their keys
version_added: "0.1.0"
description:
  - Creates, changes and removes users (clients), and writes their keyring files. Ceph 16.2 and newer.
  - A user keeps the key that it has, unless O(key) is another one or O(rotate) is set.
  - No result shows a key, unless O(return_key) asks for it.
author: The vcpp.vcloud authors (@vcpp)
options:
  name:
    description: Name of the user, such as V(client.kube); V(kube) is short for it.
    type: str
    required: true
  caps:
    description:
      - All capabilities of the user, by kind of daemon (V(mon), V(osd), V(mgr), V(mds)). Compared by what they grant, so
        order, blanks and quotes mean nothing. What is not named here is taken away, with an empty dictionary all of them.
      - Left as they are when omitted; none for a new user.
    type: dict
  key:
    description: The key that the user has. Left as it is when omitted; for a new user the cluster makes one.
    type: str
  rotate:
    description:
      - Whether the user gets a new key. Each run makes another one, and whoever still has the old key is shut out; a
        connection that is open stays so until its ticket expires.
    type: bool
    default: false
  dest:
    description:
      - Path of a keyring file on the host that runs the task, with this key and mode 0600. With O(state=absent) the file
        is removed. No file is looked at when omitted.
    type: path
  dest_owner:
    description: Owner of O(dest). The user who runs the task when omitted.
    type: str
  dest_group:
    description: Group of O(dest). The owner's group when omitted.
    type: str
  return_key:
    description:
      - Whether the result has the key, as RV(key). Such a task needs C(no_log) set to true, and is refused without. In
        check mode a key that is yet to be made is not there.
    type: bool
    default: false
extends_documentation_fragment:
  - vcpp.vcloud.ceph
  - vcpp.vcloud.state
  - vcpp.vcloud.attributes
notes:
  - With O(rotate) each run changes something.
seealso:
  - module: vcpp.vcloud.ceph_client_key_info
  - module: vcpp.vcloud.ceph_pool
"""

EXAMPLES = r"""
- name: The user of the Kubernetes volumes may use images of one pool and nothing else
  vcpp.vcloud.ceph_client_key:
    name: client.kube
    caps:
      mon: profile rbd
      osd: profile rbd pool=kube
      mgr: profile rbd pool=kube

- name: Its key lies in a keyring file
  vcpp.vcloud.ceph_client_key:
    name: client.kube
    dest: files/ceph.client.kube.keyring

- name: Its key, for a secret of Kubernetes
  vcpp.vcloud.ceph_client_key:
    name: client.kube
    return_key: true
  no_log: true
  register: kube

- name: A new key, because the old one was seen
  vcpp.vcloud.ceph_client_key:
    name: client.kube
    rotate: true
    dest: files/ceph.client.kube.keyring

- name: The user is gone, and its keyring file
  vcpp.vcloud.ceph_client_key:
    name: client.kube
    dest: files/ceph.client.kube.keyring
    state: absent
"""

RETURN = r"""
ceph_client_key:
  description: The user as it is now, or would be in check mode. Empty when it is absent.
  returned: success
  type: dict
  contains:
    name: {description: Name of the user., type: str, sample: client.kube}
    caps:
      description: Its capabilities, by kind of daemon.
      type: dict
      sample: {mon: profile rbd, osd: profile rbd pool=kube}
    key_replaced: {description: Whether another key took the place of the one that it had., type: bool, sample: false}
    dest:
      description: Path of the keyring file, where the task gave one; in RV(ignore:diff) none where it was not as it should be.
      type: str
      sample: /etc/ceph/ceph.client.kube.keyring
key:
  description: The key, where O(return_key) asks for it.
  returned: with O(return_key), when O(state=present)
  type: str
  sample: AQ...==
"""

import os

from ..module_utils._ceph import keys
from ..module_utils._ceph.client import connect
from ..module_utils._resource import InputError, Resource, run


class ClientKey(Resource):
    """A user, its key and its keyring file."""

    noun, product, fields = "ceph_client_key", "ceph", keys.FIELDS
    connect = staticmethod(connect)

    def spec(self):
        return {
            "name": {"type": "str", "required": True},
            "caps": {"type": "dict"},
            "key": {"type": "str", "no_log": True},
            "rotate": {"type": "bool", "default": False},
            "dest": {"type": "path"}, "dest_owner": {"type": "str"}, "dest_group": {"type": "str"},
            "return_key": {"type": "bool", "default": False, "no_log": False},
        }  # fmt: skip

    def rules(self):
        # Who gives a key has it, and Ansible would blot it out.
        pairs = [("key", "rotate"), ("key", "return_key")]
        return {"mutually_exclusive": pairs, "required_by": {"dest_owner": ["dest"], "dest_group": ["dest"]}}

    def validate(self, params):
        self.user = keys.full_name(params["name"])
        keys.validate_caps(params["caps"] or {})
        if params["key"] is not None and not params["key"].strip():
            raise InputError("key is empty: give the key, or leave it out to keep the one that the user has")
        self.made, self.ids = False, None
        if params["dest"]:
            self.ids = keys.owner(params["dest_owner"], params["dest_group"])
            if params["state"] == "present":
                keys.refuse_no_folder(params["dest"])

    def label(self, context):
        return self.user

    def find(self, context):
        self.present, path = keys.get(context.api, self.user), context.params["dest"]
        alone = context.params["state"] == "absent" and path and os.path.lexists(path)
        return self.present or ({"caps": {}, "key": None} if alone else None)

    def read(self, context, wire):
        path, state = context.params["dest"], context.params["state"]
        right = path and (state == "absent" or keys.is_written(path, self.user, wire["key"], self.ids))
        dest = {"dest": path if right else None} if path else {}
        return {"name": self.user, "caps": wire["caps"], "key_replaced": self.made, **dest}

    def wanted(self, context):
        given, known = context.params, self.present
        values = {"name": self.user, **({"dest": given["dest"]} if given["dest"] else {})}
        if given["caps"] is not None:
            values["caps"] = keys.spelled(given["caps"], known["caps"] if known else {})
        another = (given["rotate"] and not self.made) or given["key"] not in (None, known and known["key"])
        return {**values, "key_replaced": True} if known and another else values

    def advise(self, context, step):
        if self.present and step.after:
            keys.refuse_own_change(context.api, self.user, {name: step.after[name] for name in step.changed})

    def before_delete(self, context, wire):
        if self.present:
            keys.refuse_own(context.api, self.user, "deleted")

    def create(self, context, values):
        caps, key = values.get("caps", {}), context.params["key"]
        keys.store(context.api, self.user, key, caps) if key else keys.make(context.api, self.user, caps)
        self.finish(context)

    def update(self, context, wire, values):
        caps = values.get("caps", wire["caps"])
        if values.get("key_replaced"):
            keys.store(context.api, self.user, context.params["key"] or keys.new_key(context.api), caps)
        elif caps != wire["caps"]:
            keys.change(context.api, self.user, wire["key"], caps)
        self.finish(context, values.get("key_replaced", False))

    def finish(self, context, made=True):
        self.made = made
        if context.params["dest"]:
            keys.write(context.params["dest"], self.user, keys.get(context.api, self.user)["key"], self.ids)

    def delete(self, context, wire):
        if self.present:
            keys.remove(context.api, self.user)
        if context.params["dest"]:
            keys.unlink(context.params["dest"])

    def execute(self, context):
        if context.params["return_key"] and not context.no_log:
            raise InputError("return_key is set, and the task would show the key: set no_log to true beside it")
        result = super().execute(context)
        user = keys.get(context.api, self.user) if context.params["return_key"] else None
        if user and not (context.check_mode and result[self.noun].get("key_replaced")):
            result["key"] = user["key"]
        return result


def main():
    run(ClientKey())


if __name__ == "__main__":
    main()
