"""The templates that a CSE server offers, by release: names and software as its published template lists have them.

A record has everything that any release shows of it; each side takes what it knows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

CATALOG = "cse"


@dataclass(frozen=True)
class Template:
    """One revision of a template."""

    name: str
    revision: int
    os: str
    kubernetes: str
    kubernetes_version: str
    cni: str
    cni_version: str
    docker_version: str | None
    description: str
    cpu: int = 2
    memory_mb: int = 2048
    kind: str = "native"
    upgrade_from: tuple[str, ...] = field(default=())
    deprecated: bool = False
    is_default: bool = False

    @property
    def catalog_item(self) -> str:
        """Name of its catalog item."""
        return self.name if self.kind == "TKGm" else f"{self.name}_rev{self.revision}"

    def record(self) -> dict[str, Any]:
        """The server's raw record, as upgrade plans show it (section 4.3)."""
        return {
            "catalog_item_name": self.catalog_item,
            "compute_policy": "",
            "cni": self.cni,
            "cni_version": self.cni_version,
            "cpu": str(self.cpu),
            "deprecated": str(self.deprecated),
            "description": self.description,
            "docker_version": self.docker_version,
            "kind": self.kind,
            "kubernetes": self.kubernetes,
            "kubernetes_version": self.kubernetes_version,
            "mem": str(self.memory_mb),
            "name": self.name,
            "os": self.os,
            "revision": str(self.revision),
            "upgrade_from": list(self.upgrade_from),
        }


def _ubuntu(minor: str, patch: str, weave: str, docker: str, revision: int, *, default: bool = False) -> Template:
    name = f"ubuntu-16.04_k8-{minor}_weave-{weave}"
    older = {"1.18": "1.17", "1.19": "1.18", "1.20": "1.19", "1.21": "1.20"}.get(minor)
    before = tuple(one for one in _NAMES if older and f"_k8-{older}_" in one)
    return Template(
        name, revision, "ubuntu-16.04", "upstream", patch, "weave", weave, docker,
        f"Ubuntu 16.04, Docker-ce {docker}, Kubernetes {patch}, weave {weave}",
        upgrade_from=(*before, name), is_default=default,
    )  # fmt: skip


_NAMES = tuple(
    f"ubuntu-16.04_k8-{minor}_weave-{weave}"
    for minor, weave in (("1.17", "2.6.0"), ("1.18", "2.6.5"), ("1.19", "2.8.1"), ("1.20", "2.8.1"), ("1.21", "2.8.1"))
)
# 1.2 and 2.0: names without versions, the first one is the server's default.
_FIRST = (
    Template(
        "photon-v2", 1, "photon-2.0", "upstream", "1.9.1", "weave", "2.3.0", "17.06.0-4",
        "PhotonOS v2\nDocker 17.06.0-4\nKubernetes 1.9.1\nweave 2.3.0", is_default=True,
    ),
    Template(
        "ubuntu-16.04", 1, "ubuntu-16.04", "upstream", "1.10.3", "weave", "2.3.0", "18.03.0~ce",
        "Ubuntu 16.04\nDocker 18.03.0~ce\nKubernetes 1.10.3\nweave 2.3.0",
    ),
)  # fmt: skip
_SECOND = (
    Template(
        "ubuntu-16.04_k8-1.16_weave-2.6.0", 1, "ubuntu-16.04", "upstream", "1.16.6", "weave", "2.6.0", "18.09.7",
        "Ubuntu 16.04, Docker-ce 18.09.7, Kubernetes 1.16.6, weave 2.6.0",
    ),
    Template(
        "ubuntu-16.04_k8-1.17_weave-2.6.0", 1, "ubuntu-16.04", "upstream", "1.17.0", "weave", "2.6.0", "18.09.7",
        "Ubuntu 16.04, Docker-ce 18.09.7, Kubernetes 1.17.0, weave 2.6.0",
        upgrade_from=("ubuntu-16.04_k8-1.16_weave-2.6.0", "ubuntu-16.04_k8-1.17_weave-2.6.0"),
    ),
    Template(
        "ubuntu-16.04_k8-1.17_weave-2.6.0", 2, "ubuntu-16.04", "upstream", "1.17.2", "weave", "2.6.0", "18.09.7",
        "Ubuntu 16.04, Docker-ce 18.09.7, Kubernetes 1.17.2, weave 2.6.0",
        upgrade_from=("ubuntu-16.04_k8-1.16_weave-2.6.0", "ubuntu-16.04_k8-1.17_weave-2.6.0"), is_default=True,
    ),
    _ubuntu("1.18", "1.18.6", "2.6.5", "19.03.12", 2),
)  # fmt: skip
_NATIVE_3_0 = (
    _ubuntu("1.17", "1.17.9", "2.6.0", "19.03.5", 2),
    _ubuntu("1.18", "1.18.6", "2.6.5", "19.03.12", 1),
    _ubuntu("1.18", "1.18.6", "2.6.5", "19.03.12", 2, default=True),
    _ubuntu("1.19", "1.19.3", "2.8.1", "19.03.12", 1),
)
_NATIVE_3_1 = (
    _ubuntu("1.19", "1.19.3", "2.8.1", "19.03.12", 1),
    _ubuntu("1.20", "1.20.6", "2.8.1", "19.03.15", 1),
    _ubuntu("1.21", "1.21.2", "2.8.1", "20.10.7", 1),
    _ubuntu("1.21", "1.21.8", "2.8.1", "20.10.7", 2),
)
_TKGM = (
    Template(
        "ubuntu-2004-kube-v1.21.2+vmware.1-tkg.2-14542111852555356776", 1, "ubuntu-20.04", "TKGm",
        "v1.21.2+vmware.1", "antrea", "0.13.3", None, "", kind="TKGm",
    ),
    Template(
        "ubuntu-2004-kube-v1.20.8+vmware.1-tkg.1-17589475007677388652", 1, "ubuntu-20.04", "TKGm",
        "v1.20.8+vmware.1", "antrea", "0.13.3", None, "", kind="TKGm",
    ),
)  # fmt: skip


def templates_of(release: str) -> tuple[Template, ...]:
    """Those of a release of CSE, by its short name; 4.x has none of its own, 3.1 TKGm's as well."""
    if release in ("1.2", "2.0"):
        return _FIRST
    if release == "2.6":
        return _SECOND
    if release == "3.0":
        return _NATIVE_3_0
    return (*_NATIVE_3_1, *_TKGM) if release == "3.1" else ()
