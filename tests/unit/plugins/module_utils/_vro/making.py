"""Files of content for tests, with everything in them that real exports have."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.module_utils._vro import archives, artifacts, markup, workflow_files
from ansible_collections.vcpp.vcloud.plugins.module_utils._vro.artifacts import Artifact

GREETING = "7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01"
# As 7.x exports it: descriptions within the inputs, positions as texts of floats, no editor-version.
EXPORTED = """<?xml version="1.0" encoding="UTF-8"?>
<workflow xmlns="http://vmware.com/vco/workflow" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://vmware.com/vco/workflow http://vmware.com/vco/workflow/Workflow-v4.xsd" root-name="item1" object-name="Workflow:name=generic" id="7f0a1a2e-5b0c-4a51-9d4e-9d2d7c2c1a01" version="1.2.0" api-version="6.0.0" allowed-operations="vef" restartMode="1" resumeFromFailedMode="0">
  <display-name><![CDATA[Greet]]></display-name>
  <description><![CDATA[Says
hello]]></description>
  <position y="50.0" x="100.0"></position>
  <input>
    <param name="who" type="string">
      <description><![CDATA[Whom to greet]]></description>
    </param>
  </input>
  <output>
    <param name="said" type="string"/>
  </output>
  <attrib name="token" type="SecureString" read-only="false">
    <value encoded="n"><![CDATA[7F8E9D]]></value>
  </attrib>
  <workflow-item name="item0" type="end" end-mode="0">
    <position y="45.4" x="384.5"></position>
  </workflow-item>
  <workflow-item name="item1" out-name="item0" type="task">
    <display-name><![CDATA[Scriptable task]]></display-name>
    <script encoded="false"><![CDATA[if (who < "a" && who) {
    said = "hello " + who; // ]]]]><![CDATA[> ü
}]]></script>
    <in-binding>
      <bind name="who" type="string" export-name="who"></bind>
    </in-binding>
    <out-binding>
      <bind name="said" type="string" export-name="said"></bind>
    </out-binding>
    <position y="55.4" x="204.5"></position>
  </workflow-item>
  <presentation>
    <p-param name="who"><desc><![CDATA[Whom to greet]]></desc></p-param>
  </presentation>
</workflow>
"""  # noqa: E501


def workflow(**more: Any) -> Artifact:
    """A built workflow; `more` as script_workflow takes it."""
    name, script = more.pop("name", "Greet"), more.pop("script", 'said = "hello " + who;')
    given: dict[str, Any] = {
        "inputs": [{"name": "who", "type": "string", "description": "Whom to greet"}],
        "outputs": [{"name": "said", "type": "string"}],
        "identifier": GREETING,
        **more,
    }
    return workflow_files.script_workflow(name, script, **given)


def exported(xml: str = EXPORTED) -> bytes:
    """A `.workflow` as a server of 7.x gives it: with a history beside the content."""
    return archives.pack(
        {
            "workflow-info": b"#\r\ntype=workflow\r\ncharset=UTF-16\r\n",
            "workflow-content": markup.encode(xml),
            "workflow-versionhistory": markup.encode("<items></items>"),
        }
    )


def read(content: bytes) -> Artifact:
    """An artifact, where the file holds one."""
    found = artifacts.read("file", content)
    assert isinstance(found, Artifact)
    return found
