"""The clients of the control API for npm and PyPI, written from docs/openapi/sandbox.json: one method an operation."""

from __future__ import annotations

import json
import keyword
import re
import textwrap
from dataclasses import dataclass, field
from typing import Any

from .facts import ROOT
from .targets import Unusable

Schema = dict[str, Any]
WRITTEN = "Written by scripts/package from the contract of the control API (openapi sandbox)."


@dataclass
class Operation:
    """What a method needs to know."""

    name: str
    method: str
    path: str
    summary: str
    parameters: list[Schema] = field(default_factory=list)
    body: Schema | None = None
    media: str | None = None
    answer: Schema | None = None

    @property
    def in_path(self) -> list[Schema]:
        return [one for one in self.parameters if one["in"] == "path"]

    @property
    def in_query(self) -> list[Schema]:
        return [one for one in self.parameters if one["in"] == "query"]

    @property
    def snake(self) -> str:
        return re.sub(r"(?<!^)([A-Z])", r"_\1", self.name).lower()


def _document() -> Schema:
    document: Schema = json.loads((ROOT / "docs" / "openapi" / "sandbox.json").read_text())
    return document


def _operations(document: Schema) -> list[Operation]:
    found = []
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            one = Operation(told["operationId"], method.upper(), path, told.get("summary", ""))
            # The session is a matter of the client, not of a call.
            one.parameters = [parameter for parameter in told.get("parameters", []) if "$ref" not in parameter]
            if content := told.get("requestBody", {}).get("content"):
                one.media, body = next(iter(content.items()))
                one.body = body["schema"]
            good = next(answer for status, answer in told["responses"].items() if status.startswith("2"))
            if content := good.get("content"):
                # What is not JSON is given as its text, or as its bytes.
                media = next(iter(content))
                other = {"type": "string"} if media.startswith("text/") else {"type": "bytes"}
                one.answer = content["application/json"]["schema"] if "application/json" in content else other
            found.append(one)
    return found


def _reference(schema: Schema) -> str | None:
    return schema["$ref"].rpartition("/")[2] if "$ref" in schema else None


# --- JavaScript


def _ts(schema: Schema | None) -> str:
    if schema is None:
        return "void"
    if name := _reference(schema):
        return name
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        return " | ".join(_ts(one) for one in choices)
    if "enum" in schema:
        return " | ".join(json.dumps(value) for value in schema["enum"])
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return " | ".join(_ts({**schema, "type": kind}) for kind in kinds)
    if kinds == "array":
        return f"Array<{_ts(schema['items'])}>"
    if kinds == "object" and "properties" not in schema:
        values = schema.get("additionalProperties")
        return f"{{ [key: string]: {_ts(values) if isinstance(values, dict) else 'unknown'} }}"
    if kinds == "object":
        members = (f"{name}{_optional(schema, name)}: {_ts(one)}" for name, one in schema["properties"].items())
        return "{ " + "; ".join(members) + " }"
    names = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null", "bytes": "Uint8Array"}
    return names.get(kinds, "unknown")


def _optional(schema: Schema, name: str) -> str:
    return "" if name in schema.get("required", []) else "?"


def _ts_type(name: str, schema: Schema) -> str:
    told = f"/** {schema.get('description', name)} */\n"
    if "properties" not in schema:
        return f"{told}export type {name} = {_ts(schema)};\n"
    lines = []
    for key, one in schema["properties"].items():
        if "description" in one:
            lines.append(f"  /** {one['description']} */")
        lines.append(f"  {key}{_optional(schema, key)}: {_ts(one)};")
    return f"{told}export interface {name} {{\n" + "\n".join(lines) + "\n}\n"


def _ts_method(one: Operation) -> str:
    arguments = []
    if named := one.in_path + one.in_query:
        members = "; ".join(f"{p['name']}{'' if p.get('required') else '?'}: {_ts(p['schema'])}" for p in named)
        # A parameter that may be left out cannot stand before one that may not.
        may_be_left_out = not one.in_path and one.body is None
        undefined = " | undefined" if not one.in_path and one.body is not None else ""
        arguments.append(f"parameters{'?' if may_be_left_out else ''}: {{ {members} }}{undefined}")
    if one.body is not None:
        arguments.append(f"body: {_ts(one.body)}")
    return f"  /** {one.summary} */\n  {one.name}({', '.join(arguments)}): Promise<{_ts(one.answer)}>;\n"


def javascript() -> dict[str, str]:
    """The files of the npm package."""
    document = _document()
    operations, schemas = _operations(document), document["components"]["schemas"]
    table = []
    for one in operations:
        names = [[parameter["name"] for parameter in some] for some in (one.in_path, one.in_query)]
        table.append(f"  {one.name}: {json.dumps([one.method, one.path, *names, one.media])},\n")
    return {
        "lib/operations.cjs": f'// {WRITTEN}\n"use strict";\n'
        "// Method, path, names in the path, names in the query, media type of the body.\n"
        "module.exports = {\n" + "".join(table) + "};\n",
        "lib/control.d.cts": f"// {WRITTEN}\n"
        "/** The control API of a running sandbox. */\n"
        "export declare class ControlClient {\n"
        "  /** `baseUrl` may name a session: `http://127.0.0.1:8080/~session=build-17`. */\n"
        "  constructor(baseUrl: string, options?: { controlKey?: string | undefined });\n"
        + "".join(_ts_method(one) for one in operations) + "}\n\n"
        "/** A refusal of the control API. */\n"
        "export declare class ControlError extends Error {\n"
        "  readonly problem: Problem;\n  readonly status: number;\n}\n\n"
        + "\n".join(_ts_type(name, schema) for name, schema in schemas.items()),
    }


