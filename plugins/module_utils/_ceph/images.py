# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Images of RADOS block devices: what `rbd info` tells of one in the user's words, and the commands that make it so.

An image shrinks only where that is asked for, since what lay beyond the new end is lost. One that somebody has open is
neither shrunk nor removed: whoever has it open watches it, and `rbd status` names them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .._names import nearest
from .._parallel import side_by_side
from .._plan import Field, InputError, Values
from . import sizes
from .client import Cluster

FIELDS: dict[str, Field] = {
    "pool": Field("pool", immutable=True),
    "name": Field("name", immutable=True),
    "size": Field("size"),
    "features": Field("features", unordered=True),
    "data_pool": Field("data_pool", immutable=True),
}
# What can be switched on and off later, each after those that it needs; the others are for a new image only, but for
# deep-flatten, which can be switched off.
_LATER = ("exclusive-lock", "object-map", "fast-diff", "journaling")
FEATURES = ("layering", "striping", "deep-flatten", *_LATER)
_NEEDS = {"object-map": "exclusive-lock", "fast-diff": "object-map", "journaling": "exclusive-lock"}
# Told together by Ceph: switching one of them off takes the other along.
_PAIR = {"object-map", "fast-diff"}


def spec(pool: str, name: str) -> str:
    """How `rbd` names an image."""
    return f"{pool}/{name}"


def validate(params: Mapping[str, Any]) -> None:
    """Refuse what no image can have. Raises InputError."""
    for option in ("pool", "name"):
        if not params[option] or any(letter in params[option] for letter in "/@"):
            raise InputError(f"{option} is {params[option]!r}: give a name without / and @")
    if params["size"] is not None and sizes.read("size", params["size"]) == 0:
        raise InputError("size is nothing: give a size such as 10GiB")
    features = params["features"] or []
    for feature in features:
        if feature not in FEATURES:
            raise InputError(f"features has {feature!r}, which is none; there are {', '.join(FEATURES)}"
                             f"{nearest(feature, FEATURES)}")  # fmt: skip
        if _NEEDS.get(feature, feature) not in features:
            raise InputError(f"features has {feature}, which needs {_NEEDS[feature]}: add that, or leave both out")
    if params["features"] == []:
        raise InputError("features is empty: an image has one at the least, layering")


def find(cluster: Cluster, pool: str, name: str) -> Values | None:
    """The image in the user's words, with `id` and `snapshots`; None where there is none. One command."""
    found = cluster.find("info", spec(pool, name), program="rbd")
    return None if found is None else read(pool, found)


def read(pool: str, info: Mapping[str, Any]) -> Values:
    """One answer of `rbd info` in the user's words."""
    return {
        "pool": pool,
        "name": info["name"],
        "size": sizes.text(info["size"]),
        # The other features say what other options or commands have done.
        "features": [feature for feature in FEATURES if feature in info["features"]],
        "data_pool": info.get("data_pool", ""),
        "id": info.get("id", ""),
        "snapshots": info.get("snapshot_count", 0),
    }


def every(cluster: Cluster, pool: str, name: str | None) -> list[Values]:
    """The images of a pool, or one of them, sorted by name, with `used_bytes`. Raises InputError without the pool."""
    names = [name] if name else cluster.find("ls", pool, program="rbd")
    if names is None:
        raise InputError(f"pool is {pool!r}, which does not exist")
    found = [image for image in side_by_side(lambda one: find(cluster, pool, one), sorted(names)).values() if image]
    where = [spec(pool, name)] if name else ["--pool", pool]
    told = cluster.find("du", *where, program="rbd") if found else None
    used: dict[str, int] = {}
    for row in (told or {"images": []})["images"]:
        used[row["name"]] = used.get(row["name"], 0) + int(row["used_size"])
    return [{**image, "used_bytes": used.get(image["name"], 0)} for image in found]


def watchers(cluster: Cluster, pool: str, name: str) -> list[str]:
    """The addresses of those who have an image open. One command."""
    found = cluster.find("status", spec(pool, name), program="rbd") or {}
    rows = found.get("watchers", [])
    # Some releases tell a list, some a dictionary of them.
    return [str(row["address"]).partition("/")[0] for row in (rows.values() if isinstance(rows, dict) else rows)]


