// Node's http2: codes of streams and connections, calls that are cancelled, a flood of resets.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import http2 from "node:http2";

const CALL = "/api/innkreving/kravogbetalinger/v1/finans/311851381/aapnekrav";
const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = http2.constants;
const ca = readFileSync(process.env.SANDBOX_CA);

const connect = () => {
  const session = http2.connect(process.env.SANDBOX_URL, { ca });
  session.on("error", () => {});
  return session;
};

/** Sends a call. Gives its status, the length of its body, and the code that its stream ended with. */
const call = (session, headers = {}) =>
  new Promise((done) => {
    const stream = session.request({ ":path": CALL, ...headers });
    let status, length = 0;
    stream.on("response", (head) => (status = head[":status"]));
    stream.on("data", (data) => (length += data.length));
    stream.on("error", () => {});
    stream.on("close", () => done({ status, length, code: stream.rstCode }));
  });

const session = connect();
const whole = await call(session);
assert.equal(whole.status, 200);
assert.equal(whole.code, NGHTTP2_NO_ERROR);
assert.deepEqual(await call(session, { "sandbox-fault": "reset" }), { status: undefined, length: 0, code: NGHTTP2_INTERNAL_ERROR });
const half = await call(session, { "sandbox-fault": "truncate" });
assert.deepEqual(half, { status: 200, length: Math.floor(whole.length / 2), code: NGHTTP2_INTERNAL_ERROR });
assert.equal((await call(session)).status, 200, "the connection stays");

const goaway = new Promise((done) => session.on("goaway", done));
const other = call(session, { "sandbox-fault": "hang" });
await call(session, { "sandbox-fault": "empty" });
assert.equal(await goaway, NGHTTP2_NO_ERROR);
assert.equal((await other).status, undefined);
assert.ok(session.closed || session.destroyed);

// Calls that are cancelled while they wait leave their places. There are 128 for calls that wait.
const cancels = connect();
for (let round = 0; round < 5; round++) {
  const streams = Array.from({ length: 60 }, () => cancels.request({ ":path": CALL, "sandbox-fault": "hang" }));
  streams.forEach((stream) => stream.on("error", () => {}));
  await call(cancels);
  await Promise.all(streams.map((stream) => new Promise((done) => (stream.on("close", done), stream.close(NGHTTP2_CANCEL)))));
}
let answered;
for (let tries = 0; tries < 100 && answered?.status !== 200; tries++) {
  answered = await call(cancels, { "sandbox-delay": "5ms" });
}
assert.equal(answered.status, 200);
cancels.close();
console.log("passed");
