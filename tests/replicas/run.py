"""Three replicas on a PostgreSQL database under load and harm, and a check of what docs/replicas.md promises."""

import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(__file__))
from history import History
from places import Database, Replica

COUNTED = "311851381"
EMPLOYER = "310478717"
SESSION = "replicas"
HEADERS = {
    "Klientid": "test",
    "Korrelasjonsid": "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10",
    "Meldingsid": "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e11",
}
TIMES = 40


class Load:
    def __init__(self, replicas, history, seed):
        self.replicas, self.history, self.seed = replicas, history, seed
        self.ends = threading.Event()
        self.number, self.lock = 0, threading.Lock()
        self.counted, self.ids, self.clock_lock = None, {}, threading.Lock()

    def next(self):
        with self.lock:
            self.number += 1
            return self.number

    def call(self, replica, method, path, body=None, headers=None, timeout=15):
        """The status and the body; nothing if there was no answer, or none that says what happened."""
        connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=timeout)
        headers = {"Sandbox-Session": SESSION, **(headers or {})}
        if isinstance(body, (dict, list)):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.history.count("no answer")
            return None
        finally:
            connection.close()
        if answer.status == 503:
            self.history.count("refused with 503")
            return None
        self.history.count("answered")
        return answer.status, text

    def expect(self, answer, status, what):
        if answer is None:
            return False
        if answer[0] != status:
            self.history.fault(f"{what}: {answer[0]} {answer[1][:300]!r}")
            return False
        return True

    def work(self, thread):
        rng = random.Random(self.seed * 100 + thread)
        actions = [self.add_rule, self.delete_rule, self.read_rules, self.read_rules, self.count_rule, self.count_rule]
        actions += [self.set_clock, self.read_clock, self.read_clock, self.order, self.poll, self.upload, self.submit]
        while not self.ends.is_set():
            try:
                rng.choice(actions)(rng.choice(self.replicas), rng)
            except Exception as error:  # noqa: BLE001 - a mistake of the test is a fault, too
                self.history.fault(f"{type(error).__name__}: {error}")

    def add_rule(self, replica, rng):
        mark = f"mark-{self.next()}"
        history = self.history
        with history.lock:
            history.sent_rules.add(mark)
        answer = self.call(replica, "POST", "/sandbox/rules", {"when": {"client": mark}, "then": {"error": "KB-002"}})
        if self.expect(answer, 201, "a rule"):
            with history.lock:
                self.ids[mark] = json.loads(answer[1])["id"]
                history.added[mark] = time.monotonic()

    def delete_rule(self, replica, rng):
        history = self.history
        with history.lock:
            there = [mark for mark in history.added if mark not in history.deleting]
            if len(there) < 20:
                return
            mark = rng.choice(there)
            history.deleting[mark] = time.monotonic()
        answer = self.call(replica, "DELETE", f"/sandbox/rules/{self.ids[mark]}")
        # 404: it was refused or unanswered before, and had happened.
        if answer is not None and answer[0] in (200, 204):
            with history.lock:
                history.deleted[mark] = time.monotonic()
        elif answer is not None:
            history.fault(f"deleting {mark}: {answer}")

    def read_rules(self, replica, rng):
        began = time.monotonic()
        answer = self.call(replica, "GET", "/sandbox/rules")
        ended = time.monotonic()
        if self.expect(answer, 200, "rules"):
            rules = json.loads(answer[1])["rules"]
            marks = [rule["when"].get("client") for rule in rules]
            marks = [mark for mark in marks if mark and mark.startswith("mark-")]
            self.history.check_rules(began, ended, marks, f"replica {replica.number}")

    def count_rule(self, replica, rng):
        rule = self.counted
        if rule is not None:
            self.count(replica, rule)

    def count(self, replica, rule):
        with self.history.lock:
            self.history.sent_calls[rule] = self.history.sent_calls.get(rule, 0) + 1
        path = f"/api/innkreving/kravogbetalinger/v1/regnskapssystem/{COUNTED}/aapnekrav"
        answer = self.call(replica, "GET", path)
        with self.history.lock:
            if answer is None:
                self.history.maybe[rule] = self.history.maybe.get(rule, 0) + 1
            elif answer[0] == 404:
                self.history.met[rule] = self.history.met.get(rule, 0) + 1
            elif answer[0] != 200:
                self.history.faults.append(f"a counted call: {answer[0]}")

    def renew_counted(self, rule):
        """Uses a counted rule up, checks how often it was met, and makes the next one. Nobody else counts meanwhile: a call
        that began with the old rule would meet the new one."""
        history = self.history
        if rule is not None:
            for _ in range(TIMES + 20):
                with history.lock:
                    before = history.met.get(rule, 0)
                self.count(random.choice(self.replicas), rule)
                with history.lock:
                    if history.met.get(rule, 0) == before and self.steady(rule):
                        break
            with history.lock:
                met, maybe = history.met.get(rule, 0), history.maybe.get(rule, 0)
                if met > TIMES:
                    history.faults.append(f"a rule for {TIMES} calls was met {met} times")
                if met + maybe < TIMES:
                    history.faults.append(f"a rule for {TIMES} calls was met {met} times, and {maybe} calls were not answered")
                history.counts["counted rules used up"] = history.counts.get("counted rules used up", 0) + 1
        wanted = {"when": {"party": COUNTED}, "then": {"error": "KB-009"}, "times": TIMES}
        while True:
            answer = self.call(random.choice(self.replicas), "POST", "/sandbox/rules", wanted)
            if answer is not None:
                break
            # It may be there all the same: begin with a clean slate for counted rules.
            self.drop_counted()
        self.counted = json.loads(answer[1])["id"]

    def steady(self, rule):
        return self.history.met.get(rule, 0) + self.history.maybe.get(rule, 0) >= TIMES

    def drop_counted(self):
        while True:
            answer = self.call(random.choice(self.replicas), "GET", "/sandbox/rules")
            if answer is None:
                time.sleep(0.2)
                continue
            for rule in json.loads(answer[1])["rules"]:
                if rule["when"].get("party"):
                    self.call(random.choice(self.replicas), "DELETE", f"/sandbox/rules/{rule['id']}")
            return

    def set_clock(self, replica, rng):
        with self.clock_lock:
            number = self.next()
            value = f"2026-11-{22 + number // 80000:02}T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
            with self.history.lock:
                self.history.clocks.append((value, time.monotonic(), None))
            place = len(self.history.clocks) - 1
            answer = self.call(replica, "POST", "/sandbox/clock", {"now": value})
            if self.expect(answer, 200, "the clock"):
                with self.history.lock:
                    sent = self.history.clocks[place][1]
                    self.history.clocks[place] = (value, sent, time.monotonic())

    def read_clock(self, replica, rng):
        if not self.history.clocks:
            return
        first = self.history.clocks[0]
        began = time.monotonic()
        answer = self.call(replica, "GET", "/sandbox/clock")
        ended = time.monotonic()
        if self.expect(answer, 200, "the clock") and first[2] is not None and first[2] < began:
            value = json.loads(answer[1])["now"][:19] + "Z"
            self.history.check_clock(began, ended, value, f"replica {replica.number}")

    def order(self, replica, rng):
        answer = self.call(replica, "POST", "/sandbox/trekkpaalegg", {"trekkpliktig": EMPLOYER, "prosent": 10})
        if self.expect(answer, 201, "an order"):
            told = json.loads(answer[1])
            with self.history.lock:
                if told["trekkid"] in self.history.orders:
                    self.history.faults.append(f"the order {told['trekkid']} was dealt twice")
                if told["sekvensnummer"] in self.history.orders.values():
                    self.history.faults.append(f"the number {told['sekvensnummer']} was dealt twice")
                self.history.orders[told["trekkid"]] = told["sekvensnummer"]

    def poll(self, replica, rng):
        with self.history.lock:
            known = set(self.history.orders)
        answer = self.call(replica, "GET", "/sandbox/trekkpaalegg")
        if self.expect(answer, 200, "orders"):
            orders = json.loads(answer[1])["trekkpaalegg"]
            ids = {order["trekkid"] for order in orders}
            numbers = [order["sekvensnummer"] for order in orders]
            if known - ids:
                self.history.fault(f"replica {replica.number}: orders are not there: {sorted(known - ids)[:5]}")
            if len(numbers) != len(set(numbers)) or len(ids) != len(orders):
                self.history.fault(f"replica {replica.number}: a number or an order is there twice")
        path = "/api/trekkpaalegg/v1?fraSekvensnummer=0"
        self.expect(self.call(replica, "GET", path, headers={"Sandbox-Party": EMPLOYER}), 200, "a poll")

    def send_file(self, replica, content, type_, reference):
        parts = {"type": type_, "innsenderReferanse": reference}
        form = b"".join(
            f'--GRENSE\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in parts.items()
        )
        form += b'--GRENSE\r\nContent-Disposition: form-data; name="fil"; filename="vedlegg.pdf"\r\n'
        form += b"Content-Type: application/pdf\r\n\r\n" + content.encode() + b"\r\n--GRENSE--\r\n"
        headers = {**HEADERS, "Content-Type": "multipart/form-data; boundary=GRENSE"}
        answer = self.call(replica, "POST", "/api/utleggsbegjaering/v2/vedlegg", form, headers)
        return json.loads(answer[1])["uuid"] if self.expect(answer, 201, "a file") else None

    def upload(self, replica, rng):
        with self.history.lock:
            known = list(self.history.files.items())
        if known and rng.random() < 0.7:
            uuid, content = rng.choice(known)
            answer = self.call(replica, "GET", f"/sandbox/vedlegg/{uuid}")
            if answer is not None and (answer[0] != 200 or answer[1].decode() != content):
                self.history.fault(f"replica {replica.number}: the file {uuid}: {answer[0]}")
            return
        if len(known) > 60:
            return
        content = f"%PDF-1.7 file {self.next()}"
        uuid = self.send_file(replica, content, "annet", "files")
        if uuid:
            with self.history.lock:
                self.history.files[uuid] = content

    def submit(self, replica, rng):
        """Submits a request, with its attachments sent to other replicas; or looks whether those answered are there."""
        with self.history.lock:
            known = set(self.history.cases.values())
        if len(known) > 40 or rng.random() < 0.5:
            answer = self.call(replica, "GET", "/sandbox/begjaeringer")
            if self.expect(answer, 200, "requests"):
                there = [case["eksternSaksreferanse"] for case in json.loads(answer[1])["begjaeringer"]]
                if known - set(there):
                    self.history.fault(f"replica {replica.number}: requests are not there: {sorted(known - set(there))[:5]}")
                if len(there) != len(set(there)):
                    self.history.fault(f"replica {replica.number}: a request is there twice")
            return
        wanted = json.loads(self.example)
        mark = wanted["innsenderReferanse"] = f"case-{self.next()}"
        if not self.attach(wanted, rng, mark):
            return
        answer = self.call(replica, "POST", "/api/utleggsbegjaering/v2", wanted, HEADERS)
        if self.expect(answer, 201, "a request"):
            reference = json.loads(answer[1])["eksternSaksreferanse"]
            with self.history.lock:
                if reference in self.history.cases.values():
                    self.history.faults.append(f"the reference {reference} was dealt twice")
                self.history.cases[mark] = reference

    def attach(self, wanted, rng, mark):
        """Uploads what a request names, and names that instead."""
        uuids = {}

        def walk(value):
            if isinstance(value, list):
                return all(walk(item) for item in value)
            if not isinstance(value, dict):
                return True
            if "filnavn" in value and "type" in value:
                uuid = self.send_file(rng.choice(self.replicas), f"%PDF-1.7 {mark}", value["type"], mark)
                value["uuid"] = uuid
                return uuid is not None
            return all(walk(item) for item in value.values())

        return walk(wanted)


