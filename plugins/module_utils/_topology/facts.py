# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Facts as other modules tell them, made a topology. Pure.

Only named fields are taken, so that nothing else of the facts, a secret least of all, reaches a page. Objects of
Kubernetes are as its API gives them (`kubernetes.core.k8s_info`, `resources`); of volumes both kinds are known that the
post and today's driver make: `spec.rbd` and `spec.csi` with its attributes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .._plan import InputError
from .model import (
    BAD,
    GOOD,
    UNKNOWN,
    WARN,
    Band,
    Ceph,
    Claim,
    Cluster,
    Image,
    Osd,
    Part,
    StorageClass,
    Topology,
    many,
    size,
    worst,
)

Facts = Mapping[str, Any]
Objects = Sequence[Facts]
KINDS = {
    "nodes": "Node",
    "storage_classes": "StorageClass",
    "claims": "PersistentVolumeClaim",
    "volumes": "PersistentVolume",
}
# The options that hold facts.
NAMES = (*KINDS, "cluster", "machines", "ceph", "pools", "images")
_FACTORS = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12, "P": 10**15, "E": 10**18, "m": 0.001,
            "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40, "Pi": 2**50, "Ei": 2**60}  # fmt: skip
_HEALTH = {"HEALTH_OK": GOOD, "HEALTH_WARN": WARN, "HEALTH_ERR": BAD}
# How the releases of CSE, and Cluster API behind 4.x, call a cluster that can be used, and one that is on its way.
_READY = (
    "provisioned", "powered on", "create:succeeded", "update:succeeded", "upgrade:succeeded", "resolved",
)  # fmt: skip
_FAILED = ("fail", "error", "partially", "powered off", "suspended", "unresolved", "unrecognized")


def quantity(text: Any) -> int | None:
    """Bytes of a quantity of Kubernetes ("1Gi", "500M", "1e9") or a size of Ceph ("1GiB"); None for what is none."""
    found = re.fullmatch(r"\s*([0-9.]+(?:[eE][+-]?[0-9]+)?)\s*([kMGTPEm]|[KMGTPE]i)?B?\s*", str(text or ""))
    try:
        return int(float(found[1]) * _FACTORS[found[2] or ""]) if found else None
    except ValueError:
        return None


def refuse_others(option: str, objects: Iterable[Facts]) -> None:
    """Refuse objects of another kind than the option's: a Secret has no place here. Raises InputError."""
    for one in objects:
        kind = one.get("kind")
        if kind and kind != KINDS[option]:
            raise InputError(f"{option} has an object of the kind {kind!r}: give objects of the kind {KINDS[option]}")
        if not _name(one):
            raise InputError(f"{option} has an object without metadata.name: give the resources that k8s_info returned")


def refuse_nameless(params: Facts) -> None:
    """Refuse facts that say not what they are about: those of another module, most likely. Raises InputError."""
    needed = {
        "cluster": ("name",),
        "ceph": ("fsid",),
        "machines": ("name",),
        "pools": ("name",),
        "images": ("pool", "name"),
    }
    for option, keys in needed.items():
        given = params[option] or []
        for one in [given] if isinstance(given, Mapping) else given:
            for key in keys:
                if given and not _word(one, key):
                    raise InputError(
                        f"{option} has an entry without {key}: give what the module of its documentation returned"
                    )


def topology(
    *,
    cluster: Facts | None,
    nodes: Objects,
    machines: Objects,
    ceph: Facts | None,
    pools: Objects,
    storage_classes: Objects,
    claims: Objects,
    volumes: Objects,
    images: Objects | None,
) -> Topology:
    """The whole. `images` None: nobody looked, so that none is missed."""
    known = None if images is None else {(str(one["pool"]), str(one["name"])): _image(one) for one in images}
    backing = {_name(one): _backing(one) for one in volumes}
    classes = {_name(one): _class(one) for one in storage_classes}
    told = [_claim(one, {_name(each): each for each in volumes}, backing, known) for one in claims]
    for claim in told:
        wanted = claim.storage_class
        if wanted and wanted not in classes:
            classes[wanted] = StorageClass(wanted, pool=claim.image.pool if claim.image else "", missing=True)
    return Topology(
        cluster=_cluster(cluster, nodes, machines) if cluster or nodes else None,
        ceph=_ceph(ceph) if ceph else None,
        bands=_bands(classes, told, pools, _left(claims, volumes, backing, known)),
    )


