"""A collector: reads what a sandbox sends with OpenTelemetry's schema, strictly, and compares it with the calls that were made."""

import base64
import http.server
import json
import queue
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request

import opentelemetry.semconv.attributes as stable
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
CALL = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav"
batches = queue.Queue()


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        batches.put((self.path, self.headers["Content-Type"], self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_):
        pass


def with_base64(value):
    """OTLP writes ids in hexadecimal, the JSON of protobuf in base64."""
    if isinstance(value, list):
        return [with_base64(item) for item in value]
    if not isinstance(value, dict):
        return value
    ids = ("traceId", "spanId", "parentSpanId")
    return {key: base64.b64encode(bytes.fromhex(it)).decode() if key in ids else with_base64(it) for key, it in value.items()}


def known_names():
    """Every attribute of the stable conventions."""
    import importlib
    import pkgutil

    names = set()
    for module in pkgutil.iter_modules(stable.__path__):
        found = vars(importlib.import_module(f"{stable.__name__}.{module.name}"))
        names |= {value for name, value in found.items() if name.isupper() and isinstance(value, str)}
    return names


def call(base, headers):
    try:
        with urllib.request.urlopen(urllib.request.Request(base + CALL, headers=headers), timeout=20) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def main(binary):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sandbox = subprocess.Popen(
        [binary, "--listen", "127.0.0.1:0", "--log", "off", "--otlp", f"http://127.0.0.1:{server.server_port}"],
        stdout=subprocess.PIPE, text=True,
    )
    try:
        base = re.search(r"http://127\S+", sandbox.stdout.readline())[0]
        threading.Thread(target=sandbox.stdout.read, daemon=True).start()
        parent = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
        statuses = [call(base, it) for it in (parent, {"Sandbox-Error": "KB-002"}, {"Sandbox-Fault": "empty"}, {"Sandbox-Fault": "503"})]
        assert statuses == [200, 500, None, 503], statuses
        spans = []
        while len(spans) < len(statuses):
            path, kind, body = batches.get(timeout=20)
            assert (path, kind) == ("/v1/traces", "application/json"), (path, kind)
            # An unknown or misspelt field is an error here.
            request = json_format.ParseDict(with_base64(json.loads(body)), ExportTraceServiceRequest())
            for resource in request.resource_spans:
                names = {it.key: it.value.string_value for it in resource.resource.attributes}
                assert names["service.name"] == "innkreving-sandbox" and names["service.instance.id"], names
                spans += [span for scope in resource.scope_spans for span in scope.spans]
    finally:
        sandbox.terminate()
        sandbox.wait(20)
    known = known_names()
    assert "http.request.method" in known and len(known) > 50
    for span, status in zip(spans, statuses):
        assert span.kind == Span.SPAN_KIND_SERVER and len(span.trace_id) == 16 and len(span.span_id) == 8
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        failed = status is None or status >= 500
        assert (span.status.code == Status.STATUS_CODE_ERROR) == failed
        values = {it.key: getattr(it.value, it.value.WhichOneof("value")) for it in span.attributes}
        assert values.get("http.response.status_code") == status, values
        assert ("error.type" in values) == failed, values
        unknown = [key for key in values if key not in known and not key.startswith("sandbox.")]
        assert not unknown, f"the conventions do not know {unknown}"
    assert (spans[0].trace_id.hex(), spans[0].parent_span_id.hex()) == (TRACE, PARENT)
    assert spans[0].flags == 0x301 and not spans[1].parent_span_id
    print(f"traces: {len(spans)} spans are as OpenTelemetry's schema and names say")


main(sys.argv[1])
