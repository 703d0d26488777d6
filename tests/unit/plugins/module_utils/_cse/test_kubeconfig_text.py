"""Entries of a cluster in a kubeconfig: they come in, are renewed and go, and nothing else changes by a letter."""

from __future__ import annotations

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._cse import kubeconfig_text as text

TOLD = """\
apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: QUJD
    server: https://10.0.0.1:6443
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: kubernetes-admin
  name: kubernetes-admin@kubernetes
current-context: kubernetes-admin@kubernetes
kind: Config
preferences: {}
users:
- name: kubernetes-admin
  user:
    client-certificate-data: QUJD
    client-key-data: U0VDUkVU
"""
MINE = text.Owner("k8s1", "https://vcd.example.com", "Tyrell", "A03 Demo")
# Written by a person: indented lists, comments, flow style within, a literal, and no end of the last line.
HAND = """\
# Roy's clusters
apiVersion: v1
kind: Config
clusters:
  # the old one
  - name: old   # keep
    cluster:
      server: https://old.example.com
      certificate-authority-data: |
        abc

  # nothing after it
contexts:
  - {name: old, context: {cluster: old, user: roy}}  # flow
users:   # nobody yet
current-context: "old" # for now
preferences: {}"""


def told(name: str = "k8s1", server: str = "10.0.0.1", owner: text.Owner = MINE) -> dict[str, text.Entry]:
    return text.told(TOLD.replace("10.0.0.1", server), name, owner)


def test_a_new_file_has_the_cluster_alone_under_one_name_and_says_whose_it_is() -> None:
    made = text.load(text.put("", MINE, told(), True))
    assert made["current-context"] == "k8s1" and made["kind"] == "Config"
    assert [len(made[kind]) for kind in text.KINDS] == [1, 1, 1]
    context = made["contexts"][0]["context"]
    assert (context["cluster"], context["user"]) == ("k8s1", "k8s1")
    assert made["users"][0]["user"]["client-key-data"] == "U0VDUkVU"
    assert text.names_of(made, MINE) == {kind: ["k8s1"] for kind in text.KINDS}
    assert text.holds(made, MINE, told()) and not text.holds(made, MINE, told(server="10.0.0.2"))


def test_what_a_person_wrote_stays_to_the_letter() -> None:
    merged = text.put(HAND, MINE, told(), False)
    theirs = [line for line in HAND.splitlines() if not line.startswith("users:")]
    assert [line for line in merged.splitlines() if line in theirs] == theirs
    assert "users: # nobody yet\n- name: k8s1" in merged
    # The entry stands at the end of the list, with its indentation, before what stands after the list.
    lines = merged.splitlines()
    assert lines.index("  - cluster:") == lines.index("        abc") + 2
    assert lines.index("  # nothing after it") == lines.index("    name: k8s1") + 1
    assert text.load(merged)["current-context"] == "old"
    assert "current-context: k8s1 # for now" in text.put(HAND, MINE, told(), True)


def test_what_is_taken_out_leaves_what_was_there_before() -> None:
    merged = text.put(HAND, MINE, told(), False)
    assert text.take(merged, MINE) == HAND.replace("users:   # nobody yet", "users: [] # nobody yet") + "\n"
    other = text.Owner("k8s2", MINE.vcd, "Tyrell")
    both = text.put(merged, other, told("k8s2", "10.0.0.9", other), True)
    assert text.take(text.take(both, MINE), other) == text.take(merged, MINE).replace('"old" #', "'' #")
    assert text.take(both, text.Owner("k8s1", "https://elsewhere.example.com")) == both


def test_a_cluster_that_is_made_anew_is_renewed_in_its_place_with_what_a_person_added() -> None:
    other = text.Owner("k8s2", MINE.vcd)
    both = text.put(text.put("", MINE, told(), True), other, told("k8s2", "10.0.0.9", other), False)
    both = both.replace("    user: k8s1\n", "    user: k8s1\n    namespace: shop\n")
    both = both.replace(
        "    server: https://10.0.0.1:6443\n", "    server: https://10.0.0.1:6443\n    proxy-url: socks5://jump\n"
    )
    assert text.holds(text.load(both), MINE, told())
    renewed = text.load(text.put(both, MINE, told(server="10.0.0.2"), False))
    assert [one["name"] for one in renewed["clusters"]] == ["k8s1", "k8s2"]
    assert renewed["clusters"][0]["cluster"]["server"] == "https://10.0.0.2:6443"
    assert renewed["clusters"][0]["cluster"]["proxy-url"] == "socks5://jump"
    assert renewed["contexts"][0]["context"]["namespace"] == "shop"


