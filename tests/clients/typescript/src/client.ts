// Reads all four endpoints with types that openapi-typescript made of the contract. What does not fit
// the contract does not compile; what the sandbox does not answer fails here.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { paths } from "./contract.js";

const baseUrl = process.env["SANDBOX_URL"];
assert(baseUrl, "SANDBOX_URL says where the sandbox is");
const client = createClient<paths>({ baseUrl });

const path = { rettighetspakke: "finans", identifikator: "311851381" } as const;
const query = { fraOgMed: "2026-01-01", tilOgMed: "2026-11-21" };
/** An answer that is not about a shielded party. */
function shown<Answer extends { skjermet: boolean }>(answer: Answer | undefined): Answer {
  assert(answer && !answer.skjermet, "an answer that shows something");
  return answer;
}

const open = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/aapnekrav", {
  params: { path },
});
const aapneKrav = shown(open.data);
assert.equal(aapneKrav.partIdentifikator, path.identifikator);
const first = aapneKrav.aapentKravMedGjenstaaendeBeloep?.[0];
const text: string | undefined = first?.kravbeskrivelse?.spraakTekst[0]?.tekst;
assert(text && typeof aapneKrav.totalOversikt?.saldo === "number");

const claims = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/krav", {
  params: { path, query, header: { Korrelasjonsid: "fra-typescript" } },
});
const krav = shown(claims.data);
assert.equal(krav.periode.fraOgMed, query.fraOgMed);
assert.equal(claims.response.headers.get("Korrelasjonsid"), "fra-typescript");

const paymentsIn = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/innbetalinger", {
  params: { path, query },
});
const innbetalinger = shown(paymentsIn.data);
assert(innbetalinger.innbetaling?.every((innbetaling) => innbetaling.innbetaltBeloep > 0));

const paymentsOut = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/utbetalinger", {
  params: { path: { ...path, identifikator: "314961900" }, query },
});
const utbetalinger = shown(paymentsOut.data);
assert(utbetalinger.utbetaling?.some((utbetaling) => utbetaling.grunnlagForUtbetaling.kreditKrav?.length));

const refused = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/utbetalinger", {
  params: { path, query },
});
assert.equal(refused.response.status, 404);
assert.equal(refused.error?.kode, "KB-007");

console.log(`generated client: ${aapneKrav.aapentKravMedGjenstaaendeBeloep?.length} open claims, all passed`);
