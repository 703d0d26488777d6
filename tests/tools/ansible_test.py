# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs ansible-test on a copy of the collection, with the ansible-core of the interpreter that runs this file.

    .venv/bin/python -m tests.tools.ansible_test sanity
    .venv-oldest/bin/python -m tests.tools.ansible_test integration vcav_policy
    .venv-oldest/bin/python -m tests.tools.ansible_test integration --some

ansible-test wants the path .../ansible_collections/<namespace>/<name>, a real folder of it, and writes into it and into
the home folder. So the files that git knows or would know are mirrored to build/ansible-test/<command>-<core>/, where
no other command that runs at the same time takes away what this one put there, and build/home is the home folder of
the run: its caches stay from run to run, and the user's own are not touched.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.labs.ceph import small
from tests.tools.tree import BUILD, ROOT, collection_tree, mirror

HOME = BUILD / "home"
OLDEST_CORE = "2.17"
VCSIM = BUILD / "bin" / "vcsim"
# What shows on the oldest core, in `make test`, that a product's modules work there (--some).
REPRESENTATIVES = (
    "ceph_pool", "cse_cluster", "vcav_policy", "vcd_org", "vro_workflow_run", "vrops_credential", "vsphere_appliance",
)  # fmt: skip
NO_VCENTER = "not run, for want of a vCenter simulator (make vcsim): "
NO_CEPH = "not run, for want of Ceph's daemons (make system-packages, as root on Debian): "


def prepare_home() -> None:
    """Make the run's home folder: pip's settings of the user, and the stand-in for the get-pip download."""
    HOME.mkdir(parents=True, exist_ok=True)
    for name in (".config/pip", ".pip", ".netrc"):
        source, target = Path.home() / name, HOME / name
        if source.exists() and not os.path.lexists(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.symlink_to(source)
    # The file's name carries the version of pip that this ansible-test asks for.
    distribution = importlib.metadata.distribution("ansible-core")
    requirements = Path(str(distribution.locate_file("ansible_test/_internal/python_requirements.py")))
    found = re.search(r"default_packages = dict\(\s*pip='([\d.]+)'", requirements.read_text(encoding="utf-8"))
    if found is None:
        print("ansible-test does not say which pip it wants; its own download is tried.", file=sys.stderr)
        return
    cache = HOME / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(ROOT / "tests" / "tools" / "get_pip.py", cache / f"get_pip_{found[1].replace('.', '_')}.py")


def one_release(core: str, arguments: list[str]) -> bool:
    """Tell whether targets prove the newest release of the products alone: on the oldest core, unless one is named."""
    return core == OLDEST_CORE and not arguments


def integration_settings(tree: Path, newest_only: bool) -> None:
    """Tell integration targets where the repository is, which Python runs the simulator, and which releases count.

    ansible-test hands no environment variables on, but it reads this file. The simulator needs a newer Python than the
    oldest ansible-core does, so it always runs from .venv.
    """
    settings = {
        "vcpp_repository": str(ROOT),
        "vcpp_simulator_python": str(ROOT / ".venv" / "bin" / "python"),
        "vcpp_one_release": newest_only,
        # The Ceph cluster of the targets, which the first of them starts, ends with this process.
        "vcpp_run": os.getpid(),
    }
    path = tree / "tests" / "integration" / "integration_config.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")


def has_targets() -> bool:
    """Tell whether there is anything to run beside hidden targets such as setup_simulator."""
    targets = ROOT / "tests" / "integration" / "targets"
    return any(not path.parent.name.startswith("setup_") for path in targets.glob("*/tasks"))


def vcenter_targets(targets: Path) -> list[str]:
    """Return the names of the targets that need a vCenter: those that depend on setup_vcsim."""
    return depending("setup_vcsim", targets)


def depending(setup: str, targets: Path) -> list[str]:
    """Return the names of the targets that depend on another one."""
    metas = sorted(targets.glob("*/meta/main.yml"))
    return [path.parents[1].name for path in metas if setup in path.read_text(encoding="utf-8")]


def without_vcenter(arguments: list[str], program: Path, targets: Path) -> list[str]:
    """Return the arguments that leave out what needs a vCenter where none was built, but for what is named."""
    names = [] if program.exists() else [name for name in vcenter_targets(targets) if name not in arguments]
    if names:
        print(f"{NO_VCENTER}{', '.join(names)}", flush=True)
    return [part for name in names for part in ("--exclude", name)]


