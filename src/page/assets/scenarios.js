// Own scenarios: YAML with the problems of `check` at their lines as one types, and the button that gives them to the session.

import { h, fill } from "./dom.js";
import { attempt, call, calls, curl, get, session } from "./api.js";
import { undoing } from "./undo.js";

const YAML = "application/yaml";

/** What stands in the editor at first: a party whose claim falls due next week. */
const START = `# A party of your own. Everything is described in docs/scenarios.md.
part: "314300017"
navn: LITEN TIGER AS
beskrivelse: a claim that falls due next week
krav:
  - kravidentifikator: a
    kravtype: RESTSKATT
    forfallsdato: i dag + 7d
    opprinneligBeloep: 5000
`;

/** What is in the editor stays while the page is open. */
let kept = START;

export async function show(root) {
  const editor = h("textarea", { class: "yaml", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-label": "Scenarios in YAML", "aria-describedby": "problems", wrap: "off" });
  editor.value = kept;
  const gutter = h("div", { class: "gutter", "aria-hidden": "true" });
  const problems = h("div", { id: "problems", "aria-live": "polite" });
  const result = h("div", {});
  const status = h("div", {});
  const lines = (marked) => {
    const count = editor.value.split("\n").length;
    fill(gutter, Array.from({ length: count }, (_, at) => h("span", { class: marked.get(at + 1) ?? null }, at + 1)));
    gutter.scrollTop = editor.scrollTop;
  };
  const goTo = (line, column) => {
    const before = editor.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
    editor.focus();
    editor.setSelectionRange(before + (column ?? 1) - 1, before + (editor.value.split("\n")[line - 1]?.length ?? 0));
    editor.scrollTop = (line - 5) * parseFloat(getComputedStyle(editor).lineHeight);
  };
  let turn = 0;
  const check = async () => {
    kept = editor.value;
    turn += 1;
    const mine = turn;
    let checked = null;
    try {
      checked = await call("POST", "/scenarios/check", editor.value, { type: YAML });
    } catch (why) {
      checked = { ok: false, parties: [], problems: [{ severity: "error", message: why.message }] };
    }
    if (mine !== turn) return;
    lines(new Map(checked.problems.filter((it) => it.line).map((it) => [it.line, it.severity])));
    apply.disabled = !checked.ok;
    fill(problems,
      h("p", { class: checked.ok ? "good" : "bad" }, checked.ok ? `✓ It loads: ${checked.parties.join(", ")}` : `✗ ${checked.problems.length} to mend`),
      checked.problems.length === 0 ? null : h("ul", { class: "problems" }, checked.problems.map((it) => h("li", { class: it.severity },
        it.line ? h("button", { type: "button", class: "link", onclick: () => goTo(it.line, it.column) }, `line ${it.line}`) : null, " ", it.message,
        it.hint ? h("small", {}, ` ${it.hint}`) : null))));
  };
  let timer = null;
  editor.addEventListener("input", () => { lines(new Map()); clearTimeout(timer); timer = setTimeout(check, 350); });
  editor.addEventListener("scroll", () => { gutter.scrollTop = editor.scrollTop; }, { passive: true });
  const tell = async () => {
    const now = await attempt(status, () => get("/scenarios"));
    if (!now) return;
    undo.read();
    fill(status, h("p", { class: "soft" }, `The session ${session} sees ${now.parties} parties; ${now.ownBytes === 0 ? "none is its own" : `${now.ownBytes} bytes are its own`}. Sources: ${now.sources.join(", ")}.`),
      now.failed ? h("p", { class: "problem" }, `The last reload failed: ${now.failed.detail}`) : null);
  };
  const undo = undoing(() => tell());
  const apply = h("button", { type: "button", class: "main", onclick: async () => {
    const taken = await attempt(result, () => call("PUT", "/scenarios", editor.value, { type: YAML }));
    if (!taken) return;
    fill(result, h("p", { role: "status", class: "good" }, "The session has them now: ", taken.parties.map((part) => [h("a", { href: `#party/${part}` }, part), " "])));
    await tell();
  } }, "Apply to the session");
  const drop = h("button", { type: "button", class: "quiet", onclick: async () => {
    if ((await attempt(result, () => call("DELETE", "/scenarios"))) === undefined && result.childElementCount > 0) return;
    fill(result, h("p", { role: "status" }, "The session has none of its own any more."));
    await tell();
  } }, "Drop the session's own");
  const file = h("input", { type: "file", accept: ".yaml,.yml", "aria-label": "Open a file", onchange: async () => {
    if (file.files[0]) { editor.value = await file.files[0].text(); await check(); }
  } });
  root.append(h("h2", {}, "Scenarios"),
    h("p", { "data-terms": true }, "A scenario describes a party once, as a ledger (reskontro). Several are separated by lines with three dashes. They replace what the session had of its own."),
    status, h("div", { class: "editor" }, gutter, editor), problems,
    h("p", { class: "buttons" }, apply, drop, file), result, undo.element,
    calls(() => [curl("POST", "/scenarios/check", editor.value, YAML), curl("PUT", "/scenarios", editor.value, YAML), curl("DELETE", "/scenarios")]));
  await Promise.all([check(), tell()]);
  return () => clearTimeout(timer);
}

