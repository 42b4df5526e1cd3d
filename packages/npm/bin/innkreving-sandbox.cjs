#!/usr/bin/env node
// Hands over to the binary: `npx innkreving-sandbox`.
"use strict";
const { spawn } = require("node:child_process");
const { findBinary } = require("../lib/binary.cjs");

let binary;
try {
  binary = findBinary();
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exit(2);
}
const child = spawn(binary, process.argv.slice(2), { stdio: "inherit" });
// A terminal sends Ctrl-C to both. Whoever stops only this process means the binary, too.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => child.kill(signal));
}
// When npm is stopped, it stops only the shell that it started this with. So this looks whether that shell is still there.
if (process.env.npm_command) {
  const shell = process.ppid;
  setInterval(() => process.ppid === shell || child.kill("SIGTERM"), 250).unref();
}
child.on("error", (error) => {
  console.error(`error: ${binary}: ${error.message}`);
  process.exit(2);
});
child.on("exit", (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
