"""A sandbox as a process of its own, that ends with the process that started it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import threading
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Union

from ._binary import find_binary
from ._operations import Operations

_KEPT = 1000  # lines of the log


class SandboxError(Exception):
    """A sandbox could not be started. The text has what it wrote to stderr."""


class Session:
    """A session: its own rules, clock, journal and scenarios."""

    def __init__(self, base_url: str, name: str, control_key: Union[str, None]) -> None:
        self.name = name
        self.base_url = f"{base_url}/~session={name}"
        """For the client under test: its requests belong to the session."""
        self.control = Operations(self.base_url, control_key=control_key)
        """The control API of the session."""

    def begin(self) -> None:
        """Begins the session. Without this, it begins with its first call, rule, clock or scenarios."""
        self.control.put_session(self.name, {"clients": []})

    def reset(self) -> None:
        """Begins the session anew."""
        self.control.reset_session(self.name)

    def delete(self) -> None:
        """Deletes the session."""
        self.control.delete_session(self.name)


class Sandbox:
    """A sandbox on a free port, for a `with` statement. `start` and `stop` do the same by hand.

    Each argument is a flag of the binary with the same name (`innkreving-sandbox --help`), except these: `scenario` is one or
    more YAML texts in place of a folder; `settings` takes any other flag, without its dashes; `port` is the port, if it is not
    to be a free one; `start_timeout` is how many seconds the start may take.
    """

    def __init__(
        self,
        *,
        now: Union[str, None] = None,
        scenarios: Union[str, "os.PathLike[str]", None] = None,
        scenario: Union[str, Sequence[str], None] = None,
        with_builtin: bool = False,
        edition: Union[Literal["2023", "2024"], None] = None,
        auth: Union[Literal["off", "open", "claims", "signed"], None] = None,
        seed: Union[int, None] = None,
        log: Union[Literal["off", "error", "warn", "info", "debug"], None] = None,
        control_key: Union[str, None] = None,
        journal: Union[int, None] = None,
        max_sessions: Union[int, None] = None,
        session_idle: Union[str, None] = None,
        restanser: Union[Literal["ledger", "static"], None] = None,
        clients: Union[str, "os.PathLike[str]", None] = None,
        issuer: Union[str, None] = None,
        jwks: Union[str, "os.PathLike[str]", None] = None,
        generate_keys: bool = False,
        regnskapssystem: Union[Literal["any", "own"], None] = None,
        settings: Union[Mapping[str, Union[str, int, bool]], None] = None,
        port: int = 0,
        start_timeout: float = 10,
    ) -> None:
        if scenario is not None and scenarios is not None:
            raise TypeError("give either `scenario` or `scenarios`, not both")
        self._settings: dict[str, object] = {
            "now": now,
            "scenarios": scenarios,
            "with-builtin": with_builtin,
            "edition": edition,
            "auth": auth,
            "seed": seed,
            "log": log,
            "control-key": control_key,
            "journal": journal,
            "max-sessions": max_sessions,
            "session-idle": session_idle,
            "restanser": restanser,
            "clients": clients,
            "issuer": issuer,
            "jwks": jwks,
            "generate-keys": generate_keys,
            "regnskapssystem": regnskapssystem,
            **(settings or {}),
        }
        self._texts = [scenario] if isinstance(scenario, str) else list(scenario or [])
        self._control_key = control_key
        self._port = port
        self._start_timeout = start_timeout
        self._log: deque[str] = deque(maxlen=_KEPT)
        self._process: Union[subprocess.Popen[str], None] = None
        self._folder: Union[tempfile.TemporaryDirectory[str], None] = None
        self._readers: list[threading.Thread] = []
        self._base_url: Union[str, None] = None

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash at the end."""
        if self._base_url is None:
            raise RuntimeError("the sandbox does not run")
        return self._base_url

    @property
    def control(self) -> Operations:
        """The control API of the default session."""
        return Operations(self.base_url, control_key=self._control_key)

    @property
    def log(self) -> str:
        """What the sandbox has logged: the last 1 000 lines."""
        return "".join(self._log)

    def session(self, name: Union[str, None] = None) -> Session:
        """A session by name, or one with a new name."""
        return Session(self.base_url, name or f"test-{uuid.uuid4()}", self._control_key)

    def start(self) -> Sandbox:
        """Starts the sandbox, and waits until it is ready."""
        if self._process is not None:
            raise RuntimeError("the sandbox runs already")
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def _command(self) -> list[str]:
        command = [str(find_binary()), f"--listen=127.0.0.1:{self._port}"]
        for flag, value in self._settings.items():
            if value is True:
                command.append(f"--{flag}")
            elif value is not None and value is not False:
                command.append(f"--{flag}={os.fspath(value) if isinstance(value, os.PathLike) else value}")
        if self._texts:
            self._folder = tempfile.TemporaryDirectory(prefix="innkreving-sandbox-")
            for number, text in enumerate(self._texts, 1):
                Path(self._folder.name, f"scenario-{number}.yaml").write_text(text, encoding="utf-8")
            command.append(f"--scenarios={self._folder.name}")
        # Windows has no such shell; there the binary ends when it is stopped.
        if sys.platform != "win32":
            command = ["/bin/sh", str(Path(__file__).with_name("watch.sh")), *command]
        return command

    def _start(self) -> None:
        self._log.clear()
        process = self._process = subprocess.Popen(
            self._command(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            errors="replace",
            # A test must not depend on the settings of its environment.
            env={name: value for name, value in os.environ.items() if not name.upper().startswith("SANDBOX_")},
        )
        assert process.stdout is not None and process.stderr is not None
        first: list[str] = []
        ready = threading.Event()

        def read(stream: IO[str]) -> None:
            # All of it is read, so that the pipe never fills.
            for line in stream:
                if not first:
                    first.append(line)
                    ready.set()
            ready.set()

        self._readers = [
            threading.Thread(target=read, args=(process.stdout,), daemon=True),
            threading.Thread(target=self._log.extend, args=(process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()
        in_time = ready.wait(self._start_timeout)
        found = re.search(r"https?://[^\s\"]+", first[0]) if first else None
        if found is None:
            if first:
                what = f"began with an unexpected line: {first[0].strip()}"
            elif in_time:
                what = f"ended with exit code {process.wait()}"
            else:
                what = f"was not ready in {self._start_timeout} s"
            self._end()
            raise SandboxError(f"innkreving-sandbox {what}\n{self.log}".strip())
        self._base_url = found[0].rstrip("/")

    def _end(self) -> None:
        if self._process is not None:
            assert self._process.stdin is not None
            self._process.stdin.close()
            if sys.platform == "win32":
                self._process.terminate()
            self._process.wait()
            for reader in self._readers:
                reader.join()
            for stream in (self._process.stdout, self._process.stderr):
                if stream is not None:
                    stream.close()
        self._process = self._base_url = None

    def stop(self) -> None:
        """Stops the sandbox, and waits until it has ended."""
        self._end()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self,
        kind: Union[type[BaseException], None],
        error: Union[BaseException, None],
        trace: Union[TracebackType, None],
    ) -> None:
        self.stop()
