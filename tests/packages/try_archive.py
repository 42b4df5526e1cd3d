"""The archive of the release page: it is where cargo-binstall will look, and its binary answers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tarfile
import tomllib
from pathlib import Path

import documents
from documents import Failed


def run(root: Path, work: Path, dist: Path, _binary: Path) -> str:
    (archive,) = dist.glob("*.tar.gz")
    package = tomllib.loads((root / "Cargo.toml").read_text())["package"]
    host = subprocess.run(["rustc", "-vV"], capture_output=True, text=True, check=True).stdout
    target = re.search(r"^host: (\S+)-gnu$", host, re.MULTILINE)
    if target is None:
        return "left out, because this is no Linux with the GNU library"
    # cargo-binstall asks for the archive of musl where there is none of GNU.
    words = {"repo": "", "name": package["name"], "bin": package["name"], "version": package["version"], "target": f"{target[1]}-musl", "binary-ext": ""}
    told = package["metadata"]["binstall"]
    url, place = (re.sub(r"\{ (\S+) \}", lambda word: words[word[1]], told[key]) for key in ("pkg-url", "bin-dir"))
    if url.rpartition("/")[2] != archive.name:
        raise Failed(f"cargo-binstall would ask for {url}, but the archive is {archive.name}")
    folder = work / "archive"
    shutil.rmtree(folder, ignore_errors=True)
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    server, base = documents.start([str(folder / place), "--listen", "127.0.0.1:0"], folder, {"PATH": os.environ["PATH"]})
    try:
        subprocess.run(["curl", "--silent", "--fail", "--output", "/dev/null", f"{base}/health/ready"], check=True)
    finally:
        documents.stop(server)
    return f"{archive.name} answers"
