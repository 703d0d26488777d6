# Copyright: (c) 2026, the vcpp.vcloud authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is in the images of Tanzu Kubernetes Grid that CSE 4.x makes clusters of (contract 7.2). Pure.

An image says its version, and this table what else the documents of a cluster must say about it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .._names import nearest
from .._plan import InputError


@dataclass(frozen=True)
class Software:
    """One image: Kubernetes, Tanzu Kubernetes Grid, its release of Kubernetes, and the tags of etcd and CoreDNS."""

    kubernetes: str
    tkg: str
    tkr: str
    etcd: str
    dns: str


# Version of the image, of Tanzu Kubernetes Grid, end of its release of Kubernetes, etcd and CoreDNS with the vendor's
# number: as the vendor's Go client has them (vmware/go-vcloud-director: govcd/cse/tkg_versions.json).
_TABLE = """
v1.30.2+vmware.1-tkg.1-00b380629c7a9c10afaaa9df46ba2283 v2.5.2 tkg.1 v3.5.12_5 v1.11.1_10
v1.29.6+vmware.1-tkg.3-c6934e3c00b6ca9a7c3e56acb773ce3a v2.5.2 tkg.3 v3.5.12_5 v1.10.1_23
v1.28.11+vmware.2-tkg.2-7820f47053de95b5aaf7e33a17511e47 v2.5.2 tkg.2 v3.5.12_5 v1.10.1_21
v1.27.15+vmware.1-tkg.2-138e363d8ee0f5eeda35a0de81a33f9f v2.5.2 tkg.2 v3.5.12_5 v1.10.1_20
v1.26.14+vmware.1-tkg.2-6378700fb9360ffd64bebc53dbde5bb9 v2.5.2 tkg.4 v3.5.12_5 v1.9.3_22
v1.28.4+vmware.1-tkg.1-1e7baa840b8869c8bdce0cafff0da59d v2.5.0 tkg.1-rc.5 v3.5.10_1 v1.10.1_13
v1.27.8+vmware.1-tkg.1-e77cdad8d69e4f76f2ded5e1356235b3 v2.5.0 tkg.1-rc.5 v3.5.10_1 v1.10.1_12
v1.27.5+vmware.1-tkg.1-0eb96d2f9f4f705ac87c40633d4b69st v2.4.0 tkg.1 v3.5.7_6 v1.10.1_7
v1.26.11+vmware.1-tkg.1-6d29b7d826cdaa3535e156392e8d18cc v2.5.0 tkg.1-rc.5 v3.5.10_1 v1.9.3_19
v1.26.8+vmware.1-tkg.1-b8c57a6c8c98d227f74e7b1a9eef27st v2.4.0 tkg.1 v3.5.6_20 v1.9.3_16
v1.26.8+vmware.1-tkg.1-0edd4dafbefbdb503f64d5472e500cf8 v2.3.1 tkg.2 v3.5.6_20 v1.9.3_16
v1.25.13+vmware.1-tkg.1-0031669997707d1c644156b8fc31ebst v2.4.0 tkg.1 v3.5.6_20 v1.9.3_16
v1.25.13+vmware.1-tkg.1-6f7650434fd3787d751e8fb3c9e2153d v2.3.1 tkg.2 v3.5.6_20 v1.9.3_11
v1.25.7+vmware.2-tkg.1-8a74b9f12e488c54605b3537acb683bc v2.2.0 tkg.1 v3.5.6_9 v1.9.3_8
v1.24.17+vmware.1-tkg.1-9f70d901a7d851fb115411e6790fdeae v2.3.1 tkg.1 v3.5.6_19 v1.8.6_26
v1.24.11+vmware.1-tkg.1-2ccb2a001f8bd8f15f1bfbc811071830 v2.2.0 tkg.1 v3.5.6_10 v1.8.6_18
v1.24.10+vmware.1-tkg.1-765d418b72c247c2310384e640ee075e v2.1.1 tkg.2 v3.5.6_6 v1.8.6_17
v1.23.17+vmware.1-tkg.1-ee4d95d5d08cd7f31da47d1480571754 v2.2.0 tkg.1 v3.5.6_11 v1.8.6_19
v1.23.16+vmware.1-tkg.1-eb0de9755338b944ea9652e6f758b3ce v2.1.1 tkg.1 v3.5.6_5 v1.8.6_16
v1.22.17+vmware.1-tkg.1-df08b304658a6cf17f5e74dc0ab7543c v2.1.1 tkg.1 v3.5.6_1 v1.8.4_10
v1.22.9+vmware.1-tkg.1-2182cbabee08edf480ee9bc5866d6933 v1.5.4 tkg.1 v3.5.4_2 v1.8.4_9
v1.21.11+vmware.1-tkg.2-d788dbbb335710c0a0d1a28670057896 v1.5.4 tkg.2 v3.4.13_27 v1.8.0_13
v1.21.8+vmware.1-tkg.2-ed3c93616a02968be452fe1934a1d37c v1.4.3 tkg.2 v3.4.13_25 v1.8.0_11
v1.20.15+vmware.1-tkg.2-839faf7d1fa7fa356be22b72170ce1a8 v1.5.4 tkg.2 v3.4.13_23 v1.7.0_15
v1.20.14+vmware.1-tkg.2-5a5027ce2528a6229acb35b38ff8084e v1.4.3 tkg.2 v3.4.13_23 v1.7.0_15
v1.19.16+vmware.1-tkg.2-fba68db15591c15fcd5f26b512663a42 v1.4.3 tkg.2 v3.4.13_19 v1.7.0_15
"""


