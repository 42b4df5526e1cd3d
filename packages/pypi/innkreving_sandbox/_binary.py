"""Where the binary is."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

_VARIABLE = "INNKREVING_SANDBOX_BINARY"


def _folders() -> Iterator[Path]:
    """The folders that an installer may have put it into."""
    yield Path(sysconfig.get_path("scripts"))
    for scheme in ("posix_user", "nt_user", "osx_framework_user"):
        if scheme in sysconfig.get_scheme_names():
            yield Path(sysconfig.get_path("scripts", scheme))
    # `pip install --target FOLDER` makes a folder bin beside the module.
    yield Path(__file__).resolve().parent.parent / "bin"
    # A module in lib/python3.x/site-packages of another prefix.
    yield Path(__file__).resolve().parents[4] / "bin"


def find_binary() -> Path:
    """The path of the binary: that of the variable INNKREVING_SANDBOX_BINARY, or the one that came with the package."""
    own = os.environ.get(_VARIABLE)
    if own:
        if not Path(own).is_file():
            raise FileNotFoundError(f"{_VARIABLE} is {own}, which does not exist")
        return Path(own)
    name = "innkreving-sandbox.exe" if sys.platform == "win32" else "innkreving-sandbox"
    for folder in _folders():
        if (folder / name).is_file():
            return folder / name
    raise FileNotFoundError(f"the binary {name} was not installed; {_VARIABLE} can name one")
