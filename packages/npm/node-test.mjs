import { after as afterAll, afterEach, before as beforeAll, beforeEach } from "node:test";
import { fixture } from "./lib/fixture.cjs";

export const useSandbox = (options) => fixture({ afterAll, afterEach, beforeAll, beforeEach }, options);