def _name(one: Facts) -> str:
    return str((one.get("metadata") or {}).get("name") or "")


# The cluster


def _cluster(cluster: Facts | None, nodes: Objects, machines: Objects) -> Cluster:
    """How a node does says Kubernetes, where it knows the node, else the state of its VM."""
    states = {_word(one, "name"): _power(_word(one, "power_state")) for one in machines}
    states.update({_name(one): _condition(one) for one in nodes})
    about = cluster or {}
    parts = [_node(one, states) for one in about.get("nodes") or []]
    seen = {part.name for part in parts}
    parts += [Part(_name(one), *states[_name(one)], _role_of(one)) for one in nodes if _name(one) not in seen]
    # What was done last tells more than the state of the entity, which is RESOLVED after a failure too.
    state = _word(about, "phase", "status", "state")
    mood = _mood(state) if state else worst(part.mood for part in parts)
    version = _word(about, "kubernetes")
    details = [
        _word(about, "org"),
        _word(about, "vdc"),
        f"Kubernetes {version}" if version else "",
        _word(about, "template"),
    ]
    return Cluster(
        name=_word(about, "name") or "Kubernetes",
        mood=mood,
        state=(state if ":" in state else state.replace("_", " ").lower())
        or ("ready" if mood == GOOD else "not in order"),
        details=tuple(filter(None, details)),
        nodes=tuple(parts),
    )


def _word(facts: Facts, *names: str) -> str:
    """The first of the fields that holds a text or a number."""
    for name in names:
        value = facts.get(name)
        if isinstance(value, (str, int, float)) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _mood(state: str) -> str:
    word = state.strip().lower().replace("_", " ")
    if any(part in word for part in _FAILED):
        return BAD
    return GOOD if word in _READY else WARN


def _power(state: str) -> tuple[str, str]:
    return _mood(state), state.replace("_", " ")


def _node(one: Facts, states: Mapping[str, tuple[str, str]]) -> Part:
    name = _word(one, "name")
    details = tuple(filter(None, [_word(one, "role").replace("_", " "), _word(one, "address")]))
    return Part(name, *states.get(name, (UNKNOWN, "not looked at")), details)


def _condition(node: Facts) -> tuple[str, str]:
    """Mood and state of a Node, as its condition Ready says."""
    for each in (node.get("status") or {}).get("conditions") or []:
        if each.get("type") == "Ready":
            if each.get("status") == "True":
                return GOOD, "Ready"
            return BAD, "NotReady" if each.get("status") == "False" else "Ready is unknown"
    return UNKNOWN, "says nothing"


def _role_of(node: Facts) -> tuple[str, ...]:
    labels = (node.get("metadata") or {}).get("labels") or {}
    main = {"node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master"} & set(labels)
    addresses = (node.get("status") or {}).get("addresses") or []
    inner = [str(each.get("address")) for each in addresses if each.get("type") == "InternalIP"]
    return ("control plane" if main else "worker", *inner[:1])


# Ceph


def _ceph(facts: Facts) -> Ceph:
    health, manager, osds = (facts.get(name) or {} for name in ("health", "manager", "osds"))
    status = _word(health, "status")
    checks = [one for one in health.get("checks") or [] if not one.get("muted")]
    each = [_osd(one) for one in osds.get("each") or []]
    return Ceph(
        name=_word(facts, "fsid"),
        mood=_HEALTH.get(status, UNKNOWN),
        state=status,
        details=tuple(f"release {release}" for release in facts.get("releases") or {}),
        monitors=tuple(_monitor(one) for one in facts.get("monitors") or []),
        managers=_managers(manager),
        osds=tuple(sorted(each, key=lambda one: (one.host, _natural(one.name)))),
        checks=tuple((_word(one, "check"), _word(one, "summary")) for one in checks),
        used=_used(facts.get("capacity") or {}),
    )


