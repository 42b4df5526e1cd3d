"""The wheels of PyPI: the module, and the binary as a script, so that it is on the PATH of the environment."""

from __future__ import annotations

import base64
import hashlib
import time
import zipfile
from io import BytesIO

from . import control
from .facts import EPOCH, PACKAGES, ROOT, Facts, contents
from .targets import Binary

PYTHON = ">=3.10"


def _metadata(facts: Facts) -> str:
    readme = (PACKAGES / "pypi" / "README.md").read_text()
    fields = [
        ("Metadata-Version", "2.4"),
        ("Name", facts.names["PYPI_NAME"]),
        ("Version", facts.python_version),
        ("Summary", facts.description),
        ("License-Expression", facts.licence),
        ("License-File", "LICENSE"),
        ("Project-URL", f"Source, {facts.names['REPOSITORY']}"),
        ("Requires-Python", PYTHON),
        ("Classifier", "Development Status :: 4 - Beta"),
        ("Classifier", "Framework :: Pytest"),
        ("Classifier", "Topic :: Software Development :: Testing :: Mocking"),
        ("Classifier", "Typing :: Typed"),
        ("Description-Content-Type", "text/markdown; charset=UTF-8"),
    ]
    return "".join(f"{name}: {value}\n" for name, value in fields) + "\n" + readme


def build(facts: Facts, binary: Binary) -> tuple[str, bytes]:
    """A wheel with its name."""
    stem = f"{facts.names['PYPI_NAME'].replace('-', '_')}-{facts.python_version}"
    tags = [f"py3-none-{platform}" for platform in binary.wheel_tag.split(".")]
    files = {
        name: content for name, content in contents(PACKAGES / "pypi").items() if name.startswith("innkreving_sandbox/")
    }
    files |= {name: text.encode() for name, text in control.python().items()}
    files["innkreving_sandbox/watch.sh"] = (PACKAGES / "watch.sh").read_bytes()
    executable = f"{stem}.data/scripts/{binary.target.executable}"
    files[executable] = binary.path.read_bytes()
    about = f"{stem}.dist-info"
    files[f"{about}/METADATA"] = _metadata(facts).encode()
    files[f"{about}/WHEEL"] = (
        "Wheel-Version: 1.0\nGenerator: scripts/package\nRoot-Is-Purelib: false\n"
        + "".join(f"Tag: {tag}\n" for tag in tags)
    ).encode()
    files[f"{about}/entry_points.txt"] = b"[pytest11]\ninnkreving_sandbox = innkreving_sandbox.pytest_plugin\n"
    files[f"{about}/licenses/LICENSE"] = (ROOT / "LICENSE").read_bytes()

    record = f"{about}/RECORD"
    lines = []
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        lines.append(f"{name},sha256={digest},{len(content)}\n")
    files[record] = ("".join(lines) + f"{record},,\n").encode()

    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, time.gmtime(EPOCH)[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # so that the mode counts wherever this runs
            entry.external_attr = (0o100755 if name == executable else 0o100644) << 16
            archive.writestr(entry, content)
    return f"{stem}-py3-none-{binary.wheel_tag}.whl", buffer.getvalue()
