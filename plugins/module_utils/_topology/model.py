# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a picture of storage under a cluster shows: its parts, how each one does, and what that comes to. Pure.

Every part has a mood (how it does, for the colour and the mark) and a state (the same in words).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

GOOD, WARN, BAD, UNKNOWN = "good", "warn", "bad", "unknown"
MOODS = (GOOD, UNKNOWN, WARN, BAD)


def worst(moods: Iterable[str]) -> str:
    """The worst of the moods; good where there is none."""
    return max(moods, key=MOODS.index, default=GOOD)


@dataclass(frozen=True)
class Part:
    """A node, a daemon or a cluster. `details` are short texts: a role, an address, a release."""

    name: str
    mood: str
    state: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cluster(Part):
    """The Kubernetes cluster with its nodes."""

    nodes: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Osd(Part):
    """An OSD; `host` is empty where it is not known."""

    host: str = ""


@dataclass(frozen=True)
class Ceph(Part):
    """The Ceph cluster. `checks` are its health checks as (name, summary); `used` is in whole percent."""

    monitors: tuple[Part, ...] = ()
    managers: tuple[Part, ...] = ()
    osds: tuple[Osd, ...] = ()
    checks: tuple[tuple[str, str], ...] = ()
    used: int | None = None


@dataclass(frozen=True)
class StorageClass:
    """A class of storage; `pool` is empty where its objects do not say it."""

    name: str
    provisioner: str = ""
    pool: str = ""
    reclaim: str = ""
    missing: bool = False


@dataclass(frozen=True)
class Image:
    """An image of a pool; `size` in bytes, None where it is not known."""

    pool: str
    name: str
    size: int | None = None


@dataclass(frozen=True)
class Claim(Part):
    """A claim, the volume it is bound to, and the image that backs it; each is empty or None where there is none.

    `size` is in bytes: the capacity it has, else the one it asks for. `name` is namespace/name.
    """

    storage_class: str = ""
    volume: str = ""
    image: Image | None = None
    size: int | None = None

    @property
    def namespace(self) -> str:
        return self.name.partition("/")[0]


@dataclass(frozen=True)
class Band:
    """What shares a pool: its classes, their claims, and what is left in it without a claim."""

    pool: str
    mood: str
    state: str
    details: tuple[str, ...]
    classes: tuple[StorageClass, ...]
    claims: tuple[Claim, ...]
    left: tuple[Part, ...] = ()


@dataclass(frozen=True)
class Topology:
    """Everything. A part that nobody told of is None."""

    cluster: Cluster | None = None
    ceph: Ceph | None = None
    bands: tuple[Band, ...] = ()

    @property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(claim for band in self.bands for claim in band.claims)

    @property
    def left(self) -> tuple[Part, ...]:
        return tuple(part for band in self.bands for part in band.left)


def size(value: int | None) -> str:
    """Bytes for people: binary factors, as Kubernetes and Ceph count."""
    if value is None:
        return ""
    number = float(value)
    for unit in ("B", "KiB", "MiB", "GiB", "TiB", "PiB"):
        if number < 1024 or unit == "PiB":
            break
        number /= 1024
    return f"{number:,.0f} {unit}" if unit == "B" or number == int(number) else f"{number:,.1f} {unit}"


def many(count: int, word: str, plural: str = "") -> str:
    """A number with its noun."""
    return f"{count:,} {word if count == 1 else plural or word + 's'}"


def verdict(topology: Topology) -> tuple[str, str, str]:
    """Mood, headline, and the sentence below it."""
    sentence, claims = _sentence(topology), len(topology.claims)
    faults = sorted(_faults(topology), key=lambda fault: -MOODS.index(fault[0]))
    if faults:
        headline = "; ".join(text for _mood, text in faults[:3])
        return faults[0][0], headline[0].upper() + headline[1:], sentence
    if not claims:
        return GOOD, "No claim yet, and nothing amiss", sentence
    words = "The one claim is bound to" if claims == 1 else f"All {claims:,} claims are bound, each to"
    return GOOD, f"{words} its image", sentence


