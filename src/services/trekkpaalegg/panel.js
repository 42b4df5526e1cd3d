// Orders to an employer to deduct from pay: each with its versions over time; change or stop one, or make a new one.

import { h, fill, table, field, select, kroner, empty, counted } from "./dom.js";
import { attempt, call, calls, curl, get } from "./api.js";
import { undoing } from "./undo.js";

/** The most orders that are shown at once. */
const STEP = 40;

export async function show(root, { path }) {
  const problem = h("div", {});
  root.append(h("h2", {}, "Orders"), h("p", { "data-terms": true }, "A trekkpålegg tells an employer (trekkpliktig) to deduct from the pay of a skyldner. Each change makes a new version with a higher sekvensnummer, and the next poll finds it."), problem);
  const parties = await attempt(problem, () => get("/parties"));
  if (!parties) return;
  const employers = parties.filter((it) => it.trekkpaalegg > 0);
  const employer = h("input", { value: path || employers[0]?.part || "", list: "employers", inputmode: "numeric" });
  const place = h("div", { "aria-live": "polite" });
  let shown = STEP;
  let document_ = {};
  const send = async (document) => {
    document_ = document;
    const made = await attempt(problem, () => call("POST", "/trekkpaalegg", document));
    if (made) { fill(problem, h("p", { class: "good", role: "status" }, `Version ${made.trekkversjon} of ${made.trekkid}, sekvensnummer ${made.sekvensnummer}.`)); await refresh(); }
  };
  const refresh = async () => {
    const query = employer.value.trim() ? `?trekkpliktig=${encodeURIComponent(employer.value.trim())}` : "";
    const all = await attempt(place, () => get(`/trekkpaalegg/ordrer${query}`));
    if (!all) return;
    undo.read();
    fill(place, h("h3", {}, `${counted(all.count, "order", "orders")} of ${all.trekkpliktig}, on ${all.dag}`),
      all.ordrer.length === 0 ? empty("The employer has no order. Make one below.") : all.ordrer.slice(0, shown).map((order) => life(order, all, send)),
      all.ordrer.length > shown ? h("button", { type: "button", onclick: () => { shown += 3 * STEP; refresh(); } }, `Show more (${all.count - shown} left)`) : null);
  };
  const undo = undoing(() => refresh());
  employer.addEventListener("change", refresh);
  root.append(h("div", { class: "row" }, field("Employer", employer), h("datalist", { id: "employers" }, employers.map((it) => h("option", { value: it.part }, it.navn)))),
    calls(() => [curl("GET", `/trekkpaalegg/ordrer?trekkpliktig=${employer.value}`), curl("POST", "/trekkpaalegg", Object.keys(document_).length ? document_ : { skyldner: "05837421820", prosent: 19 })]),
    undo.element, place, fresh(employer, send),
    h("p", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: async () => { await attempt(problem, () => call("DELETE", "/trekkpaalegg")); await refresh(); } }, "Forget what was made or changed here")));
  await refresh();
}

const size = (period) => (period.trekkprosent ? `${period.trekkprosent.trekkprosent} %` : `${kroner(period.trekkbeloep?.trekkbeloep ?? 0)} kr a month`);

/** An order as the line of its versions, with what can be done to it. */
function life(order, all, send) {
  const newest = order.versjoner.filter((it) => it.synlig).at(-1) ?? order.versjoner[0];
  const change = h("input", { type: "number", min: 0, max: 100, step: "0.5", placeholder: "19" });
  const from = h("input", { placeholder: "+1d", size: 6 });
  const stop = h("input", { placeholder: "+0d", size: 6 });
  const whose = { trekkpliktig: all.trekkpliktig, trekkid: order.trekkid };
  return h("details", { class: "box" },
    h("summary", {}, h("b", {}, newest.skyldner), ` · ${newest.trekkstatus} · ${size(newest.trekkstoerrelseForPeriode.at(-1))} · ${order.versjoner.length} ${order.versjoner.length === 1 ? "version" : "versions"}`),
    h("ol", { class: "life" }, order.versjoner.map((it) => h("li", { class: it.synlig ? "" : "coming" }, h("time", {}, it.dag), `version ${it.trekkversjon}`, h("small", {}, ` no. ${it.sekvensnummer}`)))),
    table(["Version", "From", "To", "Deduct"], order.versjoner.flatMap((it) => it.trekkstoerrelseForPeriode.map((period) => [it.trekkversjon, period.startdato, period.sluttdato ?? "goes on", size(period)])), { label: "Versions" }),
    h("p", { class: "soft" }, `trekkid ${order.trekkid}, case ${newest.saksnummer}`),
    h("div", { class: "row" }, field("New percentage", change), field("From", from), h("button", { type: "button", onclick: () => send({ ...whose, prosent: Number(change.value || 19), ...(from.value ? { fra: from.value } : {}) }) }, "Change"),
      field("Last day", stop), h("button", { type: "button", onclick: () => send({ ...whose, stopp: stop.value || "+0d" }) }, "Stop")));
}

/** A form for a new order. */
function fresh(employer, send) {
  const debtor = h("input", { inputmode: "numeric", placeholder: "a synthetic one" });
  const amount = h("input", { inputmode: "decimal", value: "19" });
  const unit = select([["prosent", "% of gross pay"], ["beloep", "kroner a month"]]);
  const form = h("form", { class: "box", autocomplete: "off" }, h("h3", {}, "A new order"),
    h("div", { class: "row" }, field("Debtor (skyldner)", debtor), field("How much", amount), field("Unit", unit), h("button", { type: "submit" }, "Make it")));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send({ ...(employer.value.trim() ? { trekkpliktig: employer.value.trim() } : {}), ...(debtor.value.trim() ? { skyldner: debtor.value.trim() } : {}), [unit.value]: Number(amount.value) });
  });
  return form;
}
