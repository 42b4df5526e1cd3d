// Try it: composes a call by choosing, shows it as a link and as code, sends it, and explains the answer.

import { h, fill, field, select, code, copyButton } from "./dom.js";
import { attempt, call as control, calls, catalogue, curl, get, quoted, prefix } from "./api.js";
import { blank, link, read, url, whole } from "./compose.js";
import { explain } from "./terms.js";
import { LANGUAGES } from "./snippets.js";
import { exchange } from "./sending.js";
import { codeOptions } from "./codes.js";
import { meaning, tellFault, tellOthers } from "./faults.js";
import { KINDS, WRONGS, consentNote } from "./kinds.js";
import { remember, remembered } from "./memory.js";

const TOKENS = [["none", "none"], ...KINDS, ["paste", "one that I paste"]];

/** The party of a new composition, where the scenarios have it. */
const USUAL_PARTY = "311851381";

export async function show(root, { path, query }) {
  const problem = h("div", {});
  root.append(h("h2", {}, "Try it"), problem);
  const loaded = await attempt(problem, () => Promise.all([catalogue(), get("/parties")]));
  if (!loaded) return undefined;
  const [all, parties] = loaded;
  // Without a composition in the address, the last one of this tab is shown.
  const last = path || query.size > 0 ? null : kept(all);
  let call = path || query.size > 0 ? read(all, path, query) : (last ?? blank());
  if (!call.service) {
    if (path) problem.append(h("p", { class: "notice" }, "No endpoint has this address, so a composition begins anew: ", h("code", {}, `/${path}`)));
    const fresh = blank();
    fresh.service = all.services[0];
    fresh.endpoint = fresh.service.endpoints[0];
    fresh.party = parties.some((it) => it.part === USUAL_PARTY) ? USUAL_PARTY : (parties[0]?.part ?? "");
    call = fresh;
  }
  const contract = contracts();
  const form = h("form", { class: "compose", autocomplete: "off" });
  const preview = h("section", { class: "preview", "aria-labelledby": "preview" });
  const result = h("section", { class: "result", "aria-live": "polite", "aria-labelledby": "result" });
  root.append(h("div", { class: "try-panes" }, form, h("div", {}, preview, result)));
  const state = { stop: null };

  const drawForm = () => {
    const { service, endpoint } = call;
    const set = (name) => (event) => { call[name] = event.target.value; drawPreview(); };
    const setIn = (group, name) => (event) => { call[group][name] = event.target.value; drawPreview(); };
    const services = select(all.services.map((it) => [it.name, it.title]), service.name, { onchange: (event) => {
      call.service = all.services.find((it) => it.name === event.target.value);
      chooseEndpoint(call.service.endpoints[0]);
    } });
    const chooseEndpoint = (chosen) => {
      call.endpoint = chosen;
      Object.assign(call, { query: {}, places: {}, package: "", headers: {}, body: "" });
      for (const own of Object.keys(call.modifiers)) if (!all.keys.some((it) => it.name === own)) delete call.modifiers[own];
      if (!codes(call).some((it) => it.code === call.modifiers.error)) delete call.modifiers.error;
      if (chosen.party === "url") delete call.modifiers.party;
      redraw();
    };
    const endpoints = select(service.endpoints.map((it) => [it.name, `${it.method} ${it.name}`]), endpoint.name, { onchange: (event) => {
      chooseEndpoint(service.endpoints.find((it) => it.name === event.target.value));
    } });
    const places = endpoint.path.split("/").filter((part) => part.startsWith("{")).map((part) => part.slice(1, -1));
    const partyName = places.find((name) => ["identifikator", "organisasjonsnummer"].includes(name));
    const others = places.filter((name) => !["rettighetspakke", "identifikator", "organisasjonsnummer"].includes(name));
    const hint = (name) => endpoint.parameters.find((it) => it.name === name);
    const list = h("datalist", { id: "parties" }, parties.map((it) => h("option", { value: it.part }, it.navn)));
    const party = h("input", { value: call.party, "data-place": partyName, list: "parties", inputmode: "numeric", spellcheck: "false", oninput: set("party") });
    /** What the session has for a parameter, to choose from. */
    const choices = (name) => {
      const id = `choices-${name}`;
      const options = h("datalist", { id });
      get(`/choices?${new URLSearchParams({ service: service.name, parameter: name })}`).then((list) => {
        fill(options, list.map((it) => h("option", { value: it.value }, it.label)));
        const input = form.querySelector(`[list="${id}"]`);
        const told = list.length === 0 ? "The session has none yet." : `The session has ${list.length}: `;
        input?.closest(".field").append(h("small", { class: "choices" }, told, list.slice(0, 3).map((it) => [h("button", { type: "button", class: "link", onclick: () => {
          input.value = it.value;
          input.dispatchEvent(new Event("input"));
        } }, it.label), " "])));
      }).catch(() => {});
      return [id, options];
    };
    const place = (name) => {
      const [id, options] = hint(name)?.choices ? choices(name) : [null, null];
      return [field(name, text("places", name, { placeholder: `for example ${hint(name)?.example ?? ""}`, list: id, "data-place": name }), hint(name)?.description), options];
    };
    const text = (group, name, attributes = {}) => h("input", { value: call[group][name] ?? "", spellcheck: "false", oninput: setIn(group, name), ...attributes });
    const [wire, later, drifted] = [1, 2, 3].map(() => h("div", { "aria-live": "polite" }));
    const consent = h("div", { "aria-live": "polite" });
    const tellWire = () => {
      tellFault(wire, all, call.modifiers.fault, endpoint.method);
      // While one types, the words stay.
      const delayed = call.modifiers.delay ? ["delay"] : [];
      if (Boolean(later.firstChild) !== Boolean(delayed.length)) tellOthers(later, all, delayed);
      tellOthers(drifted, all, (call.modifiers.drift ?? "").split("+"));
    };
    const tellConsent = () => fill(consent, consentNote(service, call.package, call.token, (kind) => { call.token = kind; redraw(); form.querySelector("#token")?.focus(); }));
    tellWire();
    tellConsent();
    fill(form, list,
      group("The call",
        field("Service", services), field("Endpoint", endpoints, endpoint.summary),
        places.includes("rettighetspakke") ? field("Package (rettighetspakke)", select(service.packages.map((it) => [it.name, `${it.name} (needs ${it.needs})`]), call.package, { onchange: (event) => { set("package")(event); tellConsent(); } })) : null,
        endpoint.party === "url" ? field("Party (part)", party, reservedHint(service)) : null,
        service.takesParty && endpoint.party !== "url" ? field("Party, without a token", h("input", { value: call.modifiers.party ?? "", list: "parties", oninput: setIn("modifiers", "party") })) : null,
        others.map(place),
        endpoint.periode ? ["fraOgMed", "tilOgMed"].map((name) => field(name, text("query", name, { type: "date" }))) : null,
        endpoint.parameters.filter((it) => !places.includes(it.name)).map((it) => field(it.name, text("query", it.name, { placeholder: it.example }), it.description)),
        service.hasXml ? field("Format", select(["json", "xml"], call.accept, { onchange: set("accept") })) : null,
        service.hasEditions ? field("Edition", select([["", "as the party or the server says"], ...all.editions], call.modifiers.edition ?? "", { onchange: setIn("modifiers", "edition") })) : null,
        field("Day of the call (now)", text("modifiers", "now", { placeholder: "+30d, -2w, 2026-12-24" }))),
      group("What it shall meet",
        field("Code", codeSelect(call, setIn("modifiers", "error"))),
        field("Fault on the wire", select([["", "none"], ...all.faults], call.modifiers.fault ?? "", { onchange: (event) => { setIn("modifiers", "fault")(event); tellWire(); } })),
        wire,
        field("Delay", text("modifiers", "delay", { placeholder: all.delays.join(" or "), list: "delays", oninput: (event) => { setIn("modifiers", "delay")(event); tellWire(); } }), null),
        later,
        h("datalist", { id: "delays" }, all.delays.map((value) => h("option", { value }))),
        field("Drift", select([["", "none"], ...all.drifts, all.drifts.join("+")], call.modifiers.drift ?? "", { onchange: (event) => { setIn("modifiers", "drift")(event); tellWire(); } })),
        drifted,
        field("Seed of delay and drift", text("modifiers", "seed", { inputmode: "numeric" })),
        service.modifiers.map((own) => field(own.name, text("modifiers", own.name, { placeholder: own.values.join(", "), list: `own-${own.name}` }))),
        service.modifiers.map((own) => h("datalist", { id: `own-${own.name}` }, own.values.map((value) => h("option", { value }))))),
      group("Who calls",
        field("Token", select(TOKENS.filter(([kind]) => service.takesConsent || !kind.includes("consent")), call.token, { id: "token", onchange: (event) => { call.token = event.target.value; redraw(); } }),
          all.auth === "open" ? "Without a token, calls are served with a warning here." : `Tokens are checked: ${all.auth}.`),
        consent,
        call.token === "paste" ? field("The token", h("textarea", { rows: 3, value: call.pasted, oninput: set("pasted") })) : null,
        !["none", "paste"].includes(call.token) ? [
          field("What is wrong with it", select(WRONGS, call.wrong, { onchange: set("wrong") })),
          call.token === "organisation" ? null : field("Who calls (organisation number)", h("input", { value: call.caller, placeholder: "314055403", oninput: set("caller") })),
        ] : null),
      group("Headers and body",
        h("div", { id: "more" }),
        endpoint.body ? field(`Body (${endpoint.body})`, h("textarea", { id: "body", rows: 8, spellcheck: "false", value: call.body, oninput: set("body") })) : null,
        h("div", { id: "examples", class: "buttons" })),
      h("p", { class: "buttons main" }, h("button", { type: "submit", id: "send" }, "Send"), h("button", { type: "button", class: "quiet", id: "stop", hidden: true, onclick: () => state.stop?.() }, "Stop waiting")));
    explain(form);
  };

  /** What the contract says of the endpoint: headers that it needs, and an example of a body. */
  const drawContract = async () => {
    const [more, examples] = [form.querySelector("#more"), form.querySelector("#examples")];
    const { endpoint, service } = call;
    const operation = await contract(service.name, endpoint);
    if (call.endpoint !== endpoint || !operation) return;
    fill(more, operation.headers.map((it) => {
      call.headers[it.name] ??= it.required ? (it.isUuid ? "{uuid}" : it.example) : "";
      const input = h("input", { value: call.headers[it.name], spellcheck: "false", placeholder: it.example, oninput: (event) => { call.headers[it.name] = event.target.value; drawPreview(); } });
      return field(it.name, input, it.isUuid ? "{uuid} is a new one for each call" : it.description);
    }));
    fill(examples, operation.examples.slice(0, 3).map(([name, value]) => h("button", { type: "button", class: "quiet", onclick: () => {
      call.body = JSON.stringify(value, null, 2);
      form.querySelector("#body").value = call.body;
      drawPreview();
    } }, `Fill in the example ${name}`)));
    drawPreview();
  };

  const drawPreview = () => {
    const open = preview.querySelector("select")?.value ?? "curl";
    const text = url(call);
    const target = whole(text);
    const language = select(Object.keys(LANGUAGES), open);
    const place = h("div", {});
    const write = () => fill(place, code(LANGUAGES[language.value](sample(call, target)), `${language.value} code`));
    language.addEventListener("change", write);
    write();
    const page = `${location.origin}${link({ method: call.endpoint.method, url: text, ...call })}`;
    fill(preview, h("h3", { id: "preview" }, "The call"),
      h("p", { class: "url" }, h("b", {}, call.endpoint.method), " ", h("code", { id: "url" }, target)),
      h("p", { class: "buttons" },
        copyButton(target, "Copy the URL"), copyButton(page, "Copy a link to this composition"),
        call.endpoint.method === "GET" && unfilled(call).length === 0 ? h("a", { href: `${prefix}${text}`, target: "_blank", rel: "noopener" }, "Open it in a new tab") : null),
      h("div", { class: "row" }, field("As code in", language)), place);
    history.replaceState(null, "", link({ method: call.endpoint.method, url: text, ...call }));
    keep(call);
  };

  const redraw = () => { drawForm(); drawPreview(); drawContract(); };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const missing = unfilled(call);
    if (missing.length > 0) {
      fill(result, h("h3", { id: "result" }, "The answer"), h("div", { class: "problem", role: "alert" }, h("strong", {}, "Nothing was sent"),
        h("p", {}, `The URL has no value for ${missing.join(" and ")} yet. Fill it in; a placeholder is never sent.`)));
      form.querySelector(`[data-place="${missing[0]}"]`)?.focus();
      return;
    }
    const stop = new AbortController();
    state.stop = () => stop.abort();
    const [button, stopper] = [form.querySelector("#send"), form.querySelector("#stop")];
    button.disabled = true;
    stopper.hidden = false;
    fill(result, h("h3", { id: "result" }, "The answer"), h("p", { class: "soft" }, "Waiting…"));
    const place = h("div", {});
    const given = await attempt(place, () => tokens(call));
    if (given) await exchange(result, { method: call.endpoint.method, url: `${prefix}${mergedPrefix(url(call))}`, headers: { ...sentHeaders(call), ...given }, body: call.body || undefined, all, signal: stop.signal, fresh: meaning(all, call.modifiers.fault ?? "")?.silent });
    else fill(result, h("h3", { id: "result" }, "The answer"), place);
    button.disabled = false;
    stopper.hidden = true;
  });

  redraw();
  return () => state.stop?.();
}

