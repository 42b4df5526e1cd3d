"""The answers of Utleggsbegjaering, and requests that every generated client must be able to write.

The calls are a POST of a request, a PUT of a change, uploads in several parts, and GETs about cases that were submitted
before. So they are made here one after the other. A client then reads each request with its own classes and writes it again, and
`send` puts what it wrote before the sandbox: validate, submit, change.
"""

import json
import subprocess
import urllib.error
import urllib.request

from collect import CORRELATION, DRIFT, Collector, codes

NAME = "utleggsbegjaering"
BASE = "/api/utleggsbegjaering/v2"
TYPES = ("skriftligMeddelelse", "dom", "gjeldsbrev", "elektroniskGjeldserklaering", "tvangsmulkt", "veksel")
REFERENCES = ("OPPRETTET", "UNDER_BEHANDLING", "NEKTET_FREMMET", "FORELAGT", "BESLUTTET", "AVSLUTTET", "HEVET")
HEADERS = {"Accept": "application/json", "Klientid": "generatorer", "Korrelasjonsid": CORRELATION, "Meldingsid": CORRELATION}
NOW = "2026-11-21"
BOUNDARY = "grense-7d1f"
PDF = b"%PDF-1.7 vedlegg"


def call(base, method, path, body=None, headers=None, content_type="application/json"):
    """Status, headers and body of an answer."""
    data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    given = {**HEADERS, **(headers or {}), **({} if data is None else {"Content-Type": content_type})}
    request = urllib.request.Request(base + path, data=data, headers=given, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.status, response.headers, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def example(binary, *options):
    told = subprocess.run([binary, "begjaering", "example", *options], capture_output=True, check=True)
    return json.loads(told.stdout)


def upload(base, type_, reference, headers=None, file=PDF):
    parts = [("fil", '; filename="vedlegg.pdf"', file), ("type", "", type_.encode()), ("innsenderReferanse", "", reference.encode())]
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode() + content + b"\r\n" for name, more, content in parts
    )
    return call(base, "POST", f"{BASE}/vedlegg", body + f"--{BOUNDARY}--\r\n".encode(), headers, f"multipart/form-data; boundary={BOUNDARY}")


def attachments(value):
    """Every attachment that a request names."""
    if isinstance(value, dict):
        if "filnavn" in value and "type" in value:
            yield value
        for item in value.values():
            yield from attachments(item)
    elif isinstance(value, list):
        for item in value:
            yield from attachments(item)


def with_uploads(base, request, headers=None):
    """Uploads every attachment of a request, and puts the new uuids in. Returns the answers to the uploads."""
    answers = []
    for one in attachments(request):
        answers.append(upload(base, one["type"], request["innsenderReferanse"], headers))
        one["uuid"] = json.loads(answers[-1][2])["uuid"]
    return answers


class Cases(Collector):
    """Makes calls and keeps their answers, by the names of the operations."""

    def __init__(self, base, document, folder):
        super().__init__(base, document, folder)
        self.operations = {o["operationId"]: o for item in document["paths"].values() for o in item.values() if "operationId" in o}

    def made(self, operation, method, path, expected, body=None, headers=None):
        """A call with its answer, which is kept if it has a body."""
        answer = call(self.base, method, path, body, headers)
        self.expect(operation, answer, expected, headers or {})
        return json.loads(answer[2]) if answer[2] else None

    def expect(self, operation, answer, expected, headers):
        if answer[0] != expected:
            raise SystemExit(f"{operation}: {answer[0]} in place of {expected}: {answer[2][:400]}")
        if answer[2]:
            self.keep(self.operations[operation], operation, headers, answer)

    def got(self, operation, path, expected=200):
        self.made(operation, "GET", path, expected)
        if expected == 200:
            self.made(operation, "GET", path, expected, headers={"Sandbox-Drift": DRIFT})

    def request(self, request):
        """A request that clients read and write."""
        file = self.folder / f"{len(self.answers):04}.json"
        file.write_text(json.dumps(request))
        self.answers.append({
            "file": file.name, "asked": "a request of " + request["innsenderReferanse"], "operation": "opprettBegjaering", "status": 201,
            "list": False, "model": "Begjaering", "literal": False, "breaks": None, "request": True,
        })


