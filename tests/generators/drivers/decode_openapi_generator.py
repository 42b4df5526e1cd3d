"""Reads each answer with the models of openapi-generator's Python client, and writes it again."""

import json
import sys
from pathlib import Path

sys.path.insert(0, sys.argv[2])
import klient.models as models  # noqa: E402

for line in Path(sys.argv[1]).read_text().splitlines():
    file, out, shape, name, _, _ = line.split("\t")
    try:
        model = getattr(models, name)
        text = Path(file).read_text()
        if shape == "list":
            values = [model.from_dict(item) for item in json.loads(text)]
            again = json.dumps([json.loads(value.to_json()) for value in values])
        else:
            again = model.from_json(text).to_json()
        Path(out).write_text(again)
    except Exception as error:
        Path(out + ".error").write_text(f"{type(error).__name__}: {error}")
