"use strict";
const { spawn } = require("node:child_process");
const { randomUUID } = require("node:crypto");
const { mkdtemp, rm, writeFile } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const path = require("node:path");
const { findBinary } = require("./binary.cjs");
const { ControlClient } = require("./control.cjs");
const { toArguments } = require("./options.cjs");

const KEPT = 64 * 1024; // characters of the log

class SandboxError extends Error {
  constructor(message, log) {
    super(log.trim() === "" ? message : `${message}\n${log.trim()}`);
    this.name = "SandboxError";
    this.log = log;
  }
}

/** The environment without settings of a sandbox: a test must not depend on them. */
function cleanEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toUpperCase().startsWith("SANDBOX_")));
}

class Session {
  constructor(sandbox, name) {
    this.name = name;
    this.baseUrl = `${sandbox.baseUrl}/~session=${name}`;
    this.control = new ControlClient(this.baseUrl, { controlKey: sandbox._key });
  }

  async begin() {
    await this.control.putSession({ name: this.name }, { clients: [] });
  }

  async reset() {
    await this.control.resetSession({ name: this.name });
  }

  async delete() {
    await this.control.deleteSession({ name: this.name });
  }
}

class Sandbox {
  #child;
  #ended;
  #folder;
  #log = "";

  static async start(options = {}) {
    const sandbox = new Sandbox();
    try {
      await sandbox.#start(options);
    } catch (error) {
      await sandbox.stop();
      throw error;
    }
    return sandbox;
  }

  async #start(options) {
    const { port = 0, scenario, startTimeout = 10_000 } = options;
    const given = toArguments(options);
    if (scenario !== undefined) {
      if (options.scenarios !== undefined) throw new TypeError("give either `scenario` or `scenarios`, not both");
      this.#folder = await mkdtemp(path.join(tmpdir(), "innkreving-sandbox-"));
      const texts = Array.isArray(scenario) ? scenario : [scenario];
      await Promise.all(texts.map((text, n) => writeFile(path.join(this.#folder, `scenario-${n + 1}.yaml`), text)));
      given.push(`--scenarios=${this.#folder}`);
    }
    let command = [findBinary(), `--listen=127.0.0.1:${port}`, ...given];
    // Windows has no such shell; there the binary ends when it is stopped.
    if (process.platform !== "win32") command = ["/bin/sh", path.join(__dirname, "watch.sh"), ...command];
    const child = spawn(command[0], command.slice(1), { env: cleanEnvironment(), stdio: ["pipe", "pipe", "pipe"] });
    this.#child = child;
    child.stdin.on("error", () => {}); // it is gone already
    child.stderr.setEncoding("utf8").on("data", (text) => (this.#log = (this.#log + text).slice(-KEPT)));
    this.#ended = new Promise((resolve) => {
      child.on("close", (code) => resolve(`ended with exit code ${code}`));
      child.on("error", (error) => resolve(`did not start: ${error.message}`));
    });
    let timer;
    try {
      this.baseUrl = await new Promise((resolve, reject) => {
        let first = "";
        child.stdout.setEncoding("utf8").on("data", (text) => {
          if (first === undefined) return; // the rest is only read so that the pipe never fills
          first += text;
          const [line, more] = first.split("\n", 2);
          if (more === undefined) return;
          first = undefined;
          const url = /https?:\/\/[^\s"]+/.exec(line)?.[0];
          if (url) resolve(url.replace(/\/$/, ""));
          else reject(new SandboxError(`innkreving-sandbox began with an unexpected line: ${line}`, this.#log));
        });
        this.#ended.then((how) => reject(new SandboxError(`innkreving-sandbox ${how}`, this.#log)));
        const late = () => reject(new SandboxError(`innkreving-sandbox was not ready in ${startTimeout} ms`, this.#log));
        timer = setTimeout(late, startTimeout);
      });
      this._key = options.controlKey;
      this.control = new ControlClient(this.baseUrl, { controlKey: options.controlKey });
    } finally {
      clearTimeout(timer);
    }
    // A sandbox that nobody stops must not keep the process alive.
    for (const part of [child, child.stdin, child.stdout, child.stderr]) part.unref();
  }

  /** What the sandbox has logged: the last 64 000 characters. */
  get log() {
    return this.#log;
  }

  session(name = `test-${randomUUID()}`) {
    return new Session(this, name);
  }

  async stop() {
    if (this.#child) {
      const child = this.#child;
      // Now the process waits for its end.
      for (const part of [child, child.stdout, child.stderr]) part.ref();
      if (process.platform === "win32") child.kill();
      child.stdin.end();
      await this.#ended;
    }
    if (this.#folder) await rm(this.#folder, { recursive: true, force: true });
    this.#child = this.#folder = undefined;
  }

  async [Symbol.asyncDispose ?? Symbol.for("Symbol.asyncDispose")]() {
    await this.stop();
  }
}

module.exports = { Sandbox, SandboxError, Session };