def refuse_in_use(cluster: Cluster, image: Mapping[str, Any], what: str) -> None:
    """Refuse to shrink or remove an image that somebody has open. Raises InputError."""
    pool, name = str(image["pool"]), str(image["name"])
    if open_at := watchers(cluster, pool, name):
        raise InputError(
            f"image {spec(pool, name)} is in use and is not {what}: it is open at {', '.join(sorted(set(open_at)))}. "
            "Unmount and unmap it there (rbd device unmap), or stop the pod that has it"
        )


def refuse_snapshots(image: Mapping[str, Any]) -> None:
    """Refuse to remove an image that has snapshots. Raises InputError."""
    if image["snapshots"]:
        raise InputError(
            f"image {spec(image['pool'], image['name'])} has {image['snapshots']} snapshots and is not removed: remove "
            "them first (rbd snap purge), once nothing is cloned of them"
        )


def refuse_change(cluster: Cluster, image: Mapping[str, Any], values: Mapping[str, Any], shrink: bool) -> None:
    """Refuse what an image cannot become. Raises InputError."""
    present, wanted = set(image["features"]), set(values.get("features", image["features"]))
    never = sorted((wanted - present) - set(_LATER)) + sorted((present - wanted) - {*_LATER, "deep-flatten"})
    if never:
        raise InputError(
            f"features differ in {', '.join(never)}, which Ceph can give or take at the making of an image only"
        )
    if len(_PAIR & (wanted ^ present)) == 1:
        raise InputError(
            "features differ in one of object-map and fast-diff; Ceph switches them together: name both or none"
        )
    size, now = sizes.read("size", values.get("size", image["size"])), sizes.read("size", image["size"])
    if size < now:
        if not shrink:
            raise InputError(
                f"size is {sizes.text(size)}, less than the {sizes.text(now)} that the image has, and allow_shrink is "
                "false: shrink the file system first, then set allow_shrink; what lies beyond the new end is lost"
            )
        refuse_in_use(cluster, image, "shrunk")


def refuse_full(context: Any, pools: Iterable[str]) -> None:
    """Refuse to write to pools that are not there or take nothing: Ceph would wait. Raises InputError.

    In check mode a pool that is not there is a warning, because an earlier task may have made it.
    """
    rows = context.api.ask("osd", "pool", "ls", "detail")
    there = {str(row["pool_name"]): str(row["flags_names"]).split(",") for row in rows}
    for pool in pools:
        flags = there.get(pool)
        if flags is None:
            context.missing(f"There is no pool {pool!r}{nearest(pool, there)}")
        elif "full" in flags or "full_quota" in flags:
            raise InputError(
                f"pool {pool!r} is full and takes no more writes: raise its quota (ceph_pool: quota_size) or add OSDs; "
                "only then can images be removed as well"
            )


def create(cluster: Cluster, values: Mapping[str, Any]) -> None:
    """Make an image."""
    options = ["--size", f"{sizes.read('size', values['size'])}B"]
    options += ["--image-feature", ",".join(values["features"])] if values.get("features") else []
    options += ["--data-pool", values["data_pool"]] if values.get("data_pool") else []
    cluster.do("create", spec(values["pool"], values["name"]), *options, program="rbd")


def change(cluster: Cluster, image: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Give an image another size, other features."""
    where = spec(image["pool"], image["name"])
    if values["size"] != image["size"]:
        size, now = sizes.read("size", values["size"]), sizes.read("size", image["size"])
        less = ["--allow-shrink"] if size < now else []
        cluster.do("resize", where, "--size", f"{size}B", "--no-progress", *less, program="rbd")
    wanted = set(values["features"])
    less = [feature for feature in ("deep-flatten", *reversed(_LATER)) if feature in set(image["features"]) - wanted]
    more = [feature for feature in _LATER if feature in wanted - set(image["features"])]
    if less:
        cluster.do("feature", "disable", where, *less, program="rbd")
    if more:
        cluster.do("feature", "enable", where, *more, program="rbd")
        if "object-map" in more:
            # That of an image which holds data has to be made first; until then it is not used.
            cluster.do("object-map", "rebuild", where, "--no-progress", program="rbd")


def remove(cluster: Cluster, pool: str, name: str) -> None:
    """Remove an image with all that it holds."""
    cluster.do("rm", spec(pool, name), "--no-progress", program="rbd")
