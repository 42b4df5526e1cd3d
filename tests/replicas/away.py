"""A database that goes away: what a replica says of it, to calls, to probes, to Prometheus, in the log and to `doctor`.

    tests/replicas/away.py BINARY
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from places import Database

LOOKUP = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav"
KNOWS_NOTHING = "this replica cannot know what others have changed, so it answers nothing: "


def main(binary):
    database = Database()
    log = tempfile.TemporaryFile("w+")
    environment = {**os.environ, "SANDBOX_STORE": f"postgres://sandbox@127.0.0.1:{database.port}/postgres"}
    sandbox = subprocess.Popen(
        [binary, "--listen", "127.0.0.1:0", "--now", "2026-11-21", "--log-format", "json"],
        stdout=subprocess.PIPE, stderr=log, text=True, env=environment,
    )
    try:
        port = int(re.search(r"127\.0\.0\.1:(\d+)", sandbox.stdout.readline())[1])

        def call(method, path, body=None):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers

        def metric(name):
            status, page, _ = call("GET", "/metrics")
            assert status == 200, (status, page)
            return float(re.search(rf"^innkreving_sandbox_{name} (\S+)$", page, re.M)[1])

        # A call waits until the replica has asked the database for the first time; the metrics do not.
        assert call("GET", LOOKUP)[0] == 200
        before = metric("store_up"), metric("store_refused_calls_total")
        assert before == (1, 0), before
        database.server.kill()
        database.server.wait()
        until = time.monotonic() + 20
        while metric("store_lease_seconds") > 0 or metric("store_up") == 1:
            assert time.monotonic() < until, "the lease does not end"
            time.sleep(0.1)
        status, text, headers = call("GET", LOOKUP)
        assert status == 503 and headers["Sandbox-Hint"].startswith(KNOWS_NOTHING), (status, text, headers)
        assert "nothing has changed" not in headers["Sandbox-Hint"], headers
        for method, path, body in [("GET", "/sandbox/parties", None), ("POST", "/sandbox/rules", '{"then":{"error":"KB-002"}}')]:
            status, text, _ = call(method, path, body)
            assert status == 503 and "urn:innkreving-sandbox:not-known" in text and KNOWS_NOTHING in text, (status, text)
        assert metric("store_refused_calls_total") == 3, "each refused call is counted"
        assert metric("store_up") == 0 and metric("store_failures_total") == 1
        status, text, _ = call("GET", "/health/ready")
        reason = json.loads(text)["reason"]
        assert status == 503 and reason.startswith("the database cannot be asked: "), text
        assert "all calls are refused, because other replicas may have changed something" in reason, text
        assert call("GET", "/health/live")[0] == 200
        doctor = subprocess.run(
            [binary, "doctor", "--listen", f"127.0.0.1:{port}", "--now", "2026-11-21"], env=environment, capture_output=True, text=True
        )
        assert f"a sandbox runs at http://127.0.0.1:{port}, and is not ready (the database cannot be asked: " in doctor.stdout, doctor.stdout
        assert "no sandbox" not in doctor.stdout, doctor.stdout
        log.seek(0)
        told = [json.loads(line)["message"] for line in log if '"ERROR"' in line]
        expected = "calls that change something are refused, and all calls when it has not answered for three seconds"
        assert len(told) == 1 and told[0].endswith(expected), told
    finally:
        sandbox.kill()
        sandbox.wait()
        database.close()
    print("a database that goes away: passed")


main(os.path.realpath(sys.argv[1]))
