// Only compiled: what a user may write, and what the compiler must refuse.
import { ControlError, Sandbox, type RuleView, type SandboxOptions } from "innkreving-sandbox";
import { useSandbox } from "innkreving-sandbox/vitest";
import { useSandbox as inJest } from "innkreving-sandbox/jest";
import { useSandbox as inNode } from "innkreving-sandbox/node-test";

const options: SandboxOptions = { now: "2026-03-01", scenarios: "./scenarios", auth: "signed", settings: { tls: "off" } };
await using sandbox = await Sandbox.start(options);
const rule: RuleView = await sandbox.control.addRule({ when: { service: "kravogbetalinger" }, then: { sequence: ["KB-002", "ok"] } });
const left: number | undefined = rule.left;
await sandbox.control.deleteRule({ id: rule.id });
try {
  await sandbox.session().control.putScenarios("part: x");
} catch (error) {
  if (error instanceof ControlError) console.log(error.problem.detail, left);
}
for (const fixture of [useSandbox(), inJest({ seed: 7 }), inNode({ edition: "2023" })]) console.log(fixture.baseUrl, fixture.session.name);

// @ts-expect-error: no such level
await Sandbox.start({ auth: "strict" });
// @ts-expect-error: no such option
await Sandbox.start({ noww: "2026-03-01" });
// @ts-expect-error: a rule says what happens
await sandbox.control.addRule({ times: 2 });
// @ts-expect-error: no such word
await sandbox.control.addRule({ then: { errror: "KB-002" } });
// @ts-expect-error: the id is missing
await sandbox.control.showRule({});
// @ts-expect-error: no such filter
await sandbox.control.listRequests({ partyy: "311851381" });
