# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pools: what `ceph osd pool ls detail` tells of one in the user's words, and the commands that make it so.

Three facts decide the order and the comparison (contract 2 and 3.2): the number of placement groups is anybody's wish
only while the autoscaler is off or only warns, a changed number is read as the old one until it is reached, and a pool
is deleted only while the monitors allow it.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from .._command import CommandError
from .._interrupts import Watch, watching
from .._names import closest, nearest
from .._parallel import side_by_side
from .._plan import Field, InputError, Values
from . import sizes
from .client import REFUSED, Cluster

# In the order in which they are set: the autoscaler before the number that it would set back.
FIELDS: dict[str, Field] = {
    "name": Field("pool_name", immutable=True),
    "pg_autoscale_mode": Field("pg_autoscale_mode"),
    "pg_num": Field("pg_num_target"),
    "size": Field("size"),
    "min_size": Field("min_size"),
    "bulk": Field("bulk"),
    "crush_rule": Field("crush_rule"),
    "quota_size": Field("quota_max_bytes"),
    "quota_objects": Field("quota_max_objects"),
    "applications": Field("application_metadata", unordered=True),
}
RBD = "rbd"
# What Ceph itself uses pools for; any other word is somebody's own.
APPLICATIONS = ("cephfs", "mgr", "nfs", RBD, "rgw")
SWITCH = "mon_allow_pool_delete"
# Objects of a pool for images that are no data of anybody's.
_BOOKKEEPING = ("rbd_info", "rbd_directory", "rbd_children", "rbd_trash", "rbd_namespace", "rbd_mirroring")
_PROPAGATION = 30.0  # seconds until every monitor knows of a changed option


def every(cluster: Cluster) -> list[Values]:
    """All pools in the user's words, sorted by name. Two commands."""
    asked = side_by_side(lambda what: cluster.ask("osd", *what), [("pool", "ls", "detail"), ("crush", "rule", "dump")])
    pools, rules = asked.values()
    names = {rule["rule_id"]: rule["rule_name"] for rule in rules}
    return sorted((read(pool, names) for pool in pools), key=lambda pool: str(pool["name"]))


def read(pool: Mapping[str, Any], rules: Mapping[int, str]) -> Values:
    """One pool of `ceph osd pool ls detail` in the user's words; `rules` are the names of CRUSH rules by number."""
    flags = str(pool["flags_names"]).split(",")
    return {
        "name": pool["pool_name"],
        "pg_autoscale_mode": pool["pg_autoscale_mode"],
        "pg_num": pool.get("pg_num_target", pool["pg_num"]),
        "size": pool["size"],
        "min_size": pool["min_size"],
        "bulk": "bulk" in flags,
        "crush_rule": rules.get(pool["crush_rule"], str(pool["crush_rule"])),
        "quota_size": sizes.text(pool.get("quota_max_bytes", 0)),
        "quota_objects": pool.get("quota_max_objects", 0),
        "applications": sorted(pool.get("application_metadata", {})),
        "id": pool["pool_id"],
        "full": any(flag in flags for flag in ("full", "full_quota")),
    }


def managed(pool: Mapping[str, Any], mode: str | None = None) -> Values:
    """What is compared: without the number of placement groups where the autoscaler decides it."""
    kept = {name: pool[name] for name in FIELDS if name in pool}
    if (mode or pool.get("pg_autoscale_mode", "on")) == "on":
        kept.pop("pg_num", None)
    return kept


def validate(params: Mapping[str, Any]) -> None:
    """Refuse what no pool can have. Raises InputError."""
    for option in ("size", "min_size", "pg_num"):
        if params[option] is not None and params[option] < 1:
            raise InputError(f"{option} is {params[option]}: give a number from 1 on")
    if params["quota_objects"] is not None and params["quota_objects"] < 0:
        raise InputError(f"quota_objects is {params['quota_objects']}: give a number, 0 for no limit")
    if params["quota_size"] is not None:
        sizes.read("quota_size", params["quota_size"])
    for name in params["applications"] or ():
        # As long as one that is known: `rdb`. A longer name of one's own may well begin with one.
        meant = closest(name, APPLICATIONS)
        if name not in APPLICATIONS and meant and len(meant) == len(name):
            raise InputError(f"applications has {name!r}; did you mean {meant!r}?")
    size, least = params["size"], params["min_size"]
    if size is not None and least is not None and least > size:
        raise InputError(f"min_size is {least}, more than size, which is {size}: no write would ever be taken")