/** Modifiers may stand in several parts that begin with a tilde, so the session's and the call's need no joining. */
const mergedPrefix = (text) => text;

const group = (title, ...children) => h("fieldset", {}, h("legend", {}, title), children);

/** All codes that a call can be given, its rules included where its endpoint has some. */
function codes(call) {
  const { service, endpoint } = call;
  return [...service.codes, ...(endpoint.findings ? service.findings : [])];
}

function codeSelect(call, onchange) {
  const { service, endpoint } = call;
  const made = h("select", { onchange }, h("option", { value: "" }, "none: the service answers by itself"), codeOptions([service], { rules: endpoint.findings }));
  const wanted = call.modifiers.error ?? "";
  made.value = wanted;
  if (wanted && made.value !== wanted) {
    made.append(h("option", { value: wanted }, wanted));
    made.value = wanted;
  }
  return made;
}

function reservedHint(service) {
  const reserved = service.codes.filter((it) => it.reserved);
  return reserved.length > 0 ? `A number like ${reserved[0].reserved} always gets ${reserved[0].code}.` : null;
}

/** The places of the URL that have no value. */
function unfilled(call) {
  const places = call.endpoint.path.split("/").filter((part) => part.startsWith("{")).map((part) => part.slice(1, -1));
  const value = (name) => (name === "rettighetspakke" ? call.package || call.service.packages[0]?.name
    : name === "identifikator" || name === "organisasjonsnummer" ? call.party : call.places[name]);
  return places.filter((name) => !String(value(name) ?? "").trim() || /^\{.*\}$/.test(String(value(name)).trim()));
}

