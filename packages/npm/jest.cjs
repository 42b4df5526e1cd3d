/* global afterAll, afterEach, beforeAll, beforeEach */
"use strict";
const { fixture } = require("./lib/fixture.cjs");

exports.useSandbox = (options) => fixture({ afterAll, afterEach, beforeAll, beforeEach }, options);
