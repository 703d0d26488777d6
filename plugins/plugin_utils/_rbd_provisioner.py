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
# What pods are made of, and where: in the order in which they are to go, so that nobody makes them anew.
WORKLOADS = {
    "CronJob": "batch/v1", "Deployment": "apps/v1", "StatefulSet": "apps/v1", "DaemonSet": "apps/v1", "Job": "batch/v1",
    "ReplicaSet": "apps/v1", "ReplicationController": "v1", "Pod": "v1",
}  # fmt: skip
SECRET_TYPE = "kubernetes.io/rbd"  # noqa: S105
# Whose Secrets such a class names.
WHO = ("admin", "user")

Object = Mapping[str, Any]
# A kind, a namespace (none for what belongs to none) and a name.
Key = tuple[str, str, str]


def remains(lists: Mapping[str, Iterable[Object]]) -> dict[str, list[Any]]:
    """What of the old way is among the objects, given as lists by kind; of Secrets type and metadata are looked at.

    Returns `objects` (of, kind, namespace, name) in the order in which they can be removed, `volumes` that still need
    them, as sentences, and `namespaces`, in which the Secrets are to be looked for.
    """
    classes = [each for each in lists.get("StorageClass", ()) if each.get("provisioner") in PROVISIONERS]
    workloads = _workloads(lists)
    mine = [each for each in workloads if _is_provisioner(each[1])]
    # Nor may anything be taken from somebody else who uses it as well.
    others = [each for each in workloads if each not in mine]
    shared = {(_namespace(each), _account(pod)) for each, pod in others}
    # The account that every namespace has may serve anything.
    accounts = {(_namespace(each), _account(pod)) for each, pod in mine if _account(pod) != "default"} - shared
    bindings = [each for each in _bindings(lists) if _serves_only(each, accounts, shared)]
    for binding in bindings:
        accounts |= {(subject.get("namespace", ""), subject["name"]) for subject in binding["subjects"]}
    served = [each for each in lists.get("ServiceAccount", ()) if (_namespace(each), _name(each)) in accounts]
    used = set(_secret_names([pod for _each, pod in others]))
    secrets = _Secrets(classes, {_namespace(each) for each, _pod in mine})
    objects = [
        *(_row(str(each.get("apiVersion") or WORKLOADS[each["kind"]]), each["kind"], each) for each, _pod in mine),
        *(_row("storage.k8s.io/v1", "StorageClass", each) for each in classes),
        *(_row(RBAC, each["kind"], each) for each in bindings),
        *_roles(lists, bindings),
        *(_row("v1", "ServiceAccount", each) for each in served),
        *secrets.rows(lists, used),
    ]
    return {
        "objects": objects,
        "volumes": sorted(_told(each) for each in lists.get("PersistentVolume", ()) if _is_old(each)),
        "namespaces": sorted(secrets.namespaces),
    }


def _name(item: Object) -> str:
    return str(item["metadata"]["name"])


def _namespace(item: Object) -> str:
    return str(item["metadata"].get("namespace") or "")


def _row(of: str, kind: str, item: Object) -> dict[str, str]:
    return {"of": of, "kind": kind, "namespace": _namespace(item), "name": _name(item)}


def _workloads(lists: Mapping[str, Iterable[Object]]) -> list[tuple[Object, Object]]:
    """Everything that pods are made of, with the specification of these. What another one of them made is no more
    than a part of that, and not among it; each has its `kind`."""
    each_kind = [(kind, each) for kind in WORKLOADS for each in lists.get(kind, ())]
    known = {(kind, _namespace(each), _name(each)) for kind, each in each_kind}
    return [({**each, "kind": kind}, _pod(kind, each)) for kind, each in each_kind if _maker(each) not in known]


def _maker(item: Object) -> Key | None:
    """What keeps an object: the ReplicaSet of a Pod, the Deployment of that."""
    for owner in item["metadata"].get("ownerReferences") or ():
        if owner.get("controller"):
            return str(owner["kind"]), _namespace(item), str(owner["name"])
    return None


def _pod(kind: str, item: Object) -> Object:
    """The specification of the pods of a workload; a ReplicationController may have none."""
    spec = item["spec"]
    if kind == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec if kind == "Pod" else (spec.get("template") or {}).get("spec") or {}


def _is_provisioner(pod: Object) -> bool:
    """By its image, or by the name under which it serves claims."""
    for container in pod.get("containers") or ():
        image = str(container.get("image", "")).rpartition("/")[2].partition("@")[0].partition(":")[0]
        values = [entry.get("value") for entry in container.get("env") or ()]
        if image == ACCOUNT or PROVISIONERS[0] in values:
            return True
    return False


def _account(pod: Object) -> str:
    return str(pod.get("serviceAccountName") or "default")


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


class _Secrets:
    """Which Secrets belong to the old classes, as these name them, whatever the case of their parameters.

    Where a class leaves out the namespace, that of the administrator's Secret is `default`, and the user's is where the
    claims are: there it is known by its type, which the kubelet asks for.
    """

    def __init__(self, classes: Iterable[Object], homes: set[str]) -> None:
        self.named: set[tuple[str, str]] = set()
        self.anywhere: set[str] = set()
        # The namespaces where the write-ups have theirs as well, whether a class names it or not.
        self.homes = set(homes)
        for each in classes:
            given = {key.lower(): value for key, value in (each.get("parameters") or {}).items() if value}
            self.homes |= {given[f"{who}secretnamespace"] for who in WHO if f"{who}secretnamespace" in given}
            if name := given.get("adminsecretname"):
                self.named.add((given.get("adminsecretnamespace", "default"), name))
            if name := given.get("usersecretname"):
                if namespace := given.get("usersecretnamespace"):
                    self.named.add((namespace, name))
                else:
                    self.anywhere.add(name)

    @property
    def namespaces(self) -> set[str]:
        """Where they are to be looked for, beside those of their type."""
        return self.homes | {namespace for namespace, _name_of_it in self.named}

    def rows(self, lists: Mapping[str, Iterable[Object]], used: set[str]) -> list[dict[str, str]]:
        """Those among the objects, each once: not what `used` names, nor what another class names, nor what a volume of
        another kind needs to be mounted; those of the old kind keep everything from being removed by themselves."""
        needed = set(used)
        for each in lists.get("StorageClass", ()):
            if each.get("provisioner") not in PROVISIONERS:
                needed |= set((each.get("parameters") or {}).values())
        for volume in lists.get("PersistentVolume", ()):
            if not _is_old(volume):
                needed |= set(_secret_names(volume["spec"]))
        found = [each for each in lists.get("Secret", ()) if _name(each) not in needed and self._is_one(each)]
        return list({(_namespace(each), _name(each)): _row("v1", "Secret", each) for each in found}.values())

    def _is_one(self, secret: Object) -> bool:
        namespace, name = _namespace(secret), _name(secret)
        return (
            (namespace, name) in self.named
            or (name in self.anywhere and secret.get("type") == SECRET_TYPE)
            or (namespace in self.homes and name.startswith("ceph-secret"))
        )


def _secret_names(part: Any) -> Iterator[str]:
    """The Secrets that a volume or a pod names: cephfs.secretRef, csi.nodeStageSecretRef, secretKeyRef, secret."""
    if isinstance(part, Mapping):
        for key, value in part.items():
            if isinstance(value, Mapping) and key.lower().endswith(("secret", "secretref", "secretkeyref")):
                yield from (str(value[name]) for name in ("name", "secretName") if value.get(name))
            else:
                yield from _secret_names(value)
    elif isinstance(part, (list, tuple)):
        for each in part:
            yield from _secret_names(each)


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
