// A call as it is composed, as a URL, and as a link. The `/~…` form of a URL carries all modifiers, so a link is enough to
// make the same call again.

import { prefix } from "./api.js";

/** The keys that a base URL may carry, in the order in which they are written. */
const KEYS = ["error", "delay", "fault", "drift", "now", "edition", "party", "seed", "test"];

/** A call without anything. */
export function blank() {
  return { service: null, endpoint: null, package: "", party: "", places: {}, query: {}, modifiers: {}, accept: "json", token: "none", wrong: "", caller: "", pasted: "", headers: {}, body: "" };
}

/** The URL of a composition, with its modifiers, without the session. */
export function url(call) {
  const filled = call.endpoint.path.split("/").map((part) => {
    if (!part.startsWith("{")) return part;
    const name = part.slice(1, -1);
    if (name === "rettighetspakke") return call.package || call.service.packages[0]?.name;
    if (name === "identifikator" || name === "organisasjonsnummer") return encodeURIComponent(call.party || "{party}");
    return encodeURIComponent(call.places[name] || part);
  });
  const query = Object.entries(call.query).filter(([, value]) => value !== "");
  const path = filled.join("/") + (query.length > 0 ? `?${new URLSearchParams(query)}` : "");
  return withModifiers(path, call.modifiers);
}

/** A path with modifiers before it. */
export function withModifiers(path, modifiers) {
  const given = Object.entries(modifiers).filter(([, value]) => value !== "" && value !== undefined);
  const order = ([key]) => (KEYS.includes(key) ? KEYS.indexOf(key) : KEYS.length);
  given.sort((one, other) => order(one) - order(other));
  return given.length > 0 ? `/~${given.map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll("%2B", "+").replaceAll("%2F", "/")}`).join(",")}${path}` : path;
}

/** Takes the modifiers off a URL: `{ modifiers, path }`. The session is left out, as the page has one of its own. */
export function split(text) {
  const modifiers = {};
  let path = text;
  while (/^\/(~|%7e)/i.test(path)) {
    const rest = path.replace(/^\/(~|%7e)/i, "");
    const end = rest.indexOf("/") < 0 ? rest.length : rest.indexOf("/");
    for (const pair of commas(decodeURIComponent(rest.slice(0, end)))) {
      const at = pair.indexOf("=");
      if (at > 0) modifiers[pair.slice(0, at).trim()] = pair.slice(at + 1).trim();
    }
    path = rest.slice(end);
  }
  delete modifiers.session;
  return { modifiers, path };
}

/** Splits at commas outside brackets. */
function commas(text) {
  const parts = [""];
  let depth = 0;
  for (const letter of text) {
    if (letter === "(") depth += 1;
    if (letter === ")") depth -= 1;
    if (letter === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts;
}

/** The whole URL of a call: origin, session, modifiers, path. */
export function whole(text) {
  const session = prefix.replace(/^\/~/, "");
  if (!session) return `${location.origin}${text}`;
  return `${location.origin}/~${session}${text.startsWith("/~") ? `,${text.slice(2)}` : text}`;
}

/** The address of the page that shows a composition, from its parts. */
export function link({ method, url: text, accept, token, wrong, caller, body, headers }) {
  const query = new URLSearchParams({ method: method ?? "GET" });
  const given = { accept: accept === "json" ? "" : accept, token: token === "none" ? "" : token, wrong, caller, body };
  for (const [name, value] of Object.entries(given)) if (value) query.set(name, value);
  for (const [name, value] of Object.entries(headers ?? {})) if (value) query.append("header", `${name}: ${value}`);
  return `${prefix}/#try?${query}/${text.replace(/^\//, "")}`;
}

/** Reads an address of the page: a composition, or what of it can be read. */
export function read(all, path, query) {
  const call = blank();
  const { modifiers, path: rest } = split(`/${path}`);
  const [plain, search] = rest.split("?");
  call.modifiers = modifiers;
  call.accept = query.get("accept") ?? "json";
  call.token = query.get("token") ?? "none";
  call.wrong = query.get("wrong") ?? "";
  call.caller = query.get("caller") ?? "";
  call.body = query.get("body") ?? "";
  for (const header of query.getAll("header")) {
    const at = header.indexOf(":");
    if (at > 0) call.headers[header.slice(0, at).trim()] = header.slice(at + 1).trim();
  }
  const method = query.get("method") ?? "GET";
  const parts = plain.split("/");
  for (const service of all.services) {
    for (const endpoint of service.endpoints) {
      const template = endpoint.path.split("/");
      const fits = endpoint.method === method && template.length === parts.length
        && template.every((part, at) => part.startsWith("{") || part === parts[at]);
      if (!fits) continue;
      Object.assign(call, { service, endpoint });
      template.forEach((part, at) => {
        if (!part.startsWith("{")) return;
        const [name, value] = [part.slice(1, -1), decodeURIComponent(parts[at])];
        if (name === "rettighetspakke") call.package = value;
        else if (name === "identifikator" || name === "organisasjonsnummer") call.party = value === "{party}" ? "" : value;
        else call.places[name] = value === part ? "" : value;
      });
      call.query = Object.fromEntries(new URLSearchParams(search ?? ""));
      return call;
    }
  }
  return call;
}
