"""What scripts can do, and what their errors look like (contract sections 8.4, 12 and 17)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from tests.unit.simulator.vro.asking import MODERN, Vro
from tests.unit.simulator.vro.running import (
    add_action,
    finished,
    log,
    outputs,
    run,
    run_script,
    script_workflow,
    start,
    wait,
)

Make = Callable[..., Vro]


class _Local(BaseHTTPRequestHandler):
    """A Docker host, as far as the test needs one."""

    def do_GET(self) -> None:
        self._answer(404, b"{}")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        seen = (self.command, self.path, self.headers["X-Test"], self.headers["Content-Type"], body)
        self.server.requests.append(seen)  # type: ignore[attr-defined]
        self._answer(201, b'{"Id": "abc"}')

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("X-Answer", "42")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


@pytest.fixture
def local_server() -> Iterator[Any]:
    """A genuine HTTP server; it has `url` and `requests`."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), _Local)
    server.requests = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_values_of_all_types_go_in_and_out(vro: Make) -> None:
    asked = vro("8.18")
    kinds = {
        "s": ("string", {"string": {"value": "Grüße ✓"}}),
        "n": ("number", {"number": {"value": 4.5}}),
        "b": ("boolean", {"boolean": {"value": True}}),
        "d": ("Date", {"date": {"value": "2026-09-11T10:00:00.000+00:00"}}),
        "a": ("Array/string", {"array": {"elements": [{"string": {"value": "x"}}, {"string": {"value": "y"}}]}}),
        "p": ("Properties", {"properties": {"property": [{"key": "k", "value": {"number": {"value": 1}}}]}}),
        "r": ("Regexp", {"regex": {"value": "^a.*"}}),
        "m": (
            "MimeAttachment",
            {"mime-attachment": {"name": "a.txt", "mime-type": "text/plain", "content": "R3LDvMOfZQ=="}},
        ),
        "c": (
            "CompositeType(x:string,y:number):Pair",
            {
                "composite": {
                    "type": "CompositeType(x:string,y:number):Pair",
                    "property": [{"id": "x", "value": {"string": {"value": "q"}}}],
                }
            },
        ),
    }
    script = "\n".join(f"out_{name} = {name};" for name in kinds)
    given = [f"{name}:{kind}" for name, (kind, _value) in kinds.items()]
    identity = script_workflow(asked, script, given, [f"out_{one}" for one in given])
    done = run(asked, identity, **{name: value for name, (_kind, value) in kinds.items()})
    assert done["state"] == "completed", done.get("content-exception")
    assert {one["name"]: one["value"] for one in done["output-parameters"]} == {
        f"out_{name}": value for name, (_kind, value) in kinds.items()
    }


def test_a_script_sees_javascript_values(vro: Make) -> None:
    asked = vro("8.18")
    script = """
        result = [typeof s, typeof n, d instanceof Date, d.getTime(), Array.isArray(a), p.get('k'), p.k, p.keys.length,
                  p instanceof Properties, typeof nothing, nothing === null].join();
    """
    kinds = ["s:string", "n:number", "d:Date", "a:Array/string", "p:Properties", "nothing:string"]
    identity = script_workflow(asked, script, kinds, ["result:string"])
    pair = {"properties": {"property": [{"key": "k", "value": {"string": {"value": "v"}}}]}}
    moment = {"date": {"value": "1970-01-01T00:00:01.000Z"}}
    done = run(asked, identity, s="x", n=1, d=moment, a=["b"], p=pair)
    assert outputs(done)["result"] == "string,number,true,1000,true,v,v,1,true,object,true"


def test_outputs_are_coerced_to_what_is_declared(vro: Make) -> None:
    asked = vro("8.18")
    script = "s = 5; n = '42'; b = 'false'; d = 0; a = ['1', 2]; nothing = undefined;"
    kinds = ["s:string", "n:number", "b:boolean", "d:Date", "a:Array/number", "nothing:string"]
    done = run(asked, script_workflow(asked, script, [], kinds))
    found = outputs(done)
    assert found == {"s": "5", "n": 42, "b": False, "d": "1970-01-01T00:00:00.000+00:00", "a": [1, 2], "nothing": None}
    assert "value" not in done["output-parameters"][-1]


