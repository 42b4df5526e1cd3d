"""Runs a document: its files are written, its commands run, and their output is held against the text after the arrow."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


class Failed(Exception):
    """What a test of a package found."""


def blocks(document: Path) -> list[tuple[str, str, str]]:
    """Language, second word and text of each block."""
    return [(match[1], match[2] or "", match[3]) for match in BLOCK.finditer(document.read_text())]


def start(command: Sequence[str], folder: Path, env: Mapping[str, str], seconds: float = 60) -> tuple[subprocess.Popen[bytes], str]:
    """Starts a server and returns its process, which leads a group, and the first URL that it prints."""
    process = subprocess.Popen(
        command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    )
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), False)
    output, until = b"", time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < until and selector.select(until - time.monotonic()):
            read = process.stdout.read()
            output += read or b""
            if found := re.search(rb"(http://127\S+)\n", output):
                return process, found[1].decode()
            if read == b"":
                break
    stop(process)
    raise Failed(f"{' '.join(command)}: no server\n{output.decode()}")


def stop(process: subprocess.Popen[bytes]) -> None:
    """Ends a server and all that belongs to it, and waits until its output has ended."""
    try:
        os.killpg(process.pid, signal.SIGTERM)
    except ProcessLookupError:
        pass
    process.wait()
    assert process.stdout is not None
    os.set_blocking(process.stdout.fileno(), True)
    process.stdout.read()
    process.stdout.close()


def run(document: Path, folder: Path, env: Mapping[str, str], wrap: Callable[[str], list[str]] | None = None) -> int:
    """Runs a document in a folder and returns how many commands it had. `wrap` makes the argument list of a command."""
    wrap = wrap or (lambda command: ["bash", "-c", f"set -eo pipefail\n{command}"])
    server, commands = None, 0
    try:
        for language, word, text in blocks(document):
            if language == "sh" and word == "serve":
                if server is not None:
                    stop(server)
                server, _ = start(wrap(f"exec {text.strip()}"), folder, env)
                commands += 1
            elif language == "sh":
                for line in text.splitlines():
                    command, _, wanted = line.partition("  # → ")
                    done = subprocess.run(wrap(command), cwd=folder, env=env, capture_output=True, text=True, timeout=300)
                    if done.returncode != 0 or wanted.strip() not in done.stdout:
                        raise Failed(f"{document}: {command}\nexit code {done.returncode}, wanted {wanted!r}\n{done.stdout}\n{done.stderr}")
                    commands += 1
            elif word:
                (folder / word).write_text(text)
    finally:
        if server is not None:
            stop(server)
    if commands == 0:
        raise Failed(f"{document} has no command")
    return commands
