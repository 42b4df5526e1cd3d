"""The tests of the packages, in their order. `tests/packages/run` starts it, without a network where it can."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import try_archive
import try_deb
import try_npm
import try_pypi
import try_testcontainers
from documents import Failed

ROOT = Path(__file__).resolve().parent.parent.parent
WORK = ROOT / "target" / "packages"


def names() -> dict[str, str]:
    """packages/names.env, as a shell reads it."""
    text = (ROOT / "packages" / "names.env").read_text()
    quoted = "\n".join(f'{k}="{v}"' for k, _, v in (line.partition("=") for line in text.splitlines() if "=" in line and line[0] != "#"))
    done = subprocess.run(["bash", "-c", f"set -a\n{quoted}\nenv"], capture_output=True, text=True, check=True, env={})
    return dict(line.split("=", 1) for line in done.stdout.splitlines())


def build(binary: Path) -> Path:
    """All packages, twice: the same input must give the same bytes."""
    made = []
    for folder in ("dist", "dist-again"):
        out = WORK / folder
        out.mkdir(parents=True, exist_ok=True)
        for old in out.iterdir():
            old.unlink()
        command = [ROOT / "scripts" / "package", "all", "--binary", binary, "--out", out]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        made.append({path.name: path.read_bytes() for path in sorted(out.iterdir())})
    if made[0] != made[1]:
        raise Failed("two builds of the same binary differ")
    print(done.stdout.replace("dist-again", "dist"), end="")
    wrong = subprocess.run([*command, "--version", "v99.0.0"], capture_output=True, text=True)
    if wrong.returncode == 0 or "Cargo.toml says" not in wrong.stderr:
        raise Failed(f"a version that is not that of Cargo.toml was taken: {wrong.stderr}")
    text = WORK / "no-binary"
    text.write_text("#!/bin/sh\n")
    wrong = subprocess.run([ROOT / "scripts" / "package", "all", "--binary", text], capture_output=True, text=True)
    if wrong.returncode == 0 or "no binary of a machine" not in wrong.stderr:
        raise Failed(f"a script was taken for a binary: {wrong.stderr}")
    return WORK / "dist"


def main() -> None:
    binary = Path(sys.argv[1])
    # Nothing of the machine's own settings.
    for name in [name for name in os.environ if name.upper().startswith(("SANDBOX_", "NPM_", "PIP_", "UV_"))]:
        del os.environ[name]
    cargo = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
    if cargo.get("repository") != names()["REPOSITORY"]:
        raise Failed("`repository` in Cargo.toml and packages/names.env differ")
    dist = build(binary)
    for name, part in (
        ("npm", try_npm.run),
        ("PyPI", try_pypi.run),
        ("Debian", try_deb.run),
        ("archive", try_archive.run),
        ("Testcontainers", try_testcontainers.run),
    ):
        began = time.monotonic()
        told = part(ROOT, WORK, dist, binary)
        print(f"{name}: {told} ({time.monotonic() - began:.1f} s)", flush=True)
    print("packages: all passed")


try:
    main()
except Failed as failure:
    sys.exit(f"FAILED: {failure}")
