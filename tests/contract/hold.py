"""Holds every service that the binary lists to its contract, with every party that its URLs take: schemathesis, as many
runs at a time as there are cores. Arguments: the binary, schemathesis,
the example with a service of its own. Without WHOLE in the environment, some of the parties and a third of the examples. The settings stand beside this file: those of
NAME.toml, or schemathesis.toml where a service has none of its own."""

import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

# Of different characters: busy, strange, shielded, late, owed money, with arrears, with orders to deduct from pay.
PARTIES = ["311851381", "315300010", "02827720073", "313367002", "314961900", "310111643", "123456789"]
WHOLE = "WHOLE" in os.environ
if not WHOLE:
    PARTIES = PARTIES[:3]
EDITION = re.compile(r"(.+)-([0-9]{4})")

here = pathlib.Path(__file__).parent
binary, schemathesis, example = sys.argv[1:]
servers = []


def start(*more):
    """Starts the binary. The first line of its banner names the address; it is printed once the server listens."""
    flags = ["--listen", "127.0.0.1:0", "--now", "2026-11-21", "--log", "off"]
    server = subprocess.Popen([binary, *flags, *more], stdout=subprocess.PIPE, text=True)
    servers.append(server)
    return re.search(r"http://\S+", server.stdout.readline()).group()


def printed(*arguments):
    return subprocess.run([binary, *arguments], stdout=subprocess.PIPE, text=True, check=True).stdout


def ask(url, headers):
    """An answer of any status: its headers and its JSON."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.headers, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.headers, None


def in_path(contract):
    return [it for it in contract["components"].get("parameters", {}).values() if it["in"] == "path"]


def is_party(parameter):
    return "[0-9]{9}" in parameter["schema"].get("pattern", "")


def known(contract, base, headers, name):
    """What only the service can know, like the id of an order: the first that one of its lists shows."""
    for path in contract["paths"]:
        listed = ask(base + path, headers)[1] if "{" not in path else None
        for item in listed if isinstance(listed, list) else []:
            if name in item:
                return item[name]
    return None


def hold(name, contract, base, party=""):
    """One run of schemathesis. What it printed, where it failed."""
    values = {it["name"]: party for it in in_path(contract) if party and is_party(it)}
    headers = {"Sandbox-Party": party} if party and not values else {}
    if match := EDITION.fullmatch(name):
        # Said in every call, because a scenario may choose another edition for its party.
        headers["Sandbox-Edition"] = match[2]
    for it in in_path(contract):
        if it["name"] not in values and it["schema"].get("type") == "string" and "enum" not in it["schema"]:
            values[it["name"]] = known(contract, base, headers, it["name"]) if party else None
    service = EDITION.sub(r"\1", name)
    own = here / f"{service}.toml"
    settings = (own if own.exists() else here / "schemathesis.toml").read_text() + "\n[parameters]\n"
    if not WHOLE:
        settings = re.sub(r"(?m)^max-examples = (\d+)", lambda it: f"max-examples = {int(it[1]) // 3}", settings)
        # Thousands of cases, for the request of one endpoint.
        if service == "utleggsbegjaering":
            settings = settings.replace("[parameters]", "[phases.coverage]\nenabled = false\n\n[parameters]")
    settings += "".join(f'"path.{key}" = "{value}"\n' for key, value in values.items() if value is not None)
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
        file.write(settings)
        file.flush()
        command = [schemathesis, "--no-color", "--config-file", file.name, "run", f"{base}/openapi/{name}.json"]
        command += ["--url", base] + [part for it in headers.items() for part in ("--header", ": ".join(it))]
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    ended = run.stdout.strip().splitlines()[-1].strip("= ")
    print(" ".join(part for part in (name, party) if part) + f": {ended}", flush=True)
    return run.stdout if run.returncode else None


def main():
    names = printed("openapi", "--list").split()
    # A service with editions has a document for each; the one under its plain name is that of the newest.
    plain = {match[1] for match in map(EDITION.fullmatch, names) if match}
    base, runs = start(), []
    for name in names:
        contract = json.loads(printed("openapi", name))
        if name in plain:
            continue
        # The services whose errors have codes in a table are those that are asked about a party.
        if '"x-kode"' not in json.dumps(contract):
            runs.append((name, contract, start()))
            continue
        patterns = [it["schema"]["pattern"] for it in in_path(contract) if is_party(it)]
        parties = [party for party in PARTIES if all(re.search(pattern, party) for pattern in patterns)]
        runs += [(name, contract, base, party) for party in parties]
    # A service from outside the house: the example serves it, and its contract is only there while it runs.
    own = subprocess.Popen([example], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    servers.append(own)
    base = re.match(r"http://[^/]+", own.stdout.readline()).group()
    runs += [("notater", ask(f"{base}/openapi/notater.json", {})[1], base, party) for party in PARTIES[:1]]
    # The control API takes longest, so it begins first.
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        failures = [failed for failed in pool.map(lambda run: hold(*run), reversed(runs)) if failed]
    print(*failures, sep="\n")
    sys.exit(1 if failures else 0)


try:
    main()
finally:
    for server in servers:
        server.kill()
