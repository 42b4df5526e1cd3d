// Requests for enforcement: submit an example, see how each case goes, decide it, look at its attachments.

import { h, fill, table, field, select, empty, copyButton, kroner, counted } from "./dom.js";
import { attempt, call, calls, catalogue, curl, get, prefix, send } from "./api.js";
import { body as pretty } from "./pretty.js";
import { undoing } from "./undo.js";

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
    const later = all.kommende.length;
    fill(list, h("h3", {}, `Cases: ${all.count}`),
      later > 0 ? h("p", { class: "notice" }, `${counted(later, "more case is", "more cases are")} submitted later on the session's clock, the first on ${all.kommende.map((it) => it.innsendt).sort()[0]}. Until then services answer 404 for ${later === 1 ? "it" : "them"}. `, h("a", { href: "#time" }, "Move the clock")) : null,
      all.count === 0 ? empty(later > 0 ? "On this day the session has no case." : "The session has no case. Submit an example above.")
        : table(["Case", "State", "Submitter", "Reference", "Day", "#Claims"], all.begjaeringer.slice(-200).reverse().map((it) => [show_(it), h("span", { class: "tag" }, it.status), it.innsender ?? "–", it.innsenderReferanse, it.begjaeringsdato, it.krav]), { label: "Cases" }),
      all.avvist.length === 0 ? null : h("details", {}, h("summary", {}, `Refused requests: ${all.avvist.length}`),
        table(["Time", "Call", "Status", "What was wrong"], all.avvist.slice(-50).reverse().map((it) => [it.tidspunkt.slice(0, 19), it.kall, it.status, it.funn.map((funn) => h("p", {}, h("b", {}, funn.kode), " ", h("code", {}, funn.peker), " ", funn.melding))]), { label: "Refused requests" })),
      calls(() => curl("GET", "/begjaeringer")));
    if (chosen) await drawCase(one, chosen, refresh, said);
    await Promise.all([drawFiles(files), undo.read()]);
  };
  const undo = undoing(async () => { said.text = null; await refresh(); });
  /** What the last click has done to the case that is shown. */
  const said = { text: null };
  const open = async (reference) => {
    chosen = reference;
    said.text = null;
    history.replaceState(null, "", `#${location.hash.slice(1).split("/")[0]}/${reference}`);
    await refresh();
    one.scrollIntoView({ block: "nearest" });
  };
  root.append(h("h2", {}, "Cases"), h("p", { "data-terms": true }, "An utleggsbegjæring becomes a case. Here you see it go its way, decide it as the namsmann would, and look at its vedlegg."),
    submit(async (reference) => { await open(reference); }), problem, undo.element, list, one, files, await rules());
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

/** What brought a change of state about. */
const CAUSES = { manus: "by its script", videre: "by a click on the next step", satt: "by a click that set the state", besluttet: "by a click that decided it", betalt: "because its claims were paid" };

/** A decision in words. */
const decided = (it) => [it.utfall, it.prosent !== undefined ? `${it.prosent} %` : null, it.beloep !== undefined ? `${kroner(it.beloep)} kr a month` : null,
  it.gjenstand, it.trekkpliktig ? `at ${it.trekkpliktig}` : null].filter(Boolean).join(", ");

/** The decisions of a case that have been made, the oldest first. */
const decisions = (course) => course.overganger.filter((it) => !it.kommer && it.beslutning?.length > 0);

