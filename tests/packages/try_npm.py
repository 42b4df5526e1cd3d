"""The packages of npm: installed into empty projects from a registry on this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import documents
from documents import Failed
from registry import Registry

# One contract, two ways to types: those of the package must be the ones that openapi-typescript makes.
AGREE = """import type * as own from "innkreving-sandbox";
import type { components, operations } from "./schema";
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : never) : never;
type Answer<Operation> = Operation extends { responses: infer All }
  ? All extends { 200: { content: { "application/json": infer Good } } } ? Good
  : All extends { 201: { content: { "application/json": infer Good } } } ? Good : void : never;
type Body<Operation> = Operation extends { requestBody: { content: infer All } } ? All[keyof All] : undefined;
type Last<Arguments extends unknown[]> = Arguments extends [...unknown[], infer One] ? One : undefined;
type Client = own.ControlClient;
"""


def run(root: Path, work: Path, dist: Path, _binary: Path) -> str:
    registry = Registry(dist)
    node = work / "node"
    home = fresh(work / "npm-home")
    env = {
        "PATH": f"{node / 'node_modules' / '.bin'}:{os.environ['PATH']}",
        "HOME": str(home),
        "npm_config_cache": str(home / "cache"),
        "npm_config_registry": registry.url,
        "npm_config_update_notifier": "false",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_yes": "true",  # npx asks before it installs
        "CI": "true",
    }
    seconds = nothing_but_npx(work, env)
    project = empty_project(node / "readme")
    commands = documents.run(root / "packages" / "npm" / "README.md", project, env)
    installed = json.loads((project / "package-lock.json").read_text())["packages"]
    platforms = [name for name in installed if name.startswith("node_modules/innkreving-sandbox-")]
    if len(platforms) != 1 or not installed[platforms[0]].get("optional"):
        raise Failed(f"not one optional package with the binary: {list(installed)}")

    call(["node", "--test", "--test-timeout=60000", place(root, project, "package.test.mjs")], project, env)
    types(root, project, env)
    # The helper for vitest is a module of the new kind only, as vitest itself is.
    launcher = next(dist.glob("innkreving-sandbox-[0-9]*.tgz"))
    call(["attw", launcher, "--ignore-rules", "cjs-resolves-to-esm"], project, env)
    without_a_binary(node, env)
    return f"{commands} commands of the README, the package's own tests, types; npx gave the first answer after {seconds:.1f} s"


def fresh(folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def empty_project(folder: Path) -> Path:
    fresh(folder)
    (folder / "package.json").write_text('{ "private": true }\n')
    return folder


def place(root: Path, project: Path, name: str) -> str:
    shutil.copy(root / "tests" / "packages" / "npm" / name, project / name)
    return name


def call(command: list[object], folder: Path, env: dict[str, str]) -> str:
    done = subprocess.run([str(part) for part in command], cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise Failed(f"{command}: exit code {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def nothing_but_npx(work: Path, env: dict[str, str]) -> float:
    """`npx innkreving-sandbox` in an empty folder answers within a minute, and SIGTERM ends it. Returns the seconds."""
    began = time.monotonic()
    process, url = documents.start(["npx", "innkreving-sandbox", "--listen", "127.0.0.1:0"], fresh(work / "nothing"), env)
    try:
        call(["curl", "--silent", "--fail", f"{url}/health/ready"], work, env)
        seconds = time.monotonic() - began
        os.kill(process.pid, signal.SIGTERM)
        process.wait(timeout=20)
        until = time.monotonic() + 20
        while left := subprocess.run(["pgrep", "--pgroup", str(process.pid)], capture_output=True, text=True).stdout:
            if time.monotonic() > until:
                raise Failed(f"npx left processes behind: {left}")
        return seconds
    finally:
        documents.stop(process)


def types(root: Path, project: Path, env: dict[str, str]) -> None:
    """The types compile under the strictest settings, from both kinds of modules, and agree with openapi-typescript."""
    contract = root / "docs" / "openapi" / "sandbox.json"
    # A member with a default may be left out of a body.
    call(["openapi-typescript", contract, "--default-non-nullable=false", "--output", "schema.ts"], project, env)
    document = json.loads(contract.read_text())
    lines = [AGREE]
    for name in document["components"]["schemas"]:
        lines.append(f'export const {name}: Same<own.{name}, components["schemas"]["{name}"]> = true;')
    for methods in document["paths"].values():
        for told in methods.values():
            name = told["operationId"]
            good = next(one for status, one in told["responses"].items() if status.startswith("2"))
            # openapi-typescript has no type for a file.
            if "application/json" in good.get("content", {"application/json": None}):
                answer = f'Same<Awaited<ReturnType<Client["{name}"]>>, Answer<operations["{name}"]>>'
                lines.append(f"export const {name}: {answer} = true;")
            if "requestBody" in told:
                body = f'Same<Last<Parameters<Client["{name}"]>>, Body<operations["{name}"]>>'
                lines.append(f"export const {name}Body: {body} = true;")
    (project / "agree.ts").write_text("\n".join(lines) + "\n")
    use = (root / "tests" / "packages" / "npm" / "use.ts").read_text()
    (project / "use.mts").write_text(use)
    # The same from a CommonJS module, which has no await at its top and no vitest.
    (project / "use.cts").write_text(
        'import sandbox = require("innkreving-sandbox");\nimport jest = require("innkreving-sandbox/jest");\n'
        "export const started: Promise<sandbox.Sandbox> = sandbox.Sandbox.start();\nexport const fixture = jest.useSandbox();\n"
    )
    (project / "tsconfig.json").write_text((root / "tests" / "packages" / "npm" / "tsconfig.json").read_text())
    call(["tsc", "--project", "."], project, env)


def without_a_binary(node: Path, env: dict[str, str]) -> None:
    """Without the optional package, the message says what to do."""
    project = empty_project(node / "without")
    call(["npm", "install", "--omit=optional", "innkreving-sandbox"], project, env)
    for command in (["npx", "innkreving-sandbox"], ["node", "-e", 'require("innkreving-sandbox").Sandbox.start()']):
        done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True, timeout=60)
        if done.returncode == 0 or "INNKREVING_SANDBOX_BINARY can name a binary" not in done.stderr:
            raise Failed(f"{command} without a binary: exit code {done.returncode}\n{done.stderr}")
