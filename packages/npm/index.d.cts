import type { ControlClient } from "./lib/control.cjs";

export * from "./lib/control.cjs";

/** The settings of a sandbox. Each is a flag of the binary with the same name (`innkreving-sandbox --help`). */
export interface SandboxOptions {
  /** The time of the clock: a date or date-time (it stands still), or a shift like `+30d` (it keeps running). */
  now?: string | undefined;
  /** A folder of scenario files, in place of the built-in ones. */
  scenarios?: string | undefined;
  /** Scenarios as YAML texts, in place of the built-in ones. */
  scenario?: string | readonly string[] | undefined;
  /** The built-in scenarios as well. */
  withBuiltin?: boolean | undefined;
  edition?: "2023" | "2024" | undefined;
  auth?: "off" | "open" | "claims" | "signed" | undefined;
  /** The same seed gives the same ids. */
  seed?: number | undefined;
  log?: "off" | "error" | "warn" | "info" | "debug" | undefined;
  controlKey?: string | undefined;
  /** How many requests the journal of a session keeps. */
  journal?: number | undefined;
  maxSessions?: number | undefined;
  sessionIdle?: string | undefined;
  restanser?: "ledger" | "static" | undefined;
  /** A file of OAuth clients. */
  clients?: string | undefined;
  issuer?: string | undefined;
  /** A file of another issuer's public keys. */
  jwks?: string | undefined;
  generateKeys?: boolean | undefined;
  regnskapssystem?: "any" | "own" | undefined;
  /** Any other flag of the binary, without its dashes. */
  settings?: Readonly<Record<string, string | number | boolean>> | undefined;
  /** The port. Without it, a free port is taken. */
  port?: number | undefined;
  /** How long the sandbox may take to be ready, in ms. The default is 10 000. */
  startTimeout?: number | undefined;
}

/** A sandbox could not be started. The message has what it wrote to stderr. */
export declare class SandboxError extends Error {
  readonly log: string;
}

/** A session: its own rules, clock, journal and scenarios. */
export declare class Session {
  private constructor();
  readonly name: string;
  /** For the client under test: its requests belong to the session. */
  readonly baseUrl: string;
  /** The control API of the session. */
  readonly control: ControlClient;
  /** Begins the session. Without this, it begins with its first call, rule, clock or scenarios. */
  begin(): Promise<void>;
  /** Begins the session anew. */
  reset(): Promise<void>;
  delete(): Promise<void>;
}

/** A running sandbox on a free port. It ends with `stop()`, and at the latest with this process. */
export declare class Sandbox {
  private constructor();
  /** Starts a sandbox, and waits until it is ready. */
  static start(options?: SandboxOptions): Promise<Sandbox>;
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly baseUrl: string;
  /** The control API of the default session. */
  readonly control: ControlClient;
  /** What the sandbox has logged, at most the last 64 000 characters. */
  readonly log: string;
  /** A session by name, or one with a new name. */
  session(name?: string): Session;
  stop(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What the helpers for test runners return. It can be used while a test runs. */
export interface SandboxFixture {
  readonly sandbox: Sandbox;
  /** The session of the present test. */
  readonly session: Session;
  /** The base URL of that session. */
  readonly baseUrl: string;
  /** The control API of that session. */
  readonly control: ControlClient;
}

/** The path of the binary. */
export declare function findBinary(): string;
