// A call of the journal in full, and what can be made of it: the same call again, a rule, a test.

import { h, fill, table, code } from "./dom.js";
import { attempt, call as control, calls, catalogue, curl, get, problem, quoted } from "./api.js";
import { link, split, whole, withModifiers } from "./compose.js";
import { body as pretty } from "./pretty.js";

/** Shows a call in a place. */
export async function detail(place, number) {
  const all = await Promise.all([get(`/requests/${number}`), catalogue()]).catch((why) => { fill(place, problem(why)); return null; });
  if (!all) return;
  const [entry, known] = all;
  const tests = h("div", {});
  fill(place,
    h("h3", {}, `Call ${entry.number}`),
    h("p", { class: "url" }, h("b", {}, entry.method), " ", h("code", {}, entry.url)),
    h("p", { class: "answer-line" },
      h("span", { class: `status s${String(entry.status ?? "x")[0]}` }, entry.status ?? "no answer"), " ",
      entry.code ? h("b", {}, entry.code, " ") : null, h("span", { class: "tag" }, `cause: ${entry.cause}`),
      entry.rules?.map((rule) => h("a", { class: "tag", href: "#rules" }, `rule ${rule}`)),
      entry.fault ? h("span", { class: "tag warn" }, `fault: ${entry.fault}`) : null,
      entry.drift ? h("span", { class: "tag warn" }, `drift: ${entry.drift}`) : null,
      entry.literal ? h("span", { class: "tag literal" }, `literal: ${entry.literal}`) : null,
      entry.took === undefined ? null : h("span", { class: "soft" }, ` ${entry.took} ms`)),
    entry.message ? h("p", {}, entry.message) : null,
    entry.hint ? h("p", { class: "hint" }, h("b", {}, "Hint: "), entry.hint) : null,
    entry.warning ? h("p", { class: "warning" }, h("b", {}, "Warning: "), entry.warning) : null,
    checks(entry, known),
    entry.findings?.length ? table(["Rule", "Where", "What"], entry.findings.map((it) => [it.code, h("code", {}, it.pointer || "/"), it.message]), { label: "Findings" }) : null,
    h("p", { class: "buttons" },
      h("a", { class: "button", href: again(entry) }, "Do that again"),
      h("a", { class: "button", href: `#rules?${rule(entry)}` }, "Make this a rule"),
      h("button", { type: "button", onclick: () => fill(tests, test(entry)) }, "Make this a test")),
    tests,
    message("Request", entry.request, entry), message("Response", entry.response, entry),
    calls(() => curl("GET", `/requests/${entry.number}`)));
}

/** Which checks it passed, which one it failed, which were not looked at. */
function checks(entry, known) {
  if (!entry.passed) return h("p", { class: "soft" }, "The service was not asked, so no check was made.");
  const passed = new Set(entry.passed);
  return h("ol", { class: "checks", "aria-label": "Checks" }, known.checks.map((name) => {
    const state = passed.has(name) ? "passed" : entry.failed === name ? "failed" : "unasked";
    const sign = { passed: "✓", failed: "✗", unasked: "–" }[state];
    return h("li", { class: state }, `${sign} ${name}`, h("span", { class: "sr" }, state === "unasked" ? " was not looked at" : ` ${state}`));
  }));
}

function message(title, it, entry) {
  if (!it) {
    const cut = title === "Response" && entry.status === undefined ? "The caller got no answer." : "It is not kept: see --journal-bodies.";
    return h("details", {}, h("summary", {}, title), h("p", { class: "soft" }, cut));
  }
  const type = it.headers.find((header) => header.name.toLowerCase() === "content-type")?.value ?? "";
  const format = type.includes("xml") ? "xml" : type.includes("json") ? "json" : "text";
  const lost = title === "Response" && entry.status === undefined;
  return h("details", { open: !lost }, h("summary", {}, lost ? "The answer that was made; the caller did not get all of it" : `${title} (${it.length} bytes)`),
    table(["Header", "Value"], it.headers.map((header) => [h("code", {}, header.name), h("span", { class: "value" }, header.value)]), { label: `${title} headers` }),
    it.body ? pretty(it.body, format, { label: `${title} body` }) : h("p", { class: "soft" }, "No body."));
}

/** The address that composes the same call. Tokens are masked in the journal, so a new one is made. */
function again(entry) {
  const { modifiers, path } = split(entry.url);
  const skip = /^(accept.*|authorization|host|connection|content-.*|user-agent|sec-.*|origin|referer|cookie|altinnsamtykke|dnt|priority|pragma|cache-control|upgrade.*|sandbox-session|korrelasjonsid)$/i;
  const given = entry.request?.headers ?? [];
  for (const { name, value } of given) {
    const key = /^sandbox-(.+)$/i.exec(name)?.[1]?.toLowerCase();
    if (key && key !== "session") modifiers[key] ??= value;
  }
  const headers = Object.fromEntries(given.filter((it) => !skip.test(it.name) && !/^sandbox-/i.test(it.name)).map((it) => [it.name, it.value]));
  const accept = given.find((it) => it.name.toLowerCase() === "accept")?.value ?? "";
  const hasToken = given.some((it) => it.name.toLowerCase() === "authorization");
  return link({
    method: entry.method, url: withModifiers(path, modifiers), accept: accept.includes("xml") && !accept.includes("json") ? "xml" : "json",
    token: hasToken ? "organisation" : "none", body: entry.request?.body, headers,
  });
}

/** The query of the view of rules that fills its form from a call. */
function rule(entry) {
  const query = new URLSearchParams();
  for (const name of ["service", "endpoint", "package", "party"]) if (entry[name]) query.set(name, entry[name]);
  if (entry.fault) query.set("fault", entry.fault);
  else if (entry.code && (entry.status ?? 0) >= 400) query.set("error", entry.code);
  if (entry.drift) query.set("drift", entry.drift);
  return query;
}

/** An expectation that the call fits, with a command that checks it, and one that makes the call again. */
function test(entry) {
  const called = {};
  for (const name of ["service", "endpoint", "party", "status", "code"]) if (entry[name] !== undefined) called[name] = entry[name];
  if (entry.fault) called.cause = entry.cause;
  const document = { expect: [{ called, atLeast: 1 }] };
  const out = h("div", { role: "status" });
  const check = h("button", { type: "button", onclick: async () => {
    const verdict = await attempt(out, () => control("POST", "/verify", document));
    if (verdict) fill(out, h("p", { class: verdict.ok ?? verdict.passed ? "good" : "" }, JSON.stringify(verdict)));
  } }, "Check it now");
  const parts = [entry.method === "GET" ? "curl -i" : `curl -i -X ${entry.method}`];
  if (entry.request?.body) parts.push("-H 'Content-Type: application/json'", `--data-binary ${quoted(entry.request.body)}`);
  parts.push(quoted(whole(split(entry.url).path === entry.url ? entry.url : withModifiers(split(entry.url).path, split(entry.url).modifiers))));
  return h("section", { class: "box" },
    h("h4", {}, "The call"), code(parts.join(" "), "curl"),
    h("h4", {}, "The expectation"), code(JSON.stringify(document, null, 2), "Expectation"),
    h("h4", {}, "The command that checks it"), code(curl("POST", "/verify", document), "curl"), check, out);
}