/** Remembers a composition while the tab is open. Bodies and headers can hold secrets, so they are left out. */
function keep(call) {
  remember("try", link({ method: call.endpoint.method, url: url(call), accept: call.accept, token: call.token === "paste" ? "none" : call.token, wrong: call.wrong, caller: call.caller }));
}

/** The composition that was remembered; nothing if there is none. */
function kept(all) {
  const address = remembered("try");
  const hash = /#try\?([^/]*)\/(.*)$/s.exec(address ?? "");
  const call = hash ? read(all, hash[2], new URLSearchParams(hash[1])) : null;
  return call?.service ? call : null;
}

/** The headers that are sent, without tokens. */
function sentHeaders(call) {
  const headers = {};
  if (call.service.hasXml) headers.Accept = call.accept === "xml" ? "application/xml" : "application/json";
  for (const [name, value] of Object.entries(call.headers)) if (value) headers[name] = value.replace("{uuid}", uuid());
  if (call.endpoint.body && call.body) {
    const boundary = /^--(\S+)/.exec(call.body)?.[1];
    headers["Content-Type"] = call.endpoint.body.startsWith("multipart") && boundary ? `${call.endpoint.body}; boundary=${boundary}` : call.endpoint.body;
  }
  return headers;
}

/** A random UUID, also where the page is not on localhost. */
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** What a token is asked for with. */
function wish(call, by) {
  const party = call.endpoint.party === "url" ? call.party : (call.modifiers.party || call.caller || call.party);
  const caller = call.caller ? { caller: call.caller } : {};
  return { service: call.service.name, endpoint: call.endpoint.name, party: party || USUAL_PARTY, by, ...caller, ...(call.wrong ? { wrong: call.wrong } : {}) };
}

