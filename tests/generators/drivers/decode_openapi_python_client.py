"""Reads each answer with the functions that openapi-python-client makes for each endpoint, and writes it again."""

import importlib
import json
import re
import sys
from pathlib import Path

import httpx

sys.path.insert(0, sys.argv[2])
from klient import Client  # noqa: E402

client = Client(base_url="http://sandbox.invalid", raise_on_unexpected_status=True)
for line in Path(sys.argv[1]).read_text().splitlines():
    file, out, shape, _, operation, status = line.split("\t")
    try:
        snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", operation).lower()
        module = next(Path(sys.argv[2], "klient", "api").glob(f"*/{snake}.py"))
        endpoint = importlib.import_module(f"klient.api.{module.parent.name}.{snake}")
        response = httpx.Response(int(status), content=Path(file).read_bytes(), headers={"content-type": "application/json"})
        value = endpoint._parse_response(client=client, response=response)
        again = [item.to_dict() for item in value] if shape == "list" and int(status) == 200 else value.to_dict()
        Path(out).write_text(json.dumps(again))
    except Exception as error:
        Path(out + ".error").write_text(f"{type(error).__name__}: {error}")