@pytest.mark.parametrize(
    ("script", "text", "line"),
    [
        ("var a = 1;\nnope.foo();", 'ReferenceError: "nope" is not defined.', 2),
        ("throw 'Out of addresses';", "Out of addresses", 1),
        ("var a;\n\nthrow new Error('bad thing');", "Error: bad thing", 3),
        ("var a = null;\na.name;", 'TypeError: Cannot read property "name" from null', 2),
        ("try {\n  nope();\n} catch (problem) {\n  throw problem;\n}", 'ReferenceError: "nope" is not defined.', 4),
        ("function f() {\n  throw 'inside';\n}\nf();", "inside", 2),
    ],
)
def test_an_exception_says_what_and_where(vro: Make, script: str, text: str, line: int) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, script, name="Create edge")
    done = run(asked, identity)
    place = f"(Workflow:Create edge / Scriptable task (item1)#{line})"
    assert done["state"] == "failed"
    assert done["content-exception"] == f"{text} {place}"
    assert "end-date" in done
    errors = [one for one in log(asked, identity, done["id"]) if one[:2] == ("system", "error")]
    assert errors == [("system", "error", f"Error in {place} {text}")]


@pytest.mark.parametrize(("script", "line"), [("var a = 1;\nvar b = ;\n", 2), ("\n\nif (true) {\n", 4)])
def test_a_syntax_error_says_where(vro: Make, script: str, line: int) -> None:
    asked = vro("8.18")
    done = run(asked, script_workflow(asked, script))
    assert done["state"] == "failed"
    assert done["content-exception"].startswith("SyntaxError: ")
    assert done["content-exception"].endswith(f"(Workflow:Scripted / Scriptable task (item1)#{line})")


def test_an_error_of_an_evaluated_text_has_its_line(vro: Make) -> None:
    """What the vendor's developer tools look for: `(eval)#(\\d+)\\) `."""
    asked = vro("8.18")
    identity = script_workflow(asked, "\neval(script);", ["script:string"], name="Run Script")
    done = run(asked, identity, script="var a = 1;\n\nfor each (var x in [1]) nope.foo();")
    place = "(Workflow:Run Script / Scriptable task (item1)#2(eval)#3)"
    assert done["content-exception"] == f'ReferenceError: "nope" is not defined. {place}'


@pytest.mark.parametrize(
    ("text", "name", "line"),
    [
        ("var a = 1;\n\nnope.foo();", "ReferenceError", 3),
        ("var a = 1;\nvar b = ;", "SyntaxError", 2),
        ("function f() {\n  null.x;\n}\n\nf();", "TypeError", 2),
        ("\nthrow new Error('x');", "Error", 2),
    ],
)
def test_a_caught_error_has_the_members_of_rhino(vro: Make, text: str, name: str, line: int) -> None:
    script = """
        try {
            eval(text);
        } catch (problem) {
            result = [problem.name, problem.lineNumber, problem.fileName, typeof problem.message].join('|');
        }
    """
    done = run_script(vro("8.18"), script, text=text)
    label = "Workflow:Scripted / Scriptable task (item1)#3(eval)"
    assert outputs(done)["result"] == f"{name}|{line}|{label}|string", done.get("content-exception")


def test_system_can_be_wrapped(vro: Make) -> None:
    """As the vendor's "Run Script" does it: functions are taken off System and Server and called by themselves."""
    asked = vro("8.18")
    script = """
        var said = '';
        function wrap(original) { return function (message) { said += message + ';'; original(message); }; }
        System.log = wrap(System.log);
        Server.log = wrap(Server.log);
        System.log('one'); Server.log('two');
        result = said;
    """
    identity = script_workflow(asked, script, [], ["result:string"])
    done = run(asked, identity)
    assert outputs(done)["result"] == "one;two;"
    assert log(asked, identity, done["id"]) == [("system", "info", "one"), ("server", "info", "two")]


