"""Collects the answers that every generated client must decode.

`collect` asks a running sandbox, endpoint for endpoint as a contract document lists them, about every built-in party,
and with the error codes that the document names. It writes each body to a file and returns the list of them.
"""

import hashlib
import json
import re
import urllib.error
import urllib.parse
import urllib.request

import jsonschema_rs

DRIFT = "fields+order+optional"
YEARS = range(2022, 2027)
CORRELATION = "6c7f0c3e-6a0f-4a3a-9f0e-1d6f6d0f7a11"


def resolved(document, value):
    while isinstance(value, dict) and "$ref" in value:
        target = document
        for key in value["$ref"].removeprefix("#/").split("/"):
            target = target[key.replace("~1", "/").replace("~0", "~")]
        value = target
    return value


def pascal(name):
    return name[:1].upper() + name[1:]


def shape(document, operation, status):
    """The JSON answer of a status: its schema, whether it is a list, and the name of its model."""
    answer = resolved(document, operation["responses"][status])
    schema = answer.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return None
    items = schema.get("items") if schema.get("type") == "array" else None
    named = items if items is not None else schema
    if "$ref" not in named and named.get("allOf"):
        named = named["allOf"][0]
    name = named["$ref"].rsplit("/", 1)[1] if "$ref" in named else inline_name(document, named, status)
    return schema, items is not None, name


def inline_name(document, schema, status):
    """The generators name a schema that has no name after the first operation that answers with it."""
    for item in document["paths"].values():
        for operation in item.values():
            answer = resolved(document, operation["responses"].get(status, {})) if isinstance(operation, dict) else {}
            if answer.get("content", {}).get("application/json", {}).get("schema") == schema:
                return pascal(operation["operationId"]) + status + "Response"
    raise KeyError(status)


class Collector:
    def __init__(self, base, document, folder):
        self.base, self.document, self.folder = base, document, folder
        self.answers, self.seen = [], set()
        folder.mkdir(parents=True, exist_ok=True)

    def ask(self, path, headers):
        request = urllib.request.Request(
            self.base + path,
            headers={"Accept": "application/json", "Korrelasjonsid": CORRELATION, **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=120) as response:
                return response.status, response.headers, response.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def keep(self, operation, path, headers, answer):
        """Keeps an answer, unless the same bytes of the same operation, or the same error, have been kept."""
        status, got, body = answer
        if status >= 400:
            identity = (operation["operationId"], status, json.loads(body).get("kode"))
        else:
            identity = (operation["operationId"], status, hashlib.sha256(body).hexdigest())
        if identity in self.seen:
            return
        self.seen.add(identity)
        found = shape(self.document, operation, str(status)) if str(status) in operation["responses"] else None
        told = " ".join([path, *(f"{name}: {value}" for name, value in sorted(headers.items()))])
        if found is None:
            raise SystemExit(f"{told}: the contract has no JSON for status {status}")
        schema, is_list, name = found
        file = self.folder / f"{len(self.answers):04}.json"
        file.write_bytes(body)
        rooted = {**schema, "components": self.document["components"]}
        problem = next(jsonschema_rs.Draft202012Validator(rooted).iter_errors(json.loads(body)), None)
        self.answers.append({
            "file": file.name,
            "asked": told,
            "operation": operation["operationId"],
            "status": status,
            "list": is_list,
            "model": name,
            "literal": "Sandbox-Literal" in got,
            "breaks": None if problem is None else str(problem.message)[:200],
        })

    def ask_plain_and_drifted(self, operation, path, headers):
        plain = self.ask(path, headers)
        self.keep(operation, path, headers, plain)
        if plain[0] == 200:
            drifted = {**headers, "Sandbox-Drift": DRIFT}
            self.keep(operation, path, drifted, self.ask(path, drifted))
        return plain


def codes(document, operation):
    """The codes of the contract's errors: from the texts, the schemas and the examples of the answers."""
    found = []
    for status, answer in operation["responses"].items():
        if status >= "4":
            text = json.dumps(resolved(document, answer))
            found += [code for code in re.findall(r"\b[A-Z]{2,9}-\d{3}\b", text) if code not in found]
    return found


def queries(parameters):
    if "fraOgMed" in parameters:
        return [f"?fraOgMed={year}-01-01&tilOgMed={year}-12-31" for year in YEARS]
    return [""]


def collect(base, document, editions, parties, folder):
    """Asks about all parties in these editions. `parties` is what `parties --json` prints."""
    collector = Collector(base, document, folder)
    for template, item in document["paths"].items():
        operation = item.get("get")
        if operation is None:
            continue
        parameters = {p["name"]: p for p in (resolved(document, p) for p in operation.get("parameters", []))}
        inside = re.findall(r"{(\w+)}", template)
        for edition in editions:
            headers = {"Sandbox-Edition": edition} if edition else {}
            for party in parties:
                one_party(collector, operation, template, inside, parameters, headers, party)
        path = sample_path(template, parameters)
        for code in codes(document, operation):
            asked = {"Sandbox-Error": code}
            answer = collector.ask(path, asked)
            if answer[0] >= 400:
                collector.keep(operation, path, asked, answer)
    return collector.answers


def sample_path(template, parameters):
    """A path of this template that names the usual party."""
    path = template
    for name in re.findall(r"{(\w+)}", template):
        values = resolved({}, parameters[name]["schema"]).get("enum")
        path = path.replace("{" + name + "}", values[0] if values else "311851381" if "nummer" in name or "ident" in name else "1")
    return path + queries(parameters)[-1]


def one_party(collector, operation, template, inside, parameters, headers, party):
    number = party["part"]
    if "trekkid" in inside or not inside:
        return orders(collector, operation, template, inside, headers, party)
    who = next(name for name in inside if name in ("identifikator", "organisasjonsnummer"))
    if who == "organisasjonsnummer" and len(number) != 9:
        return
    packages = resolved({}, parameters["rettighetspakke"]["schema"]).get("enum", ["finans"]) if "rettighetspakke" in inside else [""]
    for package in packages:
        path = template.replace("{rettighetspakke}", package).replace("{" + who + "}", number)
        for query in queries(parameters):
            collector.ask_plain_and_drifted(operation, path + query, headers)


def orders(collector, operation, template, inside, headers, party):
    """The orders of an employer. A large employer gives a page, and a few orders stand for all."""
    if not party.get("trekkpaalegg"):
        return
    headers = {**headers, "Sandbox-Party": party["part"]}
    listing = template.split("/{", 1)[0]
    page = listing + ("?fraSekvensnummer=0&maksAntall=200" if party["trekkpaalegg"] > 200 else "")
    if not inside:
        collector.ask_plain_and_drifted(operation, page, headers)
        return
    _, _, body = collector.ask(page, headers)
    for order in json.loads(body)[:25]:
        path = listing + "/" + urllib.parse.quote(str(order["trekkid"]), safe="") + f"/{order['trekkversjon']}"
        collector.ask_plain_and_drifted(operation, path, headers)
