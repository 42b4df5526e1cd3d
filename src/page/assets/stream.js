// Server-sent events by fetch: unlike EventSource it can send the control key, and it says why it was refused.

import { send } from "./api.js";

/** The pause before another attempt, in ms. */
const PAUSE = 2000;

/**
 * Watches the journal. `tell` gets each event (`call`, `missed`, `cleared`, `over`) with its data; `state` gets `live`,
 * `waiting` or `over`, and a reason. Returns a function that ends it.
 */
export function watch(after, tell, state) {
  const stop = new AbortController();
  let last = after;
  const run = async () => {
    while (!stop.signal.aborted) {
      try {
        const response = await send("GET", `/live?after=${last}`, { signal: stop.signal });
        if (!response.ok) {
          const problem = await response.json().catch(() => ({}));
          state("waiting", problem.detail ?? `status ${response.status}`);
          if (response.status === 404 || response.status === 403) return;
        } else {
          state("live");
          for await (const { event, data, id } of events(response.body)) {
            if (id) last = Number(id);
            if (event === "cleared") last = 0;
            tell(event, data);
            if (event === "over") {
              state("over");
              return;
            }
          }
          state("waiting", "the stream ended");
        }
      } catch (why) {
        if (stop.signal.aborted) return;
        state("waiting", why.status === 401 ? "the control key is needed" : "the sandbox does not answer");
        if (why.status === 401) return;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  };
  run();
  return () => stop.abort();
}

/** The events of a body. */
async function* events(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const blocks = rest.split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const fields = Object.fromEntries(block.split("\n").filter((line) => line && !line.startsWith(":")).map((line) => {
        const at = line.indexOf(": ");
        return [line.slice(0, at), line.slice(at + 2)];
      }));
      if (fields.event) yield { event: fields.event, id: fields.id, data: JSON.parse(fields.data ?? "null") };
    }
  }
}

