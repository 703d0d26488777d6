# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Preparing an import: everything about it is checked before the first byte is sent and before anything is changed.

Contract vsphere-ovf.md, 2. `prepare` reads the package and asks vCenter for the import spec, which changes nothing, so
check mode does it too; `carry_out` imports.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .._http import Transport
from .._plan import InputError
from .._wait import TaskFailed
from . import vm
from .channel import Trust
from .client import Vsphere, advice_on, kind_of, said
from .inventory import Placement, namesakes, place
from .lease import LeaseFailed, import_package
from .ovf import GUEST_INFO, Descriptor
from .package import Package, open_package
from .properties import check, listed, nearest

DISK_MODES = (
    "thin", "thick", "eagerZeroedThick", "flat", "sparse", "seSparse", "monolithicFlat", "monolithicSparse",
    "twoGbMaxExtentFlat", "twoGbMaxExtentSparse",
)  # fmt: skip
IP_POLICIES = ("dhcpPolicy", "transientPolicy", "fixedPolicy", "fixedAllocatedPolicy")
IP_PROTOCOLS = ("IPv4", "IPv6")
_WHOLE = ("thick", "eagerZeroedThick", "flat", "monolithicFlat", "twoGbMaxExtentFlat")
_TAKEN = ("DuplicateName", "FileAlreadyExists", "AlreadyExists")


@dataclass
class Prepared:
    """An import that can be carried out. `values` are those that the task gives, as texts."""

    package: Package
    placement: Placement
    spec: Any
    option: str
    values: dict[str, str]
    warnings: list[str]

    @property
    def descriptor(self) -> Descriptor:
        return self.package.descriptor

    def effective(self) -> dict[str, str]:
        """The readable properties that the appliance will have, as vCenter says in the import spec."""
        config = self.spec.importSpec.configSpec.vAppConfig
        infos = {vm.key_of(entry.info): entry.info for entry in getattr(config, "property", None) or []}
        secret = {each.key for each in self.descriptor.properties if vm.is_secret(each)}
        return {
            key: self.values.get(key) or vm.effective(info) for key, info in sorted(infos.items()) if key not in secret
        }

    def record(self, complete: bool) -> dict[str, Any]:
        """What is written down at the VM; see the notes of the module's documentation."""
        return {
            "complete": complete,
            "deployment_option": self.option or None,
            "descriptor": f"SHA-256:{self.descriptor.digest}",
            "product": self.descriptor.product or None,
            "source": self.package.label.rpartition("/")[2],
            "version": self.descriptor.version or None,
        }


def package_of(params: Mapping[str, Any], transport: Transport) -> Package:
    """Open the package that a task names. Raises InputError, HttpError."""
    trust = Trust(bool(params["source_validate_certs"]), params["source_ca_path"])
    return open_package(params["source"], trust, transport.timeout)


def option_of(descriptor: Descriptor, wanted: str | None) -> str:
    """The deployment option that an import has, empty where the package has none. Raises InputError."""
    known = [name for name, _label in descriptor.configurations]
    if wanted and wanted not in known:
        told = ", ".join(f"{name} ({label})" if label else name for name, label in descriptor.configurations)
        raise InputError(
            f"deployment_option is {wanted!r}: the package has none of that name.{nearest(wanted, known)} It has: "
            f"{told or 'none'}"
        )
    return wanted or descriptor.default_configuration


def check_eula(descriptor: Descriptor, accepted: bool) -> None:
    """Somebody has to accept the licence texts: the import itself does not ask. Raises InputError."""
    if descriptor.eulas and not accepted:
        start = " ".join(descriptor.eulas[0].split())[:160]
        raise InputError(
            f"accept_eula is false: the package comes with {len(descriptor.eulas)} licence "
            f"text{'s' * (len(descriptor.eulas) != 1)}, which somebody must accept. Read it (it begins: {start!r}), "
            "then set "
            "accept_eula to true"
        )


def prepare(api: Vsphere, package: Package, params: Mapping[str, Any]) -> Prepared:
    """Check everything that can be known before an import, in the order of what costs least. Raises InputError."""
    descriptor = package.descriptor
    check_eula(descriptor, params["accept_eula"])
    option = option_of(descriptor, params["deployment_option"])
    values = check(descriptor, params["properties"] or {}, params["secret_properties"] or {})
    if descriptor.properties and not api.is_vcenter:
        raise InputError(
            f"vsphere_hostname is {api.site!r}: a single ESXi host does not keep the properties of an OVF, so the "
            "appliance "
            "would boot without them. Deploy through the vCenter that manages the host."
        )
    whole = params["disk_mode"] in _WHOLE
    placement = place(api, params, descriptor.networks, descriptor.capacity if whole else package.bytes_to_send)
    spec = _import_spec(api, package, params, placement, option, values)
    warnings = [said(fault).rstrip(".") for fault in spec.warning or []]
    if package.manifest is None and descriptor.files:
        warnings.append(f"{package.label} has no manifest, so nothing says whether its files are whole and unaltered")
    prepared = Prepared(package, placement, spec, option, values, warnings)
    _complete(api, prepared)
    return prepared


