# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stand-in for the get-pip script that ansible-test downloads before it fills its environments.

The download's host is not reachable from every network, while Python brings a pip of its own: this script takes that
one, and lets it install what ansible-test asked for. ansible_test.py puts it where a cached download is looked for.
"""

from __future__ import annotations

import subprocess
import sys

# Options that only the real script knows; ensurepip installs neither package where they matter.
FOREIGN_OPTIONS = ("--no-setuptools", "--no-wheel")


def main() -> int:
    """Install pip into this interpreter's environment, then the packages named on the command line."""
    # Child processes, because the caller has patched logging and would see two versions of pip in one process.
    subprocess.run([sys.executable, "-m", "ensurepip", "--default-pip"], check=True, stdout=subprocess.DEVNULL)
    wanted = [argument for argument in sys.argv[1:] if argument not in FOREIGN_OPTIONS]
    return subprocess.run([sys.executable, "-m", "pip", "install", *wanted], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