def test_system_writes_the_script_log(vro: Make) -> None:
    asked = vro("8.18")
    script = "System.debug('d'); System.log('i'); System.warn('w'); System.error(1); System.log(null);"
    identity = script_workflow(asked, script)
    done = run(asked, identity)
    every = log(asked, identity, done["id"])
    assert every == [("system", kind, text) for kind, text in zip(
        ("debug", "info", "warning", "error", "info"), ("d", "i", "w", "1", "null"), strict=True)]  # fmt: skip
    assert log(asked, identity, done["id"], "?conditions=severity=warn") == every[2:4]


def test_server_writes_both_logs(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "Server.warn('short', 'long');")
    done = run(asked, identity)
    assert log(asked, identity, done["id"]) == [("server", "warning", "short")]
    events = asked.get(f"workflows/{identity}/executions/{done['id']}/logs")["logs"]
    found = [one["entry"] for one in events if one["entry"]["severity"] == "warning"]
    assert [(one["short-description"], one["long-description"]) for one in found] == [("short", "long")]


def test_sleep_takes_simulated_time(vro: Make) -> None:
    # Basic: a token would not live that long.
    asked = vro("7.6")
    script = "var begun = new Date(); System.sleep(3600000); result = new Date() - begun;"
    identity = script_workflow(asked, script, [], ["result:number"])
    execution = asked.server.runs.executions[start(asked, identity)]
    wait(asked, lambda: execution.state == "running")
    # The script has asked to sleep once something is due far away.
    wait(asked, lambda: any(due > asked.world.now_ms() + 3_000_000 for due, _order, _do in asked.world._due))
    asked.world.advance(3600)
    done = finished(asked, identity, execution.id)
    assert 3_600_000 <= outputs(done)["result"] < 3_610_000


def test_helpers_of_system(vro: Make) -> None:
    asked = vro("8.18")
    script = """
        result = [System.formatDate(new Date(0), "yyyy-MM-dd'T'HH:mm:ss EEE"), System.nextUUID().length,
            System.getDateFromFormat('11.09.2026', 'dd.MM.yyyy').getTime(), System.compareVersionNumber('7.10', '7.9'),
            System.getDate('1 minute from now') > new Date(), typeof System.getCurrentTime(),
            System.getContext().getParameter('given'), System.getModule('no.such.module')].join('|');
    """
    done = run_script(asked, script, given="here")
    assert outputs(done)["result"] == "1970-01-01T00:00:00 Thu|36|1789084800000|1|true|number|here|"


def test_actions_run_for_real(vro: Make) -> None:
    asked = vro("8.18")
    add_action(asked, "return System.getModule('com.example.test').add(a, 1);", ["a:number"], "number", "next")
    add_action(asked, "\nif (a > 4) throw 'too much';\nreturn a + b;", ["a:number", "b:number"], "number", "add")
    script = "var module = System.getModule('com.example.test');\nresult = module.next(n);"
    assert outputs(run_script(asked, script, n=3))["result"] == 4
    done = run_script(asked, script, n=7)
    assert done["content-exception"] == "too much (Dynamic Script Module name : add#2)"
    done = run_script(asked, "System.getModule('com.example.test').nothing();")
    assert done["content-exception"].startswith("TypeError: ")


def test_an_action_for_another_runtime_is_refused_with_a_sentence(vro: Make) -> None:
    asked = vro("8.18")
    add_action(asked, "def handler(context, inputs): ...", name="python", runtime="python:3.11")
    done = run_script(asked, "System.getModule('com.example.test').python();")
    assert "The simulator runs JavaScript; python is written for python:3.11" in done["content-exception"]