/** The wishes of all tokens of a call. A consent token of the old Altinn goes beside a token of the caller's own. */
function wishes(call) {
  if (call.token === "none" || call.token === "paste") return [];
  if (call.token !== "old-consent") return [["TOKEN", wish(call, call.token)]];
  const own = { ...wish(call, "organisation"), party: call.caller || "314055403", wrong: undefined };
  return [["TOKEN", own], ["CONSENT", wish(call, "old-consent")]];
}

/** Makes the tokens of a call: headers by name. */
async function tokens(call) {
  if (call.token === "paste") return { Authorization: `Bearer ${call.pasted.trim().replace(/^Bearer\s+/i, "")}` };
  const headers = {};
  for (const [, wanted] of wishes(call)) {
    const made = await control("POST", "/token", wanted);
    headers[made.header] = made.value;
  }
  return headers;
}

/** The call as code shows it. */
function sample(call, target) {
  const headers = Object.entries(sentHeaders({ ...call, headers: {} }));
  for (const [name, value] of Object.entries(call.headers)) {
    if (value) headers.push([name, value === "{uuid}" ? uuid() : value]);
  }
  for (const [env, wanted] of wishes(call)) {
    const command = `${curl("POST", "/token", wanted)} | sed 's/.*"token":"\\([^"]*\\)".*/\\1/'`;
    headers.push(env === "TOKEN" ? ["Authorization", { env, before: "Bearer ", command }] : ["AltinnSamtykke", { env, command }]);
  }
  if (call.token === "paste") headers.push(["Authorization", `Bearer ${call.pasted.trim()}`]);
  return { method: call.endpoint.method, url: target, headers, body: call.endpoint.body ? call.body : "" };
}

