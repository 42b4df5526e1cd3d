"""A running sandbox and a browser that looks at its page. Whatever the page does wrong without being asked is a failure:
errors in its console, violations of its content security policy, requests of other hosts."""

import json
import os
import pathlib
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request

from playwright.sync_api import Error

ROOT = pathlib.Path(__file__).resolve().parents[2]
AXE = ROOT / "target/page/node/node_modules/axe-core/axe.min.js"


class Sandbox:
    """A sandbox of its own, on a port of its own."""

    def __init__(self, binary, *arguments):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{port}"
        command = [binary, "--listen", f"127.0.0.1:{port}", "--now", "2026-11-21", "--seed", "1", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                urllib.request.urlopen(f"{self.base}/health/ready").read()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("the sandbox does not start")

    def call(self, path, method="GET", body=None, headers=None):
        """A call as a client makes it: status and text."""
        data = json.dumps(body).encode() if isinstance(body, (dict, list)) else body
        given = {"Content-Type": "application/json"} if isinstance(body, (dict, list)) else {}
        request = urllib.request.Request(self.base + path, data=data, method=method, headers={**given, **(headers or {})})
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def json(self, path, *arguments, **more):
        return json.loads(self.call(path, *arguments, **more)[1])

    def stop(self):
        self.process.terminate()
        self.process.wait(5)


class Eyes:
    """A page in the browser, and what it does that it should not."""

    def __init__(self, browser, base, width=1440, height=900, scheme="light", shots=None):
        self.base, self.shots, self.wrong = base, shots, []
        self.context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB")
        self.context.add_init_script(
            "addEventListener('securitypolicyviolation', e => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))"
        )
        self.page = self.context.new_page()
        self.page.set_default_timeout(6000)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("console", self._console)
        self.page.on("request", self._request)
        self.expected = []

    def _console(self, message):
        # A refused or cut answer is told in the console, too. That is what many of these tests are about.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.wrong.append(f"console: {message.text}")

    def _request(self, request):
        if not request.url.startswith((self.base, "blob:", "data:")):
            self.wrong.append(f"a request left: {request.url}")

    def go(self, place, wait="main h2"):
        self.page.goto("about:blank")
        self.page.goto(f"{self.base}/{place if place.startswith('~') else '#' + place}")
        self.page.wait_for_selector(wait)
        return self.page

    def settle(self):
        self.page.wait_for_load_state("networkidle")

    def text(self, selector="main"):
        return self.page.inner_text(selector)

    def see(self, text, selector="main"):
        """Waits until a text stands there."""
        self.page.locator(selector).get_by_text(text).first.wait_for()

    def until(self, condition, seconds=6):
        """Waits until a condition holds. The page's policy allows no condition to be evaluated in it again and again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                if self.page.evaluate(f"() => Boolean({condition})"):
                    return
            except Error as error:
                # Another page takes the place of this one.
                if "navigation" not in str(error):
                    raise
            self.page.wait_for_timeout(50)
        raise AssertionError(f"it never comes to this: {condition}")

    def shot(self, name, full=False):
        if self.shots:
            self.page.screenshot(path=str(pathlib.Path(self.shots) / f"{name}.png"), full_page=full)

    def axe(self, what, without=()):
        """No serious fault of accessibility. `without` are selectors of parts that are left out, because there are many alike."""
        self.page.evaluate(AXE.read_text())
        run = "without => axe.run({ include: ['html'], exclude: without }, { resultTypes: ['violations'] })"
        found = self.page.evaluate(run, [[it] for it in without])
        serious = [it for it in found["violations"] if it["impact"] in ("serious", "critical")]
        told = [f"{it['id']}: {it['help']} at {[node['target'] for node in it['nodes'][:3]]} {it['nodes'][0].get('failureSummary','')[:300]}" for it in serious]
        assert not told, f"{what}: " + "\n".join(told)

    def fits(self, what):
        """Nothing is wider than the window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{what} is {wide} pixels too wide"
        below = self.page.evaluate("document.documentElement.scrollHeight - Math.max(innerHeight, document.querySelector('footer').getBoundingClientRect().bottom + scrollY)")
        assert below <= 1, f"{what} has {below} pixels of nothing below its foot"

    def close(self):
        self.context.close()
        assert not self.wrong, "\n".join(self.wrong)


def words(text):
    """A text with single spaces."""
    return re.sub(r"\s+", " ", text)


def launch(playwright):
    """The browser of the system."""
    return playwright.chromium.launch(executable_path=os.environ["PAGE_BROWSER"], args=["--no-sandbox", "--disable-background-networking"])
