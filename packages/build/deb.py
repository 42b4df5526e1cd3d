"""The package of Debian: the binary, its manual page, and a unit for systemd that nothing enables."""

from __future__ import annotations

import gzip
import os
import subprocess
import tempfile
from pathlib import Path

from .facts import EPOCH, PACKAGES, ROOT, Facts
from .targets import Binary, Unusable


# The binary has all its libraries in it on purpose: it runs on every version of Debian and its relatives. And no bug of
# Debian's asks for it.
OVERRIDES = """{name}: statically-linked-binary [usr/bin/innkreving-sandbox]
{name}: shared-library-lacks-prerequisites [usr/bin/innkreving-sandbox]
{name}: embedded-library libyaml [usr/bin/innkreving-sandbox]
{name}: initial-upload-closes-no-bugs [*]
"""


def _paragraphs(text: str) -> str:
    """The long description: each line with a blank before it."""
    return "".join(f" {line or '.'}\n" for line in text.strip().splitlines())


def build(facts: Facts, binary: Binary) -> tuple[str, bytes]:
    """The package with its name."""
    if binary.target.deb is None:
        raise Unusable(f"{binary.path}: not for Linux, so it gets no .deb")
    name, source = facts.names["DEB_NAME"], PACKAGES / "deb"
    licence = (ROOT / "LICENSE").read_text()
    rights = (
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
        f"Upstream-Name: innkreving-sandbox\nSource: {facts.names['REPOSITORY']}\n\n"
        f"Files: *\nCopyright: the contributors of innkreving-sandbox\nLicense: Expat\n{_paragraphs(licence)}"
    )
    changelog = (
        f"{name} ({facts.deb_version}) unstable; urgency=medium\n\n  * Version {facts.version}.\n\n"
        f" -- {facts.names['MAINTAINER']}  Wed, 01 Jan 2020 00:00:00 +0000\n"
    )
    files: dict[str, bytes] = {
        "usr/bin/innkreving-sandbox": binary.path.read_bytes(),
        "usr/lib/systemd/system/innkreving-sandbox.service": (source / "innkreving-sandbox.service").read_bytes(),
        "usr/share/man/man1/innkreving-sandbox.1.gz": gzip.compress(
            (source / "innkreving-sandbox.1").read_bytes(), mtime=0
        ),
        f"usr/share/doc/{name}/copyright": rights.encode(),
        f"usr/share/doc/{name}/changelog.Debian.gz": gzip.compress(changelog.encode(), mtime=0),
        f"usr/share/lintian/overrides/{name}": OVERRIDES.format(name=name).encode(),
    }
    if binary.licences:
        files[f"usr/share/doc/{name}/licences.txt.gz"] = gzip.compress(binary.licences, mtime=0)
    control = (
        f"Package: {name}\nVersion: {facts.deb_version}\nArchitecture: {binary.target.deb}\n"
        f"Maintainer: {facts.names['MAINTAINER']}\nSection: devel\nPriority: optional\n"
        f"Installed-Size: {sum(map(len, files.values())) // 1024 + 1}\n"
        + ("" if binary.static else "Depends: libc6, libgcc-s1\n")
        + f"Homepage: {facts.names['REPOSITORY']}\n"
        "Description: stand-in for the collection services of Skatteetaten\n"
        + _paragraphs((source / "description.txt").read_text())
    )
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "root"
        files["DEBIAN/control"] = control.encode()
        for path, content in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            place.chmod(0o755 if path.startswith("usr/bin/") else 0o644)
        for place in (root, *(path for path in root.rglob("*") if path.is_dir())):
            place.chmod(0o755)
        package = Path(folder) / "package.deb"
        try:
            subprocess.run(
                ["dpkg-deb", "--root-owner-group", "-Zxz", "--build", str(root), str(package)],
                check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH)},
            )
        except FileNotFoundError as error:
            raise Unusable("dpkg-deb is required") from error
        return f"{name}_{facts.deb_version}_{binary.target.deb}.deb", package.read_bytes()
