// The story of docs/story.md with types that openapi-typescript made of three contracts: a collection agency submits, the case is
// decided, the employer polls, pay comes in with a deduction, the creditor looks. What does not fit a contract does not compile.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import createClient from "openapi-fetch";
import type { paths as ControlPaths } from "./sandbox.js";
import type { paths as EmployerPaths } from "./trekkpaalegg.js";
import type { components, paths } from "./utleggsbegjaering.js";

const baseUrl = process.env["SANDBOX_URL"];
const binary = process.env["SANDBOX_BINARY"];
assert(baseUrl && binary, "SANDBOX_URL says where the sandbox is, SANDBOX_BINARY is its program");
const employerNumber = "310777609";
const session = { "Sandbox-Session": "story-typescript" };
const agency = createClient<paths>({ baseUrl, headers: session });
const employer = createClient<EmployerPaths>({ baseUrl, headers: { ...session, "Sandbox-Party": employerNumber } });
const control = createClient<ControlPaths>({ baseUrl, headers: session });

type Begjaering = components["schemas"]["Begjaering"];
type Vedlegg = components["schemas"]["Vedlegg"];
const header = {
  Klientid: "story",
  Korrelasjonsid: "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e10",
  Meldingsid: "5f8a1c1e-0d4e-4c6f-9d57-3f6c2a9b7e11",
};

/** Everything in a request that names an attachment. */
function attachments(value: unknown): Vedlegg[] {
  if (typeof value !== "object" || value === null) return [];
  if ("filnavn" in value && "type" in value) return [value as Vedlegg];
  return Object.values(value).flatMap(attachments);
}

async function advance(length: string) {
  const moved = await control.POST("/sandbox/clock", { body: { advance: length, server: false } });
  assert.equal(moved.response.status, 200);
}

async function state(eksternSaksreferanse: string) {
  const path = "/api/utleggsbegjaering/v2/{eksternSaksreferanse}/status";
  const { data } = await agency.GET(path, { params: { path: { eksternSaksreferanse }, header } });
  assert(data, "a status");
  return data;
}

// Day 0: uploads, then validate and submit.
const text = execFileSync(binary, ["begjaering", "example", "--krav", "2", "--dato", "2026-11-21"], { encoding: "utf8" });
const request = JSON.parse(text) as Begjaering;
const principal = request.kravTilInnkreving?.[0];
assert(principal, "a claim");
principal.opprinneligBeloep.beloep = principal.gjenstaaendeBeloep.beloep = 24000;
for (const attachment of attachments(request)) {
  const parts = { type: attachment.type, innsenderReferanse: request.innsenderReferanse };
  const uploaded = await agency.POST("/api/utleggsbegjaering/v2/vedlegg", {
    params: { header },
    body: { fil: "%PDF-1.7 vedlegg", ...parts },
    bodySerializer: (body) => {
      const form = new FormData();
      form.set("fil", new Blob([body.fil], { type: "application/pdf" }), "vedlegg.pdf");
      form.set("type", body.type);
      form.set("innsenderReferanse", body.innsenderReferanse);
      return form;
    },
  });
  assert.equal(uploaded.response.status, 201);
  const uuid = uploaded.data?.uuid;
  assert(uuid, "a uuid");
  attachment.uuid = uuid;
  const seen = await agency.GET("/api/utleggsbegjaering/v2/vedlegg/{uuid}", { params: { path: { uuid }, header } });
  assert.equal(seen.data?.tilstand, "konvertert");
}
const debtor = request.saksoekt[0]?.saksoekt.person?.identifikator?.verdi;
assert(debtor, "a debtor");
const rules = await agency.POST("/api/utleggsbegjaering/v2/betjeningskartet", { params: { header }, body: { identifikator: [debtor] } });
assert.deepEqual(rules.data?.regelverk.map((it) => it.system), ["ELAN"]);
const valid = await agency.POST("/api/utleggsbegjaering/v2/valider", { params: { header }, body: request });
assert.equal(valid.response.status, 200);
const submitted = await agency.POST("/api/utleggsbegjaering/v2", { params: { header }, body: request });
assert.equal(submitted.response.status, 201);
const reference = submitted.data?.eksternSaksreferanse;
assert(reference, "a reference");
const path = { eksternSaksreferanse: reference };
const again = await agency.POST("/api/utleggsbegjaering/v2", { params: { header }, body: request });
assert.equal(again.response.status, 409);
assert(again.error && "feilkode" in again.error && again.error.feilkode === "DUPLIKAT_INNSENDING");
const broken = await agency.POST("/api/utleggsbegjaering/v2/valider", { params: { header }, body: { ...request, kravTilInnkreving: [] } });
assert(broken.error && "valideringsfeil" in broken.error);
assert(broken.error.valideringsfeil.some((it) => it.kode === "MANGLER_KRAV"));
const change = await agency.PUT("/api/utleggsbegjaering/v2/valider/{eksternSaksreferanse}", { params: { path, header }, body: request });
assert.equal(change.response.status, 200);
const changed = await agency.PUT("/api/utleggsbegjaering/v2/{eksternSaksreferanse}", { params: { path, header }, body: request });
assert.equal(changed.response.status, 200);

