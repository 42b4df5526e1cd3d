// A party: its ledger over time, and the answers of all services and editions side by side.

import { h, fill, add, table, select, field, kroner, empty, copyButton, counted } from "./dom.js";
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
      party.bokstaveligeSvar > 0 ? h("span", { class: "tag literal" }, counted(party.bokstaveligeSvar, "literal answer", "literal answers")) : null),
    sums(party, look),
    h("p", { class: "buttons" }, h("button", { type: "button", class: "quiet", onclick: () => answers.scrollIntoView() }, "What the services answer ↓")),
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

/** The states of claims, in the order in which they matter today. */
const STATES = ["overdue", "open", "credit", "to come", "paid"];

/** How a claim stands on the day. */
function stateOf(krav, day) {
  const left = Number(krav.gjenstaaende);
  if (krav.opprettet > day) return "to come";
  if (left === 0) return "paid";
  if (left < 0) return "credit";
  return krav.forfall.some((it) => it.forfalt) ? "overdue" : "open";
}

/** Claims as they matter today: the oldest debt first, what is settled last and the newest of it first. */
function inOrder(party) {
  const due = (krav) => krav.forfall.map((it) => it.forfallsdato).filter(Boolean).sort()[0] ?? "9999";
  const all = party.krav.map((krav) => ({ krav, state: stateOf(krav, party.dag) }));
  const within = (one, other) => (one.state === "paid" ? other.krav.opprettet.localeCompare(one.krav.opprettet)
    : one.state === "to come" ? one.krav.opprettet.localeCompare(other.krav.opprettet) : due(one.krav).localeCompare(due(other.krav)));
  return all.sort((one, other) => STATES.indexOf(one.state) - STATES.indexOf(other.state) || within(one, other));
}

/** The most claims that the table shows at once. */
const STEP = 50;

function claims(party, look) {
  const section = h("section", { "aria-labelledby": "claims" }, h("h3", { id: "claims", "data-terms": true }, `Krav (claims): ${party.krav.length}`));
  if (party.krav.length === 0) return add(section, empty("It has no claims."));
  const line = ({ krav, state }) => {
    const due = krav.forfall.map((it) => it.forfallsdato).filter(Boolean);
    const left = Number(krav.gjenstaaende);
    return [
      h("button", { type: "button", class: "link", title: "Show the answers that it stands in", onclick: () => look(krav.kravidentifikator) }, krav.kravidentifikator),
      [krav.kravtype, krav.beskrivelse ? h("small", {}, ` ${krav.beskrivelse}`) : null],
      h("span", { class: `state ${state.replace(" ", "-")}` }, state),
      due.length === 0 ? "–" : due.length === 1 ? due[0] : `${due[0]} … ${due.at(-1)}`,
      kroner(krav.opprinnelig), kroner(left), krav.renter === undefined ? "–" : kroner(krav.renter),
    ];
  };
  const all = inOrder(party);
  let order = all;
  const chips = h("div", { class: "chips", role: "group", "aria-label": "States of claims" });
  const chip = (name, wanted) => h("button", { type: "button", class: "chip", "aria-pressed": String(wanted === null), onclick: (event) => {
    for (const other of chips.children) other.setAttribute("aria-pressed", String(other === event.currentTarget));
    order = wanted === null ? all : all.filter((it) => it.state === wanted);
    shown = STEP;
    draw();
  } }, name);
  const states = STATES.filter((state) => all.some((it) => it.state === state));
  if (states.length > 1) {
    chips.append(chip(`All ${all.length}`, null), ...states.map((state) => chip(`${state[0].toUpperCase()}${state.slice(1)} ${all.filter((it) => it.state === state).length}`, state)));
  }
  const place = h("div", {});
  let shown = STEP;
  const draw = () => fill(place,
    table(["Identifier", "Kind", "State", "Due", "#Amount", "#Left", "#Interest"], order.slice(0, shown).map(line), { label: "Claims" }),
    order.length > shown
      ? h("button", { type: "button", onclick: () => { shown += 5 * STEP; draw(); } }, `Show more (${order.length - shown} left)`)
      : null);
  draw();
  return add(section, chips, place, party.utelatt > 0 ? h("p", { class: "soft" }, `${counted(party.utelatt, "entry is", "entries are")} left out.`) : null);
}

function money(party, look) {
  const section = h("section", { "aria-labelledby": "money" }, h("h3", { id: "money", "data-terms": true }, "Innbetaling and utbetaling"));
  const id = (text) => h("button", { type: "button", class: "link", title: "Show the answers that it stands in", onclick: () => look(text) }, text);
  const ins = party.innbetalinger.map((it) => [it.dato, id(it.innbetalingsidentifikator), "in", kroner(it.beloep), Number(it.uplassert) === 0 ? "" : `${kroner(it.uplassert)} unplaced`]);
  const outs = party.utbetalinger.map((it) => [it.dato, id(it.utbetalingsidentifikator), "out", kroner(it.beloep), it.status]);
  // What has come about stands first, the newest of it before the others; then what is to come, the nearest of it first.
  const come = (row) => (row[0] > party.dag ? 1 : 0);
  const all = [...ins, ...outs].sort((one, other) => come(one) - come(other) || (come(one) ? one[0].localeCompare(other[0]) : other[0].localeCompare(one[0])));
  for (const row of all) if (come(row)) row[4] = row[4] ? `to come, ${row[4]}` : "to come";
  if (all.length === 0) return add(section, empty("No money went in or out."));
  const place = h("div", {});
  let shown = STEP / 2;
  const draw = () => fill(place, table(["Day", "Identifier", "", "#Amount", "Note"], all.slice(0, shown), { label: "Payments and payouts" }),
    all.length > shown ? h("button", { type: "button", onclick: () => { shown += 5 * STEP; draw(); } }, `Show more payments (${all.length - shown} left)`) : null);
  draw();
  return add(section, place);
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

/** What a rule does, on a line. */
const doing = (then) => Object.entries(then).map(([name, value]) => `${name} ${Array.isArray(value) ? value.map((step) => (typeof step === "string" ? step : JSON.stringify(step))).join(", ") : value}`).join(", ");

/** One answer. Its JSON is compared with that of the next edition. */
function answer(it, all, find) {
  const other = all.find((one) => one !== it && one.format === it.format && one.status === it.status && one.edition !== it.edition);
  const title = it.edition ? `Edition ${it.edition}` : "Answer";
  return h("article", { class: "answer" },
    h("header", {},
      h("h4", {}, title, " ", h("span", { class: `status s${String(it.status)[0]}` }, it.status, it.code ? ` ${it.code}` : "")),
      it.literal ? h("p", { class: "tag literal" }, `literal: ${it.literal}`) : null,
      it.hint ? h("p", { class: "hint" }, it.hint) : null,
      it.rules?.length ? h("p", { class: "warning rule-note" }, h("b", {}, "A call gets another answer: "), it.rules.map((rule, at) => [at > 0 ? "; " : "",
        h("a", { href: `#rules?show=${rule.id}` }, `rule ${rule.id}`), ` gives ${doing(rule.then)}`, rule.probability === undefined ? "" : ` (with probability ${rule.probability})`])) : null,
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
