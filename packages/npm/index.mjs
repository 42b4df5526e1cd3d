import all from "./index.cjs";

export const { ControlClient, ControlError, Sandbox, SandboxError, Session, findBinary } = all;
