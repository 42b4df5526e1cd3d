// A party: its ledger over time, and the answers of all services and editions side by side.

import { h, fill, add, table, select, field, kroner, empty, copyButton } from "./dom.js";
import { attempt, calls, catalogue, curl, get, prefix, send } from "./api.js";
import { body } from "./pretty.js";
import { explain } from "./terms.js";
import { link } from "./compose.js";

export async function show(root, { path }) {
  const number = path.split("?")[0];
  const find = new URLSearchParams(path.split("?")[1] ?? "").get("find");
  const problem = h("div", {});
  root.append(h("p", {}, h("a", { href: "#parties" }, "← Parties")), h("h2", {}, number), problem);
  const party = await attempt(problem, () => get(`/parties/${number}`));
  if (!party) return;
  fill(root.querySelector("h2"), party.navn, " ", h("small", {}, party.part));
  const answers = h("section", { "aria-labelledby": "answers" });
  const look = (text) => { location.hash = `party/${number}?find=${encodeURIComponent(text)}`; };
  root.append(
    party.beskrivelse ? h("p", {}, party.beskrivelse) : "",
    h("p", { class: "tags" },
      party.skjermet === "no" ? null : h("span", { class: "tag warn" }, party.skjermet === "yes" ? "shielded: services do not know it" : "shielded in part"),
      h("span", { class: "tag" }, party.kilde),
      party.utgave ? h("span", { class: "tag" }, `edition ${party.utgave}`) : null,
      party.bokstaveligeSvar > 0 ? h("span", { class: "tag literal" }, `${party.bokstaveligeSvar} literal answers`) : null),
    sums(party, look),
    h("section", { "aria-labelledby": "ledger" },
      h("h3", { id: "ledger" }, "The ledger over time"), await picture(number),
      calls(() => [curl("GET", `/parties/${number}`), curl("GET", `/parties/${number}/picture`)])),
    claims(party, look), money(party, look), answers);
  await showAnswers(answers, party, find);
  if (find) answers.scrollIntoView();
}

function sums(party, look) {
  const figure = (amount) => (Number(amount) === 0 ? kroner(amount)
    : h("button", { type: "button", class: "link", title: "Show the answers that it stands in", onclick: () => look(String(amount)) }, kroner(amount)));
  const entry = (name, amount, kind) => h("div", { class: kind }, h("dt", { "data-terms": true }, name), h("dd", {}, figure(amount)));
  const { forfalte, ikkeForfalte, stipulerteRenter, uplasserte, saldo } = party.totaler;
  return h("dl", { class: "sums" },
    entry("saldo (balance)", saldo), entry("forfalt (overdue)", forfalte, Number(forfalte) > 0 ? "bad" : ""), entry("not yet due", ikkeForfalte),
    entry("stipulerte renter (interest)", stipulerteRenter), entry("uplassert (unplaced)", uplasserte));
}

/** The picture that the server draws, as a part of this page. */
async function picture(number) {
  const response = await send("GET", `/parties/${number}/picture`);
  const text = await response.text();
  if (!response.ok) return empty("There is no picture.");
  return h("div", { class: "picture", tabindex: "0", role: "region", "aria-label": "Picture of the ledger" }, svg(text));
}

/** Reads SVG without a parser of HTML: element by element, with the names and attributes that pictures have. */
function svg(text) {
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const NAMES = new Set(["svg", "g", "title", "line", "rect", "text", "tspan", "circle", "path"]);
  const entities = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };
  const plain = (it) => it.replace(/&(lt|gt|amp|quot|apos);/g, (_, name) => entities[name]);
  const root = document.createDocumentFragment();
  let at = root;
  for (const [, close, name, attributes, words] of text.matchAll(/<(\/?)([a-z]+)((?:\s+[\w:-]+="[^"]*")*)\s*>|([^<]+)/gi)) {
    if (words !== undefined) {
      if (at !== root) at.append(plain(words));
    } else if (close) {
      at = at.parentNode ?? root;
    } else if (NAMES.has(name)) {
      const element = document.createElementNS(NAMESPACE, name);
      for (const [, key, value] of attributes.matchAll(/([\w:-]+)="([^"]*)"/g)) {
        if (key !== "xmlns" && !key.startsWith("on")) element.setAttribute(key, plain(value));
      }
      at.append(element);
      at = element;
    }
  }
  return root;
}

