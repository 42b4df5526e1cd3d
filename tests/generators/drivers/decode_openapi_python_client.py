"""Reads each answer with the functions that openapi-python-client makes for each endpoint, and writes it again."""

import importlib
import json
import sys
from pathlib import Path

import httpx

sys.path.insert(0, sys.argv[2])
from klient import Client, models  # noqa: E402

client = Client(base_url="http://sandbox.invalid", raise_on_unexpected_status=True)
for line in Path(sys.argv[1]).read_text().splitlines():
    file, out, shape, model, operation, status = line.split("\t")
    try:
        if status == "request":
            value = getattr(models, model).from_dict(json.loads(Path(file).read_text()))
            Path(out).write_text(json.dumps(value.to_dict()))
            continue
        modules = Path(sys.argv[2], "klient", "api").glob("*/*.py")
        module = next(file for file in modules if file.stem.replace("_", "") == operation.lower())
        endpoint = importlib.import_module(f"klient.api.{module.parent.name}.{module.stem}")
        response = httpx.Response(int(status), content=Path(file).read_bytes(), headers={"content-type": "application/json"})
        value = endpoint._parse_response(client=client, response=response)
        again = [item.to_dict() for item in value] if shape == "list" and int(status) == 200 else value.to_dict()
        Path(out).write_text(json.dumps(again))
    except Exception as error:
        Path(out + ".error").write_text(f"{type(error).__name__}: {error}")
