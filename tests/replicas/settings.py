"""Replicas that would answer otherwise than those that run: which differences keep one from starting, and when it starts after all.

    tests/replicas/settings.py BINARY
"""

import http.client
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from places import Database

SAME = ["--now", "2026-11-21", "--seed", "7"]
# Short, and not masked as if a personal number stood in it.
DIGESTS = re.compile(r"the digest of the scenario files is (?:[0-9a-f]{4}-){2}[0-9a-f]{4}… here and (?:[0-9a-f]{4}-){2}[0-9a-f]{4}… there")
SCENARIO = 'part: "314300017"\nnavn: LITEN TIGER AS\nkrav: []\n'
# The tables as the first version had them.
FIRST = """
    CREATE TABLE sandbox_about (version integer NOT NULL);
    CREATE TABLE sandbox_head (single boolean PRIMARY KEY DEFAULT true CHECK (single), last bigint NOT NULL);
    CREATE TABLE sandbox_records (
        number bigint PRIMARY KEY, session text NOT NULL, sequence bigint NOT NULL, v integer NOT NULL, at text NOT NULL,
        kind text NOT NULL, data text NOT NULL, file bytea, UNIQUE (session, sequence)
    );
    CREATE TABLE sandbox_replicas (id text PRIMARY KEY, applied bigint NOT NULL, since timestamptz NOT NULL DEFAULT now());
    INSERT INTO sandbox_head (last) VALUES (0);
    INSERT INTO sandbox_about VALUES (1);
"""


class Sandbox:
    def __init__(self, binary, store, *settings):
        self.process = subprocess.Popen(
            [binary, "--listen", "127.0.0.1:0", "--log", "error", *settings],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "SANDBOX_STORE": store},
        )

    def starts(self):
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", line)[1])
        return self

    def refused(self, *told):
        """It ends with 2 and says each of these."""
        errors = self.process.communicate(timeout=30)[1]
        assert self.process.returncode == 2, (self.process.returncode, errors)
        for text in (*told, "all need the same version, scenario files and settings (docs/replicas.md)"):
            assert re.search(text if isinstance(text, re.Pattern) else re.escape(text), errors), (text, errors)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def end(self, kill=False):
        self.process.kill() if kill else self.process.terminate()
        self.process.wait(20)


def main(binary):
    database = Database()
    folder = tempfile.mkdtemp(prefix="replicas-settings-")
    running = []
    try:
        database.ask(FIRST)
        # Of those that start at the same moment and differ, those of one kind start.
        at_once = [Sandbox(binary, f"postgres://sandbox@127.0.0.1:{database.port}/postgres", "--now", "2026-11-21", "--seed", seed) for seed in "1212"]
        time.sleep(10)
        ended = [sandbox.process.poll() for sandbox in at_once]
        assert ended in ([None, 2, None, 2], [2, None, 2, None]), ended
        for sandbox in at_once:
            sandbox.end()
        database.ask("DROP TABLE sandbox_about, sandbox_head, sandbox_records, sandbox_replicas, sandbox_settings")
        database.ask(FIRST)
        store = f"postgres://sandbox@127.0.0.1:{database.port}/postgres"
        start = lambda *settings: Sandbox(binary, store, *settings)
        running.append(start(*SAME).starts())
        assert database.ask("SELECT version FROM sandbox_about") == "2", "tables of the first version are taken over"
        # What does not change an answer may differ.
        running.append(start(*SAME, "--journal", "7", "--control-key", "long-enough", "--max-sessions", "9").starts())
        with open(os.path.join(folder, "a.yaml"), "w") as scenario:
            scenario.write(SCENARIO)
        # doctor knows that beforehand, and does not count as a replica.
        doctor = lambda *settings: subprocess.run(
            [binary, "doctor", "--listen", "127.0.0.1:0", *settings], env={**os.environ, "SANDBOX_STORE": store}, capture_output=True, text=True
        )
        alike, other = doctor(*SAME), doctor("--now", "2026-11-21", "--seed", "8", "--scenarios", folder)
        assert alike.returncode == 0 and "can be reached" in alike.stdout, alike.stdout
        assert other.returncode == 1 and "--seed is 8 here and 7 there" in other.stdout and DIGESTS.search(other.stdout), other.stdout
        assert "a start with these settings is refused as long as it runs" in other.stdout, other.stdout
        waiting = [
            (start("--now", "2026-11-21", "--seed", "8"), "--seed is 8 here and 7 there"),
            (start("--now", "2026-11-22", "--seed", "7"), "the base date (--now) is 2026-11-22 here and 2026-11-21 there"),
            (start(*SAME, "--scenarios", folder), DIGESTS),
            (start(*SAME, "--scenarios", folder, "--seed", "8", "--edition", "2023", "--log-format", "json"), DIGESTS),
            (start(*SAME, "--edition", "2023", "--auth", "claims"), "--edition is 2023 here and not set there"),
            (start(*SAME, "--population", "100"), "--population is 100 here and off there"),
            (start(*SAME, "--restanser", "static"), "--restanser is static here and ledger there"),
        ]
        for sandbox, told in waiting:
            sandbox.refused(told)
        assert all(sandbox.get("/health/ready")[0] == 200 for sandbox in running), "those that run go on"
        page = running[0].get("/metrics")[1]
        number = lambda name: float(re.search(rf"^innkreving_sandbox_{name} (\S+)$", page, re.M)[1])
        assert number('store_info{kind="database"}') == number("store_up") == 1, page
        assert 0 < number("store_lease_seconds") <= 2.9 and number("store_replicas_given_up_total") == 0, page
        # Files that are exchanged for all are those that a later one must have.
        for sandbox in running:
            sandbox.end()
        of_folder = [*SAME, "--scenarios", folder]
        running = [start(*of_folder).starts(), start(*of_folder).starts()]
        with open(os.path.join(folder, "a.yaml"), "w") as scenario:
            scenario.write(SCENARIO.replace("LITEN", "STOR"))
        until = time.monotonic() + 10
        while not all("STOR TIGER" in sandbox.get("/sandbox/parties")[1] for sandbox in running):
            assert time.monotonic() < until, "the files are not read anew"
            time.sleep(0.1)
        running.append(start(*of_folder).starts())
        start(*SAME).refused(DIGESTS)
        running.pop().end()
        # The settings may change when all replicas have ended, also when they were killed.
        running.pop().end(kill=True)
        running.pop().end()
        began = time.monotonic()
        running.append(start("--now", "2026-11-22", "--seed", "8").starts())
        assert time.monotonic() - began < 20
        assert database.ask("SELECT count(*) FROM sandbox_settings WHERE seen > now() - interval '3 seconds'") == "1"
    finally:
        for sandbox in running:
            sandbox.end(kill=True)
        database.close()
    print("replicas with other settings: passed")


main(os.path.realpath(sys.argv[1]))