def test_workflows_start_workflows(vro: Make) -> None:
    asked = vro("8.18")
    inner = script_workflow(asked, "System.sleep(20); o = 'got ' + i;", ["i:string"], ["o:string"], name="Inner")
    script = """
        var given = new Properties();
        given.put('i', 'it');
        var token = Server.getWorkflowWithId(id).execute(given);
        while (['completed', 'failed', 'canceled'].indexOf(token.state) < 0) System.sleep(10);
        result = token.getOutputParameters().get('o') + ' ' + token.rootWorkflow.name + ' ' + token.exception;
    """
    done = run_script(asked, script, id=inner)
    assert outputs(done)["result"] == "got it Inner null", done.get("content-exception")
    assert len(asked.rows(f"workflows/{inner}/executions")) == 1


def test_configuration_elements_are_read_and_written(vro: Make) -> None:
    asked = vro("8.18")
    script = """
        var element = Server.createConfigurationElement('A/B', 'settings');
        element.setAttributeWithKey('token', 'abc');
        element.setAttributeWithKey('count', 3);
        var category = Server.getConfigurationElementCategoryWithPath('A/B');
        var found = category.configurationElements[0];
        result = [found.name, found.getAttributeWithKey('token').value, found.attributes.length, category.path,
                  found.getAttributeWithKey('nothing'), Server.getConfigurationElementCategoryWithPath('No')].join();
    """
    done = run_script(asked, script)
    assert outputs(done)["result"] == "settings,abc,2,A/B,,", done.get("content-exception")
    kept = next(iter(asked.store.configurations.values()))
    assert [(one.name, one.type, one.value) for one in kept.attributes] == [
        ("token", "string", {"string": {"value": "abc"}}),
        ("count", "number", {"number": {"value": 3}}),
    ]


def test_the_inventory_of_the_vcd(vro: Make) -> None:
    """What the post about vRO-CLI does: find a VM by its dunesId, and show its XML."""
    asked = vro("8.18")
    asked.world.add_service(_vcd(asked))
    vm = asked.rows("catalog/vCloud/VM")[0]
    script = """
        var vm = Server.findForType('vCloud:VM', id);
        result = {name: vm.name, getter: vm.getName(), status: vm.status, xml: vm.toXml(), id: vm.dunesId,
                  vapp: vm.parent.name, missing: Server.findForType('vCloud:VM', 'no such id'),
                  all: Server.findAllForType('vCloud:VM').length, unknown: typeof vm.noSuchThing};
    """
    found = outputs(run_script(asked, script, id=vm["dunesId"]))["result"]
    assert found["name"] == found["getter"] == vm["displayName"]
    assert found["id"] == vm["dunesId"] and found["status"] in (4, 8)
    assert found["xml"].startswith("<?xml") and f'name="{vm["displayName"]}"' in found["xml"] and "<Vm" in found["xml"]
    assert "missing" not in found and found["unknown"] == "undefined"
    assert found["all"] == len(asked.rows("catalog/vCloud/VM"))
    # Looking left no session behind.
    assert not asked.world.sites["North"].vcd_sessions


def _vcd(asked: Vro) -> Any:
    from tests.simulator.vcd import VcdService

    return VcdService(asked.world, asked.world.sites["North"])


def test_an_object_can_be_an_output(vro: Make) -> None:
    asked = vro("8.18")
    vm = asked.rows("catalog/VC/VirtualMachine")[0]
    script = "vm = Server.findForType('VC:VirtualMachine', id); name = vm.name + ' ' + vm.state;"
    identity = script_workflow(asked, script, ["id:string"], ["vm:VC:VirtualMachine", "name:string"])
    done = run(asked, identity, id=vm["id"])
    found = outputs(done)
    assert (found["vm"]["type"], found["vm"]["id"], found["vm"]["displayValue"]) == (
        "VC:VirtualMachine", vm["id"], vm["name"])  # fmt: skip
    assert asked.ask("GET", "/vco/api/" + found["vm"]["href"].partition("/vco/api/")[2]).status == 200
    assert found["name"].startswith(str(vm["name"]))


