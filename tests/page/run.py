"""Runs the tests of the page: `run.py BINARY [--shots FOLDER] [NAME...]`."""

import argparse
import sys
import time
import traceback

from playwright.sync_api import sync_playwright

import cases
import looks
import views
from harness import Sandbox, launch


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("binary")
    arguments.add_argument("--shots")
    arguments.add_argument("names", nargs="*")
    given = arguments.parse_intermixed_args()
    tests = [test for module in (views, cases, looks) for test in module.TESTS]
    if given.names:
        tests = [test for test in tests if test.__name__ in given.names]
    failed = []
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for test in tests:
            began = time.monotonic()
            sandbox = Sandbox(given.binary, *getattr(test, "arguments", ()))
            try:
                test(browser, sandbox, given.shots)
                print(f"{time.monotonic() - began:5.1f} s  {test.__name__}", flush=True)
            except Exception:
                failed.append(test.__name__)
                print(f"FAILED {test.__name__}\n{traceback.format_exc()}", flush=True)
            finally:
                sandbox.stop()
        browser.close()
    print(f"{len(tests) - len(failed)} of {len(tests)} passed")
    return 1 if failed else 0


sys.exit(main())
