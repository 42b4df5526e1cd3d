// Consents and systembrukere that clients have asked Altinn for, and the decisions of the person who is asked.

import { h, fill, table, empty } from "./dom.js";
import { attempt, call, calls, curl, get } from "./api.js";

export async function show(root) {
  const place = h("div", { "aria-live": "polite" });
  const problem = h("div", {});
  root.append(h("h2", {}, "Consents"), h("p", { "data-terms": true }, "A bank asks a party for its samtykke, and a supplier asks a customer for a systembruker. In reality a person decides in Altinn. Here you do."), problem, place);
  const refresh = async () => {
    const all = await attempt(problem, () => get("/altinn"));
    if (!all) return;
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
