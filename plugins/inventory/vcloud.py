# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ansible's side of the inventory source: the file, templates, cache and hosts.

What a file means, what is read and what becomes of it is in ``plugin_utils/_inventory_*``.
"""

from __future__ import annotations

DOCUMENTATION = r"""
name: vcloud
short_description: Virtual machines of vCloud Director and appliances of vCloud Availability as hosts
version_added: "0.1.0"
author: The vcpp.vcloud authors (@vcpp)
description:
  - Makes hosts of the virtual machines of one or several vCloud Directors, of all or of chosen organizations,
    organization VDCs and vApps, and of the appliances that services of vCloud Availability know of.
  - The file is YAML, with C(plugin=vcpp.vcloud.vcloud). Any name that ends with C(.yml) or C(.yaml) will do;
    C(*.vcloud.yml) says what it is.
  - What is chosen is asked of the server, whose pages are read side by side. A login is made for each server and
    closed in the end, also when reading fails.
  - VMs of vApp templates are left out.
  - Variables that come from a server are never templated, whatever they look like.
options:
  plugin:
    description: The name of this plugin, so that no other one takes the file for its own.
    type: str
    required: true
    choices: [vcpp.vcloud.vcloud]
  orgs:
    description:
      - Organizations whose VMs are wanted, as their names are written. V(*) in a name stands for any text.
      - All that the user sees when omitted. One that does not exist is an error, at each of several servers; what is
        at one of them only is chosen in its entry of O(endpoints).
    type: list
    elements: str
  vdcs:
    description:
      - Organization VDCs whose VMs are wanted. V(*) in a name stands for any text.
      - All of them when omitted. One that does not exist is an error.
    type: list
    elements: str
  vapps:
    description:
      - vApps whose VMs are wanted. V(*) in a name stands for any text.
      - All of them when omitted. It is no error when there are none, because vApps come and go.
    type: list
    elements: str
  vms:
    description:
      - VMs that are wanted. V(*) in a name stands for any text. All of them when omitted.
    type: list
    elements: str
  address_from:
    description:
      - Where C(ansible_host) of a VM comes from. The first entry that leads to an address wins.
      - V(primary) is the address of the primary NIC, V(nic:<index>) that of the NIC with this index, V(network:<name>)
        that of the first NIC in this network, V(external) the one into which a routed vApp network translates that of
        the primary NIC.
      - An organization's user is told the primary address with the list of VMs. Everything else, and every address for
        a provider's user, costs one request for each VM, eight at a time; with the NICs the variable C(vcloud_nics)
        comes.
      - An empty list asks for no address.
    type: list
    elements: str
    default: [primary]
  require_address:
    description: Whether VMs without an address are left out. Otherwise they are hosts without C(ansible_host).
    type: bool
    default: false
  hostnames:
    description:
      - Jinja2 expressions over the host's variables; the first that gives something is the host's name. The name of
        a variable is the simplest one, such as V(vcloud_name).
      - The name of the VM, or of the appliance's host, when omitted.
      - Braces in a name become underscores, because a name must not be a template.
    type: list
    elements: str
  duplicate_hostnames:
    description:
      - What happens when several machines would have the same host name. Names of VMs are unique in their vApp alone.
      - V(suffix) gives that name to none of them, but to each the name with a dash and the first eight digits of its
        id, and warns. So no host is one VM today and another tomorrow.
      - V(fail) refuses the source.
    type: str
    choices: [suffix, fail]
    default: suffix
  hostvars_prefix:
    description:
      - What the names of the variables begin with, but for C(ansible_host), C(vcav_url) and C(vcav_site).
      - With an empty one there are variables such as C(name), which Ansible and roles use for themselves.
    type: str
    default: vcloud_
  group_by:
    description:
      - Which groups are made. V(org), V(vdc) and V(vapp) make C(org_<organization>), in it
        C(vdc_<organization>_<vdc>), in it C(vapp_<organization>_<vdc>_<vapp>); V(network) makes
        C(network_<organization>_<network>); V(site), V(os) and V(power_state) make C(site_<site>),
        C(os_<guest operating system>) and C(power_state_<state>); V(metadata) makes C(metadata_<key>_<value>).
      - V(cluster) makes C(cluster_<organization>_<vdc>_<cluster>) of the nodes of a Kubernetes cluster of the Container
        Service Extension, in it the same name with C(_control_plane), C(_worker) or C(_nfs) behind; V(cluster_role)
        makes C(cluster_role_control_plane), C(cluster_role_worker) and C(cluster_role_nfs) of the nodes of all
        clusters. That costs one list more of each server, and only where a VM has a name as nodes have. Nodes of a
        pool that was added to a cluster of 4.x are in these groups once the cluster tells of the pool.
      - What Ansible does not take in a name becomes an underscore. Where two names would become one, such as those of
        two organizations, each group gets a mark of its own, with a warning.
      - Appliances are in C(vcav) and in C(vcav_cloud), C(vcav_manager), C(vcav_replicator), C(vcav_tunnel) or
        C(vcav_paired_site), whatever is chosen here.
    type: list
    elements: str
    choices: [site, org, vdc, vapp, network, os, power_state, cluster, cluster_role, metadata]
    default: [site, org, vdc, vapp, network, os, power_state, cluster, cluster_role]
  metadata:
    description:
      - Keys of the VMs' metadata to read into the variable C(vcloud_metadata). They come with the list of VMs.
      - V(*) reads all keys, those of the provider's domain SYSTEM too, which costs one request for each VM, eight at a
        time.
      - None when omitted, but all with V(metadata) in O(group_by).
    type: list
    elements: str
  on_unreachable:
    description:
      - What happens when a server is away, which is when it cannot be reached, does not answer in time or answers
        502, 503 or 504. A refused login is no such case.
      - V(fail) makes the source fail, so that nobody takes a part of the estate for all of it.
      - V(warn) leaves its hosts out with a warning, unless all servers are away. The variable
        C(vcloud_missing_sites) of the group C(all) then says which ones, and nothing is written to the cache.
    type: str
    choices: [fail, warn]
    default: fail