/** Reads contracts, each once: what of an endpoint no catalogue tells. */
function contracts() {
  const known = new Map();
  return async (name, endpoint) => {
    if (!known.has(name)) known.set(name, fetch(`/openapi/${name}.json`).then((it) => (it.ok ? it.json() : null)).catch(() => null));
    const document = await known.get(name);
    const operation = document?.paths?.[endpoint.path]?.[endpoint.method.toLowerCase()];
    if (!operation) return null;
    const resolve = (it) => (it?.$ref ? it.$ref.slice(2).split("/").reduce((at, part) => at?.[part], document) : it);
    const headers = (operation.parameters ?? []).map(resolve).filter((it) => it?.in === "header" && !/^(sandbox-|accept$|authorization$)/i.test(it.name));
    const content = Object.values(resolve(operation.requestBody)?.content ?? {})[0] ?? {};
    const examples = Object.entries(content.examples ?? {}).map(([name, it]) => [name, resolve(it)?.value]);
    if (content.example !== undefined) examples.push(["of the contract", content.example]);
    return {
      examples: examples.filter(([, value]) => value !== undefined),
      headers: headers.map((it) => ({
        name: it.name, required: it.required, description: it.description, example: String(it.example ?? it.schema?.example ?? it.schema?.examples?.[0] ?? ""),
        isUuid: it.schema?.format === "uuid" || /^[0-9a-f]{8}-[0-9a-f]{4}-/.test(String(it.example ?? "")),
      })),
    };
  };
}
