"""Makes a client of each contract with each generator, compiles it, and lets it read and write all answers of a sandbox.

Prints a line for each client. Exits with 1 if one of them does not compile, cannot read an answer, or loses a part of it.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import begjaering
from collect import collect
from compare import difference, known_fields, read
from targets import HERE, TARGETS, Refused, Tools, run

NOW = "2026-11-21"
OTHERS = ("altinn", "maskinporten", "sandbox")  # documents that no GET about a party answers
QUICK = ("java-native", "python", "typescript-fetch")
CI = os.environ.get("CI") == "true"


def arguments():
    parser = argparse.ArgumentParser(prog="tests/generators/run")
    parser.add_argument("--quick", action="store_true", help="a sample: three generators, the newest document")
    parser.add_argument("--only", help="these generators, separated by commas")
    parser.add_argument("--documents", help="these documents, separated by commas")
    parser.add_argument("--form", choices=["3.0", "3.1"], help="this form of the documents for every generator")
    parser.add_argument("--again", action="store_true", help="run what has passed, too")
    parser.add_argument("--table", type=Path, help="write a table for docs/contract.md here")
    parser.add_argument("binary", type=Path)
    return parser.parse_args()


class Document:
    """A contract document in both forms, and the answers that belong to it."""

    def __init__(self, binary, name, work):
        self.name = name
        self.folder = work / "documents" / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.forms = {}
        for form in ("3.1", "3.0"):
            told = subprocess.run([binary, "openapi", name, "--format", form], capture_output=True, check=False)
            if told.returncode and form == "3.1":
                told = subprocess.run([binary, "openapi", name], capture_output=True, check=True)
            if told.returncode == 0:
                file = self.folder / f"openapi-{form}.json"
                file.write_bytes(told.stdout)
                self.forms[form] = file
        self.content = json.loads(self.forms["3.1"].read_text())
        self.known = known_fields(self.content)

    def form(self, wanted):
        return wanted if wanted in self.forms else "3.1"

    def editions(self):
        """One edition for a document of its own; both for a document that has the schemas of both."""
        if named := re.search(r"-(\d{4})$", self.name):
            return [named[1]]
        return sorted({m[1] for name in self.content["components"]["schemas"] if (m := re.search(r"(20\d\d)$", name))}) or [None]

    def gather(self, binary, base, parties):
        answers = self.folder / "answers"
        shutil.rmtree(answers, ignore_errors=True)
        self.base = base
        if self.name == begjaering.NAME:
            self.answers = begjaering.collect_cases(base, binary, self.content, answers)
        else:
            self.answers = collect(base, self.content, self.editions(), parties, answers)
        (self.folder / "answers.json").write_text(json.dumps(self.answers, indent=1))
        digest = hashlib.sha256(json.dumps(self.answers).encode())
        for answer in self.answers:
            digest.update((answers / answer["file"]).read_bytes())
        self.digest = digest.hexdigest()


def names(binary, wanted):
    every = [n for n in run([binary, "openapi", "--list"]).split() if n not in OTHERS]
    if wanted:
        return [n for n in every if n in wanted.split(",")]
    return [n for n in every if not any(other.startswith(n + "-") for other in every)]


def serve(binary, log):
    server = subprocess.Popen(
        [binary, "--listen", "127.0.0.1:0", "--now", NOW, "--seed", "1", "--log", "off"], stdout=log.open("w"), stderr=subprocess.STDOUT,
    )
    for _ in range(200):
        found = re.search(r"http://127[^ \n]*", log.read_text())
        if found:
            return server, found[0]
        if server.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(log.read_text())


class Job:
    """One generator and one document."""

    def __init__(self, target, document, tools, form):
        self.target, self.document, self.tools = target, document, tools
        self.form = document.form(form or target.form)
        self.source = document.forms[self.form]
        self.work = tools.root / "work" / target.name / f"{document.name}-{self.form}"
        self.client, self.build = self.work / "client", self.work / "build"
        self.stamp = tools.root / "passed" / target.name / f"{document.name}-{self.form}"

    def label(self):
        return f"{self.target.name:22} {self.document.name:24} {self.form}"

    def missing(self):
        return [need for need in self.target.needs if not (Path(need).exists() if need.startswith("/") else shutil.which(need))]

    def inputs(self, harness):
        return hashlib.sha256((harness + self.document.digest).encode() + self.source.read_bytes()).hexdigest()

    def prepare(self):
        shutil.rmtree(self.work, ignore_errors=True)
        self.build.mkdir(parents=True)
        self.jobs = []
        for answer in self.document.answers:
            self.jobs.append([
                str(self.document.folder / "answers" / answer["file"]), str(self.build / "out" / answer["file"]),
                "list" if answer["list"] else "one", answer["model"], answer["operation"], "request" if answer.get("request") else str(answer["status"]),
            ])
        (self.build / "out").mkdir()
        (self.build / "jobs.tsv").write_text("".join("\t".join(job) + "\n" for job in self.jobs))

    def configuration(self):
        file = self.work / "config.json"
        file.write_text(json.dumps({
            **self.target.config, "inputSpec": str(self.source), "outputDir": str(self.client),
            "globalProperties": {name: "false" for name in ("apiTests", "modelTests", "apiDocs", "modelDocs")},
        }))
        return file

    def outcome(self):
        """Whether it compiles, how many answers came back whole, and the reasons of the others."""
        try:
            if self.target.generate:
                self.target.generate(self.tools, self.source, self.client)
            elif not self.client.exists():
                raise Refused("openapi-generator made nothing; its answer is in target/generators/work/generate.log")
            self.target.build(self.tools, self.client, self.build, self.jobs)
        except Refused as refused:
            (self.work / "refused.log").write_text(str(refused))
            return False, 0, complaints(str(refused))
        command = self.target.command(self.tools, self.client, self.build)
        told = subprocess.run([*map(str, command), str(self.build / "jobs.tsv"), str(self.client)], text=True, capture_output=True, check=False)
        if told.returncode:
            return True, 0, complaints(told.stdout + told.stderr)
        reasons = []
        for answer in self.document.answers:
            reason = self.read_back(answer)
            if reason:
                reasons.append(" ".join(f"{answer['asked']} ({answer['file']}): {reason}".split())[:400])
        return True, self.count() - len(reasons), reasons

    def count(self):
        return len(self.document.answers)

    def read_back(self, answer):
        out = self.build / "out" / answer["file"]
        failed = Path(f"{out}.error")
        if failed.exists():
            return failed.read_text()
        if not out.exists():
            return "the client wrote nothing"
        told = difference(read((self.document.folder / "answers" / answer["file"]).read_text()), read(out.read_text()), self.document.known)
        if told and self.target.texts_for_numbers and "is written as a text" in told:
            told = None
        if answer.get("request") and not told:
            return begjaering.send(self.document.base, self.target.name, out.read_text())
        return told


def complaints(text):
    """The first lines of a compiler's answer that say what is wrong."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    wrong = [line for line in lines if re.search(r"error|warning|fail|cannot", line, re.IGNORECASE)]
    return [re.sub(r"\S*/target/generators/", "", line)[:300] for line in (wrong or lines)[:4]]


