"""The verbs of the command line that change a CSE server behind everybody's back (cse/changes.py)."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .change_verbs import Add, spread
from .client import ControlError


def add_cse_verbs(add: Add) -> None:
    """Adds the verbs."""
    add("cse-process", "Stop or start a CSE server.").add_argument("does", choices=("stop", "start"))
    add(
        "cse-setting",
        "Set how a CSE server behaves.",
        fields="enforce_authorization, tkg_plus, strict, busy: true or false",
        given=spread,
    )
    made = add("cse-fail", "Let the next works of a CSE server fail at a step.")
    made.add_argument("step", help="vapp, control_plane, init, workers, join, nfs, drain, delete, upgrade ...")
    made.add_argument("--message", help="the error of the task")
    made.add_argument("--hang", action="store_true", help="it never ends")
    made.add_argument("--times", type=int, default=1)
    add("cse-recover", "Let nothing more go wrong at a CSE server.")
    made = add("cse-ovdc", "Enable an organization VDC for kinds of clusters, those alone.")
    made.add_argument("org")
    made.add_argument("vdc")
    made.add_argument("runtimes", help="native, TKG+, TKGm, with commas; up to 2.6 native or pks; empty for none")
    made = add(
        "cse-kubeconfig",
        "Let an API server that answers stand behind the clusters of a name, now and later.",
        "cluster",
        given=_kubeconfig,
    )
    made.add_argument("file", type=Path, help="the kubeconfig that leads to it")


def _kubeconfig(options: argparse.Namespace) -> dict[str, Any]:
    try:
        text = options.file.read_text(encoding="utf-8")
    except OSError as problem:
        raise ControlError(f"{options.file} cannot be read: {problem.strerror}.") from problem
    return {"cluster": options.cluster, "kubeconfig": text}
