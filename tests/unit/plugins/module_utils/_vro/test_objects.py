"""Objects of plug-ins: searches where servers ignore filters, near misses, relations, twofold encoding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils._plan import InputError
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import objects
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.client import connect
from tests.unit.plugins.module_utils._vcd.scripted import Script, Step
from tests.unit.plugins.module_utils._vro.talking import API, URL, basic_login, link, options

Server = Callable[..., Script]
DUNES = "a1////https://vcd.example.com/api/vApp/vm-1"
TWICE = "a1%252F%252F%252F%252Fhttps%253A%252F%252Fvcd.example.com%252Fapi%252FvApp%252Fvm-1"


def catalog(kind: str, *rows: dict[str, Any], **more: Any) -> Step:
    return Step("GET", f"{API}/catalog/{kind}/", {"link": list(rows), "total": len(rows)}, **more)


def upper(path: str, *names: str) -> Step:
    rows = [{"href": f"{URL}{API}/{path.strip('/')}/{name}/", "rel": "down"} for name in names]
    return Step("GET", f"{API}/{path}", {"link": rows})


def vm(number: int = 1, **more: str | None) -> dict[str, Any]:
    place = f"{URL}{API}/catalog/vCloud/VM/{TWICE[:-1]}{number}/"
    return link(href=place, dunesId=f"{DUNES[:-1]}{number}", **{"name": f"test0{number}", "status": "8", **more})


@pytest.mark.parametrize(
    "text, expected",
    [("vCloud:VM", ("vCloud", "VM")), ("Workflow", ("System", "Workflow")), ("System:Task", ("System", "Task"))],
)
def test_a_type_is_written_as_scripts_write_it(text: str, expected: tuple[str, str]) -> None:
    assert objects.read_type("type", text) == expected
    assert objects.written(*expected) == text.removeprefix("System:")


@pytest.mark.parametrize("text", ["", "vCloud:", ":VM", "a/b", "vCloud:VM:1", "Array/string"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="write it as scripts do"):
        objects.read_type("type", text)


def test_the_one_object_of_a_search_is_found_whatever_the_server_lists(server: Server) -> None:
    server(*basic_login(), catalog("vCloud/VM", vm(2), vm(1), vm(3)))
    with connect(options()) as api:
        assert objects.resolve(api, "vCloud:VM", {"name": "test01"}) == {"type": "vCloud:VM", "id": DUNES}


def test_shapes_and_names_of_attributes_are_taken_as_they_come(server: Server) -> None:
    rows = [
        link(href="", id="h2", displayName="second", **{"@type": "RESTHost"}),
        link(href=f"{URL}{API}/catalog/REST/RESTHost/h1/", id="h1", name="first", url="https://a/"),
        link(href="", name="a heading without an id"),
    ]
    server(*basic_login(), Step("GET", f"{API}/catalog/REST/RESTHost/", {"relations": {"link": rows}, "total": -1}))
    with connect(options()) as api:
        found = objects.listed(api, "REST:RESTHost")
    assert [(each.type, each.id, each.name) for each in found] == [
        ("REST:RESTHost", "h1", "first"),
        ("REST:RESTHost", "h2", "second"),
    ]
    assert found[0].script == 'Server.findForType("REST:RESTHost", "h1")'
    assert found[0].attributes == {"id": "h1", "name": "first", "url": "https://a/"}


def test_what_scripts_find_it_by_goes_before_an_attribute_called_id(server: Server) -> None:
    server(*basic_login(), catalog("VC/VirtualMachine", link(id="vm-1", dunesId="vc,id:vm-1", name="a")))
    with connect(options()) as api:
        assert objects.resolve(api, "VC:VirtualMachine", {"name": "a"})["id"] == "vc,id:vm-1"


def test_none_and_several_are_refused_with_what_there_is(server: Server) -> None:
    rows = [vm(number) for number in range(1, 4)]
    server(*basic_login(), *[catalog("vCloud/VM", *rows)] * 3)
    with connect(options()) as api:
        with pytest.raises(InputError, match=r"no vCloud:VM with name 'tset01', among 3; did you mean 'test01'\?"):
            objects.resolve(api, "vCloud:VM", {"name": "tset01"}, "parameter vm")
        with pytest.raises(InputError, match=r"parameter vm: 3 objects .* test01 \(a1.*vm-1\), test02 .* test03"):
            objects.resolve(api, "vCloud:VM", {"status": 8}, "parameter vm")
        with pytest.raises(InputError, match=r"has 'stauts': no object .* did you mean 'status'\?"):
            objects.resolve(api, "vCloud:VM", {"stauts": 8})


def test_a_search_takes_patterns_lists_numbers_and_booleans() -> None:
    rows = [
        objects.Found("T:T", str(n), f"vm-{n}", {"on": "true" if n % 2 else "false", "size": str(n)}) for n in range(6)
    ]

    def ids(**search: Any) -> list[str]:
        return [each.id for each in objects.matching(rows, search)]

    assert ids(name="vm-*", on=True) == ["1", "3", "5"]
    assert ids(size=[2, "4"]) == ["2", "4"]
    assert ids(id="3") == ["3"]
    assert ids(name="*m-1", on=False) == []


@pytest.mark.parametrize("search", [{}, None, "name", {"name": ""}, {"name": None}, {"name": {"a": 1}}, {"name": [[]]}])
def test_what_is_no_search_is_refused(search: Any) -> None:
    with pytest.raises(InputError):
        objects.check_search("search", search)


def test_an_unknown_namespace_and_type_are_told_with_what_may_have_been_meant(server: Server) -> None:
    there = upper("catalog", "REST", "System", "vCloud")
    server(
        *basic_login(),
        catalog("vcloud/VM", status=404), there,
        catalog("vCloud/Vm"), there, upper("catalog/vCloud/", "VApp", "VM"),
        catalog("vCloud/VM"), there, upper("catalog/vCloud/", "VApp", "VM"),
    )  # fmt: skip
    with connect(options()) as api:
        with pytest.raises(
            InputError, match=r"no namespace 'vcloud', it has REST, System, vCloud; did you mean 'vCloud'"
        ):
            objects.listed(api, "vcloud:VM")
        with pytest.raises(InputError, match=r"vCloud has no such type .* it has VApp, VM; did you mean 'VM'"):
            objects.listed(api, "vCloud:Vm")
        assert objects.listed(api, "vCloud:VM") == []


def test_conditions_go_to_the_server_as_they_are(server: Server) -> None:
    server(*basic_login(), Step("GET", f"{API}/catalog/vCloud/VM/?conditions=name~a&conditions=status%3D8",
                                {"link": [vm()], "total": 1}))  # fmt: skip
    with connect(options()) as api:
        assert len(objects.listed(api, "vCloud:VM", ["name~a", "status=8"])) == 1


def test_children_are_followed_by_addresses_that_stay_encoded_twice(server: Server) -> None:
    place = f"{API}/catalog/vCloud/VApp/{TWICE}/"
    parent = objects.Found("vCloud:VApp", DUNES, "app", href=f"https://other.example.com:8281{place}")
    whole = {
        "attributes": [],
        "relations": {
            "link": [
                {"rel": "up", "href": f"{URL}{API}/catalog/vCloud/VApp/"},
                {"rel": "down", "href": f"{URL}{place}vms/"},
                link(href="", id="n1", name="net", type="vCloud:Network"),
            ]
        },
    }
    related = Step("GET", f"{place}vms/", {"link": [link(id="v1", name="vm", type="VM", href="")]})
    server(
        *basic_login(), Step("GET", place, whole), related, Step("GET", place, whole), related,
        Step("GET", f"{place}vmz/", status=404), Step("GET", place, whole),
    )  # fmt: skip
    with connect(options()) as api:
        found = objects.children(api, parent)
        assert [(each.type, each.id) for each in found] == [("vCloud:Network", "n1"), ("vCloud:VM", "v1")]
        assert objects.relations(api, parent) == ["vms"]
        assert [each.id for each in objects.children(api, parent, "vms")] == ["v1"]
        with pytest.raises(InputError, match=r"no such relation, it has vms; did you mean 'vms'\?"):
            objects.children(api, parent, "vmz")


def test_an_object_of_which_only_the_id_is_known_is_asked_for_in_twofold_encoding(server: Server) -> None:
    server(*basic_login(), Step("GET", f"{API}/catalog/vCloud/VM/{TWICE}/", {"relations": {"link": []}}))
    with connect(options()) as api:
        assert objects.children(api, objects.Found("vCloud:VM", DUNES, "")) == []