def test_another_name_renames_and_stays_current() -> None:
    made = text.load(text.put(text.put(HAND, MINE, told(), True), MINE, told("tyrell"), False))
    assert [one["name"] for one in made["contexts"]] == ["old", "tyrell"]
    assert made["current-context"] == "tyrell" and text.names_of(made, MINE)["users"] == ["tyrell"]


def test_names_that_others_have_are_told_in_words() -> None:
    theirs = text.load(HAND)
    assert text.strangers(theirs, MINE, told("old")) == [
        "cluster and context old, which this module did not write",
    ]
    other = text.Owner("k8s1", MINE.vcd, "Wallace", "C00")
    found = text.strangers(text.load(text.put("", other, told(owner=other), True)), MINE, told())
    assert found == [
        "cluster and context and user k8s1, which belong to cluster k8s1 in C00 in Wallace at https://vcd.example.com",
    ]
    assert text.others(theirs, MINE) == ["old"] and text.strangers(theirs, MINE, told()) == []


def test_what_was_merged_by_hand_and_says_the_same_is_ours() -> None:
    by_hand = TOLD.replace("kubernetes-admin@kubernetes", "k8s1").replace("kubernetes-admin", "k8s1")
    by_hand = by_hand.replace("name: kubernetes", "name: k8s1").replace("cluster: kubernetes", "cluster: k8s1")
    assert text.strangers(text.load(by_hand), MINE, told()) == []
    adopted = text.load(text.put(by_hand, MINE, told(), False))
    assert text.holds(adopted, MINE, told()) and [len(adopted[kind]) for kind in text.KINDS] == [1, 1, 1]


@pytest.mark.parametrize(
    "content",
    [
        "clusters: null\ncontexts: ~\nusers:\n",
        "clusters: []\ncontexts: []   # none\nusers: []\n",
        "clusters: [\n]\n",
        '{"kind": "Config", "clusters": [{"name": "a", "cluster": {"server": "x"}}]}',
        "clusters:\n-\n  name: a\n  cluster: {}\n",
        "kind: Config\n...\n",
        "---\nkind: Config\r\nclusters:\r\n- name: a\r\n",
        "clusters: [{name: a}]\ncurrent-context:\n",
        "# only a comment",
    ],
)
def test_every_notation_comes_out_right(content: str) -> None:
    before = text.load(content)
    merged = text.put(content, MINE, told(), True)
    after = text.load(merged)
    assert text.holds(after, MINE, told()) and after["current-context"] == "k8s1"
    left = text.load(text.take(merged, MINE))
    assert (left.get("clusters") or []) == (before.get("clusters") or [])
    assert text.is_bare(left) is not bool(before.get("clusters"))
    if content.startswith("#"):
        assert merged.startswith("# only a comment")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("kind: Deployment\n", "its kind is not Config"),
        ("a: [", "it is no YAML from line"),
        ("just text", "its kind is not Config"),
        ("clusters: {a: 1}\n", "its clusters are not a list"),
        ("users:\n- user: {token: SECRET}\n", "its users are not a list of names"),
    ],
)
def test_what_is_no_kubeconfig_is_refused_without_showing_it(content: str, why: str) -> None:
    with pytest.raises(text.NoKubeconfig, match=why) as refused:
        text.put(content, MINE, told(), True)
    assert "SECRET" not in str(refused.value)


def test_a_server_that_tells_half_a_kubeconfig() -> None:
    with pytest.raises(text.NoKubeconfig, match="its context names a user that it does not have"):
        text.told(TOLD.replace("- name: kubernetes-admin\n", "- name: somebody\n"), "k8s1", MINE)
    with pytest.raises(text.NoKubeconfig, match="its cluster has no server"):
        text.told(TOLD.replace("    server: https://10.0.0.1:6443\n", ""), "k8s1", MINE)


def test_owners_are_compared_by_what_both_know() -> None:
    mark = MINE.mark()["extension"]
    assert text.Owner("k8s1", MINE.vcd).is_of(mark) and text.Owner("k8s1", MINE.vcd, "Tyrell").is_of(mark)
    assert not text.Owner("k8s1", MINE.vcd, "Wallace").is_of(mark)
    assert not text.Owner("k8s1", MINE.vcd, "Tyrell", "B01").is_of(mark)
