// "Undo the last change": stands where changes are made, and says what it takes back.

import { h, fill, counted } from "./dom.js";
import { attempt, call, calls, curl, get } from "./api.js";
import { tellDay } from "./app.js";

/** The newest record that somebody asked for and that counts, with the one to go back to; nothing if there is none. */
export function lastChange(records) {
  const counting = records.filter((it) => it.counts);
  const at = counting.findLastIndex((it) => !it.background);
  if (at < 1) return null;
  return { change: counting[at], before: counting[at - 1], with: counting.length - 1 - at };
}

/** The button. `after` is called when the session went back. `element` is what to show, `read` looks for the last change anew. */
export function undoing(after) {
  const place = h("div", {});
  const status = h("div", { "aria-live": "polite" });
  let last = null;
  const draw = () => {
    if (!last) return fill(place);
    const { change, before } = last;
    const button = h("button", { type: "button", onclick: () => undo(last) }, "Undo the last change");
    const also = last.with > 0 ? ` and ${counted(last.with, "record of calls", "records of calls")} after it` : "";
    return fill(place, h("p", { class: "buttons" }, button, h("span", { class: "soft" }, `${change.words}${also}. `, h("a", { href: "#rules?show=log" }, "All changes"))),
      calls(() => curl("POST", "/undo", { to: before.sequence })));
  };
  const read = async () => {
    const log = await get("/log").catch(() => null);
    last = log && lastChange(log.records);
    draw();
  };
  const undo = async ({ change, before }) => {
    const made = await attempt(status, () => call("POST", "/undo", { to: before.sequence }));
    if (!made) return;
    await Promise.all([read(), tellDay(), after()]);
    fill(status, h("p", { class: "good" }, `Undone: ${change.words}. The log keeps it, so it can be brought back under `, h("a", { href: "#rules?show=log" }, "Rules and sessions"), "."));
  };
  return { element: h("div", { class: "undo" }, place, status), read };
}
