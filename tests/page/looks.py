"""What holds for all views: both schemes, from narrow to wide, by the keyboard alone, with a key, without the control API."""

from harness import Eyes

VIEWS = ["parties", "party/311851381", "try", "journal", "time", "rules", "scenarios", "tokens", "consents", "orders", "cases", "coverage", "glossary"]

IN_THE_DARK = ["party/311851381", "try", "journal", "coverage"]


def wide_and_narrow_light_and_dark(browser, sandbox, shots):
    # Each view is seen narrow in the light scheme, and wide in the dark one; for a person, also the other way round.
    sizes = [("light", 390, 844), ("dark", 1440, 900)]
    if shots:
        sizes += [("light", 1440, 900), ("dark", 390, 844)]
    for scheme, width, height in sizes:
        eyes = Eyes(browser, sandbox.base, width, height, scheme, shots)
        for view in VIEWS:
            eyes.go(view, "main .view > *")
            eyes.page.wait_for_timeout(150)
            eyes.fits(f"{view} at {width}")
            # The tests of each view have read it wide and light.
            if (view in IN_THE_DARK) == (scheme == "dark") and (width == 390) != (scheme == "dark"):
                eyes.axe(f"{view}, {scheme}, {width}", ["section:nth-of-type(n+2)", "tr:nth-child(n+9)"] if view == "coverage" else ["tbody tr:nth-child(n+9)"])
            eyes.shot(f"{view.replace('/', '-')}-{width}-{scheme}")
        eyes.close()


def words_explain_themselves_where_there_is_room(browser, sandbox, shots):
    """An explanation is in the window, wherever its word stands, and does not cover it."""
    for width, height in ((390, 640), (1440, 500)):
        eyes = Eyes(browser, sandbox.base, width, height, shots=shots)
        for view in ("parties", "time", "scenarios", "cases", "orders"):
            page = eyes.go(view, "main button.term")
            words = page.locator("main button.term")
            for at in range(words.count()):
                words.nth(at).scroll_into_view_if_needed()
                words.nth(at).click()
                page.get_by_role("note").wait_for()
                page.wait_for_timeout(50)
                found = page.evaluate("(() => { const it = document.getElementById('term').getBoundingClientRect(); return [it.left, it.top, innerWidth - it.right, innerHeight - it.bottom]; })()")
                assert min(found) >= 0, f"{view} at {width}: {words.nth(at).inner_text()} stands out by {found}"
                word, note = words.nth(at).bounding_box(), page.locator("#term").bounding_box()
                assert word["y"] + word["height"] <= note["y"] or note["y"] + note["height"] <= word["y"], f"{view}: {word} is covered by {note}"
                if view == "cases" and at == 0:
                    eyes.shot(f"term-{width}")
                page.keyboard.press("Escape")
        eyes.close()


def the_documents(browser, sandbox, shots):
    """Each document fits, and axe-core finds no serious fault in it. They need no script."""
    for scheme, width, height in (("light", 390, 844), ("dark", 1440, 900)):
        eyes = Eyes(browser, sandbox.base, width, height, scheme, shots)
        page = eyes.page
        page.goto(f"{sandbox.base}/docs")
        links = page.locator("dl.documents a").evaluate_all("all => all.map(it => it.getAttribute('href'))")
        assert len(links) > 20, links
        for link in ["/docs"] + links:
            page.goto(sandbox.base + link)
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, f"{link} is {wide} pixels too wide at {width}"
            # Long tables are many of the same.
            if width == 390 or link in ("/docs", "/docs/fidelity"):
                eyes.axe(f"{link} at {width}", ["tbody tr:nth-child(n+9)"])
            if link in ("/docs", "/docs/faults"):
                eyes.shot(f"{link[1:].replace('/', '-')}-{width}-{scheme}")
        eyes.close()
    # From an answer of a call to the line that says how sure it is.
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("try?method=GET/api/innkreving/kravogbetalinger/v1/finans/999999999/aapnekrav", "#url")
    page.get_by_role("button", name="Send").click()
    page.locator(".result .headers a", has_text="codes").click()
    page.wait_for_url("**/docs/fidelity#codes")
    assert page.locator(":target").bounding_box()["y"] < 900
    page.get_by_role("banner").get_by_role("link", name="The page for testers").click()
    page.wait_for_selector("main h2")
    eyes.close()


