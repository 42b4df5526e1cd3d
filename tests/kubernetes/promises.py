"""What the overlays promise, and what is wrong with rendered objects that do not keep it."""

import re

# What the overlays have in common: the settings that must be there, and those that only a secret may have.
NEEDED = {"SANDBOX_LISTEN", "SANDBOX_CONTROL_KEY", "SANDBOX_ALLOW_HOST"}
SECRET = {"SANDBOX_CONTROL_KEY", "SANDBOX_READ_KEY"}
# Pods that are not the sandbox, for what policies and budgets must not select.
DATABASE = {"app.kubernetes.io/name": "postgresql"}
DNS = {"k8s-app": "kube-dns"}
# How long the sandbox lets open requests finish, rounded up (docs/settings.md).
SHUTDOWN_SECONDS = 1


def selects(selector, labels):
    return all(labels.get(key) == value for key, value in selector.get("matchLabels", {}).items()) and "matchExpressions" not in selector


class Rendered:
    """The objects of an overlay."""

    def __init__(self, objects):
        self.objects = objects
        self.deployment = self.only("Deployment")
        self.pod = self.deployment["spec"]["template"]
        self.container = self.pod["spec"]["containers"][0]
        self.labels = self.pod["metadata"]["labels"]

    def all(self, kind):
        return [each for each in self.objects if each["kind"] == kind]

    def only(self, kind):
        (one,) = self.all(kind)
        return one

    def references(self):
        """The secrets that the pods read: (name, key) by variable."""
        sources = {each["name"]: each.get("valueFrom", {}).get("secretKeyRef") for each in self.container.get("env", [])}
        return {name: (source["name"], source["key"]) for name, source in sources.items() if source}

    def settings(self, secrets):
        """The environment of the pods. Arguments: the values of secrets by (name, key)."""
        maps = {each["metadata"]["name"]: each["data"] for each in self.all("ConfigMap")}
        found = {}
        for source in self.container.get("envFrom", []):
            found.update(maps[source["configMapRef"]["name"]])
        for each in self.container.get("env", []):
            found[each["name"]] = each.get("value", "")
        found.update({name: secrets[of] for name, of in self.references().items() if of in secrets})
        return found


def egress(policy):
    """Who may be called: (selector of namespaces, selector of pods, protocol, port)."""
    return [
        (peer.get("namespaceSelector"), peer.get("podSelector", {}), port["protocol"], port["port"])
        for rule in policy["spec"].get("egress", [])
        for peer in rule.get("to", [{}])
        for port in rule.get("ports", [{"protocol": "any", "port": "any"}])
    ]


def megabytes(text):
    """A size as Kubernetes or the sandbox writes it."""
    number, unit = re.fullmatch(r"(\d+)(Gi|Mi|MB)", text).groups()
    return int(number) * {"Gi": 1024, "Mi": 1, "MB": 1}[unit]