def test_a_token_is_an_execution_of_the_catalog(vro: Make) -> None:
    asked = vro("9.1")
    identity = script_workflow(asked, "token = workflow;", [], ["token:WorkflowToken"])
    done = run(asked, identity)
    token = outputs(done)["token"]
    assert (token["id"], token["displayValue"]) == (done["id"], "Scripted")
    assert asked.get("/vco/api/" + token["href"].partition("/vco/api/")[2])["attributes"]


@pytest.mark.parametrize(
    ("script", "text"),
    [
        ("Server.getWorkflowWithId();", "Wrong arguments for Server.getWorkflowWithId"),
        ("Server.findAllForType('VC:VirtualMachine', 'xpath:foo');", "The simulator does not understand the query"),
        ("RESTHostManager.addHost(new RESTHost('x'));", "A REST host needs a name and a URL"),
        ("throw {};", "[object Object] ("),
        ("throw NaN;", "NaN (Workflow:Scripted / Scriptable task (item1)#1)"),
        ("result = 1 / 0;", "The number Infinity cannot leave a script."),
        ("__call('x');", 'ReferenceError: "__call" is not defined.'),
    ],
)
def test_odd_calls_are_told_in_a_sentence(vro: Make, script: str, text: str) -> None:
    assert run_script(vro("8.18"), script)["content-exception"].startswith(text)


def test_an_endless_script_is_cut_by_cancel(vro: Make) -> None:
    asked = vro("8.18")
    identity = script_workflow(asked, "System.log('here'); for (;;) {}")
    execution = asked.server.runs.executions[start(asked, identity)]
    wait(asked, lambda: any(one.text == "here" for one in execution.lines))
    assert asked.ask("DELETE", f"workflows/{identity}/executions/{execution.id}/state").status == 204
    assert asked.get(f"workflows/{identity}/executions/{execution.id}/state") == {"value": "canceled"}
    assert all(not session.is_open for session in asked.server.runs._sessions)


def test_an_endless_script_is_cut_by_its_bound(vro: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.simulator.vro.runs.CPU_SECONDS", 1)
    asked = vro("8.18")
    done = run(asked, script_workflow(asked, "for (;;) {}"))
    assert done["state"] == "failed" and "processor time" in done["content-exception"]


def test_functions_cannot_leave_a_script(vro: Make) -> None:
    done = run_script(vro("8.18"), "result = function () {};")
    assert done["content-exception"].startswith("A function cannot leave a script.")


@pytest.mark.parametrize("version", MODERN)
def test_a_rest_host_does_genuine_requests(vro: Make, version: str, local_server: Any) -> None:
    asked = vro(version)
    asked.store.add_rest_host("docker", local_server.url, "NONE")
    script = """
        var host = Server.findAllForType('REST:RESTHost')[0];
        var request = host.createRequest('POST', '/containers/create?name=web', JSON.stringify({Image: 'tiny'}));
        request.contentType = 'application/json';
        request.setHeader('X-Test', 'yes');
        var response = request.execute();
        result = [request.fullUrl, response.statusCode, response.contentAsString,
                  response.getAllHeaders().get('X-Answer')];
        System.log(host.createRequest('GET', 'missing', null).execute().statusCode);
    """
    identity = script_workflow(asked, script, [], ["result:Array/string"])
    done = run(asked, identity)
    assert done["state"] == "completed", done.get("content-exception")
    url = f"{local_server.url}/containers/create?name=web"
    assert outputs(done)["result"] == [url, "201", '{"Id": "abc"}', "42"]
    assert local_server.requests[0] == (
        "POST",
        "/containers/create?name=web",
        "yes",
        "application/json",
        b'{"Image":"tiny"}',
    )
    assert ("system", "info", "404") in log(asked, identity, done["id"])


def test_a_host_that_does_not_answer_is_an_exception(vro: Make) -> None:
    asked = vro("8.18")
    asked.store.add_rest_host("down", "http://127.0.0.1:9", "NONE")
    script = "Server.findAllForType('REST:RESTHost')[0].createRequest('GET', '/', null).execute();"
    assert run_script(asked, script)["content-exception"].startswith("Cannot execute the request: ")
