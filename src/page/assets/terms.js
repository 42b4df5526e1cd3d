// The glossary: explains Norwegian words where they stand. The words come from docs/glossary.md, by the binary.

import { h } from "./dom.js";
import { files } from "./api.js";

/** From a word in small letters to its entry. */
let words = null;
let pattern = null;

async function load() {
  if (words) return;
  const response = await fetch(`${files}/glossary.json`);
  words = new Map();
  for (const entry of await response.json()) {
    for (const word of entry.words) if (word.length > 1) words.set(word.toLowerCase(), entry);
  }
  const all = [...words.keys()].sort((one, other) => other.length - one.length).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  pattern = new RegExp(`(?<![\\p{L}\\d])(${all.join("|")})(?![\\p{L}\\d])`, "giu");
}

const popover = h("div", { id: "term", popover: "auto", role: "note" });

/** The word that is explained. */
let beside = null;

/** Puts the explanation below its word, or above it where there is no room, and inside the window. */
function put() {
  const place = beside.getBoundingClientRect();
  const { width, height } = popover.getBoundingClientRect();
  const below = place.bottom + 6;
  const top = below + height + 8 <= innerHeight ? below : Math.max(8, place.top - 6 - height);
  popover.style.top = `${top}px`;
  popover.style.left = `${Math.max(8, Math.min(place.left, document.documentElement.clientWidth - width - 8))}px`;
}
// Its size is known as soon as it is shown.
popover.addEventListener("toggle", (event) => { if (event.newState === "open") put(); });

/** A word that explains itself. */
function term(word) {
  const entry = words.get(word.toLowerCase());
  const button = h("button", { type: "button", class: "term", popovertarget: "term", title: entry.english }, word);
  button.addEventListener("click", () => {
    popover.replaceChildren(
      h("strong", {}, entry.words.join(", ")), h("p", {}, entry.english), h("p", { class: "soft" }, `A system ${entry.use}.`));
    beside = button;
    put();
  });
  return button;
}

/** Makes the words of the elements with `data-terms` below an element explain themselves. Each word does so once. */
export async function explain(root) {
  await load();
  if (!popover.isConnected) document.body.append(popover);
  const seen = new Set();
  for (const element of root.querySelectorAll("[data-terms]")) {
    element.removeAttribute("data-terms");
    // A button has no place in a label, a button or a link: what is there would be pressed with it, or not be reached. So it stands behind.
    const host = element.closest("label, button, a, summary");
    const texts = [...element.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE);
    for (const text of texts) {
      const parts = text.data.split(pattern);
      if (parts.length < 2) continue;
      const made = parts.map((part, at) => {
        if (at % 2 === 0 || seen.has(part.toLowerCase())) return part;
        seen.add(part.toLowerCase());
        return term(part);
      });
      if (host) {
        const buttons = made.filter((it) => it instanceof Node).map((it) => { it.setAttribute("aria-label", `What is ${it.textContent}?`); it.textContent = "?"; return it; });
        host.after(...buttons);
      } else {
        text.replaceWith(...made);
      }
    }
  }
}

/** The whole glossary, for a page of its own. */
export async function glossary() {
  await load();
  return [...new Set(words.values())];
}
