"""Renders the overlays of deploy/kubernetes and holds them to schemas, promises and docs/deploy.md. Arguments: the binary, kubectl."""

import base64
import copy
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import kubernetes_validate
import yaml

from promises import Rendered, problems

BINARY, KUBECTL = sys.argv[1:3]
ROOT = Path.cwd()
PAGE = (ROOT / "docs/deploy.md").read_text()
OVERLAYS = ROOT / "deploy/kubernetes/overlays"
OLDEST = re.search(r"for Kubernetes (\d+\.\d+) and newer", PAGE)[1]
SCENARIO = 'part: "311851381"\nnavn: X\n'
failures = []


def told(name, wrong):
    """Prints whether something holds. Arguments: its name, what is wrong with it (nothing if it holds)."""
    print(f"{name:60} {'FAILED: ' + str(wrong) if wrong else 'ok'}", flush=True)
    if wrong:
        failures.append(name)


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


def render(folder):
    done = subprocess.run([KUBECTL, "kustomize", folder], text=True, capture_output=True, check=False)
    if done.returncode:
        raise SystemExit(f"{folder}: {done.stderr}")
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def versions():
    number = lambda version: tuple(int(part) for part in version.split(".")[:2])  # noqa: E731
    newest = kubernetes_validate.latest_version()
    kept = {number(each) for each in kubernetes_validate.utils.all_versions() if number(OLDEST) <= number(each)}
    assert number(OLDEST) in kept and number(newest) in kept
    return [f"{major}.{minor}" for major, minor in sorted(kept)]


def unfit(objects):
    """What the schemas of any version of Kubernetes refuse."""
    found = []
    for version in versions():
        for each in objects:
            try:
                kubernetes_validate.validate(copy.deepcopy(each), version, strict=True)
            except kubernetes_validate.ValidationError as error:
                found.append(f"{version}: {each['kind']}: {error.message[:200]}")
    return found


def documented_secrets(work):
    """Runs the commands of docs/deploy.md that make secrets. kubectl makes the objects, and no cluster is asked."""
    shim = work / "bin"
    shim.mkdir()
    (shim / "kubectl").write_text(
        f'#!/bin/sh\ncase "$2" in secret) "{KUBECTL}" "$@" --dry-run=client --output json >> "$SECRETS"; echo >> "$SECRETS" ;; esac\n'
    )
    (shim / "kubectl").chmod(0o755)
    made = work / "secrets"
    commands = "\n".join(block for block in blocks("sh") if "create secret" in block)
    environment = {**os.environ, "PATH": f"{shim}:{os.environ['PATH']}", "SECRETS": str(made), "KUBECONFIG": os.devnull}
    subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", commands], cwd=work, env=environment, check=True)
    decoder, rest, found = json.JSONDecoder(), made.read_text().strip(), {}
    while rest:
        secret, end = decoder.raw_decode(rest)
        rest = rest[end:].strip()
        assert secret["metadata"]["namespace"] == "innkreving", secret
        for key, value in secret["data"].items():
            found[(secret["metadata"]["name"], key)] = base64.b64decode(value).decode()
    return found


def new_key(work):
    """Runs the commands of docs/deploy.md that exchange the control key, on a secret in a file: what is in it afterwards, and what should be."""
    (commands,) = [block for block in blocks("sh") if "patch secret" in block]
    old = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "innkreving-control", "namespace": "innkreving"}}
    (work / "old.json").write_text(json.dumps({**old, "data": {"read-key": "cg==", "control-key": "Yw=="}}))
    (work / "read-key").unlink()
    (work / "bin/kubectl").write_text(
        f'#!/bin/sh\ncase "$1" in patch) shift 3; exec "{KUBECTL}" patch --local --filename old.json --output json "$@" > new.json ;; esac\n'
    )
    environment = {**os.environ, "PATH": f"{work / 'bin'}:{os.environ['PATH']}", "KUBECONFIG": os.devnull}
    subprocess.run(["bash", "-eu", "-o", "pipefail", "-c", commands], cwd=work, env=environment, check=True)
    new = json.loads((work / "new.json").read_text())
    # The cluster writes what is in stringData over what is in data.
    told = {key: base64.b64decode(value).decode() for key, value in new["data"].items()} | new["stringData"]
    expected = {"read-key": "r", "control-key": (work / "control-key").read_text()}
    return "" if told == expected and len(told["control-key"]) == 48 else (told, expected)


