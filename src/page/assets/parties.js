// The parties: search and filters, and a list that leads to each of them.

import { h, fill, table, field, kroner, empty } from "./dom.js";
import { attempt, calls, catalogue, curl, get } from "./api.js";
import { link, withModifiers } from "./compose.js";

/** What testers look for. A filter is a search, or a look at what the list tells of a party. */
const FILTERS = [
  ["All", null],
  ["Overdue", { where: "overdue > 0" }],
  ["Paid out within a year", { where: "payout within 365d" }],
  ["Paid in within 30 days", { where: "payment within 30d" }],
  ["Due within 30 days", { where: "due within 30d" }],
  ["Nothing open", { where: "open = 0" }],
  ["Shielded", { where: "shielded = yes or shielded = partly" }],
  ["A credit", { where: "balance < 0" }],
  ["Literal answers", { pick: (party) => party.bokstaveligeSvar > 0 }],
];

/** The facts that services tell of a party: all fields that are counts and that the house does not know. */
const HOUSE = new Set(["part", "navn", "utgave", "aapneKrav", "saldo", "bokstaveligeSvar", "bokstavelig", "profil", "beskrivelse", "kilde"]);

export async function show(root, { query }) {
  const where = h("input", { type: "search", value: query.get("where") ?? "", autocomplete: "off", spellcheck: false,
    placeholder: "overdue > 50000 and group = Merverdiavgift" });
  const list = h("div", { "aria-live": "polite" });
  const status = h("div", {});
  let pick = null;
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Filters" });
  // A text without a comparison is a part of a name or number.
  const plain = () => !/[<>=]|\bwithin\b/.test(where.value);
  const path = () => (where.value.trim() && !plain() ? `/parties?where=${encodeURIComponent(where.value.trim())}&first=200` : "/parties");

  const refresh = async () => {
    const found = await attempt(status, () => get(path()));
    where.setAttribute("aria-invalid", String(found === undefined));
    if (found === undefined) return fill(list);
    const wanted = plain() ? where.value.trim().toLowerCase() : "";
    const named = found.filter((party) => `${party.part} ${party.navn}`.toLowerCase().includes(wanted));
    const parties = pick ? named.filter(pick) : named;
    return fill(list, parties.length === 0
      ? empty("No party fits. Take a filter away, or write one: ", h("a", { href: "#scenarios" }, "Scenarios"), ".")
      : rows(parties));
  };

  const choose = async (button, filter) => {
    for (const other of chips.children) other.setAttribute("aria-pressed", String(other === button));
    pick = filter?.pick ?? null;
    where.value = filter?.where ?? "";
    await refresh();
  };
  const chip = (name, filter) => {
    const button = h("button", { type: "button", class: "chip", "aria-pressed": String(!filter && !where.value) }, name);
    button.addEventListener("click", () => choose(button, filter));
    return button;
  };
  const facts = await attempt(status, () => get("/parties"));
  const kinds = new Set((facts ?? []).flatMap((party) => Object.keys(party).filter((key) => !HOUSE.has(key) && party[key] > 0)));
  chips.append(...FILTERS.map(([name, filter]) => chip(name, filter)),
    ...[...kinds].map((kind) => chip(`With ${kind}`, { pick: (party) => party[kind] > 0 })));

  let timer = null;
  where.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { for (const other of chips.children) other.setAttribute("aria-pressed", "false"); pick = null; refresh(); }, 300);
  });
  root.append(
    h("h2", {}, "Parties"),
    h("p", { "data-terms": true }, "Whom calls are about. A party shows its ledger (reskontro) over time, and what every service answers of it."),
    field("Search", where, "A part of a name or number, or a comparison, which looks at the population too. Fields: overdue, notdue, interest, unplaced, balance, open, group, kind, profile, form, shielded, name, part, payment, payout, new, due; joined by and, or, not and brackets. For example: payout within 30d and not shielded = yes"),
    chips, calls(() => curl("GET", path())), status, list, reserved());
  await refresh();
  return () => clearTimeout(timer);
}

/** The numbers that always get a code, whatever the scenarios say. */
function reserved() {
  const place = h("div", {});
  const details = h("details", { id: "reserved" }, h("summary", {}, "Numbers that always get a code"), place);
  details.addEventListener("toggle", async () => {
    if (!details.open || place.childElementCount > 0) return;
    const all = await attempt(place, catalogue);
    if (!all) return;
    const services = all.services.filter((service) => service.codes.some((it) => it.reserved));
    const numbers = [...new Set(services.flatMap((service) => service.codes.map((it) => it.reserved).filter(Boolean)))];
    const cell = (service, number) => {
      const code = service.codes.find((it) => it.reserved === number);
      const endpoint = service.endpoints.find((it) => it.party === "url");
      if (!code) return "–";
      if (!endpoint) return code.code;
      const path = endpoint.path.replace("{rettighetspakke}", service.packages[0]?.name ?? "").replace(/\{[^}]*\}/, number);
      return h("a", { href: link({ method: endpoint.method, url: withModifiers(path, {}) }), title: `${code.status} ${code.area} Try it.` }, code.code);
    };
    fill(place, h("p", {}, "They are no parties of a scenario. A client that can send no header gets an error by asking for one of these numbers."),
      table(["Number", ...services.map((it) => it.title)], numbers.map((number) => [number, ...services.map((service) => cell(service, number))]), { label: "Reserved numbers" }));
  });
  return details;
}

function rows(parties) {
  const line = (party) => {
    const literal = party.bokstaveligeSvar > 0;
    const facts = Object.keys(party).filter((key) => !HOUSE.has(key) && party[key] > 0).map((key) => h("span", { class: "tag" }, `${party[key]} ${key}`));
    return [
      h("a", { href: `#party/${party.part}` }, party.part),
      h("span", { class: "name" }, party.navn),
      party.aapneKrav,
      kroner(party.saldo),
      [h("span", { class: "about" }, party.beskrivelse), " ", facts, literal ? h("span", { class: "tag literal" }, "literal") : null],
    ];
  };
  return [
    h("p", { class: "soft" }, `${parties.length} ${parties.length === 1 ? "party" : "parties"}`),
    table(["Part", "Navn", "#Åpne krav", "#Saldo", "Good for"], parties.map(line), { label: "Parties" }),
  ];
}