def _used(capacity: Facts) -> int | None:
    """Whole percent of the room that is used, so that a page is not another one with every byte."""
    total, used = capacity.get("total_bytes"), capacity.get("used_bytes")
    return used * 100 // total if isinstance(total, int) and isinstance(used, int) and total > 0 else None


def _natural(text: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"(\d+)", text)]


def _monitor(one: Facts) -> Part:
    fine = bool(one.get("in_quorum"))
    addresses = tuple(str(each) for each in one.get("addresses") or [])
    return Part(_word(one, "name"), GOOD if fine else BAD, "in quorum" if fine else "not in quorum", addresses)


def _managers(manager: Facts) -> tuple[Part, ...]:
    """The manager that is active, and how many would take over."""
    if not manager:
        return ()
    if not manager.get("available"):
        return (Part("none", BAD, "not available"),)
    standbys = int(manager.get("standbys") or 0)
    return (Part(_word(manager, "active"), GOOD, "active", (f"{many(standbys, 'standby', 'standbys')}",)),)


def _osd(one: Facts) -> Osd:
    up, inside = bool(one.get("up")), bool(one.get("in"))
    name = f"osd.{_word(one, 'id')}"
    mood = GOOD if up and inside else BAD if not up else WARN
    return Osd(name, mood, f"{'up' if up else 'down'}, {'in' if inside else 'out'}", host=_word(one, "host"))


# Kubernetes and the images behind it


def _class(one: Facts) -> StorageClass:
    parameters = one.get("parameters") or {}
    return StorageClass(
        _name(one),
        str(one.get("provisioner") or ""),
        str(parameters.get("pool") or ""),
        str(one.get("reclaimPolicy") or ""),
    )


def _image(one: Facts) -> Image:
    found = one.get("size")
    return Image(str(one["pool"]), str(one["name"]), found if isinstance(found, int) else quantity(found))


def _backing(volume: Facts) -> Image | None:
    """The image that a volume says it is made of; None for one of another kind."""
    spec = volume.get("spec") or {}
    old, new = spec.get("rbd") or {}, (spec.get("csi") or {}).get("volumeAttributes") or {}
    pool, name = old.get("pool") or new.get("pool"), old.get("image") or new.get("imageName")
    return Image(str(pool), str(name)) if pool and name else None


def _asked(one: Facts) -> int | None:
    """Bytes that a claim or a volume has, else the ones it asks for."""
    spec, status = one.get("spec") or {}, one.get("status") or {}
    has = (status.get("capacity") or spec.get("capacity") or {}).get("storage")
    return quantity(has or ((spec.get("resources") or {}).get("requests") or {}).get("storage"))


def _claim(
    one: Facts,
    volumes: Mapping[str, Facts],
    backing: Mapping[str, Image | None],
    known: Mapping[tuple[str, str], Image] | None,
) -> Claim:
    spec, about = one.get("spec") or {}, one.get("metadata") or {}
    name = f"{about.get('namespace') or 'default'}/{_name(one)}"
    phase = str((one.get("status") or {}).get("phase") or "Unknown")
    volume = str(spec.get("volumeName") or "")
    asked = _asked(one)
    image = backing.get(volume)
    mood, state = _bound(phase, volume, volumes, image, known, asked)
    if about.get("deletionTimestamp"):
        mood, state = WARN, f"{phase}, being deleted"
    if image and known is not None:
        image = known.get((image.pool, image.name), image)
    modes = ", ".join(str(each) for each in spec.get("accessModes") or [])
    return Claim(
        name, mood, state, tuple(filter(None, [modes])),
        storage_class=str(spec.get("storageClassName") or ""), volume=volume, image=image, size=asked,
    )  # fmt: skip


