// Reads all four endpoints with types that openapi-typescript made of the contract. What does not fit
// the contract does not compile; what the sandbox does not answer fails here.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./contract.js";

const baseUrl = process.env["SANDBOX_URL"];
assert(baseUrl, "SANDBOX_URL says where the sandbox is");
const client = createClient<paths>({ baseUrl });

const path = { rettighetspakke: "finans", identifikator: "311851381" } as const;
const query = { fraOgMed: "2026-01-01", tilOgMed: "2026-11-21" };
type Answer<New, Old> = New | Old | components["schemas"]["Skjermet"];

/** The 2024 edition, told from the others by what the contract says of it. */
function edition2024<New extends { skjermet: false }, Old>(answer: Answer<New, Old> | undefined): New {
  assert(answer && typeof answer === "object" && "skjermet" in answer && answer.skjermet === false, "an answer of 2024");
  return answer as New;
}

const open = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/aapnekrav", {
  params: { path },
});
const aapneKrav = edition2024<components["schemas"]["AapneKrav2024"], components["schemas"]["AapneKrav2023"]>(open.data);
assert.equal(aapneKrav.partIdentifikator, path.identifikator);
const first = aapneKrav.aapentKravMedGjenstaaendeBeloep[0];
const text: string | undefined = first?.kravbeskrivelse?.spraakTekst[0]?.tekst;
assert(text && typeof aapneKrav.totalOversikt?.saldo === "number");

const claims = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/krav", {
  params: { path, query, header: { Korrelasjonsid: "fra-typescript" } },
});
const krav = edition2024<components["schemas"]["KravIPeriode2024"], components["schemas"]["KravIPeriode2023"]>(claims.data);
assert.equal(krav.periode.fraOgMed, query.fraOgMed);
assert.equal(claims.response.headers.get("Korrelasjonsid"), "fra-typescript");

const paymentsIn = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/innbetalinger", {
  params: { path, query },
});
const innbetalinger = edition2024<
  components["schemas"]["InnbetalingerIPeriode2024"],
  components["schemas"]["InnbetalingerIPeriode2023"]
>(paymentsIn.data);
assert(innbetalinger.innbetaling.every((innbetaling) => innbetaling.innbetaltBeloep > 0));

const paymentsOut = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/utbetalinger", {
  params: { path: { ...path, identifikator: "314961900" }, query },
});
const utbetalinger = edition2024<
  components["schemas"]["UtbetalingerIPeriode2024"],
  components["schemas"]["UtbetalingerIPeriode2023"]
>(paymentsOut.data);
assert(utbetalinger.utbetaling[0]?.grunnlagForUtbetaling.kreditKrav.length);

const refused = await client.GET("/api/innkreving/kravogbetalinger/v1/{rettighetspakke}/{identifikator}/utbetalinger", {
  params: { path, query },
});
assert.equal(refused.response.status, 404);
assert.equal(refused.error?.kode, "KB-007");

console.log(`generated client: ${aapneKrav.aapentKravMedGjenstaaendeBeloep.length} open claims, all passed`);