# --- Python


def _py(schema: Schema | None) -> str:
    if schema is None:
        return "None"
    if name := _reference(schema):
        return name
    if choices := schema.get("oneOf") or schema.get("anyOf"):
        kinds = list(dict.fromkeys(_py(one) for one in choices))
        return kinds[0] if len(kinds) == 1 else f"Union[{', '.join(kinds)}]"
    if "enum" in schema:
        return f"Literal[{', '.join(json.dumps(value) for value in schema['enum'])}]"
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return f"Union[{', '.join(_py({**schema, 'type': kind}) for kind in kinds)}]"
    if kinds == "array":
        return f"list[{_py(schema['items'])}]"
    if kinds == "object":
        return "Mapping[str, Any]"
    names = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None", "bytes": "bytes"}
    return names.get(kinds, "Any")


def _docstring(text: str) -> str:
    lines = textwrap.wrap(text, 112)
    if len(lines) == 1:
        return f'    """{text}"""\n'
    return '    """' + "\n    ".join(lines) + '\n    """\n'


def _member(name: str, schema: Schema) -> str:
    if keyword.iskeyword(name):
        raise Unusable(f"{name} is a word of Python; the client needs another form for it")
    told = schema.get("description", "")
    return f"    {name}: {_py(schema)}\n" + (_docstring(told) if told else "")


def _typed_dict(name: str, schema: Schema) -> str:
    told = schema.get("description", name)
    if "properties" not in schema:
        return "".join(f"# {line}\n" for line in textwrap.wrap(told, 112)) + f"{name} = {_py(schema)}\n"
    required = [key for key in schema["properties"] if key in schema.get("required", [])]
    optional = [key for key in schema["properties"] if key not in required]
    if not required or not optional:
        total = "" if required else ", total=False"
        members = "".join(_member(key, schema["properties"][key]) for key in required or optional)
        return f"class {name}(TypedDict{total}):\n{_docstring(told)}\n{members}"
    # Python 3.10 has no word for a single member that may be missing.
    first = "".join(_member(key, schema["properties"][key]) for key in required)
    rest = "".join(_member(key, schema["properties"][key]) for key in optional)
    return (
        f'class _{name}(TypedDict):\n    """What is always in it."""\n\n{first}\n\n'
        f"class {name}(_{name}, total=False):\n{_docstring(told)}\n{rest}"
    )


def _needed_first(schemas: dict[str, Schema]) -> list[str]:
    """The names in an order in which each comes after those that it names."""
    order: list[str] = []

    def visit(name: str) -> None:
        if name not in order:
            for other in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(schemas[name])):
                visit(other)
            order.append(name)

    for name in schemas:
        visit(name)
    return order


def _python_method(one: Operation) -> str:
    signature = ["self", *(f"{parameter['name']}: str" for parameter in one.in_path)]
    path = json.dumps(one.path)
    if one.in_path:
        given = ", ".join(f"{parameter['name']}={parameter['name']}" for parameter in one.in_path)
        path = f"self._path({path}, {given})"
    call = [f'"{one.method}"', path]
    if one.body is not None:
        signature.append(f"body: {_py(one.body)}")
        call += ["body=body", f'media="{one.media}"']
    if one.in_query:
        kinds = {parameter["name"]: _py(parameter["schema"]) for parameter in one.in_query}
        signature += ["*", *(f"{name}: Union[{kind}, None] = None" for name, kind in kinds.items())]
        call.append("query={" + ", ".join(f'"{name}": {name}' for name in kinds) + "}")
    result, sent = _py(one.answer), f"self._send({', '.join(call)})"
    line = sent if one.answer is None else f'return cast("{result}", {sent})'
    return f'    def {one.snake}({", ".join(signature)}) -> {result}:\n        """{one.summary}"""\n        {line}\n'


def python() -> dict[str, str]:
    """The files of the module."""
    document = _document()
    schemas = document["components"]["schemas"]
    types = "\n\n".join(_typed_dict(name, schemas[name]) for name in _needed_first(schemas))
    methods = "\n".join(_python_method(one) for one in _operations(document))
    used = [name for name in sorted(schemas) if re.search(rf"\b{name}\b", methods)]
    mapping = "from collections.abc import Mapping\n" if "Mapping[" in methods else ""
    return {
        "innkreving_sandbox/types.py": f'"""The documents of the control API. {WRITTEN}"""\n\n'
        "from collections.abc import Mapping\nfrom typing import Any, Literal, TypedDict, Union\n\n"
        "__all__ = [\n" + "".join(f'    "{name}",\n' for name in sorted(schemas)) + "]\n\n\n" + types,
        "innkreving_sandbox/_operations.py": f'"""The operations of the control API. {WRITTEN}"""\n\n'
        f"from __future__ import annotations\n\n{mapping}from typing import Any, Union, cast\n\n"
        "from ._http import Http\nfrom .types import (\n" + "".join(f"    {name},\n" for name in used) + ")\n\n\n"
        'class Operations(Http):\n    """One method an operation. docs/control-api.md explains them."""\n\n' + methods,
    }
