// The main path of the page in Firefox, driven by WebDriver BiDi: find a party, look at it, compose a call and send it, see it in
// the journal, move the clock, add a rule and go back. The tests in Chromium look at everything else.
//
//     node firefox.mjs BINARY TOOLS

import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const [binary, tools] = process.argv.slice(2);
const { default: puppeteer } = await import(createRequire(`${tools}/`).resolve("puppeteer-core"));

const free = () => new Promise((resolve) => {
  const server = createServer().listen(0, "127.0.0.1", () => { const { port } = server.address(); server.close(() => resolve(port)); });
});
const check = (holds, why) => { if (!holds) throw new Error(why); };

const listen = `127.0.0.1:${await free()}`;
const base = `http://${listen}`;
const sandbox = spawn(binary, ["--listen", listen, "--now", "2026-11-21", "--seed", "1"], { stdio: "ignore" });
const json = async (path, options) => (await fetch(base + path, options)).json();
const profile = mkdtempSync(join(tmpdir(), "page-firefox-"));
let browser = null;
let failed = null;
try {
  for (let tries = 0; !(await fetch(`${base}/health/ready`).catch(() => null)); tries += 1) {
    check(tries < 200, "the sandbox does not start");
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
  browser = await puppeteer.launch({
    browser: "firefox", executablePath: process.env.PAGE_FIREFOX, headless: true, userDataDir: profile,
    // Nothing of Firefox itself is to ask the network, which is not there.
    extraPrefsFirefox: { "network.captive-portal-service.enabled": false, "network.connectivity-service.enabled": false, "app.normandy.enabled": false },
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1440, height: 900 });
  page.setDefaultTimeout(8000);
  const wrong = [];
  // Firefox ends the requests of a page that is left, and tells the page so as a network error. Nobody sees it.
  let leaving = false;
  page.on("pageerror", (error) => { if (!(leaving && error.message.includes("NetworkError"))) wrong.push(`error: ${error.message}`); });
  page.on("console", (message) => {
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) wrong.push(`console: ${message.text()}`);
  });
  page.on("request", (request) => { if (!/^(blob:|data:|about:)/.test(request.url()) && !request.url().startsWith(base)) wrong.push(`a request left: ${request.url()}`); });
  await page.evaluateOnNewDocument(() => addEventListener("securitypolicyviolation", (it) => console.error(`CSP: ${it.violatedDirective} ${it.blockedURI}`)));

  /** Waits until a condition holds in the page. */
  const until = async (condition, ...given) => {
    const end = Date.now() + 8000;
    for (;;) {
      if (await page.evaluate(condition, ...given).catch(() => false)) return;
      check(Date.now() < end, `it never comes to this: ${condition} ${given}`);
      await new Promise((resolve) => { setTimeout(resolve, 50); });
    }
  };
  const see = (text, where = "main") => until((wanted, place) => [...document.querySelectorAll(place)].some((it) => it.textContent.includes(wanted)), text, where);
  const press = (name) => page.locator(`::-p-aria([name="${name}"][role="button"])`).click();
  /** Loads a view from nothing, as a reader does who opens a link. What it waits for is there at the end. */
  const open = async (address, selector) => {
    leaving = true;
    await page.goto("about:blank");
    await page.goto(`${base}/#${address}`);
    await page.waitForSelector(selector);
    leaving = false;
  };
  const view = (name) => page.locator(`nav a[href$="#${name}"]`).click();

  const path = {
    async "finds a party"() {
      await page.goto(base);
      await see("STUNDESLØS TRAVEL KATT MAURTUE");
      await press("Overdue");
      await until(() => document.querySelector(".chip[aria-pressed=true]")?.textContent === "Overdue");
      const wanted = await json("/sandbox/parties?where=overdue+%3E+0&first=200");
      for (const it of wanted) await see(it.part, "tbody");
      await page.locator(`a[href="#party/311851381"]`).click();
      await page.waitForSelector("svg.ledger .bar");
      await until(() => document.querySelectorAll(".answer .body").length === 2);
      await until(() => document.querySelectorAll(".line.new, .line.other").length > 3);
    },
    async "explains a word"() {
      await view("parties");
      await press("reskontro");
      await until(() => document.getElementById("term")?.matches(":popover-open"));
      const fits = await page.evaluate(() => { const it = document.getElementById("term").getBoundingClientRect(); return it.left >= 0 && it.top >= 0 && it.right <= innerWidth && it.bottom <= innerHeight; });
      check(fits, "the explanation is not in the window");
      await page.keyboard.press("Escape");
    },
    async "composes a call and sends it"() {
      await page.goto(`${base}/#try?method=GET/~error=KB-002/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav`);
      await page.waitForSelector("#url");
      await press("Send");
      await see("sandbox-cause", ".result");
      await see("KB-002", ".result .body");
    },
    async "shows what goes over the wire"() {
      await open("try?method=GET/~fault=reset/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav", "#url");
      // Firefox repeats a call whose connection broke, so one click is several calls. The page says which.
      const before = (await json("/sandbox/requests?limit=0")).total;
      await press("Send");
      await see("There was no answer", ".result");
      await see("In the journal it is call", ".result");
      const made = (await json("/sandbox/requests?limit=0")).total - before;
      const told = await page.evaluate(() => document.querySelectorAll(".result .problem a").length);
      check(made >= 1 && told === made, `${made} calls were made, and ${told} are told`);
    },
    async "shows calls as they come"() {
      await view("journal");
      await see("live");
      const before = (await json("/sandbox/requests")).total;
      await fetch(`${base}/api/innkreving/restanser/v2/restanser/311851381`);
      await until((number) => [...document.querySelectorAll("button")].some((it) => it.textContent.trim() === String(number)), before + 1);
    },
    async "moves the clock"() {
      await view("time");
      await page.waitForSelector(".marks rect");
      await press("+1 month");
      await see("What changed from", "#changes");
      await until(() => document.getElementById("today").textContent === "2026-12-21");
      check((await json("/sandbox/clock")).day === "2026-12-21", "the clock of the session");
    },
    async "adds a rule, and goes back"() {
      await view("rules");
      await see("There is no rule");
      await (await page.evaluateHandle(() => [...document.querySelectorAll("main summary")].find((it) => it.textContent === "Add a rule"))).click();
      const code = await page.evaluateHandle(() => [...document.querySelectorAll("form select")].find((it) => [...it.options].some((one) => one.value === "KB-003")));
      await code.select("KB-003");
      await press("Add the rule");
      await see("r1", "tbody");
      check((await json("/sandbox/rules")).rules[0].then.error === "KB-003", "the rule of the session");
      await see("was added: error KB-003", "section[aria-labelledby=log]");
      const { records } = await json("/sandbox/log");
      await press(`Go back here: record ${records.at(-2).sequence}`);
      await see("There is no rule");
      check((await json("/sandbox/rules")).rules.length === 0, "the rule is gone");
    },
    async "keeps to 390 pixels"() {
      await page.setViewport({ width: 390, height: 844 });
      for (const name of ["parties", "party/311851381", "try", "rules", "coverage"]) {
        await open(name, "main .view > *");
        await page.waitForNetworkIdle({ idleTime: 100, concurrency: 1 });
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        check(wide <= 0, `${name} is ${wide} pixels too wide`);
      }
    },
  };
  for (const [name, step] of Object.entries(path)) {
    const began = Date.now();
    await step().catch((why) => { throw new Error(`Firefox: ${name}: ${why.message}`, { cause: why }); });
    check(wrong.length === 0, `Firefox: ${name}: ${wrong.join("\n")}`);
    console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  Firefox ${name}`);
  }
} catch (why) {
  failed = why;
} finally {
  await browser?.close();
  sandbox.kill();
  rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
}
if (failed) {
  console.error(failed);
  process.exit(1);
}
