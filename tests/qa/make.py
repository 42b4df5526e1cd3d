"""Writes the collections of docs/collections from the contract: for Postman, for Bruno, and for hurl.

Arguments: the binary, and the folder to write to. What it writes depends on the contract only, so two runs write the same.
"""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

OTHERS = ("altinn", "maskinporten", "sandbox", "utleggsbegjaering")
# Values for parameters that have no example in the contract.
USUAL = {"fraOgMed": "2026-01-01", "identifikator": "311851381", "organisasjonsnummer": "311851381"}
# The built-in party that gets money back, for the endpoints that answer nothing about most parties.
PARTIES = {"utbetalinger": "314961900"}
TAKEN = ("trekkid", "trekkversjon")  # taken from the answer of the list, which runs before
# What is uploaded. A tool looks for it beside its collection.
ATTACHMENT = b"%PDF-1.7\nan attachment of an example\n"


def openapi(binary, name):
    return json.loads(subprocess.run([binary, "openapi", name], capture_output=True, check=True).stdout)


def names(binary):
    """The documents about parties; of a service with a document for each edition, those and not the newest once more."""
    every = subprocess.run([binary, "openapi", "--list"], capture_output=True, check=True, text=True).stdout.split()
    every = [name for name in every if name not in OTHERS]
    return [name for name in every if not any(other.startswith(name + "-") for other in every)]


def resolved(document, value):
    while isinstance(value, dict) and "$ref" in value:
        target = document
        for key in value["$ref"].removeprefix("#/").split("/"):
            target = target[key.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def sample(document, parameter):
    """The value that a parameter gets: its example, its first allowed value, or the usual one."""
    schema = resolved(document, parameter.get("schema", {}))
    examples = [resolved(document, example).get("value") for example in parameter.get("examples", {}).values()]
    for value in (parameter.get("example"), *examples, schema.get("example"), *schema.get("examples", []), USUAL.get(parameter["name"]), *schema.get("enum", [])):
        if value is not None:
            return str(value)
    return None


def refusals(document, operation):
    """Each error code that the contract names for the operation, with its status."""
    found = {}
    for status, answer in operation["responses"].items():
        for code in re.findall(r"\b[A-Z]{2,9}-\d{3}\b", json.dumps(resolved(document, answer))) if status >= "4" else []:
            found.setdefault(code, int(status))
    return sorted(found.items())


def cases(name, document):
    """What the collection asks: each operation in each format, and each error code of the service once."""
    edition = re.search(r"-(\d{4})$", name)
    base_headers = {"Sandbox-Edition": edition[1]} if edition else {}
    found, codes = [], {}
    for template, item in document["paths"].items():
        operation = item.get("get")
        if operation is None:
            continue
        title = operation["operationId"]
        parameters = [resolved(document, parameter) for parameter in operation.get("parameters", [])]
        path, query = template, []
        for parameter in parameters:
            if parameter["in"] == "path":
                value = "{{" + parameter["name"] + "}}" if parameter["name"] in TAKEN else sample(document, parameter)
                if parameter["name"] == "identifikator":
                    value = PARTIES.get(template.rsplit("/", 1)[1], value)
                path = path.replace("{" + parameter["name"] + "}", value)
            elif parameter["in"] == "query" and parameter.get("required"):
                query.append(f"{parameter['name']}={sample(document, parameter)}")
        url = path + ("?" + "&".join(query) if query else "")
        takes = {taken: f"[0].{taken}" for taken in TAKEN} if title_of_list(document, template) else {}
        plain = {"method": "GET", "body": None, "form": None, "code_key": "kode"}
        schema = resolved(document, operation["responses"]["200"]).get("content", {})
        for media in schema:
            kind = media.rsplit("/", 1)[1]
            found.append({**plain, "name": f"{title} {kind}", "url": url, "headers": {**base_headers, "Accept": media}, "status": 200, "media": media,
                          "code": None, "takes": takes if kind == "json" else {}})
        for code, status in refusals(document, operation):
            codes.setdefault(code, {**plain, "name": f"{title} refused {code}", "url": url, "status": status, "media": "application/json", "code": code, "takes": {},
                                    "headers": {**base_headers, "Accept": "application/json", "Sandbox-Error": code}})
    return found + [codes[code] for code in sorted(codes)]


def title_of_list(document, template):
    """Whether the answer of this path is the list that names the orders of another path."""
    return any(other.startswith(template + "/{trekkid}") for other in document["paths"])


# Postman

def postman(collections):
    folders = []
    for name, document, asked in collections:
        folders.append({"name": name, "description": document["info"]["title"], "item": [postman_request(case) for case in asked]})
    return {
        "info": {"name": "innkreving-sandbox", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
                 "description": "Made by tests/qa/make from the contract. Set baseUrl to the address of your sandbox."},
        "item": folders,
        "variable": [{"key": "baseUrl", "value": "http://127.0.0.1:8080"}],
    }


def postman_request(case):
    path, _, query = case["url"].partition("?")
    url = {"raw": "{{baseUrl}}" + case["url"], "host": ["{{baseUrl}}"], "path": path.strip("/").split("/")}
    if query:
        url["query"] = [dict(zip(("key", "value"), pair.split("="))) for pair in query.split("&")]
    script = [f"pm.test('status {case['status']}', () => pm.response.to.have.status({case['status']}));"]
    if case["media"]:
        script.append(f"pm.test('{case['media']}', () => pm.expect(pm.response.headers.get('Content-Type')).to.include('{case['media']}'));")
    if case["code"]:
        script.append(f"pm.test('{case['code']}', () => pm.expect(pm.response.json().{case['code_key']}).to.equal('{case['code']}'));")
    for taken, place in case["takes"].items():
        script.append(f"pm.collectionVariables.set('{taken}', pm.response.json(){place});")
    request = {"method": case["method"], "header": [{"key": key, "value": value} for key, value in case["headers"].items()], "url": url}
    if case["body"] is not None:
        request["body"] = {"mode": "raw", "raw": json.dumps(case["body"], ensure_ascii=False), "options": {"raw": {"language": "json"}}}
        request["header"].append({"key": "Content-Type", "value": "application/json"})
    if case["form"]:
        request["body"] = {"mode": "formdata", "formdata": [{"key": key, "type": kind, ("src" if kind == "file" else "value"): value} for key, kind, value in case["form"]]}
    return {
        "name": case["name"],
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script}}],
        "request": request,
    }


