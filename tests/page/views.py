"""The views of the house: parties, try it, journal, time, rules and sessions, scenarios, coverage."""

import os
import re
import subprocess
import sys

from harness import Eyes, words

KB = "/api/innkreving/kravogbetalinger/v1/finans"
BUSY = "311851381"


def parties(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("parties")
    eyes.see("STUNDESLØS TRAVEL KATT MAURTUE")
    eyes.axe("parties")
    page.get_by_role("button", name="Overdue", exact=True).click()
    eyes.until("document.querySelector('.chip[aria-pressed=true]').textContent === 'Overdue'")
    eyes.settle()
    shown = eyes.text("tbody")
    wanted = sandbox.json("/sandbox/parties?where=overdue+%3E+0&first=200")
    assert wanted and all(it["part"] in shown for it in wanted), shown
    # A text without a comparison is a part of a name or number.
    page.get_by_label("Search").fill("stundesløs travel")
    eyes.until("document.querySelectorAll('main tbody tr').length === 1")
    assert "STUNDESLØS TRAVEL KATT MAURTUE" in eyes.text("tbody"), eyes.text("tbody")
    page.get_by_label("Search").fill("overdeu > 1")
    page.get_by_role("alert").wait_for()
    assert "overdue" in eyes.text("[role=alert]"), eyes.text("[role=alert]")
    # A mistake is marked at its place, as in a terminal.
    page.get_by_label("Search").fill("open > 1 and overdu > 5")
    eyes.see("At character 14", "[role=alert]")
    assert page.locator(".excerpt").inner_text() == "  open > 1 and overdu > 5\n               ^^^^^^", page.locator(".excerpt").inner_text()
    assert page.get_by_label("Search").get_attribute("aria-invalid") == "true"
    eyes.axe("a mistake in a search")
    # A word explains itself, and its explanation can be reached by the keyboard.
    page.get_by_role("button", name="reskontro").focus()
    page.keyboard.press("Enter")
    page.get_by_role("note").wait_for()
    assert "ledger" in eyes.text("#term")
    page.keyboard.press("Escape")
    eyes.shot("parties")
    # The numbers that are no parties are told here, too, each code with a call that gets it.
    page.get_by_text("Numbers that always get a code").click()
    page.locator("#reserved tbody tr", has_text="333000024").get_by_role("link", name="KB-002").first.click()
    page.wait_for_selector("#url")
    assert page.inner_text("#url").endswith("/finans/333000024/aapnekrav"), page.inner_text("#url")
    eyes.close()


def a_party(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go(f"party/{BUSY}", "svg.ledger .bar")
    known = sandbox.json(f"/sandbox/parties/{BUSY}")
    assert page.locator("svg.ledger g.claim").count() >= 10
    assert page.locator("svg.ledger .today").count() == 1
    # The sums are those that the service answers.
    answer = sandbox.json(f"{KB}/{BUSY}/aapnekrav")["totalOversikt"]
    assert known["totaler"]["saldo"] == answer["saldo"], (known["totaler"], answer)
    page.locator(".answer .body").nth(1).wait_for()
    assert page.locator(".answer").count() == 2, "both editions stand side by side"
    assert page.locator(".line.new, .line.other").count() > 3, "what differs between editions is marked"
    eyes.axe("a party")
    page.get_by_label("Format").select_option("xml")
    page.locator(".answer .body", has_text="<?xml").first.wait_for()
    # Looking is no call.
    assert len(sandbox.json("/sandbox/requests")["requests"]) == 1
    claim = known["krav"][0]["kravidentifikator"]
    page.locator("#claims ~ .wide, #claims ~ div").get_by_role("button", name=claim, exact=True).first.click()
    page.locator(".line.found").first.wait_for()
    assert claim in page.locator(".line.found").first.inner_text()
    eyes.until("document.querySelector('.line.found').getBoundingClientRect().top < innerHeight")
    eyes.shot("party-find")
    # So does a sum: it is linked to the answers that it stands in.
    eyes.go(f"party/{BUSY}", ".sums dd button")
    page.locator(".sums dd button").first.click()
    page.locator(".line.found", has_text="saldo").first.wait_for()
    # The word beside it is explained by a button of its own: none is in another one, or in a link.
    page.locator(".sums dt button.term", has_text="saldo").first.click()
    assert "balance" in page.locator("#term").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("button button, a button.term, summary button.term").count() == 0
    # Claims stand as they matter today, and can be filtered.
    order = ["overdue", "open", "credit", "to come", "paid"]
    states = page.locator("#claims ~ div .state").all_inner_texts()
    assert states == sorted(states, key=order.index) and len(set(states)) > 2, states
    page.get_by_role("group", name="States of claims").get_by_role("button", name="To come").click()
    assert set(page.locator("#claims ~ div .state").all_inner_texts()) == {"to come"}
    # Amounts in the picture are written as those beside it.
    drawn = page.locator("svg.ledger text.left").first.text_content()
    assert re.fullmatch(r"[\d\u00a0−]+,\d\d( \+.*)?", drawn), drawn
    # An answer that a rule would change says so, and leads to the rule.
    sandbox.call("/sandbox/rules", "POST", {"when": {"party": BUSY}, "then": {"error": "KB-002"}})
    page = eyes.go(f"party/{BUSY}", ".rule-note")
    assert "gives error KB-002" in page.locator(".rule-note").first.inner_text()
    page.locator(".rule-note a").first.click()
    page.locator("tr.chosen", has_text="KB-002").wait_for()
    sandbox.call("/sandbox/rules", "DELETE")
    # What is literal says so.
    eyes.go("party/212201782", ".tag.literal")
    eyes.see("literal:")
    eyes.close()


def composing(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("try", "#url")
    page.get_by_label("Code", exact=True).select_option("KB-002")
    page.get_by_label("Delay", exact=True).fill("20ms")
    page.get_by_label("Edition").select_option("2023")
    url = page.inner_text("#url")
    assert url == f"{sandbox.base}/~error=KB-002,delay=20ms,edition=2023{KB}/{BUSY}/aapnekrav", url
    page.get_by_role("button", name="Send").click()
    eyes.see("sandbox-cause", ".result")
    shown = words(eyes.text(".result"))
    assert "500" in shown and "KB-002" in shown and "What decided the answer" in shown, shown
    eyes.axe("try it")
    eyes.shot("try")
    # The link carries the whole composition.
    link = page.evaluate("location.href")
    second = Eyes(browser, sandbox.base)
    second.page.goto(link)
    second.page.wait_for_selector("#url")
    assert second.page.inner_text("#url") == url
    assert second.page.get_by_label("Delay", exact=True).input_value() == "20ms"
    second.close()
    # A token that has expired is refused, and the answer says why.
    page.get_by_label("Code", exact=True).select_option("")
    page.get_by_label("Token").select_option("organisation")
    page.get_by_label("What is wrong with it").select_option("expired")
    page.get_by_role("button", name="Send").click()
    eyes.see("www-authenticate", ".result")
    assert "401" in eyes.text(".result .status"), eyes.text(".result")
    # A connection that is cut has no answer, and the page says what a client sees.
    page.get_by_label("Token").select_option("none")
    page.get_by_label("Fault on the wire").select_option("reset")
    # Each fault says what goes out, what a client sees, and what a good client does.
    for told in ("nothing; a TCP RST", "connection reset", "it tries again after a pause"):
        eyes.see(told, ".fault")
    for _ in range(2):
        before = sandbox.json("/sandbox/requests?limit=0")["total"]
        page.get_by_role("button", name="Send").click()
        eyes.see("There was no answer", ".result")
        # Chromium would repeat a GET on a connection that it has used; this one is fresh, so it is one call.
        page.locator(".result", has_text=f"In the journal it is call {before + 1}.").wait_for()
        assert sandbox.json("/sandbox/requests?limit=0")["total"] == before + 1
    # A rule can break a call that the page knows nothing of. If the browser repeats it, the page says which calls it was.
    sandbox.call("/sandbox/rules", "POST", {"then": {"fault": "reset"}})
    page.get_by_label("Fault on the wire").select_option("")
    before = sandbox.json("/sandbox/requests?limit=0")["total"]
    page.get_by_role("button", name="Send").click()
    eyes.see("In the journal it is call", ".result")
    made = sandbox.json("/sandbox/requests?limit=0")["total"] - before
    assert page.locator(".result .problem a").count() == made, (made, eyes.text(".result"))
    assert (made > 1) == ("the browser itself sent it" in eyes.text(".result"))
    sandbox.call("/sandbox/rules", "DELETE")
    page.get_by_label("Fault on the wire").select_option("truncate")
    page.get_by_role("button", name="Send").click()
    page.locator(".result .problem").first.wait_for()
    page.get_by_label("Fault on the wire").select_option("hang")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("button", name="Stop waiting").click()
    eyes.see("You stopped waiting", ".result")
    # A token that the package refuses says so beside the choice, with a way out.
    page.get_by_label("Fault on the wire").select_option("")
    page.get_by_label("Token").select_option("organisation")
    eyes.see("The package finans needs the party's consent", "form")
    page.get_by_role("button", name="Use a token with a consent").click()
    assert page.get_by_label("Token").input_value() == "consent" and page.locator("form .notice").count() == 0
    # The composition is there again after a look at another view, and no token is kept.
    page.get_by_label("Delay", exact=True).fill("7ms")
    url = page.inner_text("#url")
    page.get_by_role("link", name="Time").click()
    page.wait_for_selector(".marks")
    page.get_by_role("link", name="Try it").click()
    page.wait_for_selector("#url")
    assert page.inner_text("#url") == url and page.get_by_label("Token").input_value() == "consent"
    assert "eyJ" not in page.evaluate("JSON.stringify(sessionStorage)")
    # A placeholder is never sent.
    page.get_by_label("Party (part)").fill("")
    before = sandbox.json("/sandbox/requests?limit=0")["total"]
    page.get_by_role("button", name="Send").click()
    eyes.see("Nothing was sent", ".result")
    assert sandbox.json("/sandbox/requests?limit=0")["total"] == before
    assert page.evaluate("document.activeElement.dataset.place") == "identifikator"
    eyes.axe("nothing was sent")
    eyes.close()


def every_code_can_be_provoked(browser, sandbox, shots):
    """Every code and rule of every service is in the list of its endpoint, and the URL that the page makes gets it."""
    eyes = Eyes(browser, sandbox.base)
    eyes.go("try", "#url")
    made = eyes.page.evaluate(
        """async () => {
            const at = document.documentElement.dataset.files;
            const [{ catalogue }, { blank, url }] = await Promise.all([import(`${at}/api.js`), import(`${at}/compose.js`)]);
            const all = await catalogue();
            return all.services.flatMap(service => {
                const endpoint = service.endpoints.find(it => it.findings) ?? service.endpoints[0];
                return [...service.codes, ...service.findings].map(code => {
                    const call = Object.assign(blank(), { service, endpoint, party: '311851381', modifiers: { error: code.code } });
                    return { service: service.name, method: endpoint.method, url: url(call), code: code.code, status: code.status };
                });
            });
        }"""
    )
    assert len(made) > 120 and len({it["code"] for it in made}) > 100, len(made)
    for it in made:
        body = b"{}" if it["method"] in ("POST", "PUT") else None
        status, text = sandbox.call(it["url"], it["method"], body, {"Content-Type": "application/json"} if body else {})
        assert status >= 400, (it, status)
        found = sandbox.json("/sandbox/requests?limit=1")["requests"][0]
        codes = {found.get("code"), *(finding["code"] for finding in found.get("findings", []))}
        assert it["code"] in codes, (it, status, text[:300], found)
    options = eyes.page.evaluate("[...document.querySelectorAll('#f1, form select')].length")
    assert options > 3
    eyes.close()


def code_that_runs(browser, sandbox, shots):
    """The code that the page shows gets the same answer: curl, Python, fetch."""
    eyes = Eyes(browser, sandbox.base)
    page = eyes.go("try", "#url")
    page.get_by_label("Code", exact=True).select_option("KB-006")
    page.get_by_label("Token").select_option("organisation")
    language = page.get_by_label("As code in")
    programs = {}
    for name in ("curl", "Python", "fetch", "C#", "Java"):
        language.select_option(name)
        programs[name] = page.locator(".preview pre").inner_text()
        assert f"/~error=KB-006{KB}/{BUSY}/aapnekrav" in programs[name], programs[name]
        page.locator(".preview").get_by_label("As code in").wait_for()
    environment = {**os.environ, "TOKEN": sandbox.json("/sandbox/token", "POST", {"service": "kravogbetalinger", "party": BUSY})["token"]}
    runs = {"curl": ["bash", "-c"], "Python": [sys.executable, "-c"], "fetch": ["node", "--input-type=module", "-e"]}
    for name, command in runs.items():
        done = subprocess.run([*command, programs[name]], capture_output=True, text=True, env=environment, timeout=20)
        assert "KB-006" in done.stdout and "400" in done.stdout, (name, programs[name], done)
    with_token = [it for it in sandbox.json("/sandbox/requests")["requests"] if it.get("client")]
    assert len(with_token) >= 3, "each of them has sent a token"
    eyes.close()


def the_journal(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("journal", "table.journal")
    eyes.see("No call yet")
    eyes.see("live")
    sandbox.call(f"{KB}/311851380/aapnekrav")
    page.get_by_role("button", name="Call 1", exact=True).wait_for()
    page.get_by_role("button", name="Call 1", exact=True).focus()
    page.keyboard.press("Enter")
    page.locator(".checks .failed", has_text="input").wait_for()
    eyes.see("its check digit says you may mean 311851381", ".journal-detail")
    eyes.axe("the journal")
    eyes.shot("journal")
    page.get_by_role("button", name="Make this a test").click()
    page.get_by_role("button", name="Check it now").click()
    page.locator(".journal-detail [role=status] p").first.wait_for()
    page.get_by_role("link", name="Make this a rule").click()
    page.get_by_role("button", name="Add the rule").click()
    eyes.see("r1", "tbody")
    assert sandbox.call(f"{KB}/311851380/aapnekrav")[0] == 400
    assert sandbox.json("/sandbox/requests?limit=1")["requests"][0]["cause"] == "rule"
    # Again: the same call is composed.
    eyes.go("journal/1", ".journal-detail h3")
    page.get_by_role("link", name="Do that again").click()
    page.wait_for_selector("#url")
    assert page.inner_text("#url") == f"{sandbox.base}{KB}/311851380/aapnekrav"
    eyes.close()


def ten_thousand_calls(browser, sandbox, shots):
    """A long journal has few rows in the page, wherever it is scrolled to."""
    import concurrent.futures
    import http.client

    def many(_):
        connection = http.client.HTTPConnection(sandbox.base.removeprefix("http://"))
        for number in range(1250):
            connection.request("GET", f"{KB}/{BUSY}/aapnekrav" if number % 2 else f"{KB}/333000024/krav")
            connection.getresponse().read()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        list(pool.map(many, range(8)))
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("journal", ".journal tbody tr td.call")
    eyes.until("document.querySelector('.buttons .soft').textContent === '10000 calls'", 20)
    rows = "document.querySelectorAll('.journal tbody tr').length"
    for share in (0, 0.5, 1):
        page.evaluate(f"(() => {{ const list = document.querySelector('.journal-list'); list.scrollTop = list.scrollHeight * {share}; }})()")
        page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate(rows) < 80, page.evaluate(rows)
        assert page.locator(".journal td.call").first.is_visible()
    assert page.get_by_role("button", name="Call 1", exact=True).count() == 1
    page.get_by_label("Filter").fill("KB-002")
    eyes.until("document.querySelector('.buttons .soft').textContent === '5000 of 10000 calls'")
    eyes.close()


ten_thousand_calls.arguments = ("--journal", "10000")


def time(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("time", ".marks rect")
    eyes.axe("time")
    # Of all parties, orders are too many to find anything else among them: they are left out, and said to be.
    kinds = page.get_by_role("group", name="Kinds of events")
    orders = kinds.get_by_role("button", name="Orders")
    assert orders.get_attribute("aria-pressed") == "false" and "orders" in page.locator("section[aria-labelledby=events] .soft").first.inner_text()
    assert page.locator(".event.order").count() == 0 and page.locator(".event.due").count() > 0
    kinds.get_by_role("button", name=re.compile(r"^Due")).click()
    eyes.until("!document.querySelector('.event.due')")
    kinds.get_by_role("button", name=re.compile(r"^Due")).click()
    page.get_by_label("Events of").select_option(BUSY)
    page.locator(".event.due").first.wait_for()
    # The day is told as calls have it, whatever the browser's language does with the field.
    eyes.see("As calls have it: 2026-11-21", ".clock")
    eyes.go("parties", "tbody a")
    page = eyes.go("time", ".marks rect")
    assert page.get_by_label("Events of").input_value() == BUSY, "the choice is remembered"
    page.get_by_label("Events of").select_option("")
    following = page.get_by_role("button", name="Next event")
    day = following.inner_text().split()[2]
    following.click()
    eyes.until(f"document.getElementById('today').textContent === '{day}'")
    assert sandbox.json("/sandbox/clock")["day"] == day
    page.get_by_label("The day of the session").focus()
    page.keyboard.press("ArrowRight")
    eyes.until(f"document.getElementById('today').textContent > '{day}'")
    page.get_by_role("button", name="+1 month").click()
    eyes.see("What changed from", "#changes")
    page.locator("ins").first.wait_for()
    # The claims are told with links, and the last change can be taken back where it was made.
    claim = page.locator("#changes ~ div ul.claims a, section[aria-labelledby=changes] ul.claims a").first
    assert "?find=" in claim.get_attribute("href"), claim.get_attribute("href")
    for words in ("New claims", "Paid"):
        page.locator("section[aria-labelledby=changes] b", has_text=words).first.wait_for()
    eyes.shot("time")
    moved = sandbox.json("/sandbox/clock")["day"]
    eyes.see(f"The clock was set to {moved}", ".undo")
    page.get_by_role("button", name="Undo the last change").click()
    eyes.see(f"Undone: The clock was set to {moved}", ".undo")
    eyes.until(f"document.getElementById('today').textContent < '{moved}'")
    assert sandbox.json("/sandbox/clock")["day"] == page.inner_text("#today")
    eyes.see("Claims that are not made yet", "section[aria-labelledby=changes]")
    page.get_by_role("button", name="Real time").click()
    eyes.until("document.querySelector('.clock .day').textContent.includes('real time')")
    eyes.close()


def rules_and_sessions(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("rules", "#rules")
    page.get_by_text("Add a rule").click()
    rule = page.locator("form").first
    rule.get_by_label("Endpoint").select_option("aapnekrav")
    # Codes stand by service, each with its title.
    groups = rule.get_by_label("Code").locator("optgroup").evaluate_all("all => all.map(it => it.label)")
    assert {"Krav og betalinger", "Restanser"} <= set(groups), groups
    assert rule.get_by_label("Code").locator("option[value='KB-002']").first.inner_text() == "KB-002 · 500 · Uventet feil i et bakenforliggende system."
    rule.get_by_label("Code").select_option("KB-002")
    rule.get_by_label("Times").fill("2")
    page.get_by_role("button", name="Add the rule").click()
    eyes.see("r1", "tbody")
    assert sandbox.call(f"{KB}/{BUSY}/aapnekrav")[0] == 500
    eyes.until("[...document.querySelectorAll('tbody td.number')].some(it => it.textContent === '1')")
    eyes.axe("rules")
    # A rule that can never match is refused, with the reason.
    rule.get_by_label("Delay", exact=True).fill("2 parsecs")
    page.get_by_role("button", name="Add the rule").click()
    page.get_by_role("alert").wait_for()
    page.get_by_role("button", name="Remove rule r1").click()
    eyes.until("document.body.textContent.includes('There is no rule')")
    page.get_by_text("Begin a session, or bind clients").click()
    page.get_by_label("Name").fill("build-17")
    page.get_by_label("Clients").fill("my-client")
    page.get_by_role("button", name="Begin or change it").click()
    page.get_by_role("link", name="build-17").wait_for()
    assert sandbox.json("/sandbox/sessions/build-17")["clients"] == ["my-client"]
    eyes.shot("rules")
    page.get_by_role("link", name="build-17").click()
    eyes.until("document.documentElement.dataset.session === 'build-17'")
    # The page is in the session now: what it does belongs to it.
    page.goto(f"{sandbox.base}/~session=build-17/#try")
    page.wait_for_selector("#url")
    page.get_by_role("button", name="Send").click()
    eyes.see("sandbox-cause", ".result")
    assert sandbox.json("/~session=build-17/sandbox/requests")["total"] == 1
    page.goto(f"{sandbox.base}/~session=build-17/#rules")
    page.get_by_role("button", name="Forget build-17").click()
    eyes.until("document.documentElement.dataset.session === 'default'")
    eyes.close()


def the_log(browser, sandbox, shots):
    """What happened to the session, and back to an earlier state of it."""
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("rules", "#log")
    eyes.see("Nothing has changed the session yet")
    for code in ("KB-002", "KB-003", "KB-004"):
        sandbox.call("/sandbox/rules", "POST", {"then": {"error": code}})
    sandbox.call("/sandbox/clock", "POST", {"now": "2026-12-24"})
    page.get_by_role("button", name="Read it again").click()
    rows = page.locator("section[aria-labelledby=log] tbody tr")
    page.get_by_role("button", name="Go back here: record 4", exact=True).wait_for()
    records = sandbox.json("/sandbox/log")["records"]
    assert [it["kind"] for it in records] == ["begun"] + ["rule-added"] * 3 + ["clock"], records
    assert rows.count() == 5 and "The clock was set to 2026-12-24" in rows.first.inner_text(), rows.first.inner_text()
    eyes.axe("the log")
    page.get_by_role("button", name="Go back here: record 2", exact=True).click()
    page.locator("[role=status].good", has_text="record 2").wait_for()
    # It is the session that went back, and the page shows it: rules, day, and what counts no more.
    assert [it["then"]["error"] for it in sandbox.json("/sandbox/rules")["rules"]] == ["KB-002"]
    eyes.until("document.getElementById('today').textContent === '2026-11-21'")
    assert page.locator("section[aria-labelledby=rules] tbody tr").count() == 1
    assert page.locator("tr.undone").count() == 3
    eyes.shot("log", full=True)
    eyes.axe("the log after an undo")
    section = page.locator("section[aria-labelledby=log]")
    section.get_by_text("What this button calls").click()
    assert '{"to":2}' in section.locator(".calls pre").nth(1).inner_text()
    # An undo can be undone.
    page.get_by_role("button", name="Go back here: record 5", exact=True).click()
    eyes.until("document.getElementById('today').textContent === '2026-12-24'")
    assert len(sandbox.json("/sandbox/rules")["rules"]) == 3
    # What calls leave is folded.
    sandbox.call(f"{KB}/{BUSY}/aapnekrav")
    page.get_by_role("button", name="Read it again").click()
    sandbox.call("/sandbox/clock", "POST", {"now": "2026-12-25"})
    page.get_by_role("button", name="Read it again").click()
    section.get_by_text("The clock was set to 2026-12-25").wait_for()
    assert section.get_by_text("A call met the rule").count() == 0
    page.get_by_role("button", name="Show 1 record of calls").click()
    section.get_by_text("A call met the rule").first.wait_for()
    # What is done on this page is in the log at once, and beside the button that takes it back.
    page.get_by_role("button", name="Remove all").click()
    eyes.see("All rules were removed", "section[aria-labelledby=log]")
    eyes.see("All rules were removed", ".undo")
    page.get_by_role("button", name="Undo the last change").click()
    eyes.see("Undone: All rules were removed", ".undo")
    assert len(sandbox.json("/sandbox/rules")["rules"]) == 3
    # A time is told as people write it, with the exact one behind it.
    seen = page.locator("section[aria-labelledby=sessions] time").first
    assert re.fullmatch(r"\d{1,2} [A-Z][a-z]{2,3} \d{4}, \d\d:\d\d:\d\d", seen.inner_text()), seen.inner_text()
    assert seen.get_attribute("title").endswith(" UTC")
    eyes.close()


def scenarios(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("scenarios", ".yaml")
    eyes.see("It loads: 314300017")
    editor = page.get_by_label("Scenarios in YAML")
    editor.fill('part: "314300017"\nnavn: LITEN TIGER AS\nkarv: []\n')
    page.locator(".gutter .error", has_text="3").wait_for()
    assert page.get_by_role("button", name="Apply to the session").is_disabled()
    eyes.axe("scenarios")
    eyes.shot("scenarios-wrong")
    page.get_by_role("button", name="line 3").click()
    assert page.evaluate("getSelection().toString() || document.activeElement.value.slice(document.activeElement.selectionStart, document.activeElement.selectionEnd)").startswith("karv")
    editor.fill(
        'part: "314300017"\nnavn: <img src=x onerror=alert(1)>\nkrav:\n'
        "  - { kravidentifikator: a, kravtype: RESTSKATT, forfallsdato: i dag + 7d, opprinneligBeloep: 5000 }\n"
    )
    eyes.see("It loads")
    page.get_by_role("button", name="Apply to the session").click()
    page.get_by_role("link", name="314300017").click()
    page.wait_for_selector("svg.ledger .bar")
    eyes.see("<img src=x onerror=alert(1)>", "h2")
    assert page.locator("main img").count() == 0
    # It becomes overdue when the clock moves.
    sandbox.call("/sandbox/clock", "POST", {"now": "2026-11-29"})
    page.reload()
    page.locator(".state.overdue").wait_for()
    eyes.close()


def coverage(browser, sandbox, shots):
    sandbox.call(f"{KB}/{BUSY}/aapnekrav")
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("coverage", ".matrix .cell")
    assert page.locator(".cell.natural").count() >= 1
    assert page.locator("a.cell").count() == sandbox.json("/sandbox/coverage")["of"]
    eyes.axe("coverage", ["section:nth-of-type(n+2)"])
    eyes.shot("coverage")
    page.locator("a.cell", has_text="KB-005").first.click()
    page.wait_for_selector("#url")
    assert "/~error=KB-005/" in page.inner_text("#url")
    page.get_by_role("button", name="Send").click()
    eyes.see("sandbox-cause", ".result")
    page.get_by_role("link", name="Coverage").click()
    page.locator("a.cell.tried", has_text="KB-005").wait_for()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Report, English").click()
    assert "KB-005" in saved.value.path().read_text()
    eyes.close()


TESTS = [parties, a_party, composing, every_code_can_be_provoked, code_that_runs, the_journal, ten_thousand_calls, time, rules_and_sessions, the_log, scenarios, coverage]
