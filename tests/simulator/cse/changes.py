"""What happens to a CSE server behind everybody's back: its process, its settings, steps that fail, nodes that go.

`CHANGES` joins the changes of changes.py; the verbs for it are in cse_verbs.py, README.md lists them. Nodes that
somebody deletes in the vCD are VMs: `vm-remove` and `vapp-remove` do that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import yaml

from .extension import Cse
from .first import FirstSide
from .native import NativeSide
from .native_ovdc import RUNTIMES
from .second import SecondSide
from .work import Trouble

if TYPE_CHECKING:
    from ..vcav.site import SiteServices

Given = Mapping[str, Any]
_FLAGS = ("enforce_authorization", "tkg_plus", "strict", "busy")


def _cse(group: SiteServices) -> Cse:
    """The server of a site: it hangs on what its vCD leads requests to."""
    vcd: Any = group.world.services[f"{group.site.name}/vcd"]
    found = getattr(vcd.outside.get("cse"), "__self__", None)
    if not isinstance(found, Cse):
        raise ValueError(f"{group.site.name} has no CSE.")
    return found


def _process(group: SiteServices, given: Given) -> dict[str, Any]:
    """`does`: stop (the vCD answers 504, what runs is lost) or start."""
    cse, does = _cse(group), given["does"]
    if does not in ("start", "stop"):
        raise ValueError(f"The CSE process can start or stop, not {does}.")
    (cse.start if does == "start" else cse.stop)()
    return cse.view


def _setting(group: SiteServices, given: Given) -> dict[str, Any]:
    """`enforce_authorization`, `tkg_plus`, `strict` (privileges as they were meant), `busy` (429)."""
    cse, changed = _cse(group), {name: bool(given[name]) for name in _FLAGS if name in given}
    if not changed:
        raise KeyError(" or ".join(_FLAGS))
    for name, value in changed.items():
        setattr(cse.settings, name, value)
    return changed


def _fail(group: SiteServices, given: Given) -> dict[str, Any]:
    """The next `times` works that come to `step` fail with `message`, or never end (`hang`)."""
    cse, times = _cse(group), int(given.get("times") or 1)
    if times < 1:
        raise ValueError("times must be at least 1.")
    message = str(given.get("message") or "The step failed because of an internal error.")
    cse.add_trouble(Trouble(str(given["step"]), message, bool(given.get("hang")), times))
    return {"waiting": [one.step for one in cse.troubles]}


def _ovdc(group: SiteServices, given: Given) -> dict[str, Any]:
    """3.x: an organization VDC (`org`, `vdc`) is enabled for these `runtimes`, a list or a text with commas.

    Up to 2.6 it has one provider of containers; `pks` is what is left of a time in which PKS was configured.
    """
    cse = _cse(group)
    wanted = given["runtimes"]
    runtimes = wanted.split(",") if isinstance(wanted, str) else list(wanted)
    runtimes = [str(one).strip() for one in runtimes if str(one).strip()]
    if isinstance(cse.side, FirstSide | SecondSide):
        words = cse.side.container_providers.words
        if len(runtimes) > 1 or not set(runtimes) <= set(words):
            raise ValueError(f"There is no runtime {','.join(runtimes)}; there is one of {', '.join(words)}.")
        vdc = group.site.workloads.find_vdc(str(given["org"]), str(given["vdc"]))
        cse.side.container_providers.set(vdc, *runtimes)
        return {"vdc": vdc.name, "runtimes": runtimes}
    if not isinstance(cse.side, NativeSide):
        raise ValueError(f"CSE {cse.release.name} of {group.site.name} does not enable VDCs by runtimes.")
    unknown = sorted(set(runtimes) - set(RUNTIMES))
    if unknown:
        raise ValueError(f"There is no runtime {unknown[0]}; there are {', '.join(RUNTIMES)}.")
    vdc = group.site.workloads.find_vdc(str(given["org"]), str(given["vdc"]))
    cse.side.clusters.runtimes[vdc.id] = list(dict.fromkeys(runtimes))
    return {"vdc": vdc.name, "runtimes": cse.side.clusters.runtimes[vdc.id]}


def _kubeconfig(group: SiteServices, given: Given) -> dict[str, Any]:
    """An API server that answers stands behind every cluster called `cluster`, now and later: `kubeconfig` leads to it.

    A cluster hands out what it has made and CSE passes it on, so any release can. Those that keep it in their entity
    have it there at once.
    """
    cse, name, text = _cse(group), str(given["cluster"]), str(given["kubeconfig"])
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise ValueError("The kubeconfig is no YAML.") from problem
    if not isinstance(document, dict) or document.get("kind") != "Config" or not document.get("clusters"):
        raise ValueError("The kubeconfig must be of the kind Config and have clusters.")
    cse.api_servers[name] = text
    kept = 0
    for entity in cse.vcd.entities.living.values():
        status = entity.content.get("status") if entity.name == name else None
        for holder in (status, status.get("capvcd")) if isinstance(status, dict) else ():
            private = holder.get("private") if isinstance(holder, dict) else None
            if isinstance(private, dict) and private.get("kubeConfig"):
                private["kubeConfig"] = text
                entity.changed()
                kept += 1
    return {"cluster": name, "servers": [one["cluster"]["server"] for one in document["clusters"]], "entities": kept}


def _recover(group: SiteServices, _given: Given) -> dict[str, Any]:
    """Nothing more is to go wrong."""
    cse = _cse(group)
    count = len(cse.troubles)
    cse.troubles.clear()
    return {"cleared": count}


CHANGES: dict[str, Callable[[SiteServices, Given], dict[str, Any]]] = {
    "cse-process": _process,
    "cse-setting": _setting,
    "cse-fail": _fail,
    "cse-recover": _recover,
    "cse-ovdc": _ovdc,
    "cse-kubeconfig": _kubeconfig,
}