def wanted(params: Mapping[str, Any], present: Mapping[str, Any] | None) -> Values:
    """What the user set, as it is compared with `present`."""
    values = {name: params[name] for name in FIELDS if params.get(name) is not None}
    if "quota_size" in values:
        values["quota_size"] = sizes.same("quota_size", values["quota_size"])
    if "applications" in values:
        values["applications"] = sorted(set(values["applications"]))
    mode = values.get("pg_autoscale_mode") or (present or {}).get("pg_autoscale_mode") or "on"
    if mode == "on":
        values.pop("pg_num", None)
    if present is not None and "size" in values and "min_size" not in values:
        # Ceph moves it along with the size; an option left out leaves alone, as far as the size allows.
        values["min_size"] = min(present["min_size"], values["size"])
    elif present is not None and values.get("min_size", 0) > present["size"] and "size" not in values:
        raise InputError(
            f"min_size is {values['min_size']}, more than the {present['size']} copies of the pool: give size as well"
        )
    return values


def refuse_odd_number(number: int) -> None:
    """Refuse a number of placement groups that health would complain of. Raises InputError."""
    if number & (number - 1):
        below = 1 << (number.bit_length() - 1)
        raise InputError(
            f"pg_num is {number}, which is no power of two: Ceph would warn of POOL_PG_NUM_NOT_POWER_OF_TWO from then "
            f"on. Give {below} or {2 * below}, or leave it to the autoscaler"
        )


def refuse_one_copy() -> None:
    """Refuse a number of copies that Ceph would refuse half-way, when the pool is made. Raises InputError."""
    raise InputError(
        "size is 1: with a single copy the data of a lost disk is lost, and Ceph takes that by hand only, where "
        "mon_allow_pool_size_one is set. Give 2 or more; 3 is the rule"
    )


def refuse_unknown_rule(cluster: Cluster, name: str) -> None:
    """Refuse a CRUSH rule that does not exist. Raises InputError."""
    names = [str(rule["rule_name"]) for rule in cluster.ask("osd", "crush", "rule", "dump")]
    if name not in names:
        raise InputError(f"crush_rule is {name!r}, which does not exist; there are {', '.join(sorted(names))}"
                         f"{nearest(name, names)}")  # fmt: skip


def create(cluster: Cluster, values: Values) -> None:
    """Create a replicated pool with these values."""
    name = str(values["name"])
    numbers = [str(values["pg_num"])] * 2 if "pg_num" in values else []
    # Said at once, or the autoscaler begins with a number that is to be another one.
    options = ["--autoscale-mode", str(values["pg_autoscale_mode"])] if "pg_autoscale_mode" in values else []
    options += ["--bulk"] if values.get("bulk") else []
    kind = ["replicated", str(values["crush_rule"])] if "crush_rule" in values else []
    cluster.do("osd", "pool", "create", name, *numbers, *kind, *options)
    done = {"name", "pg_num", "pg_autoscale_mode", "bulk", "crush_rule"}
    change(cluster, name, {option: value for option, value in values.items() if option not in done}, [])


def change(cluster: Cluster, name: str, values: Mapping[str, Any], applications: Iterable[str]) -> None:
    """Set what is given, in the order of FIELDS; `applications` are those that the pool has."""
    for option in FIELDS:
        if option not in values or option == "name":
            continue
        value = values[option]
        if option == "applications":
            _applications(cluster, name, set(applications), set(value))
        elif option.startswith("quota_"):
            size = sizes.read(option, value) if option == "quota_size" else value
            cluster.do("osd", "pool", "set-quota", name, FIELDS[option].wire.removeprefix("quota_"), str(size))
        else:
            cluster.do("osd", "pool", "set", name, option, str(value).lower() if option == "bulk" else str(value))


