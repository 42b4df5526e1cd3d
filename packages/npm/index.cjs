"use strict";
const { findBinary } = require("./lib/binary.cjs");
const { ControlClient, ControlError } = require("./lib/control.cjs");
const { Sandbox, SandboxError, Session } = require("./lib/sandbox.cjs");

module.exports = { ControlClient, ControlError, Sandbox, SandboxError, Session, findBinary };
