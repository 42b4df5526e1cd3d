"""The packages of npm: a launcher without a binary, and one package with the binary for each kind of machine."""

from __future__ import annotations

import json
from collections.abc import Iterator

from . import control
from .facts import PACKAGES, ROOT, Facts, contents, tar_gz, to_json
from .targets import Binary


def _common(facts: Facts) -> dict[str, object]:
    repository = facts.names["REPOSITORY"]
    return {
        "version": facts.version,
        "license": facts.licence,
        "repository": {"type": "git", "url": f"git+{repository}.git"},
        "homepage": f"{repository}#readme",
        "bugs": f"{repository}/issues",
    }


def platform_name(facts: Facts, binary: Binary) -> str:
    return facts.names["NPM_PLATFORM"] + binary.target.node


def _file(name: str, version: str) -> str:
    """As `npm pack` names it: `@owner/name` becomes `owner-name`."""
    return f"{name.removeprefix('@').replace('/', '-')}-{version}.tgz"


def build(facts: Facts, binaries: list[Binary]) -> Iterator[tuple[str, bytes]]:
    """The tarballs with their names."""
    licence = (ROOT / "LICENSE").read_bytes()
    for binary in binaries:
        name, target = platform_name(facts, binary), binary.target
        document = {
            "name": name,
            "description": f"The binary of {facts.names['NPM_NAME']} for {target.node}",
            **_common(facts),
            "os": [target.node_os],
            "cpu": [target.node_cpu],
            "preferUnplugged": True,
        }
        if not binary.static:
            document["libc"] = ["glibc"]
        files = {
            "package/package.json": to_json(document),
            "package/LICENSE": licence,
            "package/README.md": f"The binary of `{facts.names['NPM_NAME']}` for {target.node}.\n".encode(),
            f"package/bin/{target.executable}": binary.path.read_bytes(),
        }
        yield _file(name, facts.version), tar_gz(files, {f"package/bin/{target.executable}"})

    files = {f"package/{name}": content for name, content in contents(PACKAGES / "npm").items()}
    files |= {f"package/{name}": text.encode() for name, text in control.javascript().items()}
    document = json.loads(files["package/package.json"])
    document = {
        "name": facts.names["NPM_NAME"],
        "description": facts.description,
        **_common(facts),
        **document,
        "optionalDependencies": {platform_name(facts, binary): facts.version for binary in binaries},
    }
    files["package/package.json"] = to_json(document)
    files["package/lib/platform.json"] = to_json({"prefix": facts.names["NPM_PLATFORM"]})
    files["package/lib/watch.sh"] = (PACKAGES / "watch.sh").read_bytes()
    files["package/LICENSE"] = licence
    yield _file(facts.names["NPM_NAME"], facts.version), tar_gz(files, {"package/bin/innkreving-sandbox.cjs"})
