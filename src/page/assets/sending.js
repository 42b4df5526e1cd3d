// Sends a call of a service and shows what came of it: status, headers one by one, body.

import { h, fill, table, copyButton } from "./dom.js";
import { get } from "./api.js";
import { body as pretty } from "./pretty.js";

/**
 * Sends a call and shows the answer in a place. With `fresh`, it goes over a connection that no call of the page has used,
 * because Chromium sends a GET again by itself when a used connection breaks. Calls without credentials have connections of
 * their own. Firefox sends it again on any connection.
 */
export async function exchange(place, { method, url, headers, body, all, signal, fresh }) {
  const before = await get("/requests?limit=0").then((it) => it.total, () => null);
  const began = performance.now();
  const head = h("h3", { id: "result" }, "The answer");
  let response;
  try {
    response = await fetch(url, { method, headers, body: method === "GET" || method === "HEAD" ? undefined : body, signal, cache: "no-store", redirect: "manual", credentials: fresh ? "omit" : "same-origin" });
  } catch (why) {
    fill(place, head, h("div", { class: "problem", role: "status" },
      h("strong", {}, why.name === "AbortError" ? "You stopped waiting" : "There was no answer"),
      h("p", {}, why.name === "AbortError"
        ? "A client would have run into its own time-out."
        : "The connection ended before an answer that is HTTP: a reset, an end, or bytes that are none. A client sees this as a network error, and so did this page."),
      await inJournal(before, method, url),
      h("p", { class: "soft" }, `${Math.round(performance.now() - began)} ms. The journal tells what the sandbox did.`)));
    return;
  }
  const chunks = [];
  let cut = null;
  try {
    const reader = response.body?.getReader();
    for (let part = await reader?.read(); part && !part.done; part = await reader.read()) chunks.push(part.value);
  } catch (why) {
    cut = why.name === "AbortError" ? "You stopped waiting before the body was whole." : "The connection was cut before the body was whole.";
  }
  const took = Math.round(performance.now() - began);
  const bytes = await new Blob(chunks).text();
  const type = response.headers.get("content-type") ?? "";
  const format = type.includes("json") ? "json" : type.includes("xml") ? "xml" : "text";
  const cause = response.headers.get("sandbox-cause");
  const hint = response.headers.get("sandbox-hint");
  const warning = response.headers.get("sandbox-warning");
  const literal = response.headers.get("sandbox-literal");
  // The code of a refusal stands in its body, in the service's own form.
  const code = response.status >= 400 ? /\b[A-Z]{2,}(?:-[A-Z]+)*-\d{3}\b/.exec(bytes)?.[0] : undefined;
  fill(place, head,
    h("p", { class: "answer-line" },
      h("span", { class: `status s${String(response.status)[0]}` }, response.status), " ",
      code ? h("b", {}, code, " ") : null,
      cause ? h("span", { class: "tag" }, `cause: ${cause}`) : null,
      literal ? h("span", { class: "tag literal" }, `literal: ${literal}`) : null,
      h("span", { class: "soft" }, ` ${took} ms, ${new Blob(chunks).size} bytes`)),
    cut ? h("p", { class: "problem", role: "alert" }, cut) : null,
    hint ? h("p", { class: "hint" }, h("b", {}, "Hint: "), decode(hint)) : null,
    warning ? h("p", { class: "warning" }, h("b", {}, "Warning: "), decode(warning)) : null,
    explained(response.headers, all),
    h("h4", {}, "Body"),
    bytes ? [pretty(bytes, cut ? "text" : format, { label: "Body of the answer" }), copyButton(bytes, "Copy the body")] : h("p", { class: "soft" }, "There is none."));
}

/** Which calls of the journal one Send was: more than one if the browser has repeated it. */
async function inJournal(before, method, url) {
  const found = before === null ? null : await get(`/requests?after=${before}&limit=20`).catch(() => null);
  const same = (found?.requests ?? []).filter((it) => it.method === method && url.endsWith(it.url)).map((it) => it.number).reverse();
  if (same.length === 0) return null;
  const links = same.map((number, at) => [at === 0 ? "" : at === same.length - 1 ? " and " : ", ", h("a", { href: `#journal/${number}` }, String(number))]);
  return same.length === 1 ? h("p", {}, "In the journal it is call ", links, ".")
    : h("p", {}, "In the journal it is calls ", links, `: the browser itself sent it ${same.length} times, because the connection broke.`);
}

/** Headers of the sandbox are in ASCII, with other letters percent-encoded. */
function decode(text) {
  try { return decodeURIComponent(text); } catch { return text; }
}

/** What a header says, and where more is said of it. */
function says(known) {
  if (!known) return "";
  return known.document ? [known.meaning, " ", h("a", { href: `/docs/${known.document}` }, "More")] : known.meaning;
}

/** The value of a header; the statements that an answer leans on are links to their lines in the documents. */
function statements(name, value) {
  const at = name === "sandbox-fidelity" ? value.indexOf("see=") + 4 : 3;
  if (at <= 3) return value;
  const names = value.slice(at).split(/([\w-]+)/).map((it, number) => (number % 2 === 0 ? it : h("a", { href: `/docs/fidelity#${it}` }, it)));
  return [value.slice(0, at), names];
}

/** The headers of an answer, each with what it means. */
export function explained(headers, all) {
  const meaning = new Map(all.headers.map((it) => [it.name, it]));
  const entries = [...headers].map(([name, value]) => [name.toLowerCase(), value]);
  const weight = ([name]) => (name.startsWith("sandbox-") ? 0 : meaning.has(name) ? 1 : 2);
  entries.sort((one, other) => weight(one) - weight(other) || one[0].localeCompare(other[0]));
  return h("details", { open: true, class: "headers" }, h("summary", {}, `Headers (${entries.length})`),
    table(["Header", "Value", "What it says"], entries.map(([name, value]) => [h("code", {}, name), h("span", { class: "value" }, statements(name, decode(value))), says(meaning.get(name))]), { label: "Headers" }));
}
