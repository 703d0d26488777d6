# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# What is left in a cluster of the way that volumes in Ceph were made before ceph-csi: the external provisioner of 2019
# and the plug-in inside of Kubernetes (contract: ceph-k8s.md 5.1). It looks at lists of objects; nothing is read here.

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

PROVISIONERS = ("ceph.com/rbd", "kubernetes.io/rbd")
PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
# What the manifests of the provisioner call its account: its rights are found also when its Deployment has gone.
ACCOUNT = "rbd-provisioner"
# Roles that Kubernetes brings along; others bind to them at any time.
BUILT_IN = {"admin", "edit", "view", "cluster-admin"}
RBAC = "rbac.authorization.k8s.io/v1"
# Whose Secrets such a class names.
WHO = ("admin", "user")

Object = Mapping[str, Any]
# A kind, a namespace (none for what belongs to none) and a name.
Key = tuple[str, str, str]


def remains(lists: Mapping[str, Iterable[Object]]) -> dict[str, list[Any]]:
    """What of the old way is among the objects, given as lists by kind; of Secrets only the metadata is looked at.

    Returns `objects` (of, kind, namespace, name) in the order in which they can be removed, `volumes` that still need
    them, as sentences, and `namespaces`, in which the Secrets are to be looked for.
    """
    classes = [each for each in lists.get("StorageClass", ()) if each.get("provisioner") in PROVISIONERS]
    deployments = [each for each in lists.get("Deployment", ()) if _is_provisioner(each)]
    # The account that every namespace has may serve anything.
    accounts = {(_namespace(each), _account(each)) for each in deployments if _account(each) != "default"}
    # Nor may one be taken from a workload that runs under it as well.
    shared = {(_namespace(each), _account(each)) for each in lists.get("Deployment", ()) if each not in deployments}
    accounts -= shared
    bindings = [each for each in _bindings(lists) if _serves_only(each, accounts, shared)]
    for binding in bindings:
        accounts |= {(subject.get("namespace", ""), subject["name"]) for subject in binding["subjects"]}
    served = [each for each in lists.get("ServiceAccount", ()) if (_namespace(each), _name(each)) in accounts]
    named = set()
    for parameters in (each.get("parameters") or {} for each in classes):
        named |= {(parameters.get(f"{who}SecretNamespace", ""), parameters.get(f"{who}SecretName", "")) for who in WHO}
    namespaces = {_namespace(each) for each in deployments} | {namespace for namespace, _secret in named}
    objects = [
        *(_row("apps/v1", "Deployment", each) for each in deployments),
        *(_row("storage.k8s.io/v1", "StorageClass", each) for each in classes),
        *(_row(RBAC, each["kind"], each) for each in bindings),
        *_roles(lists, bindings),
        *(_row("v1", "ServiceAccount", each) for each in served),
        *(_row("v1", "Secret", each) for each in _secrets(lists, namespaces, named)),
    ]
    return {
        "objects": objects,
        "volumes": sorted(_told(each) for each in lists.get("PersistentVolume", ()) if _is_old(each)),
        "namespaces": sorted(namespaces - {""}),
    }


def _name(item: Object) -> str:
    return str(item["metadata"]["name"])


def _namespace(item: Object) -> str:
    return str(item["metadata"].get("namespace") or "")


def _row(of: str, kind: str, item: Object) -> dict[str, str]:
    return {"of": of, "kind": kind, "namespace": _namespace(item), "name": _name(item)}


def _is_provisioner(deployment: Object) -> bool:
    """By its image, or by the name under which it serves claims."""
    for container in deployment["spec"]["template"]["spec"].get("containers") or ():
        image = str(container.get("image", "")).rpartition("/")[2].partition("@")[0].partition(":")[0]
        values = [entry.get("value") for entry in container.get("env") or ()]
        if image == ACCOUNT or PROVISIONERS[0] in values:
            return True
    return False


def _account(deployment: Object) -> str:
    return str(deployment["spec"]["template"]["spec"].get("serviceAccountName") or "default")


def _serves_only(binding: Object, accounts: set[tuple[str, str]], shared: set[tuple[str, str]]) -> bool:
    """Whether a binding is for accounts of the provisioner and for nobody else, accounts that others share included."""
    subjects = binding.get("subjects") or ()
    return bool(subjects) and all(
        subject.get("kind") == "ServiceAccount"
        and (subject.get("namespace", ""), subject["name"]) not in shared
        and (subject["name"] == ACCOUNT or (subject.get("namespace", ""), subject["name"]) in accounts)
        for subject in subjects
    )


def _bindings(lists: Mapping[str, Iterable[Object]]) -> list[Object]:
    return [each for kind in ("ClusterRoleBinding", "RoleBinding") for each in lists.get(kind, ())]


def _roles(lists: Mapping[str, Iterable[Object]], bindings: list[Object]) -> list[dict[str, str]]:
    """The roles that only these bindings refer to."""
    kept = {_role(each) for each in _bindings(lists) if each not in bindings}
    return [
        {"of": RBAC, "kind": kind, "namespace": namespace, "name": name}
        for kind, namespace, name in sorted({_role(each) for each in bindings} - kept)
        if name not in BUILT_IN and not name.startswith("system:")
    ]


def _role(binding: Object) -> Key:
    """The role that a binding refers to; one of a namespace is in that of the binding."""
    kind, name = str(binding["roleRef"]["kind"]), str(binding["roleRef"]["name"])
    return kind, _namespace(binding) if kind == "Role" else "", name


def _secrets(lists: Mapping[str, Iterable[Object]], namespaces: set[str], named: set[tuple[str, str]]) -> list[Object]:
    """Those that the old classes name, and what the write-ups of the time call theirs.

    Not what another class names, nor what a volume of another kind needs to be mounted; those of the old kind keep
    everything from being removed by themselves.
    """
    others = [each for each in lists.get("StorageClass", ()) if each.get("provisioner") not in PROVISIONERS]
    needed = {value for each in others for value in (each.get("parameters") or {}).values()}
    for volume in lists.get("PersistentVolume", ()):
        if not _is_old(volume):
            needed |= set(_secret_names(volume["spec"]))
    found = []
    for each in lists.get("Secret", ()):
        namespace, name = _namespace(each), _name(each)
        by_name = namespace in namespaces and name.startswith("ceph-secret")
        if name not in needed and (by_name or (namespace, name) in named):
            found.append(each)
    return found


def _secret_names(spec: Object) -> Iterator[str]:
    """The Secrets that the source of a volume names: cephfs.secretRef, csi.nodeStageSecretRef and their like."""
    for key, value in spec.items():
        if isinstance(value, Mapping):
            if key.lower().endswith("secretref") and value.get("name"):
                yield str(value["name"])
            else:
                yield from _secret_names(value)


def _is_old(volume: Object) -> bool:
    """A volume of the old way maps its image by itself; one that was moved to the driver has `csi` and is none."""
    annotations = volume["metadata"].get("annotations") or {}
    return "rbd" in volume["spec"] or ("csi" not in volume["spec"] and annotations.get(PROVISIONED_BY) in PROVISIONERS)


def _told(volume: Object) -> str:
    """A volume with its image and its claim, as `pvc-1 (image kube/kubernetes-dynamic-pvc-2, claim shop/data)`."""
    image, claim = volume["spec"].get("rbd") or {}, volume["spec"].get("claimRef") or {}
    words = [f"image {image.get('pool', 'rbd')}/{image.get('image', '?')}"]
    if claim:
        words.append(f"claim {claim.get('namespace')}/{claim.get('name')}")
    return f"{_name(volume)} ({', '.join(words)})"
