"use strict";
const { existsSync } = require("node:fs");
const { prefix } = require("./platform.json");

/** The path of the binary: the variable's, or that of the package for this kind of machine. */
function findBinary() {
  const own = process.env.INNKREVING_SANDBOX_BINARY;
  if (own) {
    if (!existsSync(own)) throw new Error(`INNKREVING_SANDBOX_BINARY is ${own}, which does not exist`);
    return own;
  }
  const name = `${prefix}${process.platform}-${process.arch}`;
  const file = process.platform === "win32" ? "innkreving-sandbox.exe" : "innkreving-sandbox";
  try {
    return require.resolve(`${name}/bin/${file}`);
  } catch {
    throw new Error(
      `the package ${name} is not installed. Either there is none for this kind of machine, or optional ` +
        "dependencies were left out. INNKREVING_SANDBOX_BINARY can name a binary instead.",
    );
  }
}

module.exports = { findBinary };
