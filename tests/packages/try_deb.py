"""The package of Debian: installed into an empty root by dpkg, and run there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import documents
from documents import Failed


def run(root: Path, work: Path, dist: Path, binary: Path) -> str:
    if not shutil.which("dpkg") or os.geteuid() != 0:
        if os.environ.get("CI") == "true":
            raise Failed("dpkg is required, and root or user namespaces")
        return "left out, because it needs dpkg, and root or user namespaces"
    place = work / "root"
    shutil.rmtree(place, ignore_errors=True)
    for folder in ("var/lib/dpkg/info", "var/lib/dpkg/updates", "tmp", "bin", "proc"):
        (place / folder).mkdir(parents=True)
    (place / "var/lib/dpkg/status").touch()
    package = next(dist.glob("*.deb"))
    install = ["dpkg", f"--root={place}", "--force-not-root", "--force-script-chrootless", "--install", package]
    linked = subprocess.run(["ldd", binary], capture_output=True, text=True)
    if linked.returncode == 0 and "statically linked" not in linked.stdout:
        # A binary for tries. Its libraries come along, and the package that has them is not there.
        install.insert(1, "--force-depends")
        for word in linked.stdout.split():
            if word.startswith("/"):
                (place / word[1:]).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(word, place / word[1:])
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    check(install, env)
    status = check(["dpkg-query", f"--root={place}", "--show", "--showformat=${Status} ${Version}", "innkreving-sandbox"], env)
    if not status.startswith("install ok installed"):
        raise Failed(f"dpkg says: {status}")
    if enabled := list((place / "etc").rglob("*.service")):
        raise Failed(f"a unit is enabled: {enabled}")

    inside = folder_of_the_document(work, package)
    commands = documents.run(root / "packages" / "deb" / "README.md", inside, env, lambda command: chroot(place, command))
    listed = check(["dpkg-query", f"--root={place}", "--listfiles", "innkreving-sandbox"], env).split()
    for name in ("usr/share/man/man1/innkreving-sandbox.1.gz", "usr/lib/systemd/system/innkreving-sandbox.service"):
        if f"/{name}" not in listed or not (place / name).is_file():
            raise Failed(f"{name} is missing")
    if shutil.which("man"):
        page = check(["man", "--warnings", "--local-file", place / "usr/share/man/man1/innkreving-sandbox.1.gz"], env)
        if "innkreving-sandbox" not in page:
            raise Failed("the manual page is empty")
    if shutil.which("systemd-analyze"):
        # It looks for the binary where the unit says, so a copy of the unit names the place in the root.
        unit = work / "innkreving-sandbox.service"
        text = (place / "usr/lib/systemd/system" / unit.name).read_text()
        unit.write_text(text.replace("ExecStart=/usr", f"ExecStart={place}/usr"))
        told = subprocess.run(["systemd-analyze", "--man=no", "verify", unit], env=env, capture_output=True, text=True)
        if told.returncode != 0 or unit.name in told.stderr:
            raise Failed(f"systemd-analyze: exit code {told.returncode}\n{told.stderr}")
    lint(package, env)
    check(["dpkg", f"--root={place}", "--force-not-root", "--purge", "innkreving-sandbox"], env)
    if (place / "usr/bin/innkreving-sandbox").exists():
        raise Failed("the binary outlives its package")
    return f"{commands} commands of the README in an empty root"


def folder_of_the_document(work: Path, package: Path) -> Path:
    """A folder with the package, as after a download. On a machine of another kind, the README's name stays."""
    folder = work / "download"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    shutil.copy(package, folder / f"{package.stem.rpartition('_')[0]}_amd64.deb")
    return folder


def chroot(place: Path, command: str) -> list[str]:
    """A command of the README: dpkg acts on the root, the binary runs in it, and curl is another machine."""
    if command.startswith("dpkg "):
        command = command.replace("dpkg ", f"dpkg --root={place} --force-not-root --force-depends ", 1)
    if command.removeprefix("exec ").startswith("innkreving-sandbox"):
        command = command.replace("innkreving-sandbox", f"chroot {place} /usr/bin/innkreving-sandbox", 1)
    return ["bash", "-c", command]


def lint(package: Path, env: dict[str, str]) -> None:
    if not shutil.which("lintian"):
        print("Debian: lintian is not here, so it was not asked", file=sys.stderr)
        return
    check(["lintian", "--allow-root", "--fail-on", "error,warning", package], env)


def check(command: list[object], env: dict[str, str]) -> str:
    done = subprocess.run([str(part) for part in command], env=env, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Failed(f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout
