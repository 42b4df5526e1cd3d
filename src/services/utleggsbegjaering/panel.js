// Requests for enforcement: submit an example, see how each case goes, decide it, look at its attachments.

import { h, fill, table, field, select, empty, copyButton, kroner } from "./dom.js";
import { attempt, call, calls, catalogue, curl, get, prefix, send } from "./api.js";
import { body as pretty } from "./pretty.js";

const BASE = "/api/utleggsbegjaering/v2";

/** The headers that every call of the service has. */
const heads = () => ({ Klientid: "page", Korrelasjonsid: uuid(), Meldingsid: uuid() });

function uuid() {
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, "$1-$2-4$3-a$4-");
}

export async function show(root, { path }) {
  const problem = h("div", {});
  const list = h("div", { "aria-live": "polite" });
  const one = h("section", { "aria-live": "polite", "aria-label": "A case" });
  const files = h("section", { "aria-label": "Attachments" });
  let chosen = path || null;
  const refresh = async () => {
    const all = await attempt(problem, () => get("/begjaeringer"));
    if (!all) return;
    const show_ = (it) => h("button", { type: "button", class: "link", "aria-pressed": String(it.eksternSaksreferanse === chosen), onclick: () => open(it.eksternSaksreferanse) }, it.eksternSaksreferanse);
    fill(list, h("h3", {}, `Cases: ${all.count}`),
      all.count === 0 ? empty("The session has no case. Submit an example above.")
        : table(["Case", "State", "Submitter", "Reference", "Day", "#Claims"], all.begjaeringer.slice(-200).reverse().map((it) => [show_(it), h("span", { class: "tag" }, it.status), it.innsender ?? "–", it.innsenderReferanse, it.begjaeringsdato, it.krav]), { label: "Cases" }),
      all.avvist.length === 0 ? null : h("details", {}, h("summary", {}, `Refused requests: ${all.avvist.length}`),
        table(["Time", "Call", "Status", "What was wrong"], all.avvist.slice(-50).reverse().map((it) => [it.tidspunkt.slice(0, 19), it.kall, it.status, it.funn.map((funn) => h("p", {}, h("b", {}, funn.kode), " ", h("code", {}, funn.peker), " ", funn.melding))]), { label: "Refused requests" })),
      calls(() => curl("GET", "/begjaeringer")));
    if (chosen) await drawCase(one, chosen, changed);
    await drawFiles(files);
  };
  const changed = () => refresh();
  const open = async (reference) => {
    chosen = reference;
    history.replaceState(null, "", `#${location.hash.slice(1).split("/")[0]}/${reference}`);
    await refresh();
    one.scrollIntoView({ block: "nearest" });
  };
  root.append(h("h2", {}, "Cases"), h("p", { "data-terms": true }, "An utleggsbegjæring becomes a case. Here you see it go its way, decide it as the namsmann would, and look at its vedlegg."),
    submit(async (reference) => { await open(reference); }), problem, list, one, files, await rules());
  await refresh();
}

/** The form that submits an example: uploads its attachments, then the request, as a client would. */
function submit(done) {
  const claims = h("input", { type: "number", min: 1, max: 100, value: "1" });
  const seed = h("input", { type: "number", min: 1, value: String(1 + Math.floor(Math.random() * 9000)) });
  const way = select([["", "as usual"], "utleggstrekk", "intetTilUtlegg", "utleggspant", "nektet", "hevet", "stille"]);
  const out = h("div", { role: "status" });
  const form = h("form", { class: "box", autocomplete: "off" }, h("h3", {}, "Submit an example"),
    h("div", { class: "row" }, field("Claims", claims), field("Seed", seed), field("How it goes on by itself", way), h("button", { type: "submit" }, "Submit it")),
    calls(() => [curl("GET", `/eksempelbegjaering?krav=${claims.value}&seed=${seed.value}`), `curl -s -F fil=@vedlegg.pdf -F type=tvangsgrunnlag -F innsenderReferanse=REF ${location.origin}${prefix}${BASE}/vedlegg`, `curl -s -H 'Content-Type: application/json' -d @begjaering.json ${location.origin}${prefix}${BASE}`]), out);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reference = await attempt(out, () => submitted(claims.value, seed.value, way.value));
    if (reference) {
      fill(out, h("p", { class: "good" }, `Case ${reference}. Its calls are in the `, h("a", { href: "#journal" }, "journal"), "."));
      seed.value = String(Number(seed.value) + 1);
      await done(reference);
    }
  });
  return form;
}

