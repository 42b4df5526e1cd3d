// Rules of the session, and the sessions of the sandbox.

import { h, fill, add, table, field, select, empty, moment } from "./dom.js";
import { attempt, call, calls, catalogue, curl, get, session } from "./api.js";
import { history } from "./history.js";
import { codeOptions } from "./codes.js";
import { tellFault } from "./faults.js";
import { undoing } from "./undo.js";

export async function show(root, { query }) {
  const problem = h("div", {});
  root.append(h("h2", {}, "Rules and sessions"), problem);
  const all = await attempt(problem, catalogue);
  if (!all) return undefined;
  const list = h("div", { "aria-live": "polite" });
  const sessions = h("section", { "aria-labelledby": "sessions" });
  const log = h("section", { "aria-labelledby": "log" });
  // Whatever is changed here is in the log, too.
  const changed = () => Promise.all([refresh(), readLog(), undo.read()]);
  const again = () => Promise.all([refresh(), drawSessions(sessions, reread)]);
  const undo = undoing(() => Promise.all([again(), readLog()]));
  const reread = () => Promise.all([readLog(), undo.read()]);
  const refresh = () => drawRules(list, problem, changed);
  const readLog = history(log, () => Promise.all([again(), undo.read()]));
  root.append(h("section", { "aria-labelledby": "rules" }, h("h3", { id: "rules" }, `Rules of the session ${session}`),
    h("p", {}, "A rule gives calls that fit it a code, a fault, a delay or another change, so many times. The newest rule wins."), list, form(all, query, changed), undo.element), log, sessions);
  await Promise.all([again(), reread()]);
  const wanted = query.get("show");
  const shown = wanted === "log" ? log : [...list.querySelectorAll("tbody tr")].find((row) => row.cells[0].textContent === wanted);
  if (shown !== log) shown?.classList.add("chosen");
  shown?.scrollIntoView({ block: wanted === "log" ? "start" : "center" });
  const timer = setInterval(() => { if (!document.hidden) refresh(); }, 3000);
  return () => clearInterval(timer);
}

let drawn = "";

async function drawRules(place, problem, refresh) {
  const found = await get("/rules").catch((why) => { fill(problem, h("p", { class: "problem" }, why.message)); return null; });
  if (!found) return;
  const key = JSON.stringify(found.rules);
  if (key === drawn && place.childElementCount > 0) return;
  drawn = key;
  const remove = (rule) => h("button", { type: "button", class: "quiet", "aria-label": `Remove rule ${rule.id}`, onclick: async () => { await attempt(problem, () => call("DELETE", `/rules/${rule.id}`)); await refresh(); } }, "Remove");
  const words = (it) => Object.entries(it ?? {}).map(([name, value]) => h("span", { class: "tag" }, `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`));
  fill(place, found.rules.length === 0 ? empty("There is no rule.") : [
    table(["Rule", "When", "Then", "#Used", "#Left", ""], [...found.rules].reverse().map((rule) => [
      rule.id, words(rule.when).length ? words(rule.when) : "any call", words(rule.then), rule.met ?? rule.used ?? "–", rule.left ?? "no limit", remove(rule)]), { label: "Rules" }),
    h("p", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: async () => { await attempt(problem, () => call("DELETE", "/rules")); await refresh(); } }, "Remove all")),
  ], calls(() => [curl("GET", "/rules"), curl("DELETE", "/rules")]));
}

