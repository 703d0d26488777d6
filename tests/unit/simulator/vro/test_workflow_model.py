"""What is read from a workflow's XML, and what is written back."""

from __future__ import annotations

import dataclasses

import pytest

from tests.simulator.vro import workflow_model as model
from tests.simulator.vro.file_markup import BadFile, decode, dump, encode, parse, properties, read_properties

HEAD = '<workflow xmlns="http://vmware.com/vco/workflow" root-name="item1" id="w1" version="1.2.0" api-version="6.0.0">'
RICH = f"""<?xml version='1.0' encoding='UTF-8'?>
{HEAD}
  <display-name><![CDATA[Ask and wait]]></display-name>
  <description>Does a little of everything</description>
  <position y="50.0" x="100.0"/>
  <input><param name="count" type="number"><description><![CDATA[How many]]></description></param></input>
  <output><param name="answer" type="string"/></output>
  <attrib name="when" type="Date" read-only="false"><value encoded="n"><![CDATA[__NULL__]]></value></attrib>
  <attrib name="word" type="string" read-only="true" conf-id="c1" conf-key="word">
    <value encoded="n"><![CDATA[ two words ]]></value>
  </attrib>
  <workflow-item name="item0" type="end" end-mode="0"><in-binding/></workflow-item>
  <workflow-item name="item1" out-name="item2" alt-out-name="item5" type="custom-condition">
    <script encoded="false">
      <![CDATA[return count > 1;
// the second line]]>
    </script>
    <in-binding><bind name="count" type="number" export-name="count"/></in-binding>
  </workflow-item>
  <workflow-item name="item2" out-name="item3" type="waiting-timer">
    <in-binding><bind name="timer.date" type="Date" export-name="when"/></in-binding>
  </workflow-item>
  <workflow-item name="item3" out-name="item4" type="input" catch-name="item5" throw-bind-name="answer">
    <in-binding><bind name="security.group" type="LdapGroup"/></in-binding>
    <out-binding><bind name="answer" type="string" export-name="answer"/></out-binding>
    <presentation><p-param name="answer"><desc><![CDATA[Your answer]]></desc>
      <p-qual kind="static" name="mandatory" type="boolean"><![CDATA[true]]></p-qual></p-param></presentation>
  </workflow-item>
  <workflow-item name="item4" out-name="item0" type="link" linked-workflow-id="w2">
    <in-binding/><out-binding><bind name="result" type="string" export-name="answer"/></out-binding>
  </workflow-item>
  <workflow-item name="item5" type="end" end-mode="1" throw-bind-name="answer" business-status="Bad"/>
  <error-handler name="item5" throw-bind-name="answer"><position x="40.0" y="160.0"/></error-handler>
  <presentation><p-step><title>First</title><p-group><p-param name="count"><desc>Count</desc>
    <p-qual kind="static" name="mandatory" type="boolean"><![CDATA[true]]></p-qual></p-param></p-group></p-step>
  </presentation>
</workflow>
"""


def without_source(workflow: model.Workflow) -> model.Workflow:
    """The same, as if somebody had made it by hand."""
    return dataclasses.replace(workflow, source=None)


def test_everything_that_runs_a_workflow_is_read() -> None:
    workflow = model.parse(RICH)
    assert (workflow.id, workflow.name, workflow.version, workflow.root_name) == (
        "w1",
        "Ask and wait",
        "1.2.0",
        "item1",
    )
    assert workflow.description == "Does a little of everything"
    assert workflow.inputs == (model.Parameter("count", "number", "How many"),)
    assert workflow.outputs == (model.Parameter("answer", "string"),)
    when, word = workflow.attributes
    assert when.value is None
    assert (word.value, word.read_only, word.configuration) == (" two words ", True, ("c1", "word"))
    assert workflow.fields == (model.Field("count", "Count", True),)
    assert (workflow.error_handler, workflow.error_binding) == ("item5", "answer")
    decision, timer, question = workflow.items["item1"], workflow.items["item2"], workflow.items["item3"]
    # The lines of a script count from its CDATA on, or its errors would name the wrong one.
    assert decision.script == "return count > 1;\n// the second line"
    assert (decision.type, decision.out_name, decision.alt_out_name) == (model.DECISION, "item2", "item5")
    assert timer.in_bindings == (model.Binding("timer.date", "Date", "when"),)
    assert question.fields == (model.Field("answer", "Your answer", True),)
    assert (question.catch_name, question.throw_bind_name) == ("item5", "answer")
    assert question.in_bindings == (model.Binding("security.group", "LdapGroup"),)
    assert (workflow.items["item4"].type, workflow.items["item4"].linked_workflow_id) == (model.LINK, "w2")
    assert (workflow.items["item5"].end_mode, workflow.items["item5"].business_status) == (1, "Bad")


