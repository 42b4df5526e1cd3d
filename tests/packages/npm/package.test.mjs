// The installed package, as a project of a user sees it.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import * as esm from "innkreving-sandbox";
import { useSandbox } from "innkreving-sandbox/node-test";

const require = createRequire(import.meta.url);
const { ControlError, Sandbox, SandboxError, findBinary } = esm;
const PARTY = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";
const OWN = 'part: "314300017"\nnavn: LITEN TIGER AS\nkrav: []\n';

/** Whether something answers. */
const answers = (url) => fetch(url).then(() => true, () => false);

test("both kinds of import give the same classes", () => {
  const cjs = require("innkreving-sandbox");
  assert.deepEqual(Object.keys(cjs).sort(), Object.keys(esm).filter((name) => name !== "default" && name !== "module.exports").sort());
  assert.equal(cjs.Sandbox, Sandbox);
});

test("each option is a flag of the binary", () => {
  const help = spawnSync(findBinary(), ["--help"], { encoding: "utf8" }).stdout;
  const { FLAGS } = require(path.join(path.dirname(require.resolve("innkreving-sandbox")), "lib/options.cjs"));
  for (const flag of Object.values(FLAGS)) assert.match(help, new RegExp(`--${flag}[ \\n]`), flag);
});

test("options, and the environment that does not count", async () => {
  process.env.SANDBOX_NOW = "2020-01-01";
  process.env.SANDBOX_NOWW = "a slip that the binary would refuse";
  const sandbox = await Sandbox.start({ now: "2026-03-01", scenario: OWN, settings: { "log-format": "json" }, log: "debug" });
  delete process.env.SANDBOX_NOW;
  delete process.env.SANDBOX_NOWW;
  assert.equal((await sandbox.control.showClock()).day, "2026-03-01");
  assert.deepEqual((await sandbox.control.listParties()).map((party) => party.part), ["314300017"]);
  await fetch(`${sandbox.baseUrl}${PARTY}`);
  const logged = async () => sandbox.log.includes('"KB-') || new Promise((resolve) => setImmediate(resolve)).then(logged);
  await logged();
  await sandbox.stop();
  await sandbox.stop(); // a second time does nothing
  assert.equal(await answers(sandbox.baseUrl), false);
  await assert.rejects(Sandbox.start({ noww: "2026-03-01" }), TypeError);
});

test("a folder of scenarios, and the built-in ones beside it", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "scenarios-"));
  writeFileSync(path.join(folder, "one.yaml"), OWN);
  const sandbox = await Sandbox.start({ scenarios: folder, withBuiltin: true });
  const parties = (await sandbox.control.listParties()).map((party) => party.part);
  assert.ok(parties.includes("314300017") && parties.includes("311851381"));
  await sandbox.stop();
});

test("an error says what the binary said, and nothing stays behind", async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith("innkreving-sandbox-")).length;
  const before = folders();
  await assert.rejects(Sandbox.start({ scenario: 'part: "314300017"\n' }), (error) => {
    assert.ok(error instanceof SandboxError);
    assert.match(error.message, /exit code [1-9][^]*missing field `navn`/);
    return true;
  });
  assert.equal(folders(), before);
});

test("a binary that says nothing is ended in time", async () => {
  const script = path.join(mkdtempSync(path.join(tmpdir(), "silent-")), "binary");
  writeFileSync(script, "#!/bin/sh\necho $$ >&2\nexec sleep 600\n", { mode: 0o755 });
  process.env.INNKREVING_SANDBOX_BINARY = script;
  const error = await Sandbox.start({ startTimeout: 500 }).catch((caught) => caught);
  delete process.env.INNKREVING_SANDBOX_BINARY;
  assert.match(error.message, /not ready in 500 ms/);
  const pid = Number(error.log.trim());
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("the control API, its refusals and its key", async () => {
  const sandbox = await Sandbox.start({ controlKey: "hemmelig" });
  const { id } = await sandbox.control.addRule({ then: { error: "KB-002" }, times: 1 });
  assert.equal((await sandbox.control.showRule({ id })).left, 1);
  assert.equal((await (await fetch(sandbox.baseUrl + PARTY)).json()).kode, "KB-002");
  await sandbox.control.deleteRule({ id });
  const refusal = await sandbox.control.showRule({ id }).catch((caught) => caught);
  assert.ok(refusal instanceof ControlError);
  assert.equal(refusal.status, 404);
  assert.equal(refusal.problem.status, 404);
  const stranger = new esm.ControlClient(sandbox.baseUrl);
  assert.equal((await stranger.listRules().catch((caught) => caught)).status, 401);
  const session = sandbox.session("min økt".replace(/[^a-z]/g, "-"));
  assert.deepEqual((await session.control.putScenarios(OWN)).parties, ["314300017"]);
  await session.reset();
  assert.equal((await session.control.showScenarios()).ownBytes, 0);
  await session.delete();
  await sandbox.stop();
});

test("await using", async () => {
  const sandbox = await Sandbox.start();
  await sandbox[Symbol.asyncDispose]();
  assert.equal(await answers(sandbox.baseUrl), false);
});

/** Starts a process that starts a sandbox, and returns it with the sandbox's URL. */
async function child(script) {
  const text = `const { Sandbox } = require("innkreving-sandbox"); ${script}`;
  const started = spawn(process.execPath, ["--eval", text], { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
  const [first] = await once(started.stdout.setEncoding("utf8"), "data");
  return [started, first.trim()];
}

async function ends(url) {
  const until = Date.now() + 10_000;
  while (await answers(url)) assert.ok(Date.now() < until, "the sandbox outlives the process that started it");
}

test("a process that is killed takes its sandbox along", async () => {
  const [parent, url] = await child("Sandbox.start().then((s) => { console.log(s.baseUrl); setInterval(() => {}, 1000); });");
  assert.equal(await answers(url), true);
  parent.kill("SIGKILL");
  await ends(url);
});

test("a sandbox that nobody stops keeps no process alive", async () => {
  const [parent, url] = await child("Sandbox.start().then((s) => console.log(s.baseUrl));");
  const [code] = await once(parent, "exit");
  assert.equal(code, 0);
  await ends(url);
});

const fixture = useSandbox({ now: "2026-03-01" });
const used = [];
for (const number of [1, 2]) {
  test(`each test has a session of its own, ${number}`, async () => {
    used.push(fixture.session.name);
    assert.equal(fixture.baseUrl, `${fixture.sandbox.baseUrl}/~session=${fixture.session.name}`);
    assert.equal((await fixture.control.listRequests()).total, 0);
    await fetch(fixture.baseUrl + PARTY);
    assert.equal((await fixture.control.listRequests({ limit: 1 })).total, 1);
    assert.equal(new Set(used).size, number);
  });
}
