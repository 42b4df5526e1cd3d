"""The driver of scripts/soak. Only the standard library."""

import collections
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

BASE = "/api/innkreving/kravogbetalinger/v1"
LARGE = "314200012"
PARTIES = ["310478717", "311851381", "313367002", "314055403", "314961900", "315300010"]
MB = 1 << 20

# How far the resident memory may go above idle under load, and how much may be left of it at the end.
MOST_ABOVE_IDLE = 256 * MB
LEFT_OF_IDLE = 0.20
LEFT_AT_LEAST = 12 * MB  # more than 20 % of idle: the allocator keeps it, and nothing of it is alive (docs/performance.md)

SCENARIO = """part: "314300017"
navn: LITEN TIGER AS
krav:
  - {{ kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 10d, opprinneligBeloep: {amount} }}
"""


def request(method, path, headers=(), body=b"", host="localhost"):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    if body or method in ("POST", "PUT"):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def read_all(stream):
    pieces = []
    while piece := stream.recv(1 << 16):
        pieces.append(piece)
    return b"".join(pieces)


def status_of(answer):
    return int(answer[9:12]) if answer[:5] == b"HTTP/" else 0


# --- the process that asks for the health ------------------------------------------------------------------------------


def bare_server():
    """Answers every connection with the same bytes."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    print(listener.getsockname()[1], flush=True)
    while True:
        stream, _ = listener.accept()
        with stream:
            try:
                stream.recv(4096)
                stream.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            except OSError:
                pass


def ask_health(port, bare_port):
    """Asks both by turns until its input ends, and prints the times in ms."""
    times, failed = {port: [], bare_port: []}, []
    ends = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ends.set()), daemon=True).start()
    while not ends.wait(0.02):
        for each in (port, bare_port):
            begun = time.perf_counter()
            try:
                with socket.create_connection(("127.0.0.1", each), timeout=10) as stream:
                    stream.sendall(request("GET", "/health/live"))
                    answer = read_all(stream)
                if status_of(answer) != 200:
                    failed.append(answer[:100].decode("latin-1"))
            except OSError as error:
                failed.append(repr(error))
            times[each].append((time.perf_counter() - begun) * 1000)
    print(json.dumps({"sandbox": times[port], "bare": times[bare_port], "failed": failed}))


# --- the load ----------------------------------------------------------------------------------------------------------


class Load:
    def __init__(self, port, folder, binary):
        self.port, self.folder, self.binary = port, folder, binary
        self.ends = threading.Event()
        self.lock = threading.Lock()
        self.count = collections.Counter()
        self.unasked = []
        self.tokens = self.make_tokens()

    def make_tokens(self):
        made = []
        for party in PARTIES[:3]:
            token = subprocess.run([self.binary, "token", "--party", party], capture_output=True, text=True, check=True)
            made.append(token.stdout.strip())
        return made

    def forget(self):
        """Empties the journal of the default session."""
        self.ask("forget", "DELETE", "/sandbox/requests")

    def note(self, kind):
        with self.lock:
            self.count[kind] += 1

    def ask(self, kind, method, path, headers=(), body=b"", allowed=()):
        """Sends a request and looks at the status. A 5xx that is not allowed was not asked for."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=60) as stream:
                stream.sendall(request(method, path, headers, body))
                answer = read_all(stream)
        except OSError as error:
            self.note(f"{kind}: {type(error).__name__}")
            if "hangs up" not in allowed:
                with self.lock:
                    self.unasked.append(f"{kind} {method} {path}: {error!r}")
            return None
        status = status_of(answer)
        self.note(f"{kind}: {status or 'no HTTP'}")
        asked = status in allowed or "any" in allowed or (status == 0 and "hangs up" in allowed)
        if (status >= 500 or status == 0) and not asked:
            with self.lock:
                self.unasked.append(f"{kind} {method} {path}: {answer[:400].decode('latin-1')}")
        return answer

    def path(self):
        party = random.choice(PARTIES)
        kind = random.choice(["aapnekrav", "krav", "innbetalinger", "utbetalinger"])
        period = f"?fraOgMed={random.randint(2023, 2026)}-0{random.randint(1, 9)}-01" if kind != "aapnekrav" else ""
        return random.choice(
            [
                f"{BASE}/finans/{party}/{kind}{period}",
                f"/api/innkreving/kravoversikt/v1/finans/{party}/oversikt",
                f"/api/innkreving/restanser/v2/dibk/{party}",
                f"/api/trekkpaalegg/v1?fraSekvensnummer={random.randint(0, 20)}&maksAntall=50",
                "/maskinporten/.well-known/oauth-authorization-server",
                "/",
                "/sandbox/requests?limit=20",
                "/openapi/kravogbetalinger.json",
            ]
        )

    def ordinary(self):
        headers = [("Accept", random.choice(["application/json", "application/xml", "*/*"]))]
        if random.random() < 0.3:
            headers.append(("Authorization", f"Bearer {random.choice(self.tokens)}"))
        if random.random() < 0.2:
            headers.append(("Sandbox-Now", f"+{random.randint(0, 400)}d"))
        self.ask("ordinary", "GET", self.path(), headers)

    def large(self):
        drift = random.choice([None, "fields", "order", "optional", "fields+order+optional"])
        headers = [("Sandbox-Drift", drift)] if drift else []
        if random.random() < 0.3:
            headers.append(("Accept", "application/xml"))
        # 503 when the memory of answers is used up is what the limit is for.
        self.ask("large", "GET", f"{BASE}/finans/{LARGE}/aapnekrav", headers, allowed=(503,))

    def faults(self):
        path = f"{BASE}/finans/{random.choice(PARTIES)}/aapnekrav"
        fault = random.choice(["reset", "empty", "truncate", "garbage", "gateway-text", "html", "429", "503", "hang(1s)"])
        header = random.choice(
            [
                ("Sandbox-Fault", fault),
                ("Sandbox-Fault", "slow-body(20k/s)"),
                ("Sandbox-Error", random.choice(["KB-001", "KB-002", "DAS-003"])),
                ("Sandbox-Delay", "50ms..500ms"),
                ("Sandbox-Drift", "fields+order+optional"),
            ]
        )
        self.ask("faults", "GET", path, [header], allowed=("any", "hangs up"))

    def sessions(self):
        """Begins a session, uses it, and drops it half of the times. 507 when there are as many as there may be."""
        name = f"soak-{random.randint(0, 10**9)}"
        header, as_json = ("Sandbox-Session", name), ("Content-Type", "application/json")
        full = (507,)
        self.ask("sessions", "GET", self.path(), [header], allowed=full)
        rule = {"when": {"party": random.choice(PARTIES)}, "then": {"delay": "1ms", "drift": "order"}, "times": 3}
        self.ask("sessions", "POST", "/sandbox/rules", [header, as_json], json.dumps(rule).encode(), allowed=full)
        self.ask("sessions", "POST", "/sandbox/clock", [header, as_json], b'{"advance": "30d"}', allowed=full)
        claims = "\n".join(
            f"  - {{ kravidentifikator: k{n}, kravtype: RESTSKATT, forfallsdato: i dag + {n}d, opprinneligBeloep: 500 }}"
            for n in range(random.choice([1, 10, 200]))
        )
        scenario = f'part: "314300017"\nnavn: X\nkrav:\n{claims}\n'.encode()
        yaml = ("Content-Type", "application/yaml")
        self.ask("sessions", "PUT", "/sandbox/scenarios", [header, yaml], scenario, allowed=full)
        for _ in range(5):
            self.ask("sessions", "GET", f"{BASE}/finans/314300017/aapnekrav", [header], allowed=full)
        if random.random() < 0.5:
            self.ask("sessions", "DELETE", f"/sandbox/sessions/{name}")

    def tokens_and_rules(self):
        as_json = ("Content-Type", "application/json")
        asked = {"token": random.choice(self.tokens), "service": "kravogbetalinger", "party": random.choice(PARTIES)}
        self.ask("tokens", "POST", "/sandbox/token/explain", [as_json], json.dumps(asked).encode())
        form = b"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=e30.e30.x"
        self.ask("tokens", "POST", "/maskinporten/token", [("Content-Type", "application/x-www-form-urlencoded")], form)
        # In a session of its own, which goes when it is idle: the default one keeps the history of its changes for undo.
        rule = {"when": {"client": f"nobody-{random.randint(0, 10**6)}"}, "then": {"error": "KB-002"}, "times": 1}
        session = ("Sandbox-Session", "soak-rules")
        made = self.ask("rules", "POST", "/sandbox/rules", [session, as_json], json.dumps(rule).encode(), allowed=(507,))
        found = re.search(rb'"id":"(r\d+)"', made or b"")
        if found:
            self.ask("rules", "DELETE", f"/sandbox/rules/{found[1].decode()}", [session], allowed=(404, 507))

    def reloads(self):
        path = os.path.join(self.folder, "314300017-soak.yaml")
        with open(path + ".new", "w", encoding="utf-8") as file:
            # One in four does not load; then the earlier files stay.
            file.write(SCENARIO.format(amount=random.choice(["1", "20", "300", "x"])))
        os.replace(path + ".new", path)
        self.note("reloads")
        self.ends.wait(2)

    # Hostile clients. What they get does not matter; that others do not notice does.

    def hostile(self, name, act):
        try:
            with socket.socket() as stream:
                stream.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                stream.settimeout(15)
                stream.connect(("127.0.0.1", self.port))
                act(stream)
        except OSError:
            pass
        self.note(f"hostile: {name}")

    def slow_body(self):
        def act(stream):
            stream.sendall(
                b"PUT /sandbox/scenarios HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/yaml\r\n"
                b"Content-Length: 4000000\r\n\r\n"
            )
            while not self.ends.wait(0.1):
                stream.sendall(b"# ")

        self.hostile("slow bodies", act)

    def slow_head(self):
        def act(stream):
            stream.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n")
            while not self.ends.wait(0.5):
                stream.sendall(b"X: y\r\n")

        self.hostile("slow headers", act)

    def half_open(self):
        self.hostile("idle", lambda stream: self.ends.wait(random.uniform(1, 20)))

    def slow_reader(self):
        def act(stream):
            drift = random.choice(["", "Sandbox-Drift: fields\r\n"])
            one = f"GET {BASE}/finans/{LARGE}/aapnekrav HTTP/1.1\r\nHost: localhost\r\n{drift}\r\n"
            stream.sendall(one.encode() * 8)
            while not self.ends.wait(0.2) and stream.recv(16):
                pass

        self.hostile("slow readers", act)

    def half_closed(self):
        def act(stream):
            stream.sendall(f"GET {BASE}/finans/311851381/aapnekrav HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            stream.shutdown(socket.SHUT_WR)
            if status_of(read_all(stream)) != 200:
                with self.lock:
                    self.unasked.append("a half-closed client got no answer")

        self.hostile("half closed", act)

    def rude(self):
        what, sent = random.choice(
            [
                ("huge headers", b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 300_000 + b"\r\n\r\n"),
                ("huge lines", b"GET /" + b"a" * 300_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"),
                ("many headers", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 5000 + b"\r\n"),
                ("garbage", random.randbytes(2000)),
                ("TLS", b"\x16\x03\x01\x02\x00\x01\x00" + random.randbytes(500)),
                ("no host", b"GET / HTTP/1.1\r\n\r\n"),
                ("unread body", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n" + b"x" * 500_000),
                ("chunks", b"PUT /sandbox/scenarios HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nfffff\r\nxx"),
            ]
        )

        def act(stream):
            stream.sendall(sent)
            stream.settimeout(2)
            read_all(stream)

        self.hostile(what, act)

    def gives_up(self):
        def act(stream):
            fault = random.choice(["Sandbox-Fault: hang", "Sandbox-Delay: 10m", "Sandbox-Fault: slow-body(1/s)"])
            stream.sendall(
                f"GET {BASE}/finans/{LARGE}/aapnekrav HTTP/1.1\r\nHost: localhost\r\n{fault}\r\n\r\n".encode()
            )
            self.ends.wait(random.uniform(0, 2))

        self.hostile("given up", act)

    def start(self):
        actors = [self.ordinary] * 4 + [self.large] * 2 + [self.faults] * 4 + [self.sessions] * 2
        actors += [self.tokens_and_rules, self.reloads, self.rude, self.half_closed]
        actors += [self.slow_body] * 8 + [self.slow_head] * 8 + [self.half_open] * 20 + [self.slow_reader] * 20
        actors += [self.gives_up] * 10
        self.threads = [threading.Thread(target=self.repeat, args=(act,), daemon=True) for act in actors]
        for thread in self.threads:
            thread.start()

    def repeat(self, act):
        while not self.ends.is_set():
            act()
            self.ends.wait(random.uniform(0, 0.05))

    def stop(self):
        self.ends.set()
        for thread in self.threads:
            thread.join(timeout=70)


# --- the run -----------------------------------------------------------------------------------------------------------


def resident(pid, kind="VmRSS"):
    """The resident memory of the process. `RssAnon` is what is its own: the others are pages of its file."""
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith(kind))


def descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * part))]


