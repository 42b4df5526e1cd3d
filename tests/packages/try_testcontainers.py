"""The snippets of docs/testcontainers.md, as far as their libraries can be had: compiled, not run."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import documents
from documents import Failed


def run(root: Path, work: Path, _dist: Path, _binary: Path) -> str:
    """After `try_npm` and `try_pypi`: their projects have the packages installed."""
    checked = []
    for _, name, text in documents.blocks(root / "docs" / "testcontainers.md"):
        if name.endswith(".mts"):
            project = work / "node" / "readme"
            env = {"PATH": f"{work / 'node' / 'node_modules' / '.bin'}:{os.environ['PATH']}"}
            settings = ["--strict", "--exactOptionalPropertyTypes", "--noEmit", "--skipLibCheck"]
            command = ["tsc", *settings, "--target", "es2022", "--module", "nodenext", "--types", "node", name]
        elif name.endswith(".py"):
            project = work / "python" / "project"
            env = {"PATH": os.environ["PATH"], "HOME": str(work / "python" / "home")}
            command = [str(work / "python" / "venv" / "bin" / "python"), "-m", "mypy", "--strict", name]
        else:
            continue
        (project / name).write_text(text)
        done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            raise Failed(f"docs/testcontainers.md, {name}:\n{done.stdout}\n{done.stderr}")
        checked.append(name)
    if len(checked) != 2:
        raise Failed(f"docs/testcontainers.md: two snippets should compile, and these did: {checked}")
    return "the snippets for Node.js and Python compile"