/** The most claims that the table shows at once. */
const STEP = 100;

function claims(party, look) {
  const section = h("section", { "aria-labelledby": "claims" }, h("h3", { id: "claims", "data-terms": true }, `Krav (claims): ${party.krav.length}`));
  if (party.krav.length === 0) return add(section, empty("It has no claims."));
  const line = (krav) => {
    const due = krav.forfall.map((it) => it.forfallsdato).filter(Boolean);
    const isComing = krav.opprettet > party.dag;
    const left = Number(krav.gjenstaaende);
    const state = isComing ? "to come" : left === 0 ? "paid" : left < 0 ? "credit" : krav.forfall.some((it) => it.forfalt) ? "overdue" : "open";
    return [
      h("button", { type: "button", class: "link", title: "Show the answers that it stands in", onclick: () => look(krav.kravidentifikator) }, krav.kravidentifikator),
      [krav.kravtype, krav.beskrivelse ? h("small", {}, ` ${krav.beskrivelse}`) : null],
      h("span", { class: `state ${state.replace(" ", "-")}` }, state),
      due.length === 0 ? "–" : due.length === 1 ? due[0] : `${due[0]} … ${due.at(-1)}`,
      kroner(krav.opprinnelig), kroner(left), krav.renter === undefined ? "–" : kroner(krav.renter),
    ];
  };
  const order = [...party.krav].sort((one, other) => (Number(other.gjenstaaende) !== 0) - (Number(one.gjenstaaende) !== 0) || other.opprettet.localeCompare(one.opprettet));
  const place = h("div", {});
  let shown = STEP;
  const draw = () => fill(place,
    table(["Identifier", "Kind", "State", "Due", "#Amount", "#Left", "#Interest"], order.slice(0, shown).map(line), { label: "Claims" }),
    order.length > shown
      ? h("button", { type: "button", onclick: () => { shown += 5 * STEP; draw(); } }, `Show more (${order.length - shown} left)`)
      : null);
  draw();
  return add(section, place, party.utelatt > 0 ? h("p", { class: "soft" }, `${party.utelatt} entries are left out.`) : null);
}

function money(party, look) {
  const section = h("section", { "aria-labelledby": "money" }, h("h3", { id: "money", "data-terms": true }, "Innbetaling and utbetaling"));
  const id = (text) => h("button", { type: "button", class: "link", title: "Show the answers that it stands in", onclick: () => look(text) }, text);
  const ins = party.innbetalinger.map((it) => [it.dato, id(it.innbetalingsidentifikator), "in", kroner(it.beloep), Number(it.uplassert) === 0 ? "" : `${kroner(it.uplassert)} unplaced`]);
  const outs = party.utbetalinger.map((it) => [it.dato, id(it.utbetalingsidentifikator), "out", kroner(it.beloep), it.status]);
  const all = [...ins, ...outs].sort((one, other) => other[0].localeCompare(one[0]));
  if (all.length === 0) return add(section, empty("No money went in or out."));
  const shown = all.slice(0, 200);
  return add(section, table(["Day", "Identifier", "", "#Amount", "Note"], shown, { label: "Payments and payouts" }),
    all.length > shown.length ? h("p", { class: "soft" }, `and ${all.length - shown.length} more`) : null);
}