def _applications(cluster: Cluster, name: str, present: set[str], wanted: set[str]) -> None:
    for application in sorted(present - wanted):
        cluster.do("osd", "pool", "application", "disable", name, application, "--yes-i-really-mean-it")
    for application in sorted(wanted - present):
        if application == RBD:
            # Enables the application too, and makes the pool ready for images.
            cluster.do("pool", "init", name, program="rbd")
        else:
            # A second application of a pool has to be meant.
            cluster.do("osd", "pool", "application", "enable", name, application, "--yes-i-really-mean-it")


def contents(cluster: Cluster, pool: Mapping[str, Any]) -> list[str]:
    """What a pool holds, in words; empty for an empty one. Images, those in the trash and in namespaces counted."""
    name, images = str(pool["name"]), []
    if not pool["applications"] or RBD in pool["applications"]:
        images = _images(cluster, name)
        for space in cluster.find("namespace", "ls", name, program="rbd") or []:
            images += [f"{space['name']}/{image}" for image in _images(cluster, f"{name}/{space['name']}")]
    if images or pool["applications"] == [RBD]:
        return images
    stats = {row["name"]: row["stats"] for row in cluster.ask("df")["pools"]}
    objects = int(stats.get(name, {}).get("objects", 0))
    if objects <= len(_BOOKKEEPING):
        listed = cluster.do("--pool", name, "ls", "--all", program="rados").split()
        objects = len([each for each in listed if each not in _BOOKKEEPING])
    return [f"{objects} objects of {', '.join(pool['applications']) or 'no application'}"] if objects else []


def _images(cluster: Cluster, where: str) -> list[str]:
    trash = cluster.find("trash", "ls", where, program="rbd") or []
    return [*(cluster.find("ls", where, program="rbd") or []), *(f"{image['name']} (in the trash)" for image in trash)]


def details(cluster: Cluster, pools: Iterable[Mapping[str, Any]]) -> list[Values]:
    """What nobody sets: number, whether it takes writes, and how full it is. One command."""
    stats = {row["name"]: row["stats"] for row in cluster.ask("df")["pools"]}
    return [
        {
            "name": pool["name"],
            "id": pool["id"],
            "full": pool["full"],
            # A pool that was made a moment ago has not been counted.
            **{
                told: stats.get(pool["name"], {}).get(name, 0)
                for told, name in (
                    ("stored_bytes", "stored"), ("used_bytes", "bytes_used"),
                    ("available_bytes", "max_avail"), ("objects", "objects"),
                )
            },
        }
        for pool in pools
    ]  # fmt: skip


def delete(cluster: Cluster, name: str) -> None:
    """Delete a pool with all that it holds.

    Where the monitors do not allow that, they are told to for this moment; afterwards the option is as it was, also
    after a failure or when the task is interrupted.
    """
    command = ["osd", "pool", "rm", name, name, "--yes-i-really-really-mean-it"]
    with watching() as watch:
        try:
            cluster.do(*command)
        except CommandError as problem:
            if problem.code != REFUSED or SWITCH not in problem.said:
                raise
            rows = cluster.ask("config", "dump")
            before = [row["value"] for row in rows if (row["section"], row["name"]) == ("mon", SWITCH)]
            try:
                cluster.do("config", "set", "mon", SWITCH, "true")
                _delete_when_allowed(cluster, command, watch)
            finally:
                if before:
                    cluster.do("config", "set", "mon", SWITCH, str(before[0]))
                else:
                    cluster.do("config", "rm", "mon", SWITCH)


def _delete_when_allowed(cluster: Cluster, command: list[str], watch: Watch) -> None:
    """The monitors learn of a changed option a moment later."""
    deadline = time.monotonic() + _PROPAGATION
    while True:
        try:
            cluster.do(*command)
            return
        except CommandError as problem:
            if problem.code != REFUSED or SWITCH not in problem.said:
                raise
            if time.monotonic() > deadline:
                problem.advice = (
                    f"It was set for this task, but a monitor's own configuration file says otherwise and wins: take "
                    f"{SWITCH} out of ceph.conf on the monitors' hosts."
                )
                raise
        watch.pause(0.2)