/** A call of the service, with a token where one is needed. */
async function service(method, path, body, more, token) {
  const response = await fetch(`${prefix}${BASE}${path}`, { method, body, headers: { ...heads(), ...more, ...(token ? { Authorization: `Bearer ${token}` } : {}) } });
  const text = await response.text();
  if (!response.ok) {
    const problem = JSON.parse(text || "{}");
    const found = problem.valideringsfeil ?? problem.kontrollutslag ?? [];
    throw new Error(`${response.status}: ${problem.melding ?? ""} ${found.map((it) => `${it.kode} ${it.melding ?? ""}`).join("; ")} ${text.slice(0, found.length || problem.melding ? 0 : 300)}`);
  }
  return JSON.parse(text || "null");
}

async function submitted(claims, seed, way) {
  const all = await catalogue();
  const document = await get(`/eksempelbegjaering?${new URLSearchParams({ krav: claims, seed })}`);
  const submitter = document.innsender?.innsender?.virksomhet?.identifikator?.identifikator ?? document.innsender?.innsender?.virksomhet?.identifikator?.verdi;
  // Without a token, the submitter is whom the request names.
  const needs = all.auth === "claims" || all.auth === "signed";
  const name = all.services.find((it) => BASE.startsWith(it.base))?.name;
  const token = needs ? (await call("POST", "/token", { service: name, party: submitter })).token : null;
  document.innsenderReferanse = `PAGE-${seed}-${Date.now() % 100000}`;
  const own = way ? { "Sandbox-Sak": way } : {};
  for (const attachment of attachments(document)) {
    const form = new FormData();
    form.append("fil", new Blob([`%PDF-1.7\n${attachment.type} of an example\n`], { type: "application/pdf" }), attachment.filnavn ?? "vedlegg.pdf");
    form.append("type", attachment.type);
    form.append("innsenderReferanse", document.innsenderReferanse);
    attachment.uuid = (await service("POST", "/vedlegg", form, {}, token)).uuid;
  }
  const made = await service("POST", "", JSON.stringify(document), { "Content-Type": "application/json", ...own }, token);
  return made.eksternSaksreferanse ?? made.saksreferanse ?? Object.values(made)[0];
}

/** All attachments of a request, wherever they stand. */
function attachments(value, found = []) {
  if (Array.isArray(value)) value.forEach((item) => attachments(item, found));
  else if (value && typeof value === "object") {
    if ("filnavn" in value && "type" in value) found.push(value);
    else Object.values(value).forEach((item) => attachments(item, found));
  }
  return found;
}

const STATES = ["sakOpprettet", "sakUnderBehandling", "sakNektetFremmet", "sakForelagt", "sakBesluttet", "sakAvsluttet", "sakHevet"];