def main(minutes, binary):
    health_ms = float(os.environ.get("SOAK_HEALTH_MS", "100"))
    most_ms = float(os.environ.get("SOAK_HEALTH_MOST_MS", "1000"))
    folder = tempfile.mkdtemp(prefix="soak-")
    scenarios = os.path.join(folder, "scenarios")
    os.mkdir(scenarios)
    with open(os.path.join(scenarios, "314300017-soak.yaml"), "w", encoding="utf-8") as file:
        file.write(SCENARIO.format(amount="1"))
    log = open(os.path.join(folder, "log"), "w+", encoding="utf-8")
    server = subprocess.Popen(
        [binary, "--listen", "127.0.0.1:0", "--scenarios", scenarios, "--with-builtin", "--log", "warn"]
        # Short times, so that each limit is met many times in a minute.
        + ["--idle-time", "3s", "--body-time", "3s", "--send-time", "3s", "--session-idle", "5s", "--max-sessions", "100"],
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    others = []
    try:
        port = next(int(found[1]) for line in server.stdout if (found := re.search(r"127\.0\.0\.1:(\d+)", line)))
        threading.Thread(target=lambda: collections.deque(server.stdout, maxlen=0), daemon=True).start()
        bare = subprocess.Popen([sys.executable, __file__, "bare"], stdout=subprocess.PIPE, text=True)
        others.append(bare)
        bare_port = bare.stdout.readline().strip()
        load = Load(port, scenarios, binary)
        # Idle is after each kind of request has been there, because contracts are made when they are first needed, and
        # the journal fills up.
        for act, times in [(load.ordinary, 600), (load.large, 12), (load.faults, 60), (load.sessions, 12)]:
            for _ in range(times):
                act()
        # What the journal keeps is asked for, and has a limit of its own. What is left without it is what counts.
        load.forget()
        time.sleep(25)
        idle, idle_own, idle_descriptors = resident(server.pid), resident(server.pid, "RssAnon"), descriptors(server.pid)
        prober = subprocess.Popen(
            [sys.executable, __file__, "health", str(port), bare_port],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        others.append(prober)
        load.start()
        samples, begun = [], time.monotonic()
        while (passed := time.monotonic() - begun) < minutes * 60:
            time.sleep(0.5)
            if server.poll() is not None:
                break
            samples.append((passed, resident(server.pid), descriptors(server.pid)))
        load.stop()
        load.forget()
        told = json.loads(prober.communicate()[0])
        # 30 s, and as long as a connection may idle.
        settled = time.monotonic() + 30
        while server.poll() is None and time.monotonic() < settled:
            time.sleep(0.5)
            if descriptors(server.pid) <= idle_descriptors and resident(server.pid) <= idle * (1 + LEFT_OF_IDLE):
                break
        if server.poll() is not None:
            sys.exit(f"the sandbox ended with {server.returncode}\n" + open(log.name, encoding="utf-8").read()[-4000:])
        left, left_own, left_descriptors = resident(server.pid), resident(server.pid, "RssAnon"), descriptors(server.pid)
        server.terminate()
        server.wait(10)
    finally:
        for process in [*others, server]:
            process.kill()
    with open(log.name, encoding="utf-8") as file:
        lines = file.readlines()
    shutil.rmtree(folder)
    return report(locals())


def report(run):
    samples, told, load, minutes = run["samples"], run["told"], run["load"], run["minutes"]
    thirds = [[s for s in samples if n <= s[0] / (minutes * 20) < n + 1] for n in range(3)]
    middle, last = (max(s[1] for s in third) for third in thirds[1:])
    peak = max(s[1] for s in samples)
    idle, left = run["idle"], run["left"]
    health, bare = (percentile(told[who], 0.999) for who in ("sandbox", "bare"))
    longest, longest_bare = max(told["sandbox"]), max(told["bare"])
    bugs = [line for line in run["lines"] if "a bug" in line]
    mb = lambda value: f"{value / MB:.1f} MB"
    ms = lambda value: f"{value:.1f} ms"
    most_left = max(idle * LEFT_OF_IDLE, LEFT_AT_LEAST)
    checks = [
        ("memory above idle, at most", mb(peak - idle), f"≤ {mb(MOST_ABOVE_IDLE)}", peak - idle <= MOST_ABOVE_IDLE),
        ("memory, the last third beside the middle", f"{mb(last)} / {mb(middle)}", "≤ 1.2 + 10 MB",
         last <= middle * 1.2 + 10 * MB),
        ("memory left at the end, above idle", mb(left - idle), f"≤ {mb(most_left)}", left - idle <= most_left),
        ("descriptors at the end, at idle", f"{run['left_descriptors']}, {run['idle_descriptors']}", "the same",
         run["left_descriptors"] <= run["idle_descriptors"]),
        ("5xx and lost answers that nobody asked for", str(len(load.unasked)), "0", not load.unasked),
        ("panics", str(len(bugs)), "0", not bugs),
        (f"health, 99.9 % of {len(told['sandbox'])}", f"{ms(health)} (bare server {ms(bare)})",
         f"≤ {ms(run['health_ms'])} more", health <= bare + run["health_ms"]),
        ("health, the longest", f"{ms(longest)} (bare server {ms(longest_bare)})", f"≤ {ms(run['most_ms'])} more",
         longest <= longest_bare + run["most_ms"]),
        ("health, without an answer", str(len(told["failed"])), "0", not told["failed"]),
    ]
    print(f"\nsoak: {minutes:g} min, {sum(load.count.values())} requests; idle {mb(idle)}, peak {mb(peak)}")
    print(f"of it the process's own: idle {mb(run['idle_own'])}, at the end {mb(run['left_own'])}\n")
    groups = collections.defaultdict(list)
    for kind, times in sorted(load.count.items()):
        group, _, what = kind.partition(": ")
        groups[group].append(f"{what} {times}".strip())
    for group, parts in groups.items():
        print(f"  {group:10} {', '.join(parts)}")
    print()
    for name, value, limit, good in checks:
        print(f"  {'ok    ' if good else 'FAILED'}  {name:45} {value:36} {limit}")
    for line in (load.unasked[:5] + bugs[:5] + told["failed"][:5]):
        print("   ", line.strip()[:600])
    return all(good for *_, good in checks)


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare_server()
    elif sys.argv[1] == "health":
        ask_health(int(sys.argv[2]), int(sys.argv[3]))
    else:
        sys.exit(0 if main(float(sys.argv[1]), sys.argv[2]) else 1)
