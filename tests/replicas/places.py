"""What the replica test starts and harms: a database, proxies before it, and replicas."""

import glob
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Database:
    """A PostgreSQL server of our own, in a folder of its own. `secure` makes it refuse connections without TLS."""

    def __init__(self, secure=False):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = os.environ.get("PG_BIN") or (found[-1] if found else os.path.dirname(shutil.which("postgres") or ""))
        if not os.path.exists(os.path.join(self.bin, "initdb")):
            raise SystemExit("there is no PostgreSQL: install the package postgresql, or set PG_BIN")
        self.folder = tempfile.mkdtemp(prefix="replicas-")
        # PostgreSQL does not run as root.
        self.as_user = []
        if os.geteuid() == 0:
            shutil.chown(self.folder, "nobody")
            self.as_user = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
        data = os.path.join(self.folder, "data")
        self.run("initdb", "-D", data, "-U", "sandbox", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C")
        settings = self.secured(data) if secure else []
        self.port = free_port()
        self.log = open(os.path.join(self.folder, "log"), "w")
        self.server = subprocess.Popen(
            [*self.as_user, os.path.join(self.bin, "postgres"), "-D", data, "-p", str(self.port), "-k", self.folder]
            + ["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=40", *settings],
            stdout=self.log,
            stderr=self.log,
            cwd=self.folder,
        )
        until = time.monotonic() + 30
        while subprocess.run(
            [os.path.join(self.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(self.port)], check=False
        ).returncode:
            if time.monotonic() > until or self.server.poll() is not None:
                raise SystemExit("PostgreSQL does not start: " + open(self.log.name).read())
            time.sleep(0.1)

    def secured(self, data):
        """An authority, a certificate for `localhost` that it signed, and an authority that signed nothing. Only TLS comes in."""
        openssl = lambda *arguments: subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)
        for name in ("ca", "other"):
            openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}", "-keyout", f"{name}-key.pem",
                    "-out", f"{name}.pem")
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", "key.pem", "-out", "request.pem")
        with open(os.path.join(self.folder, "names"), "w") as names:
            names.write("subjectAltName=DNS:localhost\nbasicConstraints=critical,CA:FALSE\n")
        openssl("x509", "-req", "-days", "2", "-in", "request.pem", "-CA", "ca.pem", "-CAkey", "ca-key.pem", "-CAcreateserial",
                "-extfile", "names", "-out", "server.pem")
        key = os.path.join(self.folder, "key.pem")
        os.chmod(key, 0o600)
        if self.as_user:
            shutil.chown(key, "nobody")
        with open(os.path.join(data, "pg_hba.conf"), "w") as allowed:
            allowed.write("hostssl all all 127.0.0.1/32 trust\nlocal all all trust\n")
        return ["-c", "ssl=on", "-c", f"ssl_cert_file={self.folder}/server.pem", "-c", f"ssl_key_file={key}"]

    def run(self, program, *arguments):
        done = subprocess.run(
            [*self.as_user, os.path.join(self.bin, program), *arguments], cwd=self.folder, capture_output=True, text=True
        )
        if done.returncode:
            raise SystemExit(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def ask(self, sql):
        where = ["-h", self.folder, "-p", str(self.port), "-U", "sandbox", "-d", "postgres"]
        return self.run("psql", *where, "-AtXc", sql).strip()

    def close(self):
        self.server.send_signal(signal.SIGQUIT)
        self.server.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


class Proxy:
    """Between a replica and the database: it can cut connections, and it can fall silent."""

    def __init__(self, to):
        self.to = to
        self.flows = threading.Event()
        self.flows.set()
        self.pairs = set()
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            one, _ = self.listener.accept()
            try:
                other = socket.create_connection(("127.0.0.1", self.to))
            except OSError:
                one.close()
                continue
            pair = (one, other)
            for end in pair:
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                self.pairs.add(pair)
            for source, target in (pair, pair[::-1]):
                threading.Thread(target=self.carry, args=(pair, source, target), daemon=True).start()

    def carry(self, pair, source, target):
        try:
            while data := source.recv(65536):
                self.flows.wait()
                target.sendall(data)
        except OSError:
            pass
        self.end(pair)

    def end(self, pair):
        with self.lock:
            self.pairs.discard(pair)
        for end in pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            self.end(pair)


class Replica:
    """A sandbox on the shared database."""

    def __init__(self, binary, number, database):
        self.binary, self.number = binary, number
        self.proxy = Proxy(database.port)
        self.port = free_port()
        self.log_path = os.path.join(database.folder, f"replica-{number}.log")
        self.start()

    def start(self):
        store = f"postgres://sandbox:unused@127.0.0.1:{self.proxy.port}/postgres"
        until = time.monotonic() + 30
        while time.monotonic() < until:
            log = open(self.log_path, "a")
            self.process = subprocess.Popen(
                [self.binary, "--listen", f"127.0.0.1:{self.port}", "--now", "2026-11-21", "--journal", "0"],
                env={**os.environ, "SANDBOX_STORE": store},
                stdout=log,
                stderr=log,
            )
            log.close()
            # If it ends, the database was being harmed, and an orchestrator would start it again.
            while self.process.poll() is None and time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", self.port), 1).close()
                    return
                except OSError:
                    time.sleep(0.05)
            time.sleep(0.2)
        raise SystemExit(f"replica {self.number} does not start: {self.log()[-3000:]}")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def log(self):
        return open(self.log_path).read()
