// Consents and systembrukere that clients have asked Altinn for, and the decisions of the person who is asked.

import { h, fill, table, empty, field, select } from "./dom.js";
import { attempt, call, calls, catalogue, curl, get, prefix } from "./api.js";
import { undoing } from "./undo.js";

const PLATFORM = "/altinn/platform";
const CONSENTS = `${PLATFORM}/accessmanagement/api/v1/enterprise/consentrequests`;
const SYSTEM_USERS = `${PLATFORM}/authentication/api/v1/systemuser/request/vendor`;

/** The scopes that a client needs to ask. */
const SCOPES = { consent: "altinn:consentrequests.write", systemuser: "altinn:authentication/systemuser.request.write" };

export async function show(root) {
  const place = h("div", { "aria-live": "polite" });
  const problem = h("div", {});
  root.append(h("h2", {}, "Consents"), h("p", { "data-terms": true }, "A bank asks a party for its samtykke, and a supplier asks a customer for a systembruker. In reality a person decides in Altinn. Here you do."), problem, await asking(() => refresh()));
  let last = null;
  const undo = undoing(() => refresh());
  root.append(undo.element, place);
  const refresh = async () => {
    const all = await attempt(problem, () => get("/altinn"));
    if (!all) return;
    // The list is read every few seconds; the log only if something has changed.
    if (last !== JSON.stringify(all)) undo.read();
    last = JSON.stringify(all);
    const decide = (kind, it, decision, label) => h("button", { type: "button", onclick: async () => {
      await attempt(problem, () => call("POST", `/altinn/${kind}/${it.id}/${decision}`));
      await refresh();
    } }, label);
    const rows = (kind, list) => table(["Id", "Who decides", "Who asks", "Status", "Decide"], list.map((it) => [
      h("code", {}, it.id), it.party, it.caller, it.status,
      h("span", { class: "buttons" },
        /created|new/i.test(it.status) ? [decide(kind, it, "approve", "Approve"), decide(kind, it, "reject", "Reject")] : null,
        kind === "consent" && /accepted/i.test(it.status) ? decide(kind, it, "revoke", "Revoke") : null)]), { label: kind });
    fill(place,
      h("h3", {}, `Consents: ${all.consents.length}`), all.consents.length === 0 ? empty("No client has asked for a consent in this session. docs/auth.md shows how one does.") : rows("consent", all.consents),
      h("h3", { "data-terms": true }, `Systembrukere: ${all.systemusers.length}`), all.systemusers.length === 0 ? empty("No client has asked for a systembruker in this session.") : rows("systemuser", all.systemusers),
      calls(() => [curl("GET", "/altinn"), curl("POST", `/altinn/consent/${all.consents[0]?.id ?? "ID"}/approve`)]));
  };
  await refresh();
  const timer = setInterval(() => { if (!document.hidden && !place.contains(document.activeElement)) refresh(); }, 4000);
  return () => clearInterval(timer);
}

/** The form that asks, as a client would: with a token of its own, at the address of Altinn. */
async function asking(done) {
  const all = await catalogue();
  const resources = [...new Set(all.services.map((it) => it.consentResource).filter(Boolean))];
  const kind = select([["consent", "a consent"], ["systemuser", "a systembruker"]]);
  const party = h("input", { value: "310478717", inputmode: "numeric", required: true });
  const caller = h("input", { value: "314055403", inputmode: "numeric", required: true });
  const resource = select(resources);
  const out = h("div", { role: "status" });
  const token = () => `/altinn/api/GetEnterpriseToken?${new URLSearchParams({ env: "tt02", scopes: SCOPES[kind.value], orgNo: caller.value })}`;
  const document_ = () => (kind.value === "consent"
    ? {
      id: uuid(), from: urn(party.value), to: urn(caller.value), validTo: new Date(Date.now() + 90 * 86_400_000).toISOString(), redirectUrl: "https://client.example/done",
      consentRights: [{ action: ["consent"], resource: [{ type: "urn:altinn:resource", value: resource.value }] }],
    }
    : { systemId: `${caller.value}_system`, partyOrgNo: party.value, rights: [{ resource: [{ id: "urn:altinn:resource", value: resource.value }] }] });
  const target = () => (kind.value === "consent" ? CONSENTS : SYSTEM_USERS);
  const form = h("form", { class: "box", autocomplete: "off" }, h("h3", {}, "Ask, as a client does"),
    h("div", { class: "row" }, field("For", kind), field("Whom", party), field("Who asks", caller), field("Resource", resource), h("button", { type: "submit" }, "Ask")),
    calls(() => [`TOKEN=$(curl -s '${location.origin}${prefix}${token()}')`, `curl -s -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '${JSON.stringify(document_())}' '${location.origin}${prefix}${target()}'`]), out);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await attempt(out, async () => {
      const bearer = await (await fetch(prefix + token())).text();
      const response = await fetch(prefix + target(), { method: "POST", headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" }, body: JSON.stringify(document_()) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${response.status}: ${text.slice(0, 500)}`);
      return JSON.parse(text);
    });
    if (answer) { fill(out, h("p", { class: "good" }, `Asked: ${answer.id}.`)); await done(); }
  });
  return form;
}

const urn = (number) => `urn:altinn:${number.length === 11 ? "person" : "organization"}:identifier-no:${number}`;

function uuid() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-a$4-");
}