def by_keyboard_alone(browser, sandbox, shots):
    """From the first page to an answer of a composed call and to the call in the journal, without a mouse."""
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("parties", "tbody a")
    press = page.keyboard.press
    focused = "document.activeElement.textContent.trim()"

    def tab_to(name):
        for _ in range(120):
            press("Tab")
            if page.evaluate(focused) == name:
                return
        raise AssertionError(f"the keyboard does not come to {name}")

    press("Tab")
    assert page.evaluate(focused) == "Skip to the content"
    tab_to("Try it")
    press("Enter")
    page.wait_for_selector("#url")
    eyes.until("document.activeElement.id === 'main'")
    tab_to("Send")
    press("Enter")
    eyes.see("sandbox-cause", ".result")
    press("Home")
    page.get_by_role("link", name="Journal").focus()
    press("Enter")
    page.get_by_role("button", name="Call 1", exact=True).wait_for()
    tab_to("1")
    press("Enter")
    page.locator(".checks").wait_for()
    eyes.close()


def with_a_key(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("journal", "dialog[open]")
    eyes.axe("the question for the key")
    page.get_by_role("textbox", name="Control key").fill("wrong")
    page.keyboard.press("Enter")
    page.wait_for_selector("dialog[open]")
    page.get_by_role("textbox", name="Control key").fill("a-long-secret-of-the-team")
    page.get_by_role("button", name="Use it").click()
    eyes.see("live")
    page.get_by_role("link", name="Rules and sessions").click()
    page.wait_for_selector("#rules")
    assert page.locator("dialog[open]").count() == 0, "it asks once"
    stored = page.evaluate("JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie, location.href])")
    assert "a-long-secret" not in stored, stored
    eyes.close()


with_a_key.arguments = ("--control-key", "a-long-secret-of-the-team")


def without_the_control_api(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("", "main table")
    eyes.see("The control API is switched off", "#notice")
    eyes.see("STUNDESLØS TRAVEL KATT MAURTUE")
    eyes.axe("without the control API")
    eyes.shot("control-off")
    eyes.close()


without_the_control_api.arguments = ("--control", "off")


def two_thousand_claims(browser, sandbox, shots):
    lines = "".join(
        f"  - {{ kravidentifikator: K{number}, kravtype: RESTSKATT, forfallsdato: i dag - {number % 700}d, opprinneligBeloep: {100 + number} }}\n" for number in range(2000)
    )
    name = "ET SVÆRT LANGT NAVN SOM INGEN HADDE TENKT PÅ MEN SOM LIKEVEL FINNES OG GÅR OVER FLERE LINJER AS"
    yaml = f'part: "314300017"\nnavn: {name}\nkrav:\n{lines}'
    status, text = sandbox.call("/sandbox/scenarios", "PUT", yaml.encode(), {"Content-Type": "application/yaml"})
    assert status == 200, text
    for width in (1440, 390):
        eyes = Eyes(browser, sandbox.base, width, shots=shots)
        page = eyes.go("party/314300017", "svg.ledger .bar")
        assert page.locator("svg.ledger g.claim").count() <= 60
        eyes.fits("2 000 claims")
        page.get_by_role("button", name="Show more").click()
        eyes.shot(f"claims-{width}")
        eyes.close()


def small_and_quick(browser, sandbox, shots):
    """The first page takes at most 100 kB over the wire, and a page of another origin reads nothing of it."""
    eyes = Eyes(browser, sandbox.base)
    sizes = []
    eyes.page.on("requestfinished", lambda request: sizes.append(sum(request.sizes()[key] for key in ("responseBodySize", "responseHeadersSize"))))
    page = eyes.go("parties", "tbody a")
    eyes.settle()
    total = sum(sizes)
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    page.reload()
    page.wait_for_selector("tbody a")
    again = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime")
    print(f"         first page: {len(sizes)} requests, {total} bytes; first contentful paint after {paint:.0f} ms, the second time after {again:.0f} ms")
    assert total <= 100_000, total
    eyes.close()


TESTS = [wide_and_narrow_light_and_dark, words_explain_themselves_where_there_is_room, the_documents, by_keyboard_alone, with_a_key, without_the_control_api, two_thousand_claims, small_and_quick]