# Bruno

def bruno(folder, collections):
    folder.mkdir(parents=True)
    (folder / "bruno.json").write_text(json.dumps({"version": "1", "name": "innkreving-sandbox", "type": "collection"}, indent=2) + "\n")
    (folder / "environments").mkdir()
    (folder / "environments" / "sandbox.bru").write_text("vars {\n  baseUrl: http://127.0.0.1:8080\n}\n")
    for place, (name, _, asked) in enumerate(collections, 1):
        (folder / name).mkdir()
        (folder / name / "folder.bru").write_text(f"meta {{\n  name: {name}\n  seq: {place}\n}}\n")
        for number, case in enumerate(asked, 1):
            (folder / name / (file_name(case) + ".bru")).write_text(bruno_request(case, number))


def file_name(case):
    return re.sub(r"[^A-Za-z0-9-]+", "-", case["name"])


def bruno_request(case, number):
    query = case["url"].partition("?")[2]
    blocks = [
        f"meta {{\n  name: {case['name']}\n  type: http\n  seq: {number}\n}}",
        f"{case['method'].lower()} {{\n  url: {{{{baseUrl}}}}{case['url']}\n  body: {'json' if case['body'] is not None else 'multipartForm' if case['form'] else 'none'}\n  auth: none\n}}",
    ]
    if query:
        blocks.append("params:query {\n" + "".join(f"  {pair.replace('=', ': ')}\n" for pair in query.split("&")) + "}")
    if case["headers"]:
        blocks.append("headers {\n" + "".join(f"  {key}: {value}\n" for key, value in case["headers"].items()) + "}")
    if case["body"] is not None:
        text = json.dumps(case["body"], indent=2, ensure_ascii=False)
        blocks.append("body:json {\n" + "".join(f"  {line}\n" for line in text.splitlines()) + "}")
    if case["form"]:
        blocks.append("body:multipart-form {\n" + "".join(f"  {key}: {f'@file({value})' if kind == 'file' else value}\n" for key, kind, value in case["form"]) + "}")
    asserted = [f"res.status: eq {case['status']}"]
    if case["media"]:
        asserted.append(f"res.headers['content-type']: contains {case['media']}")
    if case["code"]:
        asserted.append(f"res.body.{case['code_key']}: eq {case['code']}")
    blocks.append("assert {\n" + "".join(f"  {line}\n" for line in asserted) + "}")
    if case["takes"]:
        blocks.append("script:post-response {\n" + "".join(f"  bru.setVar(\"{taken}\", res.getBody(){place});\n" for taken, place in case["takes"].items()) + "}")
    return "\n\n".join(blocks) + "\n"


# hurl

def hurl(asked):
    entries = []
    for case in asked:
        lines = [f"# {case['name']}", f"{case['method']} {{{{baseUrl}}}}" + case["url"], *(f"{key}: {value}" for key, value in case["headers"].items())]
        if case["form"]:
            lines += ["[Multipart]", *(f"{key}: {f'file,{value};' if kind == 'file' else value}" for key, kind, value in case["form"])]
        if case["body"] is not None:
            lines.append(json.dumps(case["body"], indent=2, ensure_ascii=False))
        lines.append(f"HTTP {case['status']}")
        if case["takes"]:
            lines += ["[Captures]", *(f"{taken}: jsonpath \"${place}\"" for taken, place in case["takes"].items())]
        if case["media"] or case["code"]:
            lines.append("[Asserts]")
        if case["media"]:
            lines.append(f"header \"Content-Type\" contains \"{case['media']}\"")
        if case["code"]:
            lines.append(f"jsonpath \"$.{case['code_key']}\" == \"{case['code']}\"")
        entries.append("\n".join(lines) + "\n")
    return "\n".join(entries)


def main():
    binary, folder = sys.argv[1], Path(sys.argv[2])
    import enforcement  # which uses this module

    collections = [(name, document, cases(name, document)) for name in names(binary) for document in [openapi(binary, name)]]
    document = openapi(binary, enforcement.NAME)
    collections.append((enforcement.NAME, document, enforcement.cases(document)))
    shutil.rmtree(folder, ignore_errors=True)
    bruno(folder / "bruno", collections)
    (folder / "postman.json").write_text(json.dumps(postman(collections), indent=2, ensure_ascii=False) + "\n")
    (folder / "hurl").mkdir()
    for name, _, asked in collections:
        (folder / "hurl" / f"{name}.hurl").write_text(hurl(asked))
    for place in (folder, folder / "bruno", folder / "hurl"):
        (place / "vedlegg.pdf").write_bytes(ATTACHMENT)


if __name__ == "__main__":
    main()
