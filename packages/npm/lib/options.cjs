"use strict";

// The options that have a name of their own here, and the flags of the binary.
const FLAGS = {
  now: "now",
  scenarios: "scenarios",
  withBuiltin: "with-builtin",
  edition: "edition",
  auth: "auth",
  seed: "seed",
  log: "log",
  controlKey: "control-key",
  journal: "journal",
  maxSessions: "max-sessions",
  sessionIdle: "session-idle",
  restanser: "restanser",
  clients: "clients",
  issuer: "issuer",
  jwks: "jwks",
  generateKeys: "generate-keys",
  regnskapssystem: "regnskapssystem",
};
const OTHERS = ["port", "scenario", "settings", "startTimeout"];

/** The arguments of the binary for some options. */
function toArguments(options) {
  const settings = { ...options.settings };
  for (const [name, value] of Object.entries(options)) {
    if (FLAGS[name]) settings[FLAGS[name]] = value;
    else if (!OTHERS.includes(name)) {
      throw new TypeError(`there is no option ${name}; \`settings\` takes any flag of the binary`);
    }
  }
  const given = [];
  for (const [flag, value] of Object.entries(settings)) {
    if (value === true) given.push(`--${flag}`);
    else if (value !== undefined && value !== null && value !== false) given.push(`--${flag}=${value}`);
  }
  return given;
}

module.exports = { FLAGS, toArguments };
