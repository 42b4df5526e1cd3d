"use strict";
const { Sandbox } = require("./sandbox.cjs");

/**
 * A sandbox for the tests of a file, and a session of its own for each test. The functions are those of a test runner.
 */
function fixture({ beforeAll, afterAll, beforeEach, afterEach }, options) {
  let sandbox;
  let session;
  beforeAll(async () => {
    sandbox = await Sandbox.start(options);
  });
  beforeEach(async () => {
    session = sandbox.session();
    await session.begin();
  });
  afterEach(() => session?.delete());
  afterAll(() => sandbox?.stop());
  const during = (value) => {
    if (value === undefined) throw new Error("the sandbox runs only while tests do");
    return value;
  };
  return {
    get sandbox() {
      return during(sandbox);
    },
    get session() {
      return during(session);
    },
    get baseUrl() {
      return during(session).baseUrl;
    },
    get control() {
      return during(session).control;
    },
  };
}

module.exports = { fixture };