async function drawCase(section, reference, changed) {
  const at = `/begjaeringer/${encodeURIComponent(reference)}`;
  const loaded = await attempt(section, () => Promise.all([get(at), get(`${at}/forloep`)]));
  if (!loaded) return;
  const [sak, course] = loaded;
  const money = await get(`${at}/oekonomi`).catch(() => null);
  const problem = h("div", {});
  const act = (path, body) => async () => { if ((await attempt(problem, () => call("POST", `${at}${path}`, body()))) !== undefined) await changed(); };
  const outcome = select(["utleggstrekk", "intetTilUtlegg", "utleggspant"]);
  const percent = h("input", { type: "number", min: 0, max: 100, placeholder: "15" });
  const thing = h("input", { placeholder: "Kjøretøy" });
  const state = select(STATES, sak.status);
  const decision = () => ({ utfall: outcome.value, ...(outcome.value === "utleggstrekk" && percent.value ? { prosent: Number(percent.value) } : {}), ...(outcome.value === "utleggspant" && thing.value ? { gjenstand: thing.value } : {}) });
  fill(section, h("div", { class: "box" },
    h("h3", {}, reference, " ", h("span", { class: "tag" }, sak.status)),
    h("ol", { class: "life", "aria-label": "How the case goes" }, h("li", {}, h("time", {}, course.innsendt), "submitted"),
      course.overganger.map((it) => h("li", { class: it.kommer ? "coming" : "" }, h("time", {}, it.dag), it.tilstand, it.kommer ? h("small", {}, " to come") : null))),
    h("p", { class: "buttons" }, h("button", { type: "button", onclick: act("/videre", () => undefined) }, "Next step now"), h("a", { href: "#time" }, "or move the clock")),
    h("div", { class: "row" }, field("Decide", outcome), field("Percentage (utleggstrekk)", percent), field("Thing (utleggspant)", thing), h("button", { type: "button", onclick: act("/beslutning", decision) }, "Decide it")),
    h("div", { class: "row" }, field("Put it into a state", state), h("button", { type: "button", onclick: act("/status", () => ({ status: state.value })) }, "Set the state")),
    calls(() => [curl("POST", `${at}/videre`), curl("POST", `${at}/beslutning`, decision()), curl("POST", `${at}/status`, { status: state.value })]), problem,
    money ? h("details", { open: money.trekk.length > 0 }, h("summary", {}, `Money of the debtor: ${money.trekk.length} deductions, ${kroner(money.trukket)} kr`),
      table(["Claim", "#Left", "#Interest", "#Paid"], money.krav.map((it) => [`${it.innsendersKravreferanse} (${it.prioritetDekningsloven})`, kroner(it.gjenstaaende), kroner(it.paaloepteRenter), kroner(it.betaltHovedstol)]), { label: "Claims of the debtor" }),
      table(["Day", "Employer", "#Deducted", "#On claims", "#Left over"], money.trekk.slice(-100).map((it) => [it.dato, h("a", { href: `#orders/${it.trekkpliktig}` }, it.trekkpliktig), kroner(it.trukket), kroner(it.paaKrav), kroner(it.tilOvers)]), { label: "Deductions" })) : null,
    sak.innsendinger.map((it) => h("details", {}, h("summary", {}, `Submission of ${it.tidspunkt.slice(0, 19)}, model ${it.modell}`), it.begjaering ? [pretty(JSON.stringify(it.begjaering), "json", { label: "Request" }), copyButton(JSON.stringify(it.begjaering, null, 2))] : null))));
}

async function drawFiles(section) {
  const all = await attempt(section, () => get("/vedlegg"));
  if (!all) return;
  const place = h("div", { "aria-live": "polite" });
  const look = async (it) => {
    const response = await send("GET", `/vedlegg/${it.uuid}`);
    if (!response.ok) return fill(place, h("p", { class: "problem" }, (await response.json()).detail));
    const blob = await response.blob();
    const address = URL.createObjectURL(blob);
    const bytes = new Uint8Array(await blob.slice(0, 4096).arrayBuffer());
    const kind = bytes[0] === 0x89 && bytes[1] === 0x50 ? "image/png" : bytes[0] === 0xff && bytes[1] === 0xd8 ? "image/jpeg" : null;
    const text = new TextDecoder("utf-8").decode(bytes).replace(/[^\P{C}\n\t]/gu, "·");
    return fill(place, h("h4", {}, it.filnavn), kind ? h("img", { src: URL.createObjectURL(new Blob([blob], { type: kind })), alt: `The attachment ${it.filnavn}`, class: "attachment" }) : h("pre", { tabindex: "0", "aria-label": "The beginning of the file" }, text),
      h("p", {}, h("a", { href: address, download: it.filnavn }, "Save the file"), ` (${blob.size} bytes)`));
  };
  fill(section, h("h3", { "data-terms": true }, `Vedlegg (attachments): ${all.count}`),
    all.count === 0 ? empty("Nothing was uploaded.") : table(["File", "Type", "State", "#Bytes", ""], all.vedlegg.slice(-50).reverse().map((it) => [it.filnavn, it.type, it.tilstand, it.stoerrelse,
      it.harInnhold ? h("button", { type: "button", class: "quiet", onclick: () => look(it) }, "Look at", h("span", { class: "sr" }, ` ${it.filnavn} ${it.uuid}`)) : "made room"]), { label: "Attachments" }), place);
}

/** The rules, each with how to break it and a link that provokes it. */
async function rules() {
  const place = h("div", {});
  const details = h("details", {}, h("summary", {}, "The 72 rules"), place);
  details.addEventListener("toggle", async () => {
    if (!details.open || place.childElementCount > 0) return;
    const list = await attempt(place, () => get("/begjaeringsregler"));
    if (list) fill(place, table(["Rule", "What it says", "To break it", "Condition", ""], list.map((it) => [h("code", {}, it.kode), it.tekst, it.brytes, it.sikkerhet,
      h("a", { href: `${prefix}/#try?method=POST/~error=${encodeURIComponent(it.kode)}${BASE}` }, "Provoke it")]), { label: "Rules" }), calls(() => curl("GET", "/begjaeringsregler")));
  });
  return details;
}