def problems(rendered, kind, known, secrets):
    """All that is wrong. Arguments: the objects, the name of the overlay, all settings that there are, the documented secrets."""
    replicas = kind == "replicas"
    spec, container = rendered.pod["spec"], rendered.container
    settings, references = rendered.settings(secrets), rendered.references()
    found = []

    def must(condition, problem):
        if not condition:
            found.append(problem)

    # Settings and secrets.
    unknown = sorted(set(settings) - known)
    must(not unknown, f"no settings: {unknown}")
    must(settings.keys() >= NEEDED, f"settings are missing: {sorted(NEEDED - settings.keys())}")
    must(not rendered.all("Secret"), "a secret is in the files")
    for name in SECRET & settings.keys():
        must(name in references, f"{name} is not from a secret")
    for name, reference in references.items():
        must(reference in secrets, f"docs/deploy.md makes no secret {reference} for {name}")
    store = settings.get("SANDBOX_STORE")
    must(("SANDBOX_STORE" in references) == replicas, "SANDBOX_STORE from a secret")
    claims, mounts = rendered.all("PersistentVolumeClaim"), {each["name"]: each for each in container.get("volumeMounts", [])}
    if kind == "kept":
        (claim,) = claims
        volumes = {each.get("persistentVolumeClaim", {}).get("claimName"): each["name"] for each in spec.get("volumes", [])}
        mount = mounts.get(volumes.get(claim["metadata"]["name"]), {})
        must(mount and not mount.get("readOnly") and (store or "").startswith(f"file:{mount['mountPath']}/"), f"the store is not on the volume: {store}")
        must(spec.get("securityContext", {}).get("fsGroup") == spec["securityContext"].get("runAsGroup"), "the user cannot write to the volume")
        must(claim["spec"]["accessModes"] == ["ReadWriteOnce"], "several nodes may write to the volume")
        room = megabytes(claim["spec"]["resources"]["requests"]["storage"])
        must(megabytes(settings.get("SANDBOX_STORE_MAX_SIZE", "9999MB")) < room, "the store may become larger than its volume")
    else:
        must(not claims and (replicas or store is None), f"keeps sessions: {store}")
    must(not replicas or settings.get("SANDBOX_NOW", "")[:2] == "20", "replicas need a fixed base date: SANDBOX_NOW")

    # Pods. These are the rules of the Pod Security Standard `restricted`, and a few more.
    pod, own = spec.get("securityContext", {}), container.get("securityContext", {})
    must(pod.get("runAsNonRoot") is True and pod.get("runAsUser", 0) >= 1000, "runs as root")
    must(pod.get("seccompProfile", {}).get("type") == "RuntimeDefault", "no seccomp profile")
    must(own.get("readOnlyRootFilesystem") is True, "the root can be written")
    must(own.get("allowPrivilegeEscalation") is False, "privileges can grow")
    must(own.get("capabilities") == {"drop": ["ALL"]}, "has capabilities")
    must(spec.get("automountServiceAccountToken") is False, "has a token of the cluster")
    must(spec.get("enableServiceLinks") is False, "gets variables named after services")
    must(not any(spec.get(key) for key in ("hostNetwork", "hostPID", "hostIPC")), "shares with its node")
    resources = container.get("resources", {})
    must({"cpu", "memory"} <= resources.get("requests", {}).keys() and "memory" in resources.get("limits", {}), "no resources")
    must(container["image"] == "IMAGE", "names an image")
    rest = spec.get("terminationGracePeriodSeconds", 30) - container["lifecycle"]["preStop"]["sleep"]["seconds"]
    must(rest > SHUTDOWN_SECONDS, "is killed before it has ended")

    # Ports and probes.
    (port,) = container["ports"]
    must(settings.get("SANDBOX_LISTEN") == f"0.0.0.0:{port['containerPort']}", "listens elsewhere than on its port")
    for probe, path in (("startupProbe", "live"), ("readinessProbe", "ready"), ("livenessProbe", "live")):
        must(container.get(probe, {}).get("httpGet") == {"path": f"/health/{path}", "port": port["name"]}, probe)
    service = rendered.only("Service")["spec"]
    must([each["targetPort"] for each in service["ports"]] == [port["name"]], "the service leads to another port")

    # Who is selected, and how many there are.
    budgets, (policy,) = rendered.all("PodDisruptionBudget"), rendered.all("NetworkPolicy")
    selectors = [rendered.deployment["spec"]["selector"], {"matchLabels": service["selector"]}, policy["spec"]["podSelector"]]
    selectors += [each["spec"]["selector"] for each in budgets]
    for selector in selectors:
        must(selects(selector, rendered.labels), f"does not select the sandbox: {selector}")
        must(not selects(selector, DATABASE), f"selects the database: {selector}")
    count = rendered.deployment["spec"]["replicas"]
    must(count >= 2 if replicas else count == 1, f"{count} replicas")
    must(rendered.deployment["spec"]["strategy"] == {"type": "Recreate"}, "old and new ones run at the same time")
    must(len(budgets) == (1 if replicas else 0), f"{len(budgets)} disruption budgets")
    for budget in budgets:
        must(budget["spec"].get("maxUnavailable") == 1 and count > 1, "the budget")

    # The network.
    must(sorted(policy["spec"]["policyTypes"]) == ["Egress", "Ingress"], "the policy does not hold both ways")
    for rule in policy["spec"]["ingress"]:
        must(rule.get("from"), "everybody may call")
        must([each["port"] for each in rule.get("ports", [])] == [port["containerPort"]], "the policy opens other ports")
    may = egress(policy)
    if replicas:
        named = {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}
        dns = [(p, n) for spaces, pods, p, n in may if spaces == named and pods == {"matchLabels": DNS}]
        base = [(p, n) for spaces, pods, p, n in may if spaces is None and pods == {"matchLabels": DATABASE}]
        must(sorted(dns) == [("TCP", 53), ("UDP", 53)], f"egress to the DNS: {dns}")
        must(base == [("TCP", 5432)], f"egress to the database: {base}")
        must(len(may) == len(dns) + len(base), f"egress to others: {may}")
    else:
        must(may == [], f"egress: {may}")
    return found
