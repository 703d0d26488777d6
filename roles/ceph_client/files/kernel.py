# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the kernel of a host can do with RBD images, and whether it is a host of the cluster; nothing is changed.

The features are what the loaded module tells (contract 3.4); before it is loaded they follow from the kernel's version.
"""

import json
import os
import re
import subprocess

# Name of a feature: its bit, and the first kernel whose client has it.
FEATURES = {
    "layering": (1, (3, 10)),
    "exclusive-lock": (4, (4, 9)),
    "object-map": (8, (5, 3)),
    "fast-diff": (16, (5, 3)),
    "deep-flatten": (32, (5, 1)),
}
TOLD = "/sys/bus/rbd/supported_features"


def version(release):
    """(major, minor) of a kernel's release."""
    found = re.match(r"(\d+)\.(\d+)", release)
    return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def features(release, told):
    """Names of the features, from the module's own mask where there is one."""
    if told is not None:
        mask = int(told.strip(), 0)
        return [name for name, (bit, unused) in FEATURES.items() if mask & bit]
    return [name for name, (unused, since) in FEATURES.items() if version(release) >= since]


def available():
    """Whether the module is loaded, built in, or can be loaded."""
    if os.path.isdir("/sys/bus/rbd"):
        return True
    try:
        return subprocess.call(["/sbin/modprobe", "--dry-run", "--quiet", "rbd"], stderr=subprocess.DEVNULL) == 0
    except FileNotFoundError:
        return False


def main():
    """Prints the answer."""
    told = None
    if os.path.exists(TOLD):
        with open(TOLD) as file:
            told = file.read()
    release = os.uname().release
    print(json.dumps({
        "kernel": release,
        "loaded": os.path.isdir("/sys/bus/rbd"),
        "available": available(),
        "features": features(release, told),
        "administrator": os.path.exists("/etc/ceph/ceph.client.admin.keyring"),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