def _import_spec(
    api: Vsphere, package: Package, params: Mapping[str, Any], placement: Placement, option: str, values: dict[str, str]
) -> Any:
    """Ask vCenter what the import would make. Raises InputError for what it refuses."""
    manager = api.vim.OvfManager
    wanted = manager.CreateImportSpecParams(
        entityName=params["name"],
        locale="",
        deploymentOption=option,
        hostSystem=placement.host,
        networkMapping=[
            manager.NetworkMapping(name=source, network=network) for source, network in placement.networks.items()
        ],
        propertyMapping=[api.vim.KeyValue(key=key, value=value) for key, value in values.items()],
        diskProvisioning=params["disk_mode"],
        ipAllocationPolicy=params["ip_allocation_policy"],
        ipProtocol=params["ip_protocol"],
    )
    try:
        text = package.raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise InputError(f"source: the descriptor of {package.label} is not written in UTF-8: {problem}") from problem
    spec = api.call(
        api.manager("ovfManager"), "CreateImportSpec", text, placement.pool, placement.datastore, wanted,
        about=package.label,
    )  # fmt: skip
    if spec.error:
        texts = "; ".join(dict.fromkeys(f"{kind_of(fault)}: {said(fault)}" for fault in spec.error))
        advice = ""
        if any("DiskProvisioning" in kind_of(fault) for fault in spec.error):
            advice = f" disk_mode is {params['disk_mode']!r}: take one that the datastore has, for example thin."
        raise InputError(f"source: vCenter refuses {package.label}: {texts.rstrip('.')}.{advice} Nothing was imported.")
    if not isinstance(spec.importSpec, api.vim.vm.VmImportSpec):
        raise InputError(
            f"source: vCenter takes {package.label} for a vApp of several VMs, which this module does not take"
        )
    return spec


def _complete(api: Vsphere, prepared: Prepared) -> None:
    """Put into the import spec what CreateImportSpec leaves out: hidden properties, a transport, our record."""
    config = prepared.spec.importSpec.configSpec
    for entry in getattr(config.vAppConfig, "property", None) or []:
        if vm.key_of(entry.info) in prepared.values:
            entry.info.userConfigurable = True
    if prepared.descriptor.properties and not prepared.descriptor.transports:
        # Without a transport the guest would never see its properties (contract 2.5).
        if config.vAppConfig is None:
            config.vAppConfig = api.vim.vApp.VmConfigSpec()
        config.vAppConfig.ovfEnvironmentTransport = [GUEST_INFO]
    config.extraConfig = [*(config.extraConfig or []), vm.record_option(api, prepared.record(complete=False))]


def carry_out(
    api: Vsphere, prepared: Prepared, params: Mapping[str, Any], wait: Mapping[str, int], tell: Callable[[str], None]
) -> vm.Machine:
    """Import, and return the VM, which is off. Raises TaskFailed; then nothing is left behind."""
    name = params["name"]

    def told(text: str) -> None:
        tell(f"{name}: {text}")

    try:
        machine = import_package(api, prepared.spec, prepared.placement, prepared.package, name, wait, told)
    except LeaseFailed as problem:
        raise TaskFailed(
            f"the import of {prepared.package.label} as {name}",
            {"error": {"code": problem.code, "message": str(problem)}},
            _why(api, problem, params),
        ) from problem
    vm.write_record(api, machine, prepared.record(complete=True), wait)
    return vm.read(api, machine)


def _why(api: Vsphere, problem: LeaseFailed, params: Mapping[str, Any]) -> str:
    """A lease's fault with what a person can do about it."""
    text = f"vCenter gave it up: {str(problem).rstrip('.')}."
    if problem.code in _TAKEN:
        folders = namesakes(api, params)
        where = f" A VM {params['name']!r} is in folder {listed(folders)}." if folders else ""
        text += f"{where} Choose another name, name its folder if that VM is meant, or remove it."
    elif problem.code == "NotUserConfigurableProperty":
        text += " The package does not let its users set this property."
    elif advice_on(problem.code):
        text += f" {advice_on(problem.code)}"
    return f"{text} Nothing was left behind."