def without_ceph(arguments: list[str], lacking: str, targets: Path) -> list[str]:
    """Return the arguments that leave out what needs a Ceph cluster where none can be had, but for what is named.

    In CI nothing is left out: there it has to be had.
    """
    there = not lacking or bool(os.environ.get("CI"))
    names = [] if there else [name for name in depending("setup_ceph", targets) if name not in arguments]
    if names:
        print(f"{NO_CEPH}{', '.join(names)}", flush=True)
    return [part for name in names for part in ("--exclude", name)]


def read_by_siblings(targets: Path) -> list[str]:
    """Return the `_info` targets whose module is read with in the cycle of the module that it is the sibling of."""
    names = {path.name for path in targets.iterdir()}
    return sorted(name for name in names if name.endswith("_info") and name.removesuffix("_info") in names)


def shown_by_others(targets: Path) -> list[str]:
    """Return the targets that only hand values to the common proof, but for one of each product.

    What such a module does is proved on the newest core, and by its unit tests on the oldest one; how the core hands
    tasks and results on is the same for all of them.
    """
    names = []
    for path in sorted(targets.glob("*/tasks/main.yml")):
        name = path.parents[1].name
        common = "tasks_from: prove" in path.read_text(encoding="utf-8")
        if common and name not in REPRESENTATIVES and not name.startswith("setup_"):
            names.append(name)
    return names


def brief(command: str, core: str, arguments: list[str], targets: Path, some: bool = False) -> list[str]:
    """Return the arguments that leave out what is shown elsewhere as well, unless something is named.

    Integration leaves out the `_info` targets of which the siblings' cycles are made (`make integration-info` runs
    them); where only `some` are wanted, whatever only goes through the common proof, but for one of each product. On
    the oldest core sanity looks at what is shipped, since tests run on the newest one, and not with pylint, which is a
    newer one there and costs more than all other tests together.
    """
    if arguments:
        return []
    if command == "sanity" and core == OLDEST_CORE:
        return ["--exclude", "tests/", "--skip-test", "pylint"]
    if command != "integration":
        return []
    names = shown_by_others(targets) if some else read_by_siblings(targets)
    return [part for name in names for part in ("--exclude", name)]


def environment() -> dict[str, str]:
    """Return the run's environment: own home, and real interpreters, no launchers of version managers, on the path."""
    real = Path(os.path.realpath(sys.executable)).parent
    path = [str(Path(sys.executable).parent), str(real), "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
    result = dict(os.environ, HOME=str(HOME), PATH=os.pathsep.join(path))
    # ansible-test sets its own search path and warns about a foreign one.
    result.pop("ANSIBLE_COLLECTIONS_PATH", None)
    return result


def main() -> int:
    """Mirror, prepare and run; return ansible-test's exit code."""
    if len(sys.argv) < 2:
        print("usage: ansible_test.py sanity|integration|units [arguments of ansible-test]", file=sys.stderr)
        return 2
    command, *arguments = sys.argv[1:]
    if command == "integration" and not has_targets():
        print("No integration targets: tests/integration/targets holds none.", file=sys.stderr)
        return 1
    core = ".".join(importlib.metadata.version("ansible-core").split(".")[:2])
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    tree = collection_tree(f"ansible-test/{command}-{core}")
    mirror(tree)
    prepare_home()
    targets = ROOT / "tests" / "integration" / "targets"
    some = arguments == ["--some"]
    arguments = [] if some else arguments
    newest_only = one_release(core, arguments)
    if arguments == ["--info"]:
        arguments = read_by_siblings(targets)
    arguments += brief(command, core, arguments, targets, some)
    if command == "integration":
        integration_settings(tree, newest_only)
        # One run of CI tells of every target that is broken.
        arguments += ["--continue-on-error"] if os.environ.get("CI") else []
        arguments += without_vcenter(arguments, VCSIM, targets) + without_ceph(arguments, small.missing(), targets)
    print(f"ansible-test {command}: ansible-core {core}, Python {python}", flush=True)
    program = str(Path(sys.executable).parent / "ansible-test")
    call = [program, command, "--local", "--python", python, *arguments]
    return subprocess.run(call, cwd=tree, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
