"""The wheel: installed into empty environments from a folder, by pip and by uv."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import documents
from documents import Failed


def run(root: Path, work: Path, dist: Path, _binary: Path) -> str:
    folder = work / "python"
    shutil.rmtree(folder, ignore_errors=True)
    venv, home, project = folder / "venv", folder / "home", folder / "project"
    home.mkdir(parents=True)
    project.mkdir()
    tools = next((work / "venv" / "lib").glob("python3*")) / "site-packages"
    subprocess.run([work / "venv" / "bin" / "python", "-m", "venv", venv], check=True)
    installed = next((venv / "lib").glob("python3*")) / "site-packages"
    settings = home / "uv.toml"
    settings.write_text(f'no-index = true\nfind-links = ["{dist}"]\npython-downloads = "never"\n')
    env = {
        "PATH": f"{venv / 'bin'}:{folder / 'tools'}:{os.environ['PATH']}",
        "HOME": str(home),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(dist),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_CACHE_DIR": str(home / "pip"),
        "UV_CONFIG_FILE": str(settings),
        "UV_CACHE_DIR": str(home / "uv"),
        "UV_PYTHON": str(work / "venv" / "bin" / "python"),
    }
    (folder / "tools").mkdir()
    for tool in ("uv", "uvx"):
        (folder / "tools" / tool).symlink_to(work / "venv" / "bin" / tool)

    began = time.monotonic()
    server, url = documents.start(["uvx", "innkreving-sandbox", "--listen", "127.0.0.1:0"], project, env)
    call(["curl", "--silent", "--fail", f"{url}/health/ready"], project, env)
    seconds = time.monotonic() - began
    documents.stop(server)

    # First with nothing but the package, then with pytest, which the environment of the tools has.
    python = venv / "bin" / "python"
    call([python, "-m", "pip", "install", "innkreving-sandbox"], project, env)
    alone = 'from innkreving_sandbox import Sandbox\nwith Sandbox() as s: print(s.control.show_clock()["day"])'
    call([python, "-c", alone], project, env)
    if "innkreving-sandbox" not in call([python, "-m", "innkreving_sandbox", "--version"], project, env):
        raise Failed("python -m innkreving_sandbox does not hand over to the binary")
    options = root / "packages" / "npm" / "lib" / "options.cjs"
    of_node = call(["node", "-p", f"JSON.stringify(Object.values(require('{options}').FLAGS))"], project, env)
    of_python = call([python, "-c", "import json, innkreving_sandbox as i; print(json.dumps(list(i.Sandbox()._settings)))"], project, env)
    if json.loads(of_node) != json.loads(of_python):
        raise Failed(f"the two packages have different options: {of_node}{of_python}")
    # A folder is another place where an installer may put the binary.
    call([python, "-m", "pip", "install", "--target", home / "target", "innkreving-sandbox"], project, env)
    call([python, "-m", "pip", "uninstall", "--yes", "innkreving-sandbox"], project, env)
    call([python, "-c", alone], project, {**env, "PYTHONPATH": str(home / "target")})

    (installed / "tools.pth").write_text(f"{tools}\n")
    commands = documents.run(root / "packages" / "pypi" / "README.md", project, env)
    call([python, "-m", "pip", "check"], project, env)
    tests = root / "tests" / "packages" / "pypi"
    for name in ("test_package.py", "use.py"):
        shutil.copy(tests / name, project / name)
    told = call([python, "-m", "pytest", "-q", "test_package.py"], project, env)
    strict = [python, "-m", "mypy", "--strict", "--warn-unused-ignores", "--cache-dir", home / "mypy"]
    call([*strict, "use.py", "test_package.py", "start.py", "test_krav.py"], project, env)
    call([*strict, "--python-version", "3.10", installed / "innkreving_sandbox"], project, env)
    return f"{commands} commands of the README, {told.splitlines()[-1]}, mypy --strict; uvx gave the first answer after {seconds:.1f} s"


def call(command: list[object], folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run([str(part) for part in command], cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Failed(f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout
