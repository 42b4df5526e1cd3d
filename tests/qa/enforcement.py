"""What the collections ask of Utleggsbegjæring: the way of a request from its attachments to a changed case, and the error codes.

A case can be submitted once a day under a reference, so the requests have a session of their own, which begins anew each time.
"""

import json

from make import refusals, resolved

NAME = "utleggsbegjaering"
SESSION = "collection"
# The case with a decision that the service has by itself.
DECIDED = "TEST_SAK_BESLUTTET"
ATTACHMENTS = ("tvangsgrunnlag", "tvangskraftgrunnlag")


def cases(document):
    paths = document["paths"]
    base = next(path for path in paths if path.endswith("/valider")).removesuffix("/valider")
    headers = {**demanded(document, paths[base]["post"]), "Sandbox-Session": SESSION}
    example = paths[base + "/valider"]["post"]["requestBody"]["content"]["application/json"]["example"]
    request = with_uploads(example)
    unsigned = {key: value for key, value in request.items() if key != "underskrift"}

    def case(name, method, path, status, **more):
        empty = {"body": None, "form": None, "media": "application/json", "code": None, "code_key": "kode", "takes": {}}
        own = headers if path.startswith(base) else {}
        return {"name": name, "method": method, "url": path, "status": status, "headers": own, **empty, **more}

    def upload(kind):
        form = [("fil", "file", "vedlegg.pdf"), ("type", "text", kind), ("innsenderReferanse", "text", example["innsenderReferanse"])]
        return case(f"upload {kind}", "POST", base + "/vedlegg", 201, form=form, takes={kind: ".uuid"})

    asked = [
        case("begin the session", "PUT", f"/sandbox/sessions/{SESSION}", 200, body={}),
        case("begin it anew", "POST", f"/sandbox/sessions/{SESSION}/reset", 200),
        *(upload(kind) for kind in ATTACHMENTS),
        case("look at an attachment", "GET", base + "/vedlegg/{{tvangsgrunnlag}}", 200),
        case("validate a request", "POST", base + "/valider", 200, body=request, media=None),
        case("validate one without underskrift", "POST", base + "/valider", 400, body=unsigned, code="KB-006", code_key="feilkode"),
        case("submit it", "POST", base, 201, body=request, takes={"eksternSaksreferanse": ".eksternSaksreferanse"}),
        case("submit it again", "POST", base, 409, body=request, code="DUPLIKAT_INNSENDING", code_key="feilkode"),
        case("status of the case", "GET", base + "/{{eksternSaksreferanse}}/status", 200),
        case("validate a changed request", "PUT", base + "/valider/{{eksternSaksreferanse}}", 200, body=request, media=None),
        case("submit a changed request", "PUT", base + "/{{eksternSaksreferanse}}", 200, body=request, media=None),
        case("status changes", "GET", base + "/statusendringer", 200),
        case("status of a decided case", "GET", f"{base}/{DECIDED}/status", 200),
        case("look into a deduction that is not", "GET", base + "/{{eksternSaksreferanse}}/innsyn-i-trekk", 404, code="KB-009"),
        case("which rules numbers are under", "POST", base + "/betjeningskartet", 200,
             body=paths[base + "/betjeningskartet"]["post"]["requestBody"]["content"]["application/json"]["example"]),
    ]
    asks_status = paths[base + "/{eksternSaksreferanse}/status"]["get"]
    for code, status in refusals(document, asks_status):
        # Refusals of the service's own have another form than those of the platform.
        key = "feilkode" if "feilkode" in fields(document, asks_status["responses"][str(status)]) else "kode"
        refused = case(f"status refused {code}", "GET", f"{base}/{DECIDED}/status", status, code=code, code_key=key)
        asked.append({**refused, "headers": {**headers, "Sandbox-Error": code}})
    return asked


def fields(document, response):
    """The names of the fields of an answer in JSON."""
    content = resolved(document, response)["content"]
    schema = resolved(document, next(value["schema"] for media, value in content.items() if media.endswith("json")))
    return schema["properties"]


def demanded(document, operation):
    """The headers that each call must have, with the examples of the contract."""
    parameters = [resolved(document, parameter) for parameter in operation["parameters"]]
    return {it["name"]: it["example"] for it in parameters if it["in"] == "header" and it["required"]}


def with_uploads(value):
    """The request with the ids of attachments that the requests before it have stored."""
    if isinstance(value, list):
        return [with_uploads(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") in ATTACHMENTS and "uuid" in value:
        value = {**value, "uuid": "{{" + value["type"] + "}}"}
    return {key: with_uploads(item) for key, item in value.items()}
