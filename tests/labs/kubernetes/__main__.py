# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A Kubernetes for a person: `python -m tests.labs.kubernetes up`, `down`, or `serve` in the foreground."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tests.labs.ceph import small
from tests.labs.folder import LabError, alive
from tests.labs.kubernetes import PLACE, ROOT, Cluster, csi_driver, running

STATE = "state.json"


@contextlib.contextmanager
def lab(folder: Path, storage: bool) -> Iterator[tuple[Cluster, dict[str, str]]]:
    """A cluster and what its `state.json` says; with `storage`, a Ceph cluster and ceph-csi's controller beside it."""
    with contextlib.ExitStack() as stack:
        known = {}
        if storage:
            ceph = stack.enter_context(small.running(folder.with_name(f"{folder.name}-ceph")))
            known = {"ceph_conf": str(ceph.conf), "ceph_keyring": str(ceph.keyring), "fsid": ceph.fsid,
                     "monitors": ",".join(ceph.monitors), "driver": csi_driver()}  # fmt: skip
        cluster = stack.enter_context(running(folder))
        if storage:
            cluster.csi(ceph)
        yield cluster, {"url": cluster.url, "kubeconfig": str(cluster.kubeconfig), "pid": str(os.getpid()), **known}


def serve(folder: Path, storage: bool) -> None:
    """Keep a lab until a signal says so, and say how it is reached."""
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_unused: over.set())
    with lab(folder, storage) as (cluster, known):
        making = cluster.folder / f"{STATE}.new"
        making.write_text(json.dumps(known, indent=2) + "\n", encoding="utf-8")
        making.rename(cluster.folder / STATE)
        for name, value in known.items():
            print(f"{name + ':':14} {value}", flush=True)
        print(f"\nexport KUBECONFIG={cluster.kubeconfig}; ctrl-c ends it.", flush=True)
        over.wait()


def up(folder: Path, storage: bool) -> None:
    """Start a lab that stays until `down`, and print what its `state.json` says. Raises LabError."""
    if (folder / STATE).exists() and alive(folder):
        print((folder / STATE).read_text(encoding="utf-8"), end="")
        return
    (folder / STATE).unlink(missing_ok=True)
    log = folder.with_name(f"{folder.name}.log")
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.labs.kubernetes", "serve", "--folder", str(folder)]
    with open(log, "wb") as out:
        keeper = subprocess.Popen([*command, *(["--storage"] if storage else [])], cwd=ROOT, stdin=subprocess.DEVNULL,
                                  stdout=out, stderr=out, start_new_session=True)  # fmt: skip
    while not (folder / STATE).exists():
        if keeper.poll() is not None:
            raise LabError(log.read_text(encoding="utf-8"))
        time.sleep(0.05)
    print((folder / STATE).read_text(encoding="utf-8"), end="")


def down(folder: Path) -> None:
    """End what `up` has started, and wait until it is gone; nothing where nothing runs."""
    if (folder / STATE).exists() and alive(folder):
        keeper = int(json.loads((folder / STATE).read_text(encoding="utf-8"))["pid"])
        with contextlib.suppress(ProcessLookupError):
            os.kill(keeper, signal.SIGTERM)
        while folder.exists():
            time.sleep(0.05)
    folder.with_name(f"{folder.name}.log").unlink(missing_ok=True)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.labs.kubernetes", description=__doc__)
    parser.add_argument("do", choices=("up", "down", "serve"))
    parser.add_argument(
        "--folder", type=Path, default=PLACE / "run", help="everything lies there (default: %(default)s)"
    )
    parser.add_argument(
        "--storage", action="store_true", help="with a Ceph cluster, and ceph-csi's controller beside it"
    )
    options = parser.parse_args()
    folder = options.folder.resolve()
    try:
        if options.do == "down":
            down(folder)
        else:
            {"up": up, "serve": serve}[options.do](folder, options.storage)
    except LabError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
