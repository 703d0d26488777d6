"""Logins that are shared by the tasks and forks of a run: opened, replaced and closed once, secret throughout."""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.vcpp.vcloud.plugins.module_utils import _sessions
from ansible_collections.vcpp.vcloud.plugins.module_utils._http import HttpError, Transport
from ansible_collections.vcpp.vcloud.plugins.module_utils._sessions import (
    Login,
    RunStore,
    Session,
    TaskStore,
    in_session,
)
from tests.unit.plugins.module_utils.serving import Answer, free_port, in_turn, serving

PASSWORD = "correct horse battery staple"
HERE = Transport("https://vcav.example.com")
# Forking from a process with threads is what Ansible itself does; these forks touch no lock of theirs.
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*:DeprecationWarning")


def login(secret: str = PASSWORD, **more: Any) -> Login:
    return Login(**{"transport": HERE, "kind": "localUser", "user": "root", "secret": secret, **more})


class Opening:
    """Logs in at an imagined server, which notes each login in a file that all forks see."""

    def __init__(self, journal: Path, transport: Transport = HERE, takes: float = 0.0) -> None:
        self.journal, self.transport, self.takes = journal, transport, takes
        journal.touch()

    def __call__(self) -> Session:
        time.sleep(self.takes)
        with self.journal.open("a") as journal:
            journal.write(f"login by {os.getpid()}\n")
        token = f"token-{self.count}-{os.getpid()}"
        return Session(self.transport, token, {"build": "4.7"}, ("DELETE", "sessions", {"X-VCAV-Auth": token}))

    @property
    def count(self) -> int:
        return len(self.journal.read_text().splitlines())


@pytest.fixture(name="opening")
def an_opening(tmp_path: Path) -> Opening:
    return Opening(tmp_path / "journal")


@pytest.fixture(name="store")
def a_run_store(tmp_path: Path) -> RunStore:
    directory = tmp_path / "run"
    directory.mkdir(mode=0o700)
    return RunStore(str(directory))


def in_forks(count: int, work: Callable[[], str]) -> list[str]:
    """What `work` returns in each of several forks that begin together."""
    context = multiprocessing.get_context("fork")
    start, results = context.Barrier(count), context.SimpleQueue()

    def run() -> None:
        start.wait(60)
        results.put(work())

    forks = [context.Process(target=run) for _unused in range(count)]
    for fork in forks:
        fork.start()
    answers = [results.get() for _unused in forks]
    for fork in forks:
        fork.join(60)
    assert [fork.exitcode for fork in forks] == [0] * count
    return answers


def files(store: RunStore) -> Iterator[Path]:
    yield from (path for path in store._directory.iterdir() if path.is_file())


def test_several_forks_open_exactly_one_session_for_a_login(store: RunStore, opening: Opening) -> None:
    opening.takes = 0.02
    tokens = in_forks(4, lambda: store.acquire(login(), opening).token)
    assert opening.count == 1
    assert len(set(tokens)) == 1
    assert store.acquire(login(), opening).token == tokens[0], "the parent finds it too"