// Day 6: the decision.
await advance("6d");
const changes = await agency.GET("/api/utleggsbegjaering/v2/statusendringer", { params: { query: { fraSekvensnummer: 0 }, header } });
const states = changes.data?.statusendringer.map((it) => it.saksstatus);
assert.deepEqual(states, ["sakOpprettet", "sakUnderBehandling", "sakForelagt"]);
const terms = { prosent: 19, trekkpliktig: employerNumber, maanedsloenn: 41000, loennsdag: 15 };
const decision = await control.POST("/sandbox/begjaeringer/{id}/beslutning", { params: { path: { id: reference } }, body: terms });
assert.equal(decision.response.status, 200);
const decided = await state(reference);
assert.equal(decided.saksstatus, "sakBesluttet");
assert.equal(decided.beslutningsinformasjon?.[0]?.utleggstrekk?.trekkprosent, 19);

// The employer polls.
const poll = async (fraSekvensnummer: number) => {
  const { data } = await employer.GET("/api/trekkpaalegg/v1", { params: { query: { fraSekvensnummer } } });
  const order = data?.find((it) => it.skyldner === debtor);
  assert(order, "an order for the debtor");
  return order;
};
const order = await poll(0);
assert.deepEqual([order.trekkstatus, order.trekkversjon], ["aktiv", 1]);

// A month later: 19 % of 41 000 kroner came in.
await advance("31d");
const insightPath = "/api/utleggsbegjaering/v2/{eksternSaksreferanse}/innsyn-i-trekk";
const insight = await agency.GET(insightPath, { params: { path, header } });
assert.deepEqual(insight.data?.krav[0]?.mottatt.map((it) => it.mottattBeloep), [7790]);
const money = async () => {
  const { data } = await control.GET("/sandbox/begjaeringer/{id}/oekonomi", { params: { path: { id: reference } } });
  assert(data, "the money");
  return data;
};
assert.deepEqual([(await money()).trukket, (await money()).tilOvers], [7790, 0]);

// Until all is paid.
await advance("3y");
assert.equal((await state(reference)).saksstatus, "sakAvsluttet");
const over = await agency.GET(insightPath, { params: { path, header } });
assert.equal(over.response.status, 404);
const last = await poll(order.sekvensnummer);
assert.deepEqual([last.trekkid, last.trekkstatus, last.trekkversjon], [order.trekkid, "avsluttet", 2]);
const all = await money();
assert(all.krav.every((it) => it.gjenstaaende === 0 && it.paaloepteRenter === 0));

console.log(`generated client: ${all.trekk.length} deductions until all was paid, all passed`);
