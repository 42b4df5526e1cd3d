// Calls of the control API. The page has no other way to the sandbox, so whatever it does can be done with curl.

import { h, code } from "./dom.js";

const html = document.documentElement;

/** Whether the control API answers. */
export const control = html.dataset.control === "on";

/** The session of the page. */
export const session = html.dataset.session;

/** What stands before the paths of this page: the modifiers that name the session. */
export const prefix = location.pathname.replace(/\/+$/, "");

/** The path of the page's files. */
export const files = html.dataset.files;

/** The control key, as long as this page is open. */
let key = null;

/** A refusal of the control API. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `status ${status}`);
    this.status = status;
    this.problem = problem;
  }
}

/** The headers of a call, with the key if there is one. */
export function headers(more = {}) {
  return key ? { ...more, Authorization: `Bearer ${key}` } : more;
}

/** Asks for the control key. Resolves to whether there is one now. */
function askForKey() {
  return new Promise((resolve) => {
    const input = h("input", { type: "password", autocomplete: "off", required: true, id: "key" });
    const dialog = h("dialog", { "aria-labelledby": "key-title" },
      h("form", { method: "dialog" },
        h("h2", { id: "key-title" }, "This sandbox has a control key"),
        h("p", {}, "It is the value of --control-key. The page keeps it in memory until it is closed, and stores it nowhere."),
        h("label", { for: "key" }, "Control key"), input,
        h("p", { class: "buttons" },
          h("button", { value: "ok" }, "Use it"),
          h("button", { value: "cancel", formnovalidate: true, class: "quiet" }, "Cancel"))));
    dialog.addEventListener("close", () => {
      key = dialog.returnValue === "ok" && input.value ? input.value : null;
      dialog.remove();
      resolve(key !== null);
    });
    document.body.append(dialog);
    dialog.showModal();
    input.focus();
  });
}

let asking = null;

/** Sends a request of the control API; asks for the key if it is needed. Returns the response. */
export async function send(method, path, { body, type = "application/json", signal, more } = {}) {
  for (;;) {
    const sent = { ...headers(more), ...(body === undefined ? {} : { "Content-Type": type }) };
    const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
    const response = await fetch(`${prefix}/sandbox${path}`, { method, headers: sent, body: text, signal });
    if (response.status !== 401) return response;
    asking ??= askForKey().finally(() => { asking = null; });
    if (!(await asking)) throw new Refused(401, { detail: "The control key is needed for this." });
  }
}

/** A call of the control API with JSON. Throws `Refused`. */
export async function call(method, path, body, options = {}) {
  const response = await send(method, path, { body, ...options });
  const text = await response.text();
  let value = null;
  try { value = text ? JSON.parse(text) : null; } catch { value = { detail: text }; }
  if (!response.ok) throw new Refused(response.status, value ?? {});
  return value;
}

export const get = (path, options) => call("GET", path, undefined, options);

let known = null;

/** What can be called, asked for once. */
export function catalogue() {
  known ??= get("/catalogue").catch((why) => { known = null; throw why; });
  return known;
}

/** A text in quotes for a shell. */
export const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;

/** The curl command of a call of the control API. */
export function curl(method, path, body, type = "application/json") {
  const parts = ["curl -s"];
  if (method !== "GET") parts.push(`-X ${method}`);
  if (key) parts.push('-H "Authorization: Bearer $CONTROL_KEY"');
  if (body !== undefined) {
    parts.push(`-H ${quoted(`Content-Type: ${type}`)}`, `--data-binary ${quoted(typeof body === "string" ? body : JSON.stringify(body))}`);
  }
  parts.push(quoted(`${location.origin}${prefix}/sandbox${path}`));
  return parts.join(" ");
}

/** "What this button calls": the curl commands of an action. `commands` gives them when they are looked at. */
export function calls(commands, label = "What this button calls") {
  const place = h("div", {});
  const details = h("details", { class: "calls" }, h("summary", {}, label), place);
  details.addEventListener("toggle", () => {
    if (details.open) {
      const list = [commands()].flat();
      place.replaceChildren(...list.map((command) => code(command, "curl")));
    }
  });
  return details;
}

/** Shows what went wrong, where a screen reader says it. */
export function problem(why) {
  const list = why?.problem?.problems ?? [];
  // A mistake in a search is one line, so it is shown as a terminal shows it: the text, and a mark below the place.
  const marked = list.filter((it) => it.file === "where");
  if (marked.length) {
    return h("div", { class: "problem", role: "alert" },
      marked.map((it) => [h("strong", {}, `At character ${it.column}`), h("p", {}, it.message, it.hint ? `; ${it.hint}` : ""),
        h("pre", { class: "excerpt", tabindex: "0", "aria-label": "The place" }, it.text.split("\n").slice(1).join("\n"))]));
  }
  const near = why?.problem?.nearest;
  return h("div", { class: "problem", role: "alert" },
    h("strong", {}, why?.problem?.title ?? "That did not work"),
    h("p", {}, why?.message ?? String(why), near ? ` Did you mean ${near}?` : ""),
    list.length ? h("ul", {}, list.map((it) => h("li", {}, `${it.file}${it.line ? `:${it.line}` : ""}: ${it.message}`))) : null);
}

/** Runs an action; shows its problem in `place`, which is emptied first. Returns what it gave, or undefined. */
export async function attempt(place, action) {
  place.replaceChildren();
  try {
    return await action();
  } catch (why) {
    if (why?.name === "AbortError") return undefined;
    place.append(problem(why));
    return undefined;
  }
}
