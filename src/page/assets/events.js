// What happens to parties: as a list, by kind, and what a move of the clock has changed.

import { h, fill, table, kroner, empty, counted } from "./dom.js";
import { remember, remembered } from "./memory.js";

/** Kinds of events, in the order in which they are shown: what an event is called, and what its filter is called. */
const KINDS = {
  due: ["falls due", "Due"], overdue: ["is overdue from this day", "Overdue"], claim: ["a claim is made", "Claims made"], interest: ["interest is claimed", "Interest"],
  payment: ["payment in", "Payments in"], payout: ["payout", "Payouts"], "set-off": ["set-off", "Set-offs"], case: ["a case goes on", "Cases"], order: ["an order changes", "Orders"],
};

/** The kinds that every sandbox has. */
const LEDGER = Object.keys(KINDS).slice(0, 7);

/** A kind with more events than this is left out at first, if there are others. */
const FLOOD = 200;

/** Events by day. `move` moves the clock to a day. */
export function list(events, move) {
  const day = (it) => (move ? h("button", { type: "button", class: "link", title: "Move the clock to this day", onclick: () => move(it.day) }, it.day) : it.day);
  return table(["Day", "Party", "What", "", "#Amount"], events.map((it) => [day(it), h("a", { href: `#party/${it.part}` }, it.navn), h("span", { class: `event ${it.kind}` }, KINDS[it.kind]?.[0] ?? it.kind), it.what, it.beloep === undefined ? "" : kroner(it.beloep)]), { label: "Events" });
}

/** The filter by kind. `changed` is called when another kind is chosen. */
export function kindFilter(changed) {
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Kinds of events" });
  const note = h("p", { class: "soft" });
  /** What was pressed: whether a kind is wanted. Any other kind is as usual. */
  const wants = remembered("kinds", {});
  let there = {};
  // Of all parties there are too many events of some kinds to find the others among them.
  const isUsual = (kind) => (there[kind] ?? 0) <= FLOOD || Object.values(there).every((count) => count > FLOOD);
  const isOn = (kind) => wants[kind] ?? isUsual(kind);
  const draw = () => {
    const names = [...Object.keys(KINDS).filter((kind) => there[kind]), ...Object.keys(there).filter((kind) => !KINDS[kind])];
    fill(chips, names.map((kind) => h("button", { type: "button", class: "chip", "aria-pressed": String(isOn(kind)), onclick: (event) => {
      wants[kind] = !isOn(kind);
      remember("kinds", wants);
      const text = event.currentTarget.textContent;
      draw();
      [...chips.children].find((chip) => chip.textContent === text)?.focus();
      changed();
    } }, `${KINDS[kind]?.[1] ?? kind} ${there[kind]}`)));
    const left = names.filter((kind) => !isOn(kind));
    note.textContent = left.length > 0 ? `Left out: ${left.map((kind) => `${there[kind]} ${(KINDS[kind]?.[1] ?? kind).toLowerCase()}`).join(", ")}. Press a kind to see it.` : "";
  };
  return {
    element: h("div", {}, chips, note),
    /** Tells how many events of each kind there are. */
    tell: (kinds) => { there = kinds; draw(); },
    /** The kinds that are chosen, for a query: nothing if that is all of them, an empty list if it is none. */
    value: () => {
      // Kinds that a ledger tells are on where there are none to come: the past may have some.
      const names = [...new Set([...LEDGER, ...Object.keys(there)])];
      return names.every(isOn) ? null : names.filter(isOn);
    },
  };
}

/** What a claim has become, forwards and backwards in time: the title of a list, then a word after a number. */
const BECAME = {
  opened: ["New claims", "Claims that are not made yet", "new", "not made yet"], overdue: ["Overdue since", "Not overdue yet", "overdue", "not overdue yet"],
  paid: ["Paid", "Not paid yet", "paid", "not paid yet"],
};

/** What has changed between two days: the sums of parties, and their claims with links. */
export function changed(seen, before, now) {
  const back = now < before;
  const [early, late] = back ? ["after", "before"] : ["before", "after"];
  const arrow = (from, to) => (String(from) === String(to) ? h("span", { class: "soft" }, to) : [h("del", {}, from), " → ", h("ins", {}, to)]);
  const claim = (party, it) => h("li", {}, h("a", { href: `#party/${party.part}?find=${encodeURIComponent(it.kravidentifikator)}` }, it.kravidentifikator), ` ${it.kravtype}`,
    Number(it.gjenstaaende) === 0 ? "" : `, ${kroner(it.gjenstaaende)} left`);
  const claims = (party) => {
    const groups = Object.entries(BECAME).map(([name, words]) => [words[back ? 1 : 0], party.krav.filter((it) => it.endringer.includes(name))]).filter(([, krav]) => krav.length > 0);
    const lists = groups.map(([title, krav]) => [h("b", {}, `${title}: ${krav.length}`), h("ul", { class: "claims" }, krav.map((it) => claim(party, it)))]);
    return [lists, party.utelatt > 0 ? h("span", { class: "soft" }, `and ${counted(party.utelatt, "claim", "claims")} more`) : null];
  };
  const summary = (party) => [
    ...Object.entries(BECAME).map(([name, words]) => [words[back ? 3 : 2], party.krav.filter((it) => it.endringer.includes(name)).length])
      .filter(([, count]) => count > 0).map(([word, count]) => `${count} ${word}`),
    ...(party.utelatt > 0 ? [`${party.utelatt} more`] : [])].join(", ");
  const rows = seen.changed.slice(0, 100);
  if (rows.length === 0) return empty("No sum and no claim of a party is another one.");
  return [
    table(["Party", "#Open claims", "#Overdue", "#Balance", "Claims"], rows.map((it) => [h("a", { href: `#party/${it.part}` }, it.navn),
      arrow(it[early].aapneKrav, it[late].aapneKrav), arrow(kroner(it[early].forfalte), kroner(it[late].forfalte)), arrow(kroner(it[early].saldo), kroner(it[late].saldo)),
      it.krav.length === 0 ? h("span", { class: "soft" }, "only sums") : h("details", { class: "changes", open: it.krav.length <= 6 && innerWidth > 640 }, h("summary", {}, summary(it)), claims(it))]), { label: "Changed parties" }),
    seen.changed.length > rows.length ? h("p", { class: "soft" }, `and ${counted(seen.changed.length - rows.length, "party", "parties")} more`) : null];
}