def collect_cases(base, binary, document, folder):
    cases = Cases(base, document, folder)
    for type_ in TYPES:
        cases.request(example(binary, "--dato", NOW, "--krav", "3", "--type", type_, "--referanse", f"SAK-{type_}"))
    cases.request(example(binary, "--rente", "--referanse", "SAK-rente"))

    request = example(binary, "--dato", NOW, "--krav", "4", "--referanse", "SAK-1")
    for answer in with_uploads(base, request):
        cases.expect("lastOppVedlegg", answer, 201, {})
    for one in attachments(request):
        cases.got("visVedlegg", f"{BASE}/vedlegg/{one['uuid']}")
    cases.expect("lastOppVedlegg", upload(base, "ukjent", "SAK-1"), 400, {})
    cases.expect("lastOppVedlegg", upload(base, "annet", "SAK-1", file=b"\x7fELF\x02\x01\x01" + bytes(64)), 415, {})
    cases.made("validerNyBegjaering", "POST", f"{BASE}/valider", 200, request)
    reference = cases.made("opprettBegjaering", "POST", BASE, 201, request)["eksternSaksreferanse"]
    case = f"{BASE}/{reference}"
    cases.made("opprettBegjaering", "POST", BASE, 409, request)
    cases.made("opprettBegjaering", "POST", BASE, 400, {"underskrift": 1})
    broken = {**request, "kravTilInnkreving": []}
    for operation, method, path in (("validerNyBegjaering", "POST", f"{BASE}/valider"), ("endreBegjaering", "PUT", case),
                                    ("validerEndretBegjaering", "PUT", f"{BASE}/valider/{reference}")):
        cases.made(operation, method, path, 422, broken)
        cases.made(operation, method, path, 400, {})
    cases.made("validerEndretBegjaering", "PUT", f"{BASE}/valider/{reference}", 200, request)
    cases.made("endreBegjaering", "PUT", case, 200, request)
    cases.made("endreBegjaering", "PUT", case, 409, request)
    debtors = [request["saksoekt"][0]["saksoekt"]["person"]["identifikator"]["verdi"], "08907395937"]
    cases.made("hentRegelverk", "POST", f"{BASE}/betjeningskartet", 200, {"identifikator": debtors})
    cases.made("hentRegelverk", "POST", f"{BASE}/betjeningskartet", 400, {"identifikator": []})

    cases.got("hentInnsynITrekk", f"{case}/innsyn-i-trekk", 404)
    for name in REFERENCES:
        cases.got("hentStatus", f"{BASE}/TEST_SAK_{name}/status")
    cases.got("hentStatus", f"{BASE}/TEST_UGYLDIG/status", 404)
    for _ in range(8):
        cases.got("hentStatus", f"{case}/status")
        cases.got("hentStatusendringer", f"{BASE}/statusendringer?fraSekvensnummer=0")
        call(base, "POST", "/sandbox/clock", {"advance": "10d"})
        answer = call(base, "GET", f"{case}/innsyn-i-trekk")
        if answer[0] == 200:
            cases.got("hentInnsynITrekk", f"{case}/innsyn-i-trekk")
    if not any(answer["operation"] == "hentInnsynITrekk" and answer["status"] == 200 for answer in cases.answers):
        raise SystemExit("no answer of innsyn-i-trekk: the case was never in a deduction")
    call(base, "DELETE", "/sandbox/clock")

    for operation, described in cases.operations.items():
        if "visVedlegg" in operation or "hent" not in operation:
            continue
        for code in codes(document, described):
            method, path, body = ("POST", f"{BASE}/betjeningskartet", {"identifikator": debtors}) if operation == "hentRegelverk" else (
                "GET", f"{BASE}/statusendringer" if operation == "hentStatusendringer" else f"{case}/{'status' if operation == 'hentStatus' else 'innsyn-i-trekk'}", None)
            asked = {"Sandbox-Error": code}
            answer = call(base, method, path, body, asked)
            if answer[0] >= 400 and str(answer[0]) in described["responses"]:
                cases.keep(described, path, asked, answer)
    return cases.answers


def send(base, session, text):
    """Puts what a client wrote before the sandbox, in a session of its own. Returns what went wrong, or None."""
    request = json.loads(text)
    headers = {"Sandbox-Session": session}
    with_uploads(base, request, headers)
    status, _, body = call(base, "POST", f"{BASE}/valider", request, headers)
    if status != 200:
        return f"POST /valider of what the client wrote: {status} {body.decode()[:300]}"
    status, _, body = call(base, "POST", BASE, request, headers)
    if status != 201:
        return f"POST of what the client wrote: {status} {body.decode()[:300]}"
    case = json.loads(body)["eksternSaksreferanse"]
    status, _, body = call(base, "PUT", f"{BASE}/{case}", request, headers)
    return None if status == 200 else f"PUT of what the client wrote: {status} {body.decode()[:300]}"
