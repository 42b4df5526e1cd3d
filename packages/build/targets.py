"""What machine a binary is for. The file itself says it, so no argument can contradict it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path


class Unusable(Exception):
    """Something that the packages cannot be built from."""


@dataclass(frozen=True)
class Target:
    """A kind of machine, as each ecosystem calls it."""

    triple: str
    node_os: str
    node_cpu: str
    wheel: str
    deb: str | None = None

    @property
    def node(self) -> str:
        return f"{self.node_os}-{self.node_cpu}"

    @property
    def executable(self) -> str:
        return "innkreving-sandbox.exe" if self.node_os == "win32" else "innkreving-sandbox"


def _linux(cpu: str) -> str:
    # A static binary runs with every C library, and so has the tags of both.
    return f"manylinux_2_17_{cpu}.manylinux2014_{cpu}.musllinux_1_1_{cpu}"


# By format and number of the processor. The archives of Linux are named musl: cargo-binstall takes them for both C
# libraries.
TARGETS = {
    ("elf", 62): Target("x86_64-unknown-linux-musl", "linux", "x64", _linux("x86_64"), "amd64"),
    ("elf", 183): Target("aarch64-unknown-linux-musl", "linux", "arm64", _linux("aarch64"), "arm64"),
    ("mach-o", 0x0100_0007): Target("x86_64-apple-darwin", "darwin", "x64", "macosx_10_12_x86_64"),
    ("mach-o", 0x0100_000C): Target("aarch64-apple-darwin", "darwin", "arm64", "macosx_11_0_arm64"),
    ("pe", 0x8664): Target("x86_64-pc-windows-msvc", "win32", "x64", "win_amd64"),
    ("pe", 0xAA64): Target("aarch64-pc-windows-msvc", "win32", "arm64", "win_arm64"),
}


@dataclass(frozen=True)
class Binary:
    """A binary, and what its file says of it."""

    path: Path
    target: Target
    static: bool
    """Whether it needs no library of the machine. Only Linux has the question."""

    @property
    def licences(self) -> bytes | None:
        """The licences of what is linked in, which a release puts beside the binary (scripts/licences)."""
        beside = self.path.parent / "licences.txt"
        return beside.read_bytes() if beside.exists() else None

    @property
    def wheel_tag(self) -> str:
        if self.static:
            return self.target.wheel
        return "linux_" + {"x64": "x86_64", "arm64": "aarch64"}[self.target.node_cpu]


def read(path: Path) -> Binary:
    """Reads the head of a binary."""
    try:
        head = path.read_bytes()[:65536]
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    kind, machine, static = None, 0, True
    try:
        if head[:5] == b"\x7fELF\x02":
            kind, machine = "elf", struct.unpack_from("<H", head, 18)[0]
            (start,) = struct.unpack_from("<Q", head, 32)
            size, number = struct.unpack_from("<HH", head, 54)
            # A program header of type 3 names a dynamic loader.
            static = all(struct.unpack_from("<I", head, start + n * size)[0] != 3 for n in range(number))
        elif head[:4] == b"\xcf\xfa\xed\xfe":
            kind, machine = "mach-o", struct.unpack_from("<I", head, 4)[0]
        elif head[:2] == b"MZ":
            (start,) = struct.unpack_from("<I", head, 0x3C)
            if head[start : start + 4] == b"PE\0\0":
                kind, machine = "pe", struct.unpack_from("<H", head, start + 4)[0]
    except struct.error as error:
        raise Unusable(f"{path}: its head is cut off") from error
    target = TARGETS.get((kind or "", machine))
    if target is None:
        raise Unusable(f"{path}: no binary of a machine that has packages")
    return Binary(path, target, static)