def test_what_was_read_is_written_back() -> None:
    workflow = model.parse(RICH)
    again = model.parse(model.dump(workflow))
    assert without_source(again) == without_source(workflow)
    # Text is not kept as it came: only its meaning is.
    assert model.dump(workflow) != RICH
    # Positions mean nothing here and are not lost.
    assert '<position y="50.0" x="100.0"/>' in model.dump(workflow)


def test_a_workflow_without_a_file_is_written_from_its_parts() -> None:
    workflow = without_source(model.parse(RICH))
    assert without_source(model.parse(model.dump(workflow))) == workflow


def test_name_and_version_of_a_workflow_can_change() -> None:
    workflow = model.parse(RICH)
    workflow.name, workflow.version, workflow.description = "Another", "2.0.0", ""
    again = model.parse(model.dump(workflow))
    assert (again.name, again.version, again.description) == ("Another", "2.0.0", "")
    assert again.items == workflow.items


def test_a_simple_workflow_binds_everything_to_its_task() -> None:
    workflow = model.simple(
        "w", "Greet", "x = name;", [model.Parameter("name", "string")], [model.Parameter("x", "string")]
    )
    task = workflow.items[workflow.root_name]
    assert [one.export_name for one in task.in_bindings] == ["name"]
    assert [one.export_name for one in task.out_bindings] == ["x"]
    assert workflow.items[task.out_name].type == model.END


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not well-formed"),
        ("<workflow", "not well-formed"),
        ("<actions/>", "not that of a workflow"),
        (f"{HEAD}</workflow>", "not that of a workflow"),
        (RICH.replace(' id="w1"', ""), "not that of a workflow"),
        (RICH.replace('out-name="item2"', 'out-name="item9"'), "item1 leads to item9"),
    ],
)
def test_what_is_no_workflow_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadFile, match=words):
        model.parse(text)


def test_the_mark_decides_about_the_encoding() -> None:
    for content in (
        encode(RICH),
        RICH.encode(),
        b"\xff\xfe" + RICH.encode("utf-16-le"),
        b"\xef\xbb\xbf" + RICH.encode(),
    ):
        assert model.parse(content).name == "Ask and wait"
    assert encode("a") == b"\xfe\xff\x00a"
    with pytest.raises(BadFile, match="not UTF-16-BE"):
        decode(b"\xfe\xff\xd8\x00")


def test_cdata_can_hold_its_own_end() -> None:
    root = parse("<a><b><![CDATA[x]]]]><![CDATA[>y]]></b></a>")
    assert root.text_of("b") == "x]]>y"
    assert parse(dump(root)).text_of("b") == "x]]>y"


def test_entities_are_refused() -> None:
    with pytest.raises(BadFile, match="declares entities"):
        parse('<!DOCTYPE a [<!ENTITY x "xxxxxxxx"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>')


def test_java_properties() -> None:
    written = properties({"pkg-name": "com.example <a>", "pkg-description": ""})
    assert b"http://java.sun.com/dtd/properties.dtd" in written
    assert read_properties(written) == {"pkg-name": "com.example <a>", "pkg-description": ""}
    with pytest.raises(BadFile, match="where properties belong"):
        read_properties(b"<a/>")
