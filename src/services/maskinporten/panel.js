// Tokens: makes each kind of token, right or wrong, and explains any token claim by claim.

import { h, fill, table, field, select, code, copyButton } from "./dom.js";
import { attempt, call, calls, catalogue, curl } from "./api.js";
import { link, withModifiers } from "./compose.js";
import { KINDS, WRONGS, consentNote } from "./kinds.js";
import { keepFields } from "./memory.js";

export async function show(root) {
  const problem = h("div", {});
  root.append(h("h2", {}, "Tokens"), h("p", { "data-terms": true }, "Maskinporten issues tokens. Make one of each kind here, also a wrong one, and see what a service makes of it: samtykke, systembruker, delegation."), problem);
  const all = await attempt(problem, catalogue);
  if (!all) return;
  const services = all.services.filter((it) => it.needsToken);
  const service = select(services.map((it) => [it.name, it.title]));
  const endpoint = select([]);
  const pack = select([]);
  const party = h("input", { value: "311851381", inputmode: "numeric", required: true });
  const by = select(KINDS);
  const wrong = select(WRONGS);
  const caller = h("input", { placeholder: "314055403", inputmode: "numeric" });
  const lifetime = h("input", { type: "number", min: 1, max: 86400, placeholder: "120" });
  const pasted = h("textarea", { rows: 4, spellcheck: "false", placeholder: "eyJ…" });
  const [made, explained] = [h("div", { "aria-live": "polite" }), h("div", { "aria-live": "polite" })];
  const chosen = () => services.find((it) => it.name === service.value);
  const choose = () => {
    const it = chosen();
    fill(endpoint, h("option", { value: "" }, "any"), it.endpoints.map((one) => h("option", { value: one.name }, one.name)));
    fill(pack, it.packages.length === 0 ? h("option", { value: "" }, "it has none") : it.packages.map((one) => h("option", { value: one.name }, `${one.name} (needs ${one.needs})`)));
    for (const option of by.options) option.disabled = !it.takesConsent && option.value.includes("consent");
    if (by.selectedOptions[0]?.disabled) by.value = "organisation";
  };
  const consent = h("div", { "aria-live": "polite" });
  const tellConsent = () => fill(consent, consentNote(chosen(), pack.value, by.value, (kind) => { by.value = kind; changed(); by.focus(); }));
  choose();
  // The fields of the service come first, because the others depend on it.
  const keepService = keepFields("tokens of", { service });
  choose();
  const keep = keepFields("tokens", { endpoint, pack, party, by, wrong, caller, lifetime });
  const changed = () => { keepService(); keep(); tellConsent(); };
  service.addEventListener("change", choose);
  for (const control of [service, endpoint, pack, party, by, wrong, caller, lifetime]) control.addEventListener("change", changed);
  tellConsent();
  const wanted = () => {
    const document = { service: service.value, party: party.value.trim(), by: by.value };
    if (endpoint.value) document.endpoint = endpoint.value;
    if (caller.value.trim()) document.caller = caller.value.trim();
    if (lifetime.value) document.lifetime = Number(lifetime.value);
    if (wrong.value) document.wrong = wrong.value;
    return document;
  };
  const question = () => {
    const document = { token: pasted.value.trim(), service: service.value, party: party.value.trim() };
    if (pack.value) document.package = pack.value;
    if (endpoint.value) document.endpoint = endpoint.value;
    return document;
  };
  const explain = async () => {
    if (!pasted.value.trim()) return fill(explained, h("p", { class: "soft" }, "Paste a token first."));
    const it = await attempt(explained, () => call("POST", "/token/explain", question()));
    if (!it) return undefined;
    const fails = it.lines.filter((line) => line.verdict === "fails").length;
    const refused = /^\d{3} /.test(it.verdict) || it.verdict.startsWith("This is not");
    return fill(explained, h("p", { class: `verdict ${refused || fails ? "fails" : "passes"}`, role: "status" }, it.verdict),
      table(["Claim", "Verdict", "What it means", "Value"], it.lines.map((line) => [h("code", {}, line.claim), h("span", { class: line.verdict === "passes" ? "good" : line.verdict === "fails" ? "bad" : "soft" }, line.verdict),
        [line.meaning, line.fix ? h("p", { class: "hint" }, line.fix) : null], h("span", { class: "value" }, line.value)]), { label: "Claims" }),
      decoded(pasted.value));
  };
  const form = h("form", { autocomplete: "off" },
    h("fieldset", {}, h("legend", {}, "For a call of"), h("div", { class: "row" }, field("Service", service), field("Endpoint", endpoint), field("Package", pack), field("Party", party))),
    h("fieldset", {}, h("legend", {}, "made for"), h("div", { class: "row" }, field("Who calls", by), field("Their number, if not the party", caller), field("Seconds", lifetime), field("What is wrong with it", wrong)), consent),
    h("p", { class: "buttons main" }, h("button", { type: "submit" }, "Make the token")), calls(() => curl("POST", "/token", wanted())), made);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const it = await attempt(made, () => call("POST", "/token", wanted()));
    if (!it) return;
    pasted.value = it.token;
    const to = chosen();
    const target = to.endpoints.find((one) => one.name === endpoint.value) ?? to.endpoints[0];
    const path = target.path.replace("{rettighetspakke}", pack.value).replace(/\{(identifikator|organisasjonsnummer)\}/, party.value);
    fill(made, h("p", {}, "Send it as ", h("code", {}, it.header), ":"), code(it.value, "Token"), h("p", { class: "buttons" }, copyButton(it.token, "Copy the token"),
      h("a", { class: "button", href: link({ method: target.method, url: withModifiers(path, {}), token: by.value, wrong: wrong.value, caller: caller.value }) }, "Try it")));
    await explain();
  });
  root.append(form, h("section", { "aria-labelledby": "why" }, h("h3", { id: "why" }, "Why is a token taken or refused?"),
    field("A token, made above or pasted", pasted),
    h("p", { class: "buttons" }, h("button", { type: "button", onclick: explain }, "Explain it")), calls(() => curl("POST", "/token/explain", question())), explained));
}

/** Head and claims of a token, to read. */
function decoded(text) {
  const parts = text.trim().replace(/^Bearer\s+/i, "").split(".");
  const read = (part) => {
    const bytes = Uint8Array.from(atob(part.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    return JSON.stringify(JSON.parse(new TextDecoder().decode(bytes)), null, 2);
  };
  try {
    return h("details", {}, h("summary", {}, "Decoded"), code(read(parts[0]), "Head"), code(read(parts[1]), "Claims"));
  } catch {
    return null;
  }
}
