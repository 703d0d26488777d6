# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Proves that an image can be used: attached, given a file system, mounted, written, read back; nothing of it stays.

Runs behind look.py and make.py, whose functions it uses. The kernel maps the image, or rbd-fuse shows it as a file
where the kernel has no client for it. Whatever happened, what was mounted is unmounted and what was mapped is unmapped.
"""

# What look.py and make.py define:
# ruff: noqa: F821
# pylint: disable=undefined-variable


def kernel_can():
    """Whether this kernel has a client for images."""
    return os.path.isdir("/sys/bus/rbd") or run("modprobe", "--dry-run", "--quiet", "rbd")[0] == 0


def attach(given, folder, undo):
    """Path of a device or file with the image's bytes."""
    if given["method"] == "map" or (given["method"] == "auto" and kernel_can()):
        run("modprobe", "rbd")
        # Without udev nobody tells rbd that the device is there, and it would wait for ever.
        quiet = [] if os.path.exists("/run/udev/control") else ["--options", "noudev"]
        device = do("rbd", "device", "map", "{pool}/{image}".format(**given), *quiet).strip()
        undo.append(["rbd", "device", "unmap", device] + quiet)
        return device
    shown = folder + "/images"
    os.mkdir(shown)
    do("rbd-fuse", "-p", given["pool"], shown)
    undo.append(["umount", shown])
    return os.path.join(shown, given["image"])


def prove(given):
    """All steps; the answer has how the image was attached, and how many bytes the file system has."""
    folder, undo = tempfile.mkdtemp(prefix="vcpp-ceph-"), []
    written = "This file lies in {pool}/{image}.\n".format(**given)
    try:
        where = attach(given, folder, undo)
        size = run("blockdev", "--getsize64", where)[1].strip() if where.startswith("/dev/") else os.path.getsize(where)
        if int(size) != int(given["size"]):  # ansible-core 2.17 sends a text
            raise Failed("{} has {} bytes and not {}".format(where, size, given["size"]))
        do("mkfs.xfs", "-q", where)  # it refuses whatever holds a file system already
        inside = folder + "/mounted"
        os.mkdir(inside)
        mount = ["mount"] + ([] if where.startswith("/dev/") else ["-o", "loop"]) + [where, inside]
        do(*mount)
        undo.append(["umount", inside])
        with open(inside + "/file", "w") as file:
            file.write(written)
        do(*undo.pop())
        do(*mount)  # again, so that it is read from the image and not from memory
        undo.append(["umount", inside])
        if read(inside + "/file") != written:
            raise Failed("What was written to {pool}/{image} is not what was read".format(**given))
        free = os.statvfs(inside)
        return {"did": [], "attached": "fuse" if where.startswith(folder) else "map",
                "file_system_bytes": free.f_frsize * free.f_blocks}  # fmt: skip
    finally:
        while undo:
            run(*undo.pop())
        if not any(os.path.ismount(path) for path in glob.glob(folder + "/*")):
            shutil.rmtree(folder)


VERBS["volume"] = prove
