"""The views of services: tokens, consents, orders, cases."""

from harness import Eyes, words

def tokens(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("tokens", "form")
    for by in ("organisation", "supplier", "systembruker", "consent", "old-consent"):
        page.get_by_label("Who calls").select_option(by)
        page.get_by_role("button", name="Make the token").click()
        page.locator(".verdict").wait_for()
        page.get_by_text("Decoded").first.wait_for()
    page.get_by_label("Who calls").select_option("organisation")
    for wrong, why in (("expired", "401"), ("not-yet", "401"), ("wrong-scope", "KB-004")):
        page.get_by_label("What is wrong with it").select_option(wrong)
        page.get_by_role("button", name="Make the token").click()
        page.locator(".verdict.fails", has_text=why).wait_for()
    # A token that a package refuses is told beside the choice, with a way out; the choices are there again later.
    eyes.see("The package finans needs the party's consent", "form")
    page.get_by_label("What is wrong with it").select_option("")
    page.get_by_role("button", name="Use a token with a consent").click()
    assert page.get_by_label("Who calls").input_value() == "consent" and page.locator("form .notice").count() == 0
    page.get_by_label("Party", exact=True).fill("310478717")
    page.get_by_label("Party", exact=True).blur()
    eyes.go("parties", "tbody a")
    page = eyes.go("tokens", "form")
    assert page.get_by_label("Who calls").input_value() == "consent" and page.get_by_label("Party", exact=True).input_value() == "310478717"
    assert "eyJ" not in page.evaluate("JSON.stringify(sessionStorage)")
    eyes.axe("tokens")
    eyes.shot("tokens")
    page.get_by_label("A token, made above or pasted").fill("not a token")
    page.get_by_role("button", name="Explain it").click()
    page.locator(".verdict.fails", has_text="401").wait_for()
    eyes.close()


tokens.arguments = ("--auth", "claims")


def orders(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("orders/310478717", "details.box")
    page.locator("details.box summary").first.click()
    assert page.locator("details.box").first.locator(".life li").count() >= 1
    eyes.axe("orders")
    before = page.locator("details.box").count()
    page.get_by_role("button", name="Make it").click()
    eyes.until(f"document.querySelectorAll('details.box').length === {before + 1}")
    made = page.locator("details.box").last
    made.locator("summary").click()
    made.get_by_label("New percentage").fill("21")
    made.get_by_role("button", name="Change").click()
    page.locator("details.box summary", has_text="2 versions").last.wait_for()
    page.locator("[role=status].good", has_text="Version 2").wait_for()
    eyes.shot("orders")
    made = page.locator("details.box").last
    made.locator("summary").click()
    made.get_by_label("Last day").fill("+40d")
    made.get_by_role("button", name="Stop").click()
    page.locator("[role=status].good", has_text="Version 3").wait_for()
    changed = sandbox.json("/sandbox/trekkpaalegg")
    assert changed["count"] == 3, changed
    eyes.close()


def a_case(browser, sandbox, shots):
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("cases", "form")
    page.get_by_role("button", name="Submit it").click()
    page.locator(".life").wait_for()
    assert page.locator(".life .coming").count() >= 1, "what comes next is shown"
    eyes.axe("a case")
    page.get_by_role("button", name="Next step now").click()
    page.locator(".life li:not(.coming)", has_text="sakUnderBehandling").wait_for()
    page.get_by_label("Decide").select_option("utleggspant")
    page.get_by_role("button", name="Decide it").click()
    page.locator(".life li:not(.coming)", has_text="sakBesluttet").wait_for()
    # What was decided stands there, when and how; a second decision says what it takes the place of.
    eyes.see("Decided: utleggspant", ".view")
    assert "utleggspant on 2026-11-21, by a click" in words(page.inner_text(".decided")).replace(", Kjøretøy", ""), page.inner_text(".decided")
    page.get_by_role("button", name="Next step now").click()
    eyes.see("The next step has come: sakAvsluttet")
    assert page.get_by_role("button", name="Next step now").is_disabled()
    eyes.see("The case is closed: sakAvsluttet since 2026-11-21")
    records = sandbox.json("/sandbox/log")["count"]
    page.get_by_role("button", name="Undo the last change").click()
    eyes.see("Undone: The next step of the case")
    page.get_by_label("Decide again").select_option("utleggstrekk")
    page.get_by_label("Percentage").fill("19")
    page.get_by_role("button", name="Decide it again").click()
    eyes.see("Decided again: utleggstrekk, 19 % on 2026-11-21 takes the place of utleggspant")
    eyes.see("it ends when the deduction has paid the claims")
    assert page.get_by_role("button", name="Next step now").is_disabled()
    assert sandbox.json("/sandbox/log")["count"] == records + 2, "an undo and a decision"
    eyes.axe("a decided case")
    reference = page.locator(".life").evaluate("it => it.closest('.box').querySelector('h3').firstChild.data")
    found = sandbox.json("/sandbox/begjaeringer")["begjaeringer"]
    assert [it["status"] for it in found if it["eksternSaksreferanse"] == reference.strip()] == ["sakBesluttet"], found
    page.get_by_role("button", name="Look at").first.click()
    page.locator("section[aria-label=Attachments] pre", has_text="%PDF-1.7").wait_for()
    eyes.shot("case", full=True)
    # Before its submission, services do not know the case, and neither does the page.
    sandbox.call("/sandbox/clock", "POST", {"now": "2026-10-01"})
    page = eyes.go("cases", "form")
    eyes.see("1 more case is submitted later on the session's clock, the first on 2026-11-21")
    eyes.see("Cases: 0")
    assert reference.strip() not in eyes.text()
    sandbox.call("/sandbox/clock", "POST", {"now": "2026-11-21"})
    # A call that needs a case offers those of the session, and is not sent without one.
    page = eyes.go("try?method=GET/api/utleggsbegjaering/v2/%7BeksternSaksreferanse%7D/status", ".choices button")
    page.get_by_role("button", name="Send").click()
    eyes.see("The URL has no value for eksternSaksreferanse yet", ".result")
    page.locator(".choices button").first.click()
    assert reference.strip() in page.inner_text("#url")
    page.get_by_role("button", name="Send").click()
    page.locator(".result .body", has_text="sakBesluttet").wait_for()
    eyes.go("cases", "form")
    page.get_by_text("The 72 rules").click()
    page.get_by_role("link", name="Provoke it").first.wait_for()
    assert page.get_by_role("link", name="Provoke it").count() == 72
    page.get_by_role("link", name="Provoke it").nth(20).click()
    page.wait_for_selector("#url")
    rule = sandbox.json("/sandbox/begjaeringsregler")[20]["kode"]
    page.get_by_role("button", name="Send").click()
    page.locator(".result .body", has_text=rule).wait_for()
    eyes.close()


def consents(browser, sandbox, shots):
    """Asks for a consent and a systembruker as a client does, and approves both as the person who is asked."""
    eyes = Eyes(browser, sandbox.base, shots=shots)
    page = eyes.go("consents", "main h3")
    page.get_by_role("button", name="Ask").click()
    page.locator("[role=status] .good").wait_for()
    page.get_by_label("For").select_option("systemuser")
    page.get_by_role("button", name="Ask").click()
    eyes.see("New", "tbody >> nth=1")
    eyes.axe("consents")
    eyes.shot("consents")
    for left in (1, 0):
        page.get_by_role("button", name="Approve").first.click()
        eyes.until(f"[...document.querySelectorAll('button')].filter(it => it.textContent === 'Approve').length === {left}")
    states = sandbox.json("/sandbox/altinn")
    assert [it["status"] for it in states["consents"] + states["systemusers"]] == ["Accepted"] * 2, states
    page.get_by_role("button", name="Revoke").click()
    eyes.see("Revoked", "tbody")
    eyes.close()


TESTS = [tokens, orders, a_case, consents]
