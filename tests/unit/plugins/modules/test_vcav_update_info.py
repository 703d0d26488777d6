"""The module in this process against the simulator: the repository, what it has, and its licence agreement."""

from __future__ import annotations

from typing import Any

from ansible_collections.vcpp.vcloud.plugins.modules.vcav_update_info import UpdateInfo


def test_it_tells_where_updates_come_from_and_which_there_is(estate: Any) -> None:
    found = estate.run(UpdateInfo)["vcav_update"]
    assert (found["repository"], found["repository_user"]) == ("default", None)
    assert found["build"].startswith(estate.release) and found["available"] != found["build"]
    assert "eula" not in found
    assert estate.writes == [] and estate.sessions == 0


def test_it_shows_the_licence_agreement_that_is_to_be_accepted(estate: Any) -> None:
    assert "License Agreement" in estate.run(UpdateInfo, eula=True)["vcav_update"]["eula"]
    assert estate.writes == []
