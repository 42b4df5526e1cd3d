// Faults on the wire in words: what goes out, what a client sees, what a good client does. The words come from the catalogue.

import { h, fill } from "./dom.js";

/** A text with code between backticks. */
const marked = (text) => text.split("`").map((part, at) => (at % 2 === 0 ? part : h("code", {}, part)));

/** The words of a fault, whatever value stands in its brackets. */
export const meaning = (all, fault) => all.faultMeanings.find((it) => it.fault.split("(")[0] === fault.split("(")[0]);

const words = (it) => h("dl", { class: "fault" },
  h("dt", {}, "What goes out"), h("dd", {}, marked(it.sent)),
  h("dt", {}, "What a client sees"), h("dd", {}, marked(it.seen)),
  h("dt", {}, "What a good client does"), h("dd", {}, marked(it.advice)));

/** Puts the explanation of a fault into a place; nothing if none is chosen. */
export function tellFault(place, all, fault, method = "GET") {
  const it = fault ? meaning(all, fault) : null;
  if (!it) return fill(place);
  return fill(place, words(it), it.silent && method === "GET"
    ? h("p", { class: "soft" }, "A browser may send a GET again by itself when the connection breaks, so one click can be several calls in the journal: Firefox sends it up to ten times, Chromium only where it has used the connection before. Send uses a fresh connection for this fault, and says which calls it was.")
    : null);
}

/** The same of a delay, or of drifts that are joined by `+`. */
export function tellOthers(place, all, names) {
  return fill(place, names.map((name) => all.otherMeanings.find((it) => it.fault === name)).filter(Boolean).map(words));
}
