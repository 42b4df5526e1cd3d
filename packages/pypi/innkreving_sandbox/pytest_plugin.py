"""Fixtures for pytest: one sandbox for the run, and a session of its own for each test."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from typing import Any

import pytest

from ._sandbox import Sandbox, Session

_SESSION = pytest.StashKey[Session]()


@pytest.fixture(scope="session")
def innkreving_sandbox_options() -> dict[str, Any]:
    """The arguments of the run's `Sandbox`. Define a fixture of this name to change them."""
    return {}


@pytest.fixture(scope="session")
def innkreving_sandbox(innkreving_sandbox_options: dict[str, Any]) -> Iterator[Sandbox]:
    """The sandbox of the run."""
    with Sandbox(**innkreving_sandbox_options) as sandbox:
        yield sandbox


@pytest.fixture
def innkreving(innkreving_sandbox: Sandbox, request: pytest.FixtureRequest) -> Iterator[Session]:
    """A session of the test's own. If the test fails, its report shows the requests of the session."""
    session = innkreving_sandbox.session()
    request.node.stash[_SESSION] = session
    session.begin()
    yield session
    session.delete()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the journal of the session to the report of a test that failed."""
    report = yield
    if report.when == "call" and report.failed and _SESSION in item.stash:
        try:
            entries = item.stash[_SESSION].control.list_requests()["requests"]
        except Exception as error:  # the test may have switched the journal or the sandbox off
            lines = [f"the journal could not be read: {error}"]
        else:
            lines = [json.dumps(entry, ensure_ascii=False) for entry in reversed(entries)]
        report.sections.append(("requests to innkreving-sandbox", "\n".join(lines) or "none"))
    return report
