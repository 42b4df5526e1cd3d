"""Archives with the binary, named by the target: for a download by hand, and for cargo-binstall."""

from __future__ import annotations

from .facts import ROOT, Facts, tar_gz
from .targets import Binary


def build(facts: Facts, binary: Binary) -> tuple[str, bytes]:
    folder = f"innkreving-sandbox-{facts.version}-{binary.target.triple}"
    executable = f"{folder}/{binary.target.executable}"
    files = {executable: binary.path.read_bytes()}
    files |= {f"{folder}/{name}": (ROOT / name).read_bytes() for name in ("LICENSE", "README.md")}
    if binary.licences:
        files[f"{folder}/licences.txt"] = binary.licences
    return f"{folder}.tar.gz", tar_gz(files, {executable})