def harness_digest():
    digest = hashlib.sha256()
    for file in sorted(path for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def generate_all(jobs, tools):
    """One Java process makes all the clients of openapi-generator."""
    configurations = [job.configuration() for job in jobs if job.target.config]
    if configurations:
        log = tools.root / "work" / "generate.log"
        with log.open("w") as out:
            subprocess.run([tools.java, "-jar", tools.jar, "batch", *configurations], stdout=out, stderr=subprocess.STDOUT, check=False)


def main():
    options = arguments()
    options.binary = options.binary.resolve()
    tools = Tools(Path("target/generators").resolve())
    work = tools.root / "work"
    work.mkdir(parents=True, exist_ok=True)
    documents = [Document(options.binary, name, work) for name in names(options.binary, options.documents)]
    chosen = [t for t in TARGETS if not options.only or t.name in options.only.split(",")]
    if options.quick:
        newest = max((d for d in documents if d.name.startswith(documents[0].name.split("-")[0])), key=lambda d: d.name)
        documents, chosen = [newest], [t for t in chosen if t.name in QUICK]

    parties = json.loads(run([options.binary, "parties", "--json", "--now", NOW]))
    server, base = serve(options.binary, work / "server.log")
    failed = False
    try:
        for document in documents:
            document.gather(options.binary, base, parties)
            broken = [a for a in document.answers if a["breaks"]]
            literal = [a for a in broken if a["literal"]]
            print(f"{'answers':22} {document.name:24} {len(document.answers)}" + (f", of them {len(literal)} published literally, without what the contract demands" if literal else ""))
            for answer in broken:
                if not answer["literal"]:
                    failed = True
                    print(f"    {answer['asked']}: breaks the contract: {answer['breaks']}")
        digest = harness_digest()
        jobs, table = [], {}
        for target in chosen:
            for document in documents:
                job = Job(target, document, tools, options.form)
                job.digest = job.inputs(digest)
                if lacking := job.missing():
                    failed = failed or CI
                    print(f"{job.label()}  SKIPPED: it needs {', '.join(lacking)}; tests/generators/run --install as root installs it")
                elif not options.again and job.stamp.exists() and job.stamp.read_text() == job.digest:
                    print(f"{job.label()}  ok {job.count()}/{job.count()}, unchanged since it passed")
                    table[target.name, document.name] = f"{job.count()} of {job.count()}"
                else:
                    job.prepare()
                    jobs.append(job)
        sys.stdout.flush()
        generate_all(jobs, tools)
        with ThreadPoolExecutor(2) as pool:
            for job, (compiles, good, reasons) in zip(jobs, pool.map(Job.outcome, jobs)):
                total = job.count()
                cell = f"{good} of {total}" if compiles else "does not compile"
                table[job.target.name, job.document.name] = cell
                if compiles and good == total and not reasons:
                    print(f"{job.label()}  ok {good}/{total}")
                    job.stamp.parent.mkdir(parents=True, exist_ok=True)
                    job.stamp.write_text(job.digest)
                    shutil.rmtree(job.work)
                else:
                    failed = True
                    print(f"{job.label()}  FAILED: " + (f"reads {good}/{total}" if compiles else "does not compile"))
                    for reason in reasons[:3]:
                        print(f"    {reason}")
                sys.stdout.flush()
    finally:
        server.terminate()
        server.wait()
    if options.table:
        write_table(options.table, chosen, documents, table)
    return 1 if failed else 0


def write_table(file, targets, documents, table):
    rows = ["| generator | " + " | ".join(d.name for d in documents) + " |", "|---" * (len(documents) + 1) + "|"]
    for target in targets:
        rows.append(f"| {target.label} | " + " | ".join(table.get((target.name, d.name), "not run") for d in documents) + " |")
    file.write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    sys.exit(main())
