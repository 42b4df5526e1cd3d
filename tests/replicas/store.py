"""Sessions move from a file to a PostgreSQL database and back, with `store export` and `store import`.

    tests/replicas/store.py BINARY
"""

import http.client
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from places import Database

OPEN = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav"


class Sandbox:
    def __init__(self, binary, store):
        self.process = subprocess.Popen(
            [binary, "--listen", "127.0.0.1:0", "--log", "off", "--store", store], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", line)[1])

    def call(self, method, path, body=None, session=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Content-Type": "application/json", **({"Sandbox-Session": session} if session else {})}
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)


def main(binary):
    database = Database()
    folder = tempfile.mkdtemp(prefix="store-")
    address = f"postgres://sandbox@127.0.0.1:{database.port}/postgres"
    name = lambda file: os.path.join(folder, file)

    def store(at, *arguments, code=0):
        done = subprocess.run([binary, "store", *arguments, "--store", at], capture_output=True, text=True)
        assert done.returncode == code, f"{arguments} {at}: {done.returncode} {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def has_the_rules(at):
        """The default session refuses the call; the other one lets it through, and its clock stands at a day of its own."""
        with Sandbox(binary, at) as sandbox:
            assert sandbox.call("GET", OPEN) == 500, at
            assert sandbox.call("GET", OPEN, session="other") == 200, at

    try:
        file = f"file:{name('one.db')}"
        with Sandbox(binary, file) as sandbox:
            assert sandbox.call("POST", "/sandbox/rules", '{"then": {"error": "KB-002"}}') == 201
            assert sandbox.call("POST", "/sandbox/clock", '{"now": "2026-12-24"}', session="other") == 200
        store(file, "export", name("one.jsonl"))
        assert "no tables of a sandbox" in store(address, "check", code=2)
        assert database.ask("SELECT to_regclass('sandbox_about') IS NULL") == "t", "check makes no tables"
        store(address, "import", name("one.jsonl"))
        told = store(address, "check")
        assert "default: 2 records" in told and "other: 2 records" in told, told
        has_the_rules(address)
        with Sandbox(binary, address):
            assert "a sandbox uses this database" in store(address, "import", name("one.jsonl"), code=2)
            # It can be read while it is used.
            store(address, "export", name("two.jsonl"))
        assert "has records already" in store(address, "import", name("one.jsonl"), code=2)
        assert "VACUUM" in store(address, "compact", code=2)
        lines = lambda file: sorted(open(name(file), encoding="utf-8"))
        assert [line for line in lines("two.jsonl") if line in lines("one.jsonl")] == lines("one.jsonl")
        back = f"file:{name('two.db')}"
        store(back, "import", name("two.jsonl"))
        store(back, "check")
        has_the_rules(back)
    finally:
        database.close()
    print("sessions moved from a file to a database and back")


main(os.path.realpath(sys.argv[1]))
