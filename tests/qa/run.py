"""Runs testers' tools against a fresh sandbox: the collections of docs/collections, and what the tools make of the contract.

Prints a line for each run. Exits with 1 if one of them is not green.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import make

NOW = "2026-11-21"
PARTY = "314961900"
EMPLOYER = "311851381"  # whose orders Trekkpålegg answers with if nothing names the employer
CI = os.environ.get("CI") == "true"
TOOLS = Path("target/qa/node/node_modules/.bin").resolve()
HURL = Path("target/qa/hurl/bin/hurl").resolve()
COLLECTIONS = Path("docs/collections").resolve()
failures = []


def told(name, passed, remark=""):
    print(f"{name:52} {'ok' if passed else 'FAILED'}{'  ' + remark if remark else ''}", flush=True)
    if not passed:
        failures.append(name)


def call(command, folder=None):
    done = subprocess.run([str(part) for part in command], cwd=folder, text=True, capture_output=True, check=False, timeout=300)
    return done.returncode, done.stdout + done.stderr


def last_lines(text):
    lines = [re.sub(r"\x1b\[[0-9;]*m", "", line).strip() for line in text.splitlines()]
    wrong = [line for line in lines if re.search(r"fail|error|✕|✗|expected|\(4\d\d|\(5\d\d", line, re.IGNORECASE) and "│" not in line]
    return "".join(f"\n    {line[:200]}" for line in wrong[:8])


class Sandbox:
    def __init__(self, binary, work):
        self.log = work / "server.log"
        self.process = subprocess.Popen([binary, "--listen", "127.0.0.1:0", "--now", NOW, "--log", "off"], stdout=self.log.open("w"))
        while not (found := re.search(r"http://127[^ \n]*", self.log.read_text())):
            if self.process.poll() is not None:
                raise SystemExit("the sandbox does not start")
            time.sleep(0.05)
        self.base = found[0]

    def close(self):
        self.process.terminate()
        self.process.wait()


def same_files(binary, work):
    fresh = work / "collections"
    subprocess.run([sys.executable, "-B", make.__file__, binary, fresh], check=True)
    status, answer = call(["diff", "-r", "-q", COLLECTIONS, fresh])
    told("docs/collections is what the contract gives", status == 0, "" if status == 0 else "run tests/qa/make" + answer[:600])


def ready_collections(base):
    status, answer = call([TOOLS / "newman", "run", COLLECTIONS / "postman.json", "--working-dir", COLLECTIONS, "--env-var", f"baseUrl={base}", "--reporters", "cli", "--color", "off"])
    told("Postman collection, with newman", status == 0, counted(answer, r"assertions\s*│\s*(\d+)", "assertions") + ("" if status == 0 else last_lines(answer)))
    status, answer = call([TOOLS / "bru", "run", "-r", "--env", "sandbox", "--env-var", f"baseUrl={base}"], COLLECTIONS / "bruno")
    told("Bruno collection, with bru", status == 0, counted(answer, r"Assertions\s*│\s*(\d+)/", "assertions") + ("" if status == 0 else last_lines(answer)))
    if HURL.exists():
        status, answer = call([HURL, "--test", "--variable", f"baseUrl={base}", *sorted((COLLECTIONS / "hurl").glob("*.hurl"))])
        told("hurl files, with hurl", status == 0, counted(answer, r"Executed requests:\s*(\d+)", "requests") + ("" if status == 0 else last_lines(answer)))
    else:
        print("hurl files                                           SKIPPED: hurl is not installed; tests/qa/run --install installs it")
        if CI:
            failures.append("hurl")


def counted(answer, pattern, noun):
    found = re.search(pattern, answer)
    return f"{found[1]} {noun}" if found else ""


def document_of(sandbox, name, work):
    """The document as the sandbox serves it, in the form 3.0 if there is one."""
    with urllib.request.urlopen(f"{sandbox.base}/openapi/{name}.json?version=3.0", timeout=30) as response:
        body = response.read()
    file = work / f"{name}.json"
    file.write_bytes(body)
    return file, json.loads(body)


def bad_statuses(report):
    """The requests of a report that were not answered with 2xx. A collection without tests passes whatever it gets."""
    found = []
    for execution in report:
        if not 200 <= execution[1] < 300:
            found.append(f"{execution[0]}: {execution[1]}")
    return found


def from_the_document(binary, sandbox, name, work):
    file, document = document_of(sandbox, name, work)
    base = document["servers"][0]["url"]
    postman(file, base, name, work)
    portman(file, base, name, work)
    bruno(binary, file, base, name, work)


def postman(file, base, name, work):
    collection, report = work / f"{name}.postman.json", work / f"{name}.newman.json"
    status, answer = call([TOOLS / "openapi2postmanv2", "-s", file, "-o", collection, "-O", "folderStrategy=Tags,parametersResolution=Example"])
    if status == 0:
        status, answer = call([TOOLS / "newman", "run", collection, "--env-var", f"baseUrl={base}", "--reporters", "json", "--reporter-json-export", report])
    bad = ["no report"] if not report.exists() else bad_statuses([(e["item"]["name"], e["response"]["code"]) for e in json.loads(report.read_text())["run"]["executions"]])
    told(f"openapi-to-postmanv2 and newman: {name}", status == 0 and not bad, "; ".join(bad)[:300] + (last_lines(answer) if status else ""))


def portman(file, base, name, work):
    output = work / f"{name}.portman.json"
    status, answer = call([TOOLS / "portman", "-l", file, "-b", base, "-o", output, "-s", Path("tests/qa/portman-postman.json").resolve(), "-t", "true", "-n", "true"], work)
    passed = status == 0 and "✓" in answer and "AssertionError" not in answer
    told(f"Portman: {name}", passed, counted(answer, r"assertions\s*│\s*(\d+)", "assertions") + ("" if passed else last_lines(answer)))


def query_into_url(request):
    """Bruno's command line sends only the query that is in the URL. Its import writes the query beside the URL."""
    text = request.read_text()
    block = re.search(r"^params:query \{\n(.*?)^\}", text, re.MULTILINE | re.DOTALL)
    pairs = re.findall(r"^  (\w+): (.+)$", block[1], re.MULTILINE) if block else []
    if pairs:
        query = "&".join(f"{name}={value}" for name, value in pairs)
        request.write_text(re.sub(r"^(  url: .*)$", lambda line: line[1] + "?" + query, text, count=1, flags=re.MULTILINE))


