// Kinds of tokens, what can be wrong with one, and whether one is enough for a package.

import { h } from "./dom.js";

/** Who a token can be made for. */
export const KINDS = [
  ["organisation", "the party itself"], ["supplier", "a supplier, by delegation from the party"], ["systembruker", "a supplier's systembruker for the party"],
  ["consent", "somebody with the party's consent in Altinn 3"], ["old-consent", "a consent token of the old Altinn, beside an own token"],
];

/** What can be wrong with it. */
export const WRONGS = [["", "nothing"], ["expired", "it has expired"], ["not-yet", "it begins in an hour"], ["wrong-scope", "it has a wrong scope"]];

/** What a kind of token is, in the words of the list. */
const words = (kind) => KINDS.find(([name]) => name === kind)?.[1] ?? kind;

/** Says that a kind of token is refused at a package for want of a consent, with the ways out. `use` takes another kind. */
export function consentNote(service, pack, kind, use) {
  const needs = service.packages.find((it) => it.name === pack)?.needs ?? service.packages[0]?.needs;
  const isOwn = ["organisation", "supplier", "systembruker"].includes(kind);
  if (needs !== "consent" || !isOwn) return null;
  const asks = document.querySelector("nav a[href$='#consents']");
  return h("div", { class: "notice", role: "note" },
    h("p", {}, `The package ${pack || service.packages[0].name} needs the party's consent. A token of ${words(kind)} has none, so the call is refused.`),
    h("p", { class: "buttons" },
      h("button", { type: "button", onclick: () => use("consent") }, "Use a token with a consent"),
      asks ? h("a", { href: asks.hash }, "or ask for a consent, and approve it") : null));
}