extends_documentation_fragment:
  - vcpp.vcloud.endpoints
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - When a source cannot be read, Ansible warns and goes on with what is left of the inventory. Set
    C(any_unparsed_is_failed=true) in the section C([inventory]) of C(ansible.cfg), or
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED), wherever nobody reads warnings. An update in AWX fails by itself.
  - Connection options and all others but O(compose), O(groups), O(keyed_groups) and O(hostnames) may be templates,
    with lookups and with extra variables. Variables of groups and hosts do not exist yet when a source is read.
    Single values can be encrypted with Ansible Vault.
  - The cache holds what was read, in the user's words, never a login. Its name covers the path of the file and
    everything in it that changes what is read, but no secret.
seealso:
  - module: vcpp.vcloud.vcd_vm_info
  - module: vcpp.vcloud.vcd_org_info
"""

EXAMPLES = r"""
# tyrell.vcloud.yml: the VMs of one organization that run. Server and login come from VCD_URL, VCD_USER, VCD_PASSWORD.
plugin: vcpp.vcloud.vcloud
orgs: [Tyrell]
power_states: [powered_on]
---
# The login in the file, with the password from a lookup; names and users by expressions, groups of one's own.
plugin: vcpp.vcloud.vcloud
vcd_url: https://vcd.example.com
vcd_user: administrator@system
vcd_password: "{{ lookup('ansible.builtin.env', 'VCD_PASSWORD') }}"
orgs: [Tyrell]
hostnames:
  - vcloud_name ~ '.' ~ (vcloud_org | lower)
compose:
  ansible_user: "'Administrator' if 'Windows' in (vcloud_guest_os or '') else 'ops'"
groups:
  large: (vcloud_memory_mb or 0) >= 32768
keyed_groups:
  - key: vcloud_storage_profile
    prefix: storage
strict: true
---
# The address from the management network where the VM is in it, else the primary one; groups by the metadata "role".
plugin: vcpp.vcloud.vcloud
orgs: [Tyrell]
vapps: ["web*", "db*"]
address_from: ["network:Management", primary]
require_address: true
metadata: [role]
group_by: [org, vapp, metadata]
---
# No address is asked for where names lead to the machines, which spares a provider a request for each VM; and what was
# read is kept for a quarter of an hour.
plugin: vcpp.vcloud.vcloud
address_from: []
compose:
  ansible_host: vcloud_name ~ '.example.com'
