"""The command line of `scripts/package`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from . import archive, deb, npm, wheel
from .facts import ROOT, facts
from .targets import Unusable, read

KINDS = ("npm", "pypi", "deb", "archive")


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/package", description="Builds packages around binaries.")
    parser.add_argument("what", choices=("all", *KINDS))
    parser.add_argument("--binary", action="append", type=Path, default=[], help="a binary; once for each kind of machine")
    parser.add_argument("--version", help="must be the version of Cargo.toml")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="folder for the packages (dist/)")
    asked = parser.parse_args()
    if not asked.binary:
        parser.error("give at least one --binary")
    known, binaries = facts(asked.version), [read(path) for path in asked.binary]
    if len({binary.target for binary in binaries}) != len(binaries):
        raise Unusable("two binaries are for the same machine")
    for binary in binaries:
        if not binary.static:
            print(f"{binary.path}: not static, so its packages are for tries on this machine only", file=sys.stderr)
    wanted = KINDS if asked.what == "all" else (asked.what,)
    made: list[tuple[str, bytes]] = []
    if "npm" in wanted:
        made += npm.build(known, binaries)
    for binary in binaries:
        if "pypi" in wanted:
            made.append(wheel.build(known, binary))
        if "deb" in wanted and (binary.target.deb or asked.what == "deb"):
            made.append(deb.build(known, binary))
        if "archive" in wanted:
            made.append(archive.build(known, binary))
    asked.out.mkdir(parents=True, exist_ok=True)
    for name, content in made:
        (asked.out / name).write_bytes(content)
        print(f"{len(content):>10} bytes  {asked.out / name}")


try:
    main()
except Unusable as error:
    sys.exit(f"scripts/package: {error}")