def _read(line: str) -> tuple[str, Software]:
    image, tkg, release, etcd, dns = line.split()
    kubernetes = image.partition("-tkg")[0]
    tkr = f"{kubernetes.replace('+', '---')}-{release}"
    return image, Software(kubernetes, tkg, tkr, etcd.replace("_", "_vmware."), dns.replace("_", "_vmware."))


KNOWN = dict(map(_read, _TABLE.strip().splitlines()))


def software_of(template: str) -> Software:
    """What is in an image by its name, ubuntu-2004-kube-<version>. Raises InputError for one that is not known."""
    found = re.search(r"(v\d+\.\d+\.\d+\+vmware\.\d+-tkg\.\d+-\w+)$", template)
    if found and found[1] in KNOWN:
        return KNOWN[found[1]]
    names = [f"ubuntu-2004-kube-{version}" for version in KNOWN]
    raise InputError(
        f"template is {template!r}: it is named as no image of Tanzu Kubernetes Grid that is known here"
        f"{nearest(template, names) or f'; an image keeps the name of its file, such as {names[0]}'}"
    )


def number(version: str) -> tuple[int, ...]:
    """A version of Kubernetes or of Tanzu Kubernetes Grid as numbers: (1, 25, 7) of `v1.25.7+vmware.2`."""
    return tuple(map(int, re.findall(r"\d+", version.partition("+")[0])[:3]))


def refuse_upgrade(present: str, template: str) -> Software:
    """What is in the image to upgrade to. Raises InputError for one that a cluster of another image cannot become."""
    now, then = software_of(present), software_of(template)
    before, after = number(now.kubernetes), number(then.kubernetes)
    one_up = after[0] == before[0] and after[1] == before[1] + 1
    later_patch = after[:2] == before[:2] and after[2] > before[2]
    if number(then.tkg) < number(now.tkg) or not (one_up or later_patch):
        raise InputError(
            f"template is {template!r}: from Kubernetes {now.kubernetes} of Tanzu Kubernetes Grid {now.tkg} a cluster "
            "goes to a later patch or to the next minor version, of the same or a newer Tanzu Kubernetes Grid; this is "
            f"{then.kubernetes} of {then.tkg}"
        )
    return then