async function drawCase(section, reference, changed, said) {
  const at = `/begjaeringer/${encodeURIComponent(reference)}`;
  const loaded = await attempt(section, () => Promise.all([get(at), get(`${at}/forloep`)]));
  if (!loaded) return;
  const [sak, course] = loaded;
  const money = await get(`${at}/oekonomi`).catch(() => null);
  const problem = h("div", {});
  const act = (path, body, words) => async () => {
    if ((await attempt(problem, () => call("POST", `${at}${path}`, body()))) === undefined) return;
    said.text = words();
    await changed();
  };
  const made = decisions(course);
  const last = made.at(-1);
  const closed = /^sak(Avsluttet|Hevet|NektetFremmet)$/.test(sak.status);
  const outcome = select(["utleggstrekk", "intetTilUtlegg", "utleggspant"]);
  const percent = h("input", { type: "number", min: 0, max: 100, placeholder: "15" });
  const thing = h("input", { placeholder: "Kjøretøy" });
  const state = select(STATES, sak.status);
  const decision = () => ({ utfall: outcome.value, ...(outcome.value === "utleggstrekk" && percent.value ? { prosent: Number(percent.value) } : {}), ...(outcome.value === "utleggspant" && thing.value ? { gjenstand: thing.value } : {}) });
  fill(section, h("div", { class: "box" },
    h("h3", {}, reference, " ", h("span", { class: "tag" }, sak.status)),
    h("ol", { class: "life", "aria-label": "How the case goes" }, h("li", {}, h("time", {}, course.innsendt), "submitted"),
      course.overganger.map((it) => h("li", { class: it.kommer ? "coming" : "" }, h("time", {}, it.dag), it.tilstand, it.kommer ? h("small", {}, " to come") : h("small", {}, ` ${CAUSES[it.grunn] ?? it.grunn}`),
        it.beslutning?.map((one) => h("small", { class: "decision" }, decided(one)))))),
    said.text ? h("p", { class: "good", role: "status" }, said.text) : null,
    made.length === 0 ? h("p", { class: "soft" }, "Nothing is decided yet.") : h("p", { class: "decided" }, "Decided: ",
      made.map((it, number) => [number > 0 ? "; then " : "", h("b", {}, it.beslutning.map(decided).join(" and ")), ` on ${it.dag}, ${CAUSES[it.grunn]}`]), made.length > 1 ? ". The last one counts." : "."),
    h("p", { class: "buttons" }, h("button", { type: "button", disabled: !course.neste, "aria-describedby": "next-step", onclick: act("/videre", () => undefined, () => `The next step has come: ${course.neste}.`) }, "Next step now"),
      h("span", { id: "next-step", class: "soft" }, course.neste ? [`It brings ${course.neste}. Or `, h("a", { href: "#time" }, "move the clock"), "."] : [`${course.ingenNeste[0].toUpperCase()}${course.ingenNeste.slice(1)}. `, h("a", { href: "#time" }, "Time")])),
    h("div", { class: "row" }, field(last ? "Decide again" : "Decide", outcome), field("Percentage (utleggstrekk)", percent), field("Thing (utleggspant)", thing), h("button", { type: "button", onclick: act("/beslutning", decision, () => (last
      ? `Decided again: ${decided(decision())} on ${course.dag} takes the place of ${last.beslutning.map(decided).join(" and ")} of ${last.dag}.` : `Decided: ${decided(decision())}, on ${course.dag}.`)) }, last ? "Decide it again" : "Decide it")),
    closed ? h("p", { class: "soft" }, "The case is closed. A decision opens it again.") : last ? h("p", { class: "soft" }, "A new decision takes the place of the last one from its day on.") : null,
    h("div", { class: "row" }, field("Put it into a state", state), h("button", { type: "button", onclick: act("/status", () => ({ status: state.value }), () => (state.value === sak.status
      ? `The state ${state.value} was set again; the script goes on from there.` : `The state is ${state.value} now.`)) }, "Set the state")),
    calls(() => [curl("POST", `${at}/videre`), curl("POST", `${at}/beslutning`, decision()), curl("POST", `${at}/status`, { status: state.value })]), problem,
    money ? h("details", { open: money.trekk.length > 0 }, h("summary", {}, `Money of the debtor: ${counted(money.trekk.length, "deduction", "deductions")}, ${kroner(money.trukket)} kr`),
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
