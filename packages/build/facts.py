"""The facts that all packages share: names, version, licence, description."""

from __future__ import annotations

import json
import re
import string
import tarfile
import tomllib
from dataclasses import dataclass
from gzip import GzipFile
from io import BytesIO
from pathlib import Path

from .targets import Unusable

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ROOT / "packages"
# Every file of a package has this time, so that the same input gives the same bytes: 1 January 2020.
EPOCH = 1_577_836_800


def names() -> dict[str, str]:
    """packages/names.env."""
    values: dict[str, str] = {}
    for line in (PACKAGES / "names.env").read_text().splitlines():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            values[key] = string.Template(value).substitute(values)
    return values


@dataclass(frozen=True)
class Facts:
    """What does not depend on the machine."""

    version: str
    description: str
    licence: str
    names: dict[str, str]

    @property
    def python_version(self) -> str:
        """As PyPI spells it: `0.2.0rc1` for `0.2.0-rc.1`."""
        return re.sub(r"-(alpha|beta|rc)\.?(\d+)$", lambda m: {"alpha": "a", "beta": "b"}.get(m[1], m[1]) + m[2], self.version)

    @property
    def deb_version(self) -> str:
        """As Debian sorts it: `0.2.0~rc.1` comes before `0.2.0`."""
        return self.version.replace("-", "~", 1) + "-1"


def facts(version: str | None) -> Facts:
    """From Cargo.toml and names.env. A given version (a tag, with or without `v`) must be that of Cargo.toml."""
    package = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]
    if version is not None and version.removeprefix("v") != package["version"]:
        raise Unusable(f"the version is {version}, but Cargo.toml says {package['version']}")
    return Facts(package["version"], package["description"], package["license"], names())


def contents(*folders: Path) -> dict[str, bytes]:
    """All files below folders, by their path in it, without what an editor or Python leaves behind."""
    found: dict[str, bytes] = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
                found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


def tar_gz(files: dict[str, bytes], executable: set[str]) -> bytes:
    """A compressed archive whose bytes depend on nothing but the files."""
    buffer = BytesIO()
    with GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(content), EPOCH
            entry.mode = 0o755 if name in executable else 0o644
            archive.addfile(entry, BytesIO(content))
    return buffer.getvalue()


def to_json(value: object) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
