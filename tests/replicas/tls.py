"""TLS to a PostgreSQL database that takes no connection without it: which addresses a sandbox starts with, and that it keeps sessions there.

    tests/replicas/tls.py BINARY
"""

import http.client
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from places import Database


def start(binary, store):
    environment = {**os.environ, "SANDBOX_STORE": store}
    return subprocess.Popen(
        [binary, "--listen", "127.0.0.1:0", "--log", "off"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
    )


def refused(binary, store, why):
    sandbox = start(binary, store)
    try:
        told = sandbox.communicate(timeout=30)[1]
    except subprocess.TimeoutExpired:
        sandbox.kill()
        raise SystemExit(f"it started, but must not: {store}")
    assert sandbox.returncode == 2 and why in told and "secret" not in told, f"{store}: {sandbox.returncode} {told}"


def keeps(binary, database, store):
    """A rule that one sandbox is given is there for the next one."""
    for status in (200, 500):
        sandbox = start(binary, store)
        try:
            line = sandbox.stdout.readline()
            assert line, f"{store}: {sandbox.stderr.read()}"
            connection = http.client.HTTPConnection("127.0.0.1", int(re.search(r"127\.0\.0\.1:(\d+)", line)[1]), timeout=20)
            connection.request("GET", "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav")
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status, f"{store}: {answer.status}"
            body = '{"then": {"error": "KB-002"}}'
            connection.request("POST", "/sandbox/rules", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            assert answer.status == 201, answer.read()
            lines = "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE usename = 'sandbox' AND client_addr IS NOT NULL"
            secure, all_of_them = map(int, database.ask(lines).split("|"))
            assert secure == all_of_them > 0, f"{secure} of {all_of_them}"
        finally:
            sandbox.kill()
            sandbox.wait(20)
    database.ask("DROP TABLE sandbox_about, sandbox_head, sandbox_records, sandbox_replicas, sandbox_settings")


def main(binary):
    database = Database(secure=True)
    try:
        at = lambda host, options: f"postgres://sandbox:secret@{host}:{database.port}/postgres{options}"
        ca, other = (f"&sslrootcert={database.folder}/{name}.pem" for name in ("ca", "other"))
        for options in ("", "?sslmode=disable"):
            refused(binary, at("127.0.0.1", options), "no encryption")
        refused(binary, at("localhost", f"?sslmode=verify-full{other}"), "certificate")
        refused(binary, at("127.0.0.1", f"?sslmode=verify-ca{other}"), "certificate")
        refused(binary, at("127.0.0.1", f"?sslmode=verify-full{ca}"), "certificate")
        refused(binary, at("localhost", "?sslmode=verify-full&sslrootcert=/nowhere.pem"), "/nowhere.pem")
        refused(binary, at("localhost", "?sslmode=verify-full"), "add &sslrootcert=")
        for host, options in [
            ("localhost", f"?sslmode=verify-full{ca}"),
            ("127.0.0.1", f"?sslmode=verify-ca{ca}"),
            ("127.0.0.1", "?sslmode=require"),
            ("127.0.0.1", "?sslmode=prefer"),
        ]:
            keeps(binary, database, at(host, options))
    finally:
        database.close()
    print("TLS to the database: passed")


main(os.path.realpath(sys.argv[1]))