cache: true
cache_plugin: ansible.builtin.jsonfile
cache_connection: ~/.cache/vcloud-inventory
cache_timeout: 900
---
# Two sites and their appliances. VCAV_PASSWORD is the root password of the appliances.
plugin: vcpp.vcloud.vcloud
vcd_user: administrator@system
orgs: [Tyrell]
endpoints:
  - site: A03-Auckland
    vcd_url: https://vdev-a03-vcd.vdev.local
  - site: C00-Christchurch
    vcd_url: https://vdev-c00-vcd.vdev.local
  - site: A03-Auckland
    vcav_url: https://vcav-a03.vdev.local
  - site: A03-Auckland
    vcav_url: https://vcav-a03.vdev.local:8441
  - site: C00-Christchurch
    vcav_url: https://vcav-c00.vdev.local
"""

import contextlib
import gc
import re

from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ..module_utils._http import MissingLibrary
from ..module_utils._plan import InputError
from ..plugin_utils import _inventory_hosts, _inventory_options, _inventory_read

try:
    from ansible.template import trust_as_template

    AnsibleUnsafeText = None
except ImportError:
    from ansible.utils.unsafe_proxy import AnsibleUnsafeText

    trust_as_template = None

# Texts that are neither a template nor an expression that could call anything, wherever somebody uses them. The
# parentheses are those of guest operating systems.
HARMLESS = re.compile(r"[\w .:/,@+-]*(?:\((?:32|64)-bit\))?[\w .:/,@+-]*")


@contextlib.contextmanager
def uncollected():
    """No garbage collection meanwhile: it would look through all rows again and again, and none of them is garbage."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class Marker:
    """Tells ansible-core which texts of a server it must never evaluate: all but the harmless ones.

    Those are not marked, although nothing of a server is trusted, because `ansible-inventory --list` writes whatever is
    marked as a dictionary, `{"__ansible_unsafe": …}`, and AWX keeps it so: addresses and names would be dictionaries.
    Before ansible-core 2.19 texts are evaluated unless they are marked, since then unless they are trusted.
    """

    def __init__(self):
        self._texts = {}

    def __call__(self, value):
        if isinstance(value, dict):
            # Most texts are those of many machines, and looked up without a call of their own.
            known = self._texts
            return {
                key: (known.get(inner) or self._text(inner))
                if isinstance(inner, str)
                else self(inner)
                if isinstance(inner, (dict, list))
                else inner
                for key, inner in value.items()
            }
        if isinstance(value, list):
            return [self(inner) for inner in value]
        return self._text(value) if isinstance(value, str) else value

    def _text(self, value):
        text = marked = str.__str__(value)
        harmless = HARMLESS.fullmatch(text)
        if trust_as_template and harmless:
            marked = trust_as_template(text)
        elif AnsibleUnsafeText and not harmless:
            marked = AnsibleUnsafeText(text)
        self._texts[text] = marked
        return marked


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """One file, read and turned into hosts."""

    NAME = "vcpp.vcloud.vcloud"

    def verify_file(self, path):
        """Ours by its ending, or because it says so: other sources are YAML too."""
        if not super().verify_file(path) or not path.endswith((".yml", ".yaml")):
            return False
        if path.endswith((".vcloud.yml", ".vcloud.yaml")):
            return True
        with open(path, encoding="utf-8", errors="replace") as file:
            return any(line.startswith("plugin:") and self.NAME in line for line in file)

    def parse(self, inventory, loader, path, cache=True):
        """Read everything first, then make hosts of it: a failure leaves nothing half done."""
        super().parse(inventory, loader, path, cache)
        self._mark = Marker()
        config = self._read_config_data(path)
        with uncollected():
            self._parse(config, path, cache)

    def _parse(self, config, path, cache):
        try:
            settings = _inventory_options.read(self._resolved(config), list(self._options))
            rows, missing = self._read(settings, path, cache)
            name_of = self._name_of(settings.hostnames) if settings.hostnames else None
            taken = self._taken(settings.hostvars_prefix)
            estate = _inventory_hosts.build(rows, settings, self._mark, name_of, taken)
        except (InputError, _inventory_read.Unreadable) as problem:
            raise AnsibleParserError(str(problem)) from problem
        except MissingLibrary as problem:
            raise AnsibleParserError(f"The Python library {problem.library} is missing") from problem
        except AnsibleError:
            raise
        except Exception as problem:
            raise AnsibleParserError(
                f"vcpp.vcloud made a mistake ({type(problem).__name__}: {problem}); please report it with the file, "
                "without what is secret in it, and the output of -vvv"
            ) from problem
        for warning in estate.warnings:
            self.display.warning(warning)
        self._populate(estate, missing)

    # The file

    def _resolved(self, config):
        """The file with its templates resolved and its vaults opened, as plain values."""
        self.templar.available_variables = self._vars
        keep = _inventory_options.EXPRESSIONS
        return {
            str(name): value if name in keep else self._plain(name, value)
            for name, value in config.items()
            if name not in ("compose", "groups", "keyed_groups") or value is not None
        }

    def _plain(self, name, value):
        """A value as the plain one that it stands for; a template with what it results in."""
        if isinstance(value, dict):
            return {str(key): self._plain(f"{name}: {key}", inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._plain(name, inner) for inner in value]
        if value is None or isinstance(value, (bool, int, float)):
            return value
        try:
            if isinstance(value, str) and self.templar.is_template(value):
                value = self.templar.template(value)
                # What a lookup has found is no template, even where it looks like one.
                return value if value is None or not isinstance(value, str) else str.__str__(value)
            return str(value)
        except AnsibleError as problem:
            raise InputError(f"{name}: {problem}") from problem

    # What is read

    def _read(self, settings, path, cache):
        """(rows, sentences about sites that are missing), from the cache where it is wanted and has them."""
        use = self.get_option("cache")
        key = settings.cache_key(path)
        if use and cache:
            try:
                return self._cache[key]["rows"], {}
            except KeyError:
                pass
        found = _inventory_read.read(settings)
        for site, problem in found.missing.items():
            self.display.warning(f"The hosts of {site} are missing from the inventory: {problem}")
        if use and not found.missing:
            self._cache[key] = {"rows": found.rows}
        return found.rows, found.missing

    def _name_of(self, expressions):
        """What makes a host's name of its variables."""

        def name(variables):
            for expression in expressions:
                if expression in variables:  # a name alone needs no Jinja
                    found = variables[expression]
                else:
                    try:
                        found = self._compose(expression, variables)
                    except Exception as problem:
                        if self.get_option("strict"):
                            raise InputError(f"hostnames: {expression!r}: {problem}") from problem
                        continue
                if found not in (None, ""):
                    return str(found)
            return ""

        return name

    # Hosts

    def _taken(self, prefix):
        """Names that other sources of this collection have given, with the ids and addresses of whoever has them."""
        found = {}
        for name, host in self.inventory.hosts.items():
            key = host.vars.get(f"{prefix}id") or host.vars.get(f"{prefix}url")
            if key:
                found[name] = str(key)
        return found

    def _populate(self, estate, missing):
        """Hosts, groups and variables; when an expression of a strict source fails, no hosts at all."""
        inventory = self.inventory
        if missing:
            inventory.groups["all"].set_variable("vcloud_missing_sites", self._mark(sorted(missing)))
        added = [host.name for host in estate.hosts if host.name not in inventory.hosts]
        groups = {group: inventory.groups[inventory.add_group(group)] for group in estate.groups}
        for host in estate.hosts:
            inventory.add_host(host.name)
            entry = inventory.hosts[host.name]
            # set_variable looks at each value again, which for ten thousand hosts with twenty-five of them takes
            # longer than to read them from the server. These have been looked at.
            entry.vars.update(host.variables)
            for group in host.groups:
                groups[group].add_host(entry)
        # Groups are put into one another when their hosts are in them: the other way round, every host that comes
        # makes ansible-core walk through all groups above.
        for group, outer in estate.groups.items():
            if outer:
                inventory.add_child(outer, group)
        if any(self.get_option(name) for name in ("compose", "groups", "keyed_groups")):
            try:
                for host in estate.hosts:
                    self._construct(host)
            except AnsibleError:
                for name in added:
                    inventory.remove_host(inventory.hosts[name])
                raise

    def _construct(self, host):
        """What ansible-core's own options make of a host."""
        strict, compose = self.get_option("strict"), self.get_option("compose")
        entry = self.inventory.hosts[host.name]
        self._set_composite_vars(compose, host.variables, host.name, strict=strict)
        if trust_as_template:
            # What a template results in is not trusted either, so it would be written as a dictionary too.
            entry.vars.update({name: self._mark(entry.vars[name]) for name in compose or () if name in entry.vars})
        # With what has been composed, and read once for both: fetch_hostvars would do it for each.
        variables = entry.get_vars()
        self._add_host_to_composed_groups(
            self.get_option("groups"), variables, host.name, strict=strict, fetch_hostvars=False
        )
        self._add_host_to_keyed_groups(
            self.get_option("keyed_groups"), variables, host.name, strict=strict, fetch_hostvars=False
        )