def test_several_threads_open_exactly_one_session_for_a_login(store: RunStore, opening: Opening) -> None:
    opening.takes = 0.01
    threads = [threading.Thread(target=store.acquire, args=(login(), opening)) for _unused in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert opening.count == 1


@pytest.mark.parametrize(
    "other",
    [
        {"secret": "another"},
        {"user": "admin"},
        {"kind": "vcdCredentials"},
        {"extra": ("credentials", "Site-B")},
        {"transport": Transport("https://other.example.com")},
        {"transport": Transport("https://vcav.example.com", validate_certs=False)},
    ],
)
@pytest.mark.parametrize("kind", ["run", "task"])
def test_a_login_that_differs_in_anything_that_matters_is_another(
    kind: str, other: dict[str, Any], store: RunStore, opening: Opening
) -> None:
    shared: RunStore | TaskStore = store if kind == "run" else TaskStore()
    first, second = shared.acquire(login(), opening), shared.acquire(login(**other), opening)
    assert opening.count == 2 and first.token != second.token
    assert shared.acquire(login(), opening).token == first.token


def test_another_time_out_is_the_same_login(store: RunStore, opening: Opening) -> None:
    store.acquire(login(), opening)
    store.acquire(login(transport=Transport(HERE.endpoint, timeout=300)), opening)
    assert opening.count == 1


def refused(status: int = 401, code: str | None = None) -> HttpError:
    return HttpError("status", "GET", HERE.endpoint, "/policies", status=status, code=code)


@pytest.mark.parametrize(
    ("problem", "more", "asked"),
    [
        pytest.param(None, {}, ["old"], id="it holds"),
        pytest.param(refused(), {}, ["old", "new"], id="it has expired"),
        pytest.param(refused(), {"renew": None}, ["old"], id="only the user can renew it"),
        pytest.param(refused(403), {}, ["old"], id="a refusal that no login mends"),
        pytest.param(refused(code="Other"), {"expired": lambda problem: problem.code != "Other"}, ["old"], id="no end"),
    ],
)
def test_what_is_sent_in_an_expired_session_is_sent_once_more_in_another(
    problem: HttpError | None, more: dict[str, Any], asked: list[str]
) -> None:
    old, new = Session(HERE, "old", {}), Session(HERE, "new", {})
    tokens: list[str] = []

    def send(session: Session) -> str:
        tokens.append(session.token)
        if problem is not None and session is old:
            raise problem
        return session.token

    def renew(stale: Session) -> Session:
        assert stale is old
        return new

    if problem is not None and asked == ["old"]:
        with pytest.raises(HttpError) as failed:
            in_session(old, send, **{"renew": renew, **more})
        assert failed.value is problem
    else:
        assert in_session(old, send, **{"renew": renew, **more}) == asked[-1]
    assert tokens == asked


def test_a_new_session_that_is_refused_as_well_is_not_replaced_again() -> None:
    def always_refused(session: Session) -> None:
        raise HttpError("status", "GET", HERE.endpoint, "/policies", status=401, message=session.token)

    with pytest.raises(HttpError) as failed:
        in_session(Session(HERE, "old", {}), always_refused, lambda stale: Session(HERE, "new", {}))
    assert failed.value.server_message == "new"


def test_parts_of_a_login_cannot_be_shifted_into_one_another(store: RunStore, opening: Opening) -> None:
    store.acquire(login(user="a", secret="bc"), opening)
    store.acquire(login(user="ab", secret="c"), opening)
    assert opening.count == 2


def test_files_are_private_and_hold_neither_a_password_nor_a_digest_of_it(store: RunStore, opening: Opening) -> None:
    store.acquire(login(), opening)
    found = list(files(store))
    assert found
    digests = [hashlib.new(name, PASSWORD.encode()).hexdigest() for name in ("md5", "sha1", "sha256", "sha512")]
    for path in found:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        for text in (path.name, path.read_text()):
            assert PASSWORD not in text
            assert not any(digest[:16] in text for digest in digests)


def test_the_names_of_two_runs_tell_nothing_about_equal_passwords(tmp_path: Path, opening: Opening) -> None:
    names = []
    for run in ("one", "two"):
        (tmp_path / run).mkdir()
        store = RunStore(str(tmp_path / run))
        store.acquire(login(), opening)
        names.append({path.name for path in files(store)})
    assert not names[0] & names[1]


def test_a_session_and_a_login_show_neither_token_nor_secret() -> None:
    session = Session(HERE, "hidden-token", {}, ("DELETE", "sessions", {"X-VCAV-Auth": "hidden-token"}))
    assert "hidden" not in repr(session)
    assert PASSWORD not in repr(login(extra=("credentials", PASSWORD)))


def test_two_forks_that_find_a_session_stale_replace_it_once(store: RunStore, opening: Opening) -> None:
    stale = store.acquire(login(), opening)
    opening.takes = 0.01
    tokens = in_forks(4, lambda: store.renew(login(), stale, opening).token)
    assert opening.count == 2
    assert len(set(tokens)) == 1 and tokens[0] != stale.token
    assert store.acquire(login(), opening).token == tokens[0]


@pytest.mark.parametrize("kind", ["run", "task"])
def test_renewing_replaces_only_the_session_that_is_stale(kind: str, store: RunStore, opening: Opening) -> None:
    shared: RunStore | TaskStore = store if kind == "run" else TaskStore()
    stale = shared.acquire(login(), opening)
    fresh = shared.renew(login(), stale, opening)
    assert shared.renew(login(), stale, opening).token == fresh.token
    assert opening.count == 2


def test_a_session_that_was_replaced_within_a_tick_of_the_clock_is_not_mistaken(
    store: RunStore, opening: Opening
) -> None:
    def at_one_moment() -> None:
        for path in files(store):
            os.utime(path, ns=(10**18, 10**18))

    stale = store.acquire(login(), opening)
    at_one_moment()
    assert store.acquire(login(), opening).token == stale.token
    other = RunStore(str(store._directory))
    other._key = store._key
    fresh = other.renew(login(), stale, opening)
    at_one_moment()
    assert store.acquire(login(), opening).token == fresh.token


@pytest.mark.parametrize("kind", ["run", "task"])
def test_a_login_that_fails_leaves_nothing_behind(kind: str, store: RunStore, opening: Opening) -> None:
    shared: RunStore | TaskStore = store if kind == "run" else TaskStore()

    def wrong() -> Session:
        raise HttpError("status", "POST", "https://x", "/sessions", status=401)

    with pytest.raises(HttpError):
        shared.acquire(login(), wrong)
    assert shared.acquire(login(), opening).facts == {"build": "4.7"}


@pytest.mark.parametrize("kind", ["run", "task"])
def test_closing_logs_out_each_session_once(kind: str, store: RunStore, tmp_path: Path) -> None:
    shared: RunStore | TaskStore = store if kind == "run" else TaskStore()
    with serving(in_turn(Answer(204))) as server:
        opening = Opening(tmp_path / "journal", Transport(server.url))
        tokens = {shared.acquire(login(user), opening).token for user in ("a", "b", "a")}
        shared.close()
        shared.close()
    assert server.methods == ["DELETE /sessions"] * 2
    assert {asked.headers["X-VCAV-Auth"] for asked in server.asked} == tokens


def test_what_forks_opened_the_parent_closes(store: RunStore, tmp_path: Path) -> None:
    with serving(in_turn(Answer(204))) as server:
        opening = Opening(tmp_path / "journal", Transport(server.url))
        in_forks(2, lambda: store.acquire(login(str(os.getpid())), opening).token)
        store.close()
    assert server.methods == ["DELETE /sessions"] * 2


def test_a_dead_server_does_not_keep_the_others_from_being_closed(store: RunStore, tmp_path: Path) -> None:
    dead = Opening(tmp_path / "journal", Transport(f"http://127.0.0.1:{free_port()}"))
    with serving(in_turn(Answer(401), Answer(500), Answer(drop=True), Answer(204))) as server:
        opening = Opening(tmp_path / "journal", Transport(server.url))
        for user in "abc":
            store.acquire(login(user), dead)
        for user in "defg":
            store.acquire(login(user), opening)
        store.close()
    assert server.methods == ["DELETE /sessions"] * 4
    assert not [path for path in files(store) if path.suffix != ".lock"]


def test_a_session_that_is_not_ours_is_never_closed(store: RunStore) -> None:
    with serving(in_turn(Answer(204))) as server:
        store.acquire(login(), lambda: Session(Transport(server.url), "given", {}, None))
        store.close()
    assert server.asked == []


def test_a_task_store_closes_its_sessions_when_the_task_fails(tmp_path: Path) -> None:
    with serving(in_turn(Answer(204))) as server:
        opening = Opening(tmp_path / "journal", Transport(server.url))
        with pytest.raises(KeyError), TaskStore() as store:
            store.acquire(login(), opening)
            raise KeyError("a bug")
    assert server.methods == ["DELETE /sessions"]


@pytest.mark.parametrize("kind", ["run", "task"])
def test_a_session_that_is_forgotten_stays_open_and_is_not_found_again(
    kind: str, store: RunStore, tmp_path: Path
) -> None:
    shared: RunStore | TaskStore = store if kind == "run" else TaskStore()
    with serving(in_turn(Answer(204))) as server:
        opening = Opening(tmp_path / "journal", Transport(server.url))
        session = shared.acquire(login(), opening)
        forgotten = shared.forget(login())
        assert forgotten is not None and forgotten.token == session.token
        assert shared.forget(login()) is None
        shared.close()
        assert server.asked == []
        assert shared.acquire(login(), opening).token != session.token


def test_outside_a_run_a_store_lives_as_long_as_its_with(tmp_path: Path) -> None:
    with serving(in_turn(Answer(204))) as server:
        opening = Opening(tmp_path / "journal", Transport(server.url))
        for _unused in range(2):
            with _sessions.store() as store:
                store.acquire(login(), opening)
    assert opening.count == 2 and server.methods == ["DELETE /sessions"] * 2


def test_within_a_run_every_task_finds_the_login_of_the_first(tmp_path: Path) -> None:
    with serving(in_turn(Answer(204))) as server:
        opening = Opening(tmp_path / "journal", Transport(server.url))
        (tmp_path / "run").mkdir()
        run = _sessions.open_run(str(tmp_path / "run"))
        for _unused in range(3):
            with _sessions.store() as store:
                store.acquire(login(), opening)
        assert server.asked == []
        run.close()
    assert opening.count == 1 and server.methods == ["DELETE /sessions"]
