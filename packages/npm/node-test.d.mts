import type { SandboxFixture, SandboxOptions } from "./index.cjs";

/** One sandbox for the tests of a file, and a new session for each test. */
export declare function useSandbox(options?: SandboxOptions): SandboxFixture;
