"""A registry of npm packages on this machine, with nothing in it but the tarballs of a folder."""

from __future__ import annotations

import base64
import hashlib
import json
import tarfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote


class Registry:
    """Serves until the process ends."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        tarballs = {path.name: path for path in folder.glob("*.tgz")}
        documents: dict[str, bytes] = {}
        registry = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = unquote(self.path.lstrip("/"))
                registry.asked.append(name)
                answer = documents.get(name)
                if name.startswith("-/") and name[2:] in tarballs:
                    answer = tarballs[name[2:]].read_bytes()
                self.send_response(200 if answer is not None else 404)
                self.end_headers()
                self.wfile.write(answer or b"{}")

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_address[1]}"
        for file, path in tarballs.items():
            with tarfile.open(path) as archive:
                entry = archive.extractfile("package/package.json")
                assert entry is not None
                document = json.load(entry)
            digest = base64.b64encode(hashlib.sha512(path.read_bytes()).digest()).decode()
            document["dist"] = {"tarball": f"{self.url}/-/{file}", "integrity": f"sha512-{digest}"}
            version = document["version"]
            told = {"name": document["name"], "dist-tags": {"latest": version}, "versions": {version: document}}
            documents[document["name"]] = json.dumps(told).encode()
        threading.Thread(target=server.serve_forever, daemon=True).start()
