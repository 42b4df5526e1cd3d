"""Runs a command beside a PostgreSQL server of its own; BENCH_DATABASE is its address. scripts/postgres calls it."""

import os
import subprocess
import sys

from places import Database

database = Database()
try:
    address = f"postgres://sandbox@127.0.0.1:{database.port}/postgres"
    done = subprocess.run(sys.argv[1:], env={**os.environ, "BENCH_DATABASE": address}, check=False)
finally:
    database.close()
sys.exit(done.returncode)