class Harm:
    """What happens to replicas and their connections."""

    def __init__(self, database, replicas, load, seed):
        self.database, self.replicas, self.load = database, replicas, load
        self.rng = random.Random(seed)

    def once(self):
        rng = self.rng
        replica = rng.choice(self.replicas)
        what = rng.choice([self.kill, self.stop, self.stop, self.cut, self.silence, self.terminate])
        self.load.history.count(what.__name__)
        what(replica)
        time.sleep(rng.uniform(0.3, 2))

    def kill(self, replica):
        replica.kill()
        time.sleep(self.rng.uniform(0, 1))
        replica.start()

    def stop(self, replica):
        replica.stop()
        time.sleep(self.rng.uniform(0.2, 5))
        replica.go_on()

    def cut(self, replica):
        for _ in range(self.rng.randint(1, 4)):
            replica.proxy.cut()
            time.sleep(self.rng.uniform(0, 0.3))

    def silence(self, replica):
        seconds = self.rng.uniform(0.5, 7)
        replica.proxy.flows.clear()
        try:
            time.sleep(seconds)
            if seconds > 4:
                answer = self.raw(replica, "/health/ready")
                if answer != 503:
                    self.load.history.fault(f"a replica without the database for {seconds:.1f} s is ready: {answer}")
                if self.raw(replica, "/health/live") != 200:
                    self.load.history.fault("a replica without the database is not alive")
        finally:
            replica.proxy.flows.set()

    def raw(self, replica, path):
        connection = http.client.HTTPConnection("127.0.0.1", replica.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except OSError as error:
            return str(error)
        finally:
            connection.close()

    def terminate(self, replica):
        of = "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity WHERE application_name = "
        self.database.ask(of + f"'innkreving-sandbox' ORDER BY random() LIMIT {self.rng.randint(1, 4)}) AS picked")


def main():
    binary, seconds = sys.argv[1], float(sys.argv[2])
    seed = int(os.environ.get("REPLICAS_SEED", "19"))
    database = Database()
    replicas = []
    try:
        replicas = [Replica(binary, number, database) for number in range(1, 4)]
        history = History()
        load = Load(replicas, history, seed)
        load.example = subprocess.check_output([binary, "begjaering", "example", "--now", "2026-11-21"], text=True)
        load.renew_counted(None)
        threads = [threading.Thread(target=load.work, args=(number,), daemon=True) for number in range(6)]
        for thread in threads:
            thread.start()
        harm = Harm(database, replicas, load, seed)
        until = time.monotonic() + seconds
        while time.monotonic() < until and not history.faults:
            harm.once()
            rule = load.counted
            if history.sent_calls.get(rule, 0) > 2 * TIMES:
                load.counted = None
                time.sleep(16)
                load.renew_counted(rule)
        load.ends.set()
        for thread in threads:
            thread.join(60)
        time.sleep(4)
        for replica in replicas:
            for action in (load.read_rules, load.read_clock, load.poll, load.submit):
                action(replica, random.Random(1))
        uneven = database.ask(
            "SELECT session, count(*), max(sequence) FROM sandbox_records WHERE sequence > 0 GROUP BY session "
            "HAVING count(*) <> max(sequence)"
        )
        if uneven:
            history.fault(f"logs with gaps: {uneven}")
        if any(re.search(r"panicked|unused@|:unused", replica.log()) for replica in replicas):
            history.fault("a replica panicked, or told the password")
        for what, times in sorted(history.counts.items()):
            print(f"{times:8} {what}")
        print(f"{database.ask('SELECT last FROM sandbox_head'):>8} records; {len(history.added)} rules, "
              f"{len(history.orders)} orders, {len(history.files)} files, {len(history.cases)} requests, "
              f"{len(history.clocks)} settings of the clock")
        if not (history.added and history.orders and history.files and history.cases and history.clocks):
            history.fault("there was no load")
        for fault in history.faults[:10]:
            print("WRONG:", fault, file=sys.stderr)
        if history.faults:
            for replica in replicas:
                print(replica.log()[-2000:], file=sys.stderr)
            raise SystemExit(1)
    finally:
        for replica in replicas:
            replica.go_on()
            replica.kill()
        database.close()


main()