def bruno(binary, file, base, name, work):
    folder, report = work / f"{name}-bruno", work / f"{name}.bru.json"
    shutil.rmtree(folder, ignore_errors=True)
    status, answer = call([TOOLS / "bru", "import", "openapi", "--source", file, "--output", folder, "--collection-name", name, "--collection-format", "bru"])
    if status == 0:
        service = re.sub(r"-\d{4}$", "", name)
        # The first package of these services is for callers with consent.
        by = "consent" if "finans" in file.read_text() else "organisation"
        party = EMPLOYER if "trekkid" in file.read_text() else PARTY
        for request in folder.rglob("*.bru"):
            query_into_url(request)
        token = subprocess.run([binary, "token", "--service", service, "--party", party, "--by", by, "--lifetime", "600", "--now", NOW], capture_output=True, text=True, check=False).stdout.strip()
        environment = next((folder / "environments").iterdir()).stem
        status, answer = call([TOOLS / "bru", "run", "-r", "--env", environment, "--env-var", f"baseUrl={base}", "--env-var", f"token={token}", "--reporter-json", report], folder)
    bad = ["no report"] if not report.exists() else bad_statuses(
        [(r.get("test", {}).get("filename") or r.get("name", ""), r["response"].get("status") or 0) for part in json.loads(report.read_text()) for r in part["results"]])
    told(f"Bruno's import, with bru: {name}", status == 0 and not bad, "; ".join(bad)[:300] + (last_lines(answer) if status else ""))


def main():
    binary = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        same_files(binary, work)
        sandbox = Sandbox(binary, work)
        try:
            ready_collections(sandbox.base)
            for name in make.names(binary):
                from_the_document(binary, sandbox, name, work)
        finally:
            sandbox.close()
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