def known_settings():
    done = subprocess.run([BINARY, "doctor", "--json", "--listen", "127.0.0.1:0"], capture_output=True, check=False)
    told = {each["variable"] for each in json.loads(done.stdout)["settings"]}
    page = set(re.findall(r"^\| `--[^|]*\| `(SANDBOX_\w+)`", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert len(told) > 20 and told == page, told ^ page
    return told


def spoils_of_volume():
    """The same for what only the overlay with a volume has."""
    claim, settings = lambda r: r.only("PersistentVolumeClaim")["spec"], lambda r: r.only("ConfigMap")["data"]  # noqa: E731
    yield "a file beside the volume", lambda r: settings(r).update(SANDBOX_STORE="file:/tmp/sandbox.db"), "not on the volume"
    yield "a volume that is read-only", lambda r: r.container["volumeMounts"][0].update(readOnly=True), "not on the volume"
    yield "a volume of root", lambda r: r.pod["spec"]["securityContext"].pop("fsGroup"), "cannot write"
    yield "a volume of several nodes", lambda r: claim(r).update(accessModes=["ReadWriteMany"]), "several nodes"
    yield "a small volume", lambda r: claim(r)["resources"]["requests"].update(storage="500Mi"), "larger than its volume"
    yield "no limit", lambda r: settings(r).pop("SANDBOX_STORE_MAX_SIZE"), "larger than its volume"


def spoils():
    """Changes of good objects, each with a word that the problem must have. They show that the checks see something."""

    def data(**changed):
        return lambda rendered: rendered.only("ConfigMap")["data"].update(changed)

    def changed(start, key, value):
        return lambda rendered: start(rendered).update({key: value})

    def without(start, key):
        return lambda rendered: start(rendered).pop(key)

    pod, container = lambda r: r.pod["spec"], lambda r: r.container  # noqa: E731
    of_pod, of_container = lambda r: r.pod["spec"]["securityContext"], lambda r: r.container["securityContext"]  # noqa: E731
    deployment, policy = lambda r: r.deployment["spec"], lambda r: r.only("NetworkPolicy")["spec"]  # noqa: E731
    budget = lambda r: r.only("PodDisruptionBudget")["spec"]  # noqa: E731
    key = lambda r: r.container["env"][0]["valueFrom"]["secretKeyRef"]  # noqa: E731
    mine = {"matchLabels": {"app.kubernetes.io/name": "innkreving-sandbox"}}
    in_the_open = {"name": "SANDBOX_CONTROL_KEY", "value": "12345678"}
    yield "a misspelt setting", data(SANDBOX_LOGFORMAT="json"), "SANDBOX_LOGFORMAT"
    yield "a setting is missing", without(lambda r: r.only("ConfigMap")["data"], "SANDBOX_ALLOW_HOST"), "SANDBOX_ALLOW_HOST"
    yield "a moving day", data(SANDBOX_NOW="+1d"), "SANDBOX_NOW"
    yield "another port", data(SANDBOX_LISTEN="0.0.0.0:9090"), "listens"
    yield "an unknown secret", changed(key, "key", "other"), "other"
    yield "a key in the open", lambda r: r.container["env"].append(in_the_open), "SANDBOX_CONTROL_KEY"
    yield "a secret in the files", lambda r: r.objects.append({"kind": "Secret"}), "a secret is in the files"
    yield "root", changed(of_pod, "runAsUser", 0), "root"
    yield "no seccomp", without(of_pod, "seccompProfile"), "seccomp"
    yield "a token of the cluster", without(pod, "automountServiceAccountToken"), "token"
    yield "variables of services", without(pod, "enableServiceLinks"), "named after services"
    yield "the network of the node", changed(pod, "hostNetwork", True), "its node"
    yield "a short end", changed(pod, "terminationGracePeriodSeconds", 5), "killed"
    yield "a root that can be written", without(of_container, "readOnlyRootFilesystem"), "root can be written"
    yield "more privileges", without(of_container, "allowPrivilegeEscalation"), "can grow"
    yield "capabilities", changed(of_container, "capabilities", {"drop": ["ALL"], "add": ["NET_RAW"]}), "capabilities"
    yield "no resources", without(container, "resources"), "resources"
    yield "no probe", without(container, "startupProbe"), "startupProbe"
    yield "a wrong probe", changed(lambda r: r.container["livenessProbe"]["httpGet"], "path", "/health/ready"), "livenessProbe"
    yield "one replica", changed(deployment, "replicas", 1), "1 replicas"
    yield "a rolling update", changed(deployment, "strategy", {"type": "RollingUpdate"}), "at the same time"
    yield "a budget for nobody", changed(budget, "selector", {"matchLabels": {"app": "x"}}), "does not select"
    yield "a budget that lets nobody go", changed(budget, "maxUnavailable", 0), "the budget"
    yield "a policy for all pods", changed(policy, "podSelector", {}), "selects the database"
    yield "a policy for calls alone", changed(policy, "policyTypes", ["Ingress"]), "both ways"
    yield "another open port", lambda r: policy(r)["ingress"][0]["ports"].append({"port": 22}), "opens other ports"
    yield "calls from everywhere", without(lambda r: policy(r)["ingress"][0], "from"), "everybody"
    yield "egress to everybody", lambda r: policy(r)["egress"].append({}), "others"
    yield "no database", changed(lambda r: policy(r)["egress"][1]["to"][0], "podSelector", mine), "database"
    yield "no DNS", lambda r: policy(r)["egress"].pop(0), "DNS"


def own_overlay(work):
    """The overlay that docs/deploy.md shows, beside a clone of the repository."""
    (text,) = [block for block in blocks("yaml") if block.startswith("# kustomization.yaml\n")]
    folder = work / "own"
    shutil.copytree(ROOT / "deploy", folder / "innkreving-sandbox/deploy")
    (folder / "kustomization.yaml").write_text(text)
    (folder / "311851381.yaml").write_text(SCENARIO)
    return Rendered(render(folder))


def mounted(work, files):
    """A folder with the files of a ConfigMap, as Kubernetes mounts it: links through a folder that is exchanged as a whole."""
    folder = work / "scenarios"
    (folder / "..2026").mkdir(parents=True)
    (folder / "..data").symlink_to("..2026")
    for name, text in files.items():
        (folder / "..2026" / name).write_text(text)
        (folder / name).symlink_to(f"..data/{name}")
    return str(folder)


def status(url, headers):
    try:
        return urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10).status
    except urllib.error.HTTPError as error:
        return error.code


def runs(rendered, secrets, work):
    """Starts the binary with the environment of the pods, and calls it as Kubernetes and callers would."""
    settings = {**rendered.settings(secrets), "SANDBOX_LISTEN": "0.0.0.0:0", "SANDBOX_LOG": "off"}
    # There is no database here; scripts/replicas has one.
    if settings.get("SANDBOX_STORE", "").startswith("postgres"):
        settings.pop("SANDBOX_STORE")
    for mount in rendered.container.get("volumeMounts", []):
        if settings.get("SANDBOX_STORE", "").startswith(f"file:{mount['mountPath']}/"):
            settings["SANDBOX_STORE"] = f"file:{work / 'sandbox.db'}"
    if "SANDBOX_SCENARIOS" in settings:
        (files,) = [each["data"] for each in rendered.all("ConfigMap") if each["metadata"]["name"].startswith("innkreving-scenarios")]
        settings["SANDBOX_SCENARIOS"] = mounted(work, files)
    log = work / "log"
    with log.open("w") as out:
        process = subprocess.Popen([BINARY], env={"PATH": os.environ["PATH"], **settings}, stdout=out, stderr=out)
    try:
        while not (found := re.search(r'http://127[^ \n"]*', log.read_text())):
            if process.poll() is not None:
                return f"it does not start: {log.read_text()}"
            time.sleep(0.05)
        base, key = found[0], settings["SANDBOX_CONTROL_KEY"]
        probes = {rendered.container[probe]["httpGet"]["path"] for probe in ("startupProbe", "readinessProbe", "livenessProbe")}
        inside = {"Host": "innkreving.innkreving.svc:8080", "Origin": "http://innkreving.innkreving.svc:8080"}
        foreign = {"Host": "other.example.com:8080", "Origin": "http://other.example.com:8080"}
        expected = [(path, {"Host": "10.0.0.7:8080"}, 200) for path in probes]
        expected += [("/sandbox/sessions", {}, 401), ("/sandbox/sessions", {"Authorization": f"Bearer {key}"}, 200)]
        reader = {"Authorization": f"Bearer {settings['SANDBOX_READ_KEY']}"}
        expected += [("/metrics", {}, 401), ("/metrics", reader, 200)]
        expected += [("/", inside, 200), ("/", foreign, 403)]
        if "SANDBOX_SCENARIOS" in settings:
            lookup = "/api/innkreving/kravogbetalinger/v1/finans/{}/aapnekrav"
            expected += [(lookup.format("311851381"), {}, 200), (lookup.format("314055403"), {}, 200 if settings.get("SANDBOX_WITH_BUILTIN") == "true" else 404)]
        got = [(path, headers, status(base + path, headers)) for path, headers, _ in expected]
        return [each for each, right in zip(got, expected) if each != right]
    finally:
        process.terminate()
        process.wait()


def names_of_page(rendered):
    """What the commands of docs/deploy.md name must be there."""
    there = {f"{each['kind'].lower()}/{each['metadata']['name']}" for each in rendered.objects}
    text = "\n".join(blocks("sh"))
    named = set(re.findall(r"\b((?:deployment|service)/\S+)", text))
    label = re.search(r"label namespace pipelines (\S+)=(\S+)", text)
    peers = rendered.only("NetworkPolicy")["spec"]["ingress"][0]["from"]
    missing = sorted(named - there)
    if {"namespaceSelector": {"matchLabels": {label[1]: label[2]}}} not in peers:
        missing.append(f"the label {label[1]}={label[2]}")
    return missing if len(named) >= 2 else "the page names no objects"


def main():
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        known, secrets = known_settings(), documented_secrets(work)
        told("docs/deploy.md makes secrets", [] if len(secrets) == 3 else sorted(secrets))
        told("docs/deploy.md exchanges the control key alone", new_key(work))
        ends = [name for name, value in secrets.items() if value != value.strip()]
        told("secrets have no end of line", ends)
        rendered = {name: Rendered(render(OVERLAYS / name)) for name in ("single", "kept", "replicas")}
        listed = {path.name for path in OVERLAYS.iterdir()}
        told("all overlays are tried", listed ^ rendered.keys())
        for name, each in rendered.items():
            told(f"{name}: schemas of {versions()[0]} to {versions()[-1]}", unfit(each.objects))
            told(f"{name}: what it promises", problems(each, name, known, secrets))
            told(f"{name}: the sandbox runs with its settings", runs(each, secrets, work))
            told(f"{name}: docs/deploy.md names what is there", names_of_page(each))
        own = own_overlay(work)
        told("the overlay of docs/deploy.md: schemas", unfit(own.objects))
        told("the overlay of docs/deploy.md: the sandbox runs", runs(own, secrets, work))
        image = own.container["image"]
        own.container["image"] = "IMAGE"
        told("the overlay of docs/deploy.md: what it promises", problems(own, "replicas", known, secrets))
        told("the overlay of docs/deploy.md: names its image", "" if ":" in image and "IMAGE" not in image else image)
        spoilt = Rendered(copy.deepcopy(rendered["replicas"].objects))
        spoilt.container["livenessprobe"] = {}
        told("schemas refuse a misspelt key", "" if unfit(spoilt.objects) else "they do not")
        unseen = []
        # What is spoilt already cannot be spoilt.
        spoilable = [("replicas", each) for each in spoils()] + [("kept", each) for each in spoils_of_volume()]
        for kind, (name, change, word) in [] if failures else spoilable:
            spoilt = Rendered(copy.deepcopy(rendered[kind].objects))
            change(spoilt)
            if not any(word in problem for problem in problems(spoilt, kind, known, secrets)):
                unseen.append(name)
        if not failures:
            told("what is spoilt on purpose is seen", unseen)
    print(f"\n{len(failures)} failed" if failures else "\nall hold")
    raise SystemExit(1 if failures else 0)


main()