function form(all, query, refresh) {
  const given = (name) => query.get(name) ?? "";
  const problem = h("div", {});
  const any = (values) => [["", "any"], ...values];
  const service = select(any(all.services.map((it) => [it.name, it.title])), given("service"));
  const [endpoint, pack, code] = [select([["", "any"]]), select([["", "any"]]), select([["", "none"]])];
  const party = h("input", { value: given("party"), inputmode: "numeric" });
  const client = h("input", {});
  const fault = select([["", "none"], ...all.faults], given("fault"));
  const delay = h("input", { placeholder: all.delays.join(" or "), value: given("delay") });
  const drift = select([["", "none"], ...all.drifts, all.drifts.join("+")], given("drift"));
  const sequence = h("input", { placeholder: "KB-002, KB-002, ok" });
  const [times, probability, expires] = [h("input", { inputmode: "numeric", placeholder: "no limit" }), h("input", { inputmode: "decimal", placeholder: "1" }), h("input", { placeholder: "10min" })];
  const choose = () => {
    const chosen = all.services.find((it) => it.name === service.value);
    const services = chosen ? [chosen] : all.services;
    const distinct = (values) => [...new Set(values)];
    const refill = (control, none, values, wanted) => {
      fill(control, [["", none], ...values].map((it) => { const [value, text] = Array.isArray(it) ? it : [it, it]; return h("option", { value }, text); }));
      control.value = values.some((it) => (Array.isArray(it) ? it[0] : it) === wanted) ? wanted : "";
    };
    refill(endpoint, "any", distinct(services.flatMap((it) => it.endpoints.map((one) => one.name))), endpoint.value || given("endpoint"));
    refill(pack, "any", distinct(services.flatMap((it) => it.packages.map((one) => one.name))), pack.value || given("package"));
    const wanted = code.value || given("error");
    fill(code, h("option", { value: "" }, "none"), codeOptions(services));
    code.value = wanted;
    if (code.selectedIndex < 0) code.value = "";
  };
  service.addEventListener("change", choose);
  choose();
  const wire = h("div", { "aria-live": "polite" });
  fault.addEventListener("change", () => tellFault(wire, all, fault.value));
  tellFault(wire, all, fault.value);
  const document_ = () => {
    const filled = (fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== "" && value !== undefined));
    const when = filled({ service: service.value, endpoint: endpoint.value, package: pack.value, party: party.value.trim(), client: client.value.trim() });
    const steps = sequence.value.split(",").map((step) => step.trim()).filter(Boolean);
    const then = steps.length > 0 ? { sequence: steps } : filled({ error: code.value, fault: fault.value, delay: delay.value.trim(), drift: drift.value });
    const number = (text) => (text.trim() === "" ? undefined : Number.isNaN(Number(text)) ? text : Number(text));
    return { ...(Object.keys(when).length ? { when } : {}), then, ...filled({ times: number(times.value), probability: number(probability.value), expires: expires.value.trim() }) };
  };
  const made = h("form", { autocomplete: "off" },
    h("fieldset", {}, h("legend", {}, "When a call is of"), h("div", { class: "row" }, field("Service", service), field("Endpoint", endpoint), field("Package", pack), field("Party", party), field("Client", client))),
    h("fieldset", {}, h("legend", {}, "it meets"), h("div", { class: "row" }, field("Code", code), field("Fault", fault), field("Delay", delay), field("Drift", drift), field("Or a sequence", sequence)), wire),
    h("fieldset", {}, h("legend", {}, "so often"), h("div", { class: "row" }, field("Times", times), field("Probability", probability), field("For", expires))),
    h("p", { class: "buttons main" }, h("button", { type: "submit" }, "Add the rule")), calls(() => curl("POST", "/rules", document_())), problem);
  made.addEventListener("submit", async (event) => {
    event.preventDefault();
    const added = await attempt(problem, () => call("POST", "/rules", document_()));
    if (added) { fill(problem, h("p", { role: "status", class: "good" }, `Added ${added.id}.`)); await refresh(); }
  });
  const details = h("details", { open: query.size > 0 && !query.has("show") }, h("summary", {}, "Add a rule"), made);
  return details;
}

async function drawSessions(section, readLog) {
  const problem = h("div", {});
  const found = await attempt(section, () => get("/sessions"));
  if (!found) return;
  const again = () => Promise.all([drawSessions(section, readLog), readLog()]);
  const act = (method, path, body) => async () => { if ((await attempt(problem, () => call(method, path, body))) !== undefined) { if (path.includes(`/${session}`) ) location.reload(); else await again(); } };
  const name = h("input", { required: true, pattern: "[A-Za-z0-9._\\-]{1,64}", placeholder: "build-17" });
  const [supplier, system, version, clients] = [h("input", {}), h("input", {}), h("input", {}), h("input", { placeholder: "client ids, with commas" })];
  const document_ = () => {
    const about = Object.fromEntries(Object.entries({ supplier: supplier.value.trim(), system: system.value.trim(), version: version.value.trim() }).filter(([, value]) => value));
    return { ...about, clients: clients.value.split(",").map((id) => id.trim()).filter(Boolean) };
  };
  const form = h("form", { autocomplete: "off" },
    h("div", { class: "row" }, field("Name", name), field("Clients", clients, "Calls with a token of these clients belong to it."), field("Supplier", supplier), field("System", system), field("Version", version)),
    h("p", { class: "buttons" }, h("button", { type: "submit" }, "Begin or change it")), calls(() => curl("PUT", `/sessions/${name.value || "NAME"}`, document_())));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if ((await attempt(problem, () => call("PUT", `/sessions/${encodeURIComponent(name.value)}`, document_()))) !== undefined) await again();
  });
  const mine = (it) => it.name === session;
  const open = (it) => (mine(it) ? h("b", {}, it.name, " (this page)") : h("a", { href: `${it.name === "default" ? "" : `/~session=${it.name}`}/#rules` }, it.name));
  const edit = (it) => h("button", { type: "button", class: "quiet", onclick: () => {
    details.open = true;
    name.value = it.name;
    clients.value = it.clients.join(", ");
    supplier.value = it.supplier ?? "";
    system.value = it.system ?? "";
    version.value = it.version ?? "";
    name.focus();
  } }, "Change");
  const details = h("details", {}, h("summary", {}, "Begin a session, or bind clients"), form);
  fill(section, h("h3", { id: "sessions" }, `Sessions: ${found.count}`),
    h("p", {}, "A session has its own rules, clock, journal and scenarios. Open one to see this page in it."),
    table(["Session", "Day", "#Calls", "#Rules", "Clients", "Last used", ""], found.sessions.map((it) => [
      open(it), it.day, it.requests, it.rules, it.clients.join(", ") || "–", moment(it.lastUsed),
      h("span", { class: "buttons" }, edit(it),
        h("button", { type: "button", class: "quiet", "aria-label": `Reset ${it.name}`, onclick: act("POST", `/sessions/${it.name}/reset`) }, "Reset"),
        it.name === "default" ? null : h("button", { type: "button", class: "quiet", "aria-label": `Forget ${it.name}`, onclick: async () => {
          if ((await attempt(problem, () => call("DELETE", `/sessions/${it.name}`))) === undefined) return;
          if (mine(it)) location.href = "/"; else await again();
        } }, "Forget"))]), { label: "Sessions" }),
    problem, details);
  add(section, calls(() => [curl("GET", "/sessions"), curl("POST", `/sessions/${session}/reset`)]));
}