/** The answers of all services: one service and endpoint at a time, its editions side by side. */
async function showAnswers(section, party, find) {
  add(section, h("h3", { id: "answers" }, "What the services answer"));
  const all = await catalogue();
  const services = all.services.filter((service) => service.endpoints.some((endpoint) => endpoint.view));
  const views = services.flatMap((service) => service.endpoints.filter((endpoint) => endpoint.view).map((endpoint) => ({ service, endpoint })));
  if (views.length === 0) return;
  if (find) return findIn(section, party, views, find);
  let chosen = views[0];
  const packages = h("div", { class: "row" });
  const place = h("div", { class: "answers", "aria-live": "polite" });
  const which = select(views.map(({ service, endpoint }, at) => [at, `${service.title}: ${endpoint.name}`]), 0);
  const format = select(["json", "xml"], "json");
  const [from, to] = [h("input", { type: "date" }), h("input", { type: "date" })];
  let pack = null;
  const draw = async () => {
    const { service, endpoint } = chosen;
    const query = new URLSearchParams({ service: service.name, endpoint: endpoint.name });
    if (pack?.value) query.set("package", pack.value);
    if (endpoint.periode && from.value) query.set("fraOgMed", from.value);
    if (endpoint.periode && to.value) query.set("tilOgMed", to.value);
    const path = `/parties/${party.part}/answers?${query}`;
    const answers = await attempt(place, () => get(path));
    if (!answers) return;
    const shown = answers.filter((it) => it.format === format.value);
    const used = shown.length > 0 ? shown : answers.filter((it) => it.format === "json");
    fill(place, h("div", { class: `side n${used.length}` }, used.map((it) => answer(it, used, null))), calls(() => curl("GET", path)));
  };
  const chooseView = () => {
    chosen = views[Number(which.value)];
    pack = chosen.service.packages.length > 0 ? select(chosen.service.packages.map((it) => it.name)) : null;
    pack?.addEventListener("change", draw);
    const dates = chosen.endpoint.periode ? [field("From (fraOgMed)", from), field("To (tilOgMed)", to)] : [];
    fill(packages, field("Service and endpoint", which), pack ? field("Package (rettighetspakke)", pack) : null,
      chosen.service.hasXml ? field("Format", format) : null, dates);
    explain(packages);
    draw();
  };
  which.addEventListener("change", chooseView);
  for (const control of [format, from, to]) control.addEventListener("change", draw);
  add(section, h("p", { class: "soft" }, "Nothing is called: the journal, coverage and rules do not notice. Lines that another edition does not have are marked."), packages, place);
  chooseView();
}

/** One answer. Its JSON is compared with that of the next edition. */
function answer(it, all, find) {
  const other = all.find((one) => one !== it && one.format === it.format && one.status === it.status && one.edition !== it.edition);
  const title = it.edition ? `Edition ${it.edition}` : "Answer";
  return h("article", { class: "answer" },
    h("header", {},
      h("h4", {}, title, " ", h("span", { class: `status s${String(it.status)[0]}` }, it.status, it.code ? ` ${it.code}` : "")),
      it.literal ? h("p", { class: "tag literal" }, `literal: ${it.literal}`) : null,
      it.hint ? h("p", { class: "hint" }, it.hint) : null,
      h("p", { class: "buttons" },
        h("a", { href: link({ method: "GET", url: it.url, accept: it.format }) }, "Try it"),
        h("a", { href: `${prefix}${it.url}`, target: "_blank", rel: "noopener" }, "Call it in a new tab"),
        copyButton(it.body))),
    body(it.body, it.status < 300 ? it.format : "text", { other: it.status < 300 ? other?.body : undefined, find, label: `${title}, ${it.url}` }));
}

/** Every answer that has a text: where a figure stands. */
async function findIn(section, party, views, find) {
  const place = h("div", { class: "answers", "aria-live": "polite" });
  add(section, h("p", {}, "Answers that have ", h("code", {}, find), ": ", h("a", { href: `#party/${party.part}` }, "show all answers")), place);
  let found = 0;
  for (const { service, endpoint } of views) {
    // Periods are long here, so that nothing is missed.
    const period = endpoint.periode ? { fraOgMed: "2000-01-01", tilOgMed: `${Number(party.dag.slice(0, 4)) + 2}-12-31` } : {};
    const query = new URLSearchParams({ service: service.name, endpoint: endpoint.name, ...period });
    const answers = await get(`/parties/${party.part}/answers?${query}`).catch(() => []);
    const fitting = answers.filter((it) => it.format === "json" && it.body.includes(find));
    if (fitting.length === 0) continue;
    found += fitting.length;
    add(place, h("h4", {}, `${service.title}: ${endpoint.name}`), h("div", { class: `side n${fitting.length}` }, fitting.map((it) => answer(it, fitting, find))));
  }
  if (found === 0) add(place, empty("No answer has it on this day."));
}
