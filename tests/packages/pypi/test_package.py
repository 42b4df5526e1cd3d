"""The installed module, as a project of a user sees it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest
from innkreving_sandbox import ControlClient, ControlError, Sandbox, SandboxError, Session, find_binary

PARTY = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav"
OWN = 'part: "314300017"\nnavn: LITEN TIGER AS\nkrav: []\n'


def answers(url: str) -> bool:
    """Whether something answers."""
    try:
        urlopen(url, timeout=5).close()
    except HTTPError:
        return True
    except (URLError, ConnectionError):
        return False
    return True


def test_each_argument_is_a_flag_of_the_binary() -> None:
    told = subprocess.run([find_binary(), "--help"], capture_output=True, text=True, check=True).stdout.split()
    for flag in Sandbox()._settings:
        assert f"--{flag}" in told, flag


def test_arguments_and_the_environment_that_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SANDBOX_NOW", "2020-01-01")
    monkeypatch.setenv("SANDBOX_NOWW", "a slip that the binary would refuse")
    with Sandbox(now="2026-03-01", scenario=OWN, settings={"log-format": "json"}, log="debug") as sandbox:
        assert sandbox.control.show_clock()["day"] == "2026-03-01"
        assert [party["part"] for party in sandbox.control.list_parties()] == ["314300017"]
        url = sandbox.base_url
        with pytest.raises(HTTPError):
            urlopen(url + PARTY)
        until = time.monotonic() + 10
        while '"KB-' not in sandbox.log:
            assert time.monotonic() < until, sandbox.log
        with pytest.raises(RuntimeError):
            sandbox.start()
    assert not answers(url)
    with pytest.raises(RuntimeError):
        _ = sandbox.base_url
    with sandbox:  # again
        assert answers(sandbox.base_url)


def test_a_folder_of_scenarios_and_the_built_in_ones_beside_it(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(OWN)
    with Sandbox(scenarios=tmp_path, with_builtin=True) as sandbox:
        assert {"314300017", "311851381"} <= {party["part"] for party in sandbox.control.list_parties()}


def test_an_error_says_what_the_binary_said_and_nothing_stays_behind() -> None:
    before = list(Path(tempfile.gettempdir()).glob("innkreving-sandbox-*"))
    with pytest.raises(SandboxError, match=r"(?s)exit code [1-9].*missing field `navn`"):
        Sandbox(scenario='part: "314300017"\n').start()
    assert list(Path(tempfile.gettempdir()).glob("innkreving-sandbox-*")) == before
    with pytest.raises(TypeError):
        Sandbox(scenario=OWN, scenarios=".")


def test_a_binary_that_says_nothing_is_ended_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "binary"
    script.write_text(f"#!/bin/sh\necho $$ >{tmp_path}/pid\nexec sleep 600\n")
    script.chmod(0o755)
    monkeypatch.setenv("INNKREVING_SANDBOX_BINARY", str(script))
    with pytest.raises(SandboxError, match="not ready in 0.5 s"):
        Sandbox(start_timeout=0.5).start()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_the_control_api_its_refusals_and_its_key() -> None:
    with Sandbox(control_key="hemmelig") as sandbox:
        rule = sandbox.control.add_rule({"then": {"error": "KB-002"}, "times": 1})
        assert sandbox.control.show_rule(rule["id"])["left"] == 1
        with pytest.raises(HTTPError) as refused:
            urlopen(sandbox.base_url + PARTY)
        assert json.load(refused.value)["kode"] == "KB-002"
        sandbox.control.delete_rule(rule["id"])
        with pytest.raises(ControlError) as unknown:
            sandbox.control.show_rule(rule["id"])
        assert unknown.value.status == unknown.value.problem["status"] == 404
        with pytest.raises(ControlError, match="401"):
            ControlClient(sandbox.base_url).list_rules()
        session = sandbox.session("own")
        assert session.control.put_scenarios(OWN)["parties"] == ["314300017"]
        session.reset()
        assert session.control.show_scenarios()["ownBytes"] == 0
        session.delete()
    with pytest.raises(ConnectionError):
        session.control.list_rules()


def test_a_process_that_is_killed_takes_its_sandbox_along() -> None:
    script = "from innkreving_sandbox import Sandbox; s = Sandbox().start(); print(s.base_url, flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        url = parent.stdout.readline().strip()
        assert answers(url)
        parent.kill()
    until = time.monotonic() + 10
    while answers(url):
        assert time.monotonic() < until, "the sandbox outlives the process that started it"


used: list[str] = []


@pytest.mark.parametrize("number", [1, 2])
def test_each_test_has_a_session_of_its_own(innkreving: Session, innkreving_sandbox: Sandbox, number: int) -> None:
    used.append(innkreving.name)
    assert innkreving.base_url == f"{innkreving_sandbox.base_url}/~session={innkreving.name}"
    assert innkreving.control.list_requests()["total"] == 0
    urlopen(innkreving.base_url + PARTY).close()
    assert innkreving.control.list_requests(limit=1)["total"] == 1
    assert len(set(used)) == number
    assert len(innkreving_sandbox.control.list_sessions()["sessions"]) == 2  # that of the first test is gone


def test_the_report_of_a_failed_test_shows_the_requests(tmp_path: Path) -> None:
    (tmp_path / "test_failing.py").write_text(
        "from urllib.request import urlopen\n"
        f"def test_it(innkreving):\n    urlopen(innkreving.base_url + {PARTY!r})\n    assert False\n"
    )
    done = subprocess.run([sys.executable, "-m", "pytest", "-q", tmp_path], capture_output=True, text=True, cwd=tmp_path)
    assert "1 failed" in done.stdout
    assert "requests to innkreving-sandbox" in done.stdout and '"endpoint": "aapnekrav"' in done.stdout