def _faults(topology: Topology) -> Iterator[tuple[str, str]]:
    """(mood, what is wrong) of everything that needs somebody."""

    def some(parts: Sequence[Part], noun: str, words: str) -> Iterator[tuple[str, str]]:
        wrong = [part.mood for part in parts if part.mood in (WARN, BAD)]
        if wrong:
            yield worst(wrong), f"{len(wrong):,} of {many(len(parts), noun)} {words}"

    def gone(names: Iterable[str], noun: str, plural: str) -> Iterator[tuple[str, str]]:
        count = len(set(names))
        if count:
            yield BAD, f"{many(count, noun, plural)} missing"

    yield from some(topology.claims, "claim", "not in order")
    ceph, cluster = topology.ceph, topology.cluster
    if ceph:
        yield from some(ceph.osds, "OSD", "not up and in")
        yield from some(ceph.monitors, "monitor", "not in quorum")
        if ceph.mood in (WARN, BAD):
            yield ceph.mood, f"Ceph says {ceph.state}"
    if cluster and cluster.mood in (WARN, BAD):
        yield cluster.mood, f"the cluster is {cluster.state}"
    elif cluster:
        yield from some(cluster.nodes, "node", "not in order")
    classes = (one for band in topology.bands for one in band.classes)
    yield from gone((one.name for one in classes if one.missing), "storage class", "storage classes")
    yield from gone((band.pool for band in topology.bands if band.mood == BAD), "pool", "pools")
    left = [part for part in topology.left if part.mood == WARN]
    if left:
        yield WARN, f"{many(len(left), 'volume')} left without a claim"


def summary(topology: Topology) -> dict[str, Any]:
    """What a module returns of a topology."""
    mood, headline, _unused = verdict(topology)
    bound = sum(claim.mood == GOOD for claim in topology.claims)
    return {"health": mood, "headline": headline, "claims": len(topology.claims), "bound": bound}


def _sentence(topology: Topology) -> str:
    parts = []
    if topology.cluster:
        parts.append(f"Kubernetes cluster {topology.cluster.name} with {many(len(topology.cluster.nodes), 'node')}")
    pools = [band.pool for band in topology.bands if band.pool]
    if pools:
        parts.append(f"{'pool' if len(pools) == 1 else 'pools'} {', '.join(pools)}")
    if topology.ceph:
        parts.append(f"{many(len(topology.ceph.osds), 'OSD')} below")
    return ", ".join(parts) + "." if parts else ""


def told(topology: Topology) -> dict[str, str]:
    """Each part and how it does, as a flat dict in a stable order: the diff of a page, and its data for machines."""
    lines: dict[str, str] = {}

    def add(kind: str, part: Part, *more: str) -> None:
        lines[f"{kind} {part.name}"] = ", ".join(filter(None, [part.state, *part.details, *more]))

    if topology.cluster:
        add("cluster", topology.cluster)
        for node in topology.cluster.nodes:
            add("node", node)
    if topology.ceph:
        add("ceph", topology.ceph, *(f"{name}: {text}" for name, text in topology.ceph.checks))
        groups: Sequence[tuple[str, Sequence[Part]]] = (
            ("monitor", topology.ceph.monitors),
            ("manager", topology.ceph.managers),
            ("OSD", topology.ceph.osds),
        )
        for kind, parts in groups:
            for part in parts:
                add(kind, part)
    for band in topology.bands:
        if band.pool:
            lines[f"pool {band.pool}"] = ", ".join([band.state, *band.details])
        for one in band.classes:
            words = ["missing" if one.missing else "", one.provisioner, one.reclaim]
            lines[f"storage class {one.name}"] = ", ".join(filter(None, words))
        for claim in band.claims:
            image = f"{claim.image.pool}/{claim.image.name} {size(claim.image.size)}".strip() if claim.image else ""
            add("claim", claim, size(claim.size), image)
        for part in band.left:
            add("left over", part)
    return lines
