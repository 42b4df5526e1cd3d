import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { fixture } from "./lib/fixture.cjs";

export const useSandbox = (options) => fixture({ afterAll, afterEach, beforeAll, beforeEach }, options);