def _bound(
    phase: str,
    volume: str,
    volumes: Mapping[str, Facts],
    image: Image | None,
    known: Mapping[tuple[str, str], Image] | None,
    asked: int | None,
) -> tuple[str, str]:
    """Mood and state of a claim: Bound alone is not enough, its volume and its image must be there too."""
    if phase != "Bound":
        return (BAD if phase == "Lost" else WARN), phase
    if volume not in volumes:
        return BAD, "Bound, but its volume is missing"
    if image is None or known is None:
        return GOOD, "Bound"
    found = known.get((image.pool, image.name))
    if found is None:
        return BAD, "Bound, but its image is missing"
    if found.size is not None and asked is not None and found.size < asked:
        return WARN, f"Bound, but its image has {size(found.size)}"
    return GOOD, "Bound"


def _left(
    claims: Objects,
    volumes: Objects,
    backing: Mapping[str, Image | None],
    known: Mapping[tuple[str, str], Image] | None,
) -> list[tuple[str, Part]]:
    """(pool, part) of what no claim has: volumes that were released or failed, images that no volume names.

    An image is told of only where its name is one that a provisioner makes: others are somebody's own. It may belong to
    another cluster on the same pool, so it is nothing to worry about by itself.
    """
    held = {str((one.get("spec") or {}).get("volumeName") or "") for one in claims}
    left = []
    for one in volumes:
        name, image = _name(one), backing[_name(one)]
        phase = str((one.get("status") or {}).get("phase") or "Unknown")
        if name not in held and phase != "Available" and image is not None:
            # A volume that is Bound has a claim, which nobody gave.
            mood = UNKNOWN if phase == "Bound" else WARN
            text = f"{phase}, {size(_asked(one))}" if _asked(one) else phase
            left.append((image.pool, Part(f"volume {name}", mood, text, (image.name,))))
    named = {(image.pool, image.name) for image in backing.values() if image}
    for (pool, name), image in sorted((known or {}).items()):
        if (pool, name) not in named and name.startswith(("csi-vol-", "kubernetes-dynamic-pvc-")):
            left.append(
                (
                    pool,
                    Part(f"image {name}", UNKNOWN, "no volume here names it", tuple(filter(None, [size(image.size)]))),
                )
            )
    return left


def _bands(
    classes: Mapping[str, StorageClass], claims: Sequence[Claim], pools: Objects, left: Sequence[tuple[str, Part]]
) -> tuple[Band, ...]:
    """One band per pool, in order of names; what belongs to no known pool comes last.

    Pools are those that a class or an image names, and those that were asked about but for Ceph's own (".mgr").
    """
    told = {_word(one, "name"): one for one in pools}
    of_claim = {one.name: one.image.pool if one.image else _pool_of(classes, one) for one in claims}
    wanted = {one.pool for one in classes.values()} | set(of_claim.values()) | {pool for pool, _part in left}
    bands = []
    for pool in sorted(wanted | {name for name in told if not name.startswith(".")}, key=lambda name: (not name, name)):
        here = tuple(sorted((one for one in claims if of_claim[one.name] == pool), key=lambda one: _natural(one.name)))
        facts = told.get(pool)
        missing = bool(pools) and bool(pool) and facts is None
        state = "missing" if missing else "is there" if facts else "not looked at" if pool else ""
        bands.append(
            Band(
                pool=pool,
                mood=BAD if missing else GOOD if facts else UNKNOWN,
                state=state,
                details=_pool_details(facts or {}),
                classes=tuple(sorted((one for one in classes.values() if one.pool == pool), key=lambda one: one.name)),
                claims=here,
                left=tuple(part for where, part in left if where == pool),
            )
        )
    return tuple(bands)


def _pool_of(classes: Mapping[str, StorageClass], claim: Claim) -> str:
    found = classes.get(claim.storage_class)
    return found.pool if found else ""


def _pool_details(facts: Facts) -> tuple[str, ...]:
    copies, groups = _word(facts, "size"), _word(facts, "pg_num")
    return tuple(
        filter(
            None,
            [
                many(int(copies), "copy", "copies") if copies.isdigit() else "",
                many(int(groups), "placement group") if groups.isdigit() else "",
            ],
        )
    )
