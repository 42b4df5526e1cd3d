// What happened to the session, and back to an earlier state of it.

import { h, fill, table, empty, moment, counted } from "./dom.js";
import { attempt, call, calls, curl, get, session } from "./api.js";
import { tellDay } from "./app.js";

/** How many records are shown at first. */
const FIRST = 30;

/** Shows the log of the session in a place. `after` is called when the session went back. Returns what reads the log again. */
export function history(place, after) {
  const status = h("div", {});
  const list = h("div", {});
  let last = null;
  let shown = FIRST;
  let records = [];
  let all = false;
  const draw = () => {
    const newest = records.at(-1)?.sequence;
    const back = (it) => h("button", { type: "button", class: "quiet", "aria-label": `Go back here: record ${it.sequence}`, onclick: () => undo(it.sequence) }, "Go back here");
    const line = (it) => [it.sequence, moment(it.at), h("span", { title: `${it.kind} ${it.facts}`.trim(), class: it.background ? "soft" : null }, it.words),
      it.counts ? "" : h("span", { class: "tag" }, it.kind === "undone" ? "an undo" : "undone"),
      it.sequence === newest ? h("span", { class: "soft" }, "the newest") : back(it)];
    const wanted = records.filter((it) => all || !it.background || it.sequence === newest);
    const hidden = records.filter((it) => it.background && it.sequence !== newest).length;
    const rows = [...wanted].reverse().slice(0, shown);
    const made = table(["#Record", "When", "What happened", "Counts", ""], rows.map(line), { label: "Log" });
    [...made.querySelectorAll("tbody tr")].forEach((row, at) => row.classList.toggle("undone", !rows[at].counts && rows[at].kind !== "undone"));
    fill(list, records.length === 0 ? empty("Nothing has changed the session yet.") : [
      made,
      h("p", { class: "buttons" },
        wanted.length > shown ? h("button", { type: "button", onclick: () => { shown = Infinity; draw(); } }, `Show all ${wanted.length}`) : null,
        hidden > 0 ? h("button", { type: "button", "aria-pressed": String(all), onclick: () => { all = !all; draw(); } },
          `${all ? "Fold" : "Show"} ${counted(hidden, "record", "records")} of calls: uses of rules and the like`) : null)]);
  };
  const read = async () => {
    const log = await attempt(status, () => get("/log"));
    if (!log) return;
    records = log.records;
    draw();
    if (log.count > records.length) list.append(h("p", { class: "soft" }, `${counted(log.count - records.length, "older record is", "older records are")} not shown; innkreving-sandbox session at TIME goes back to any.`));
  };
  const undo = async (to) => {
    last = to;
    const made = await attempt(status, () => call("POST", "/undo", { to }));
    if (!made) return;
    await Promise.all([read(), tellDay(), after()]);
    fill(status, h("p", { role: "status", class: "good" }, `The session is what it was after record ${made.to}. ${counted(made.undone, "change counts", "changes count")} no more; record ${made.sequence} says so, and can be gone back from.`));
  };
  fill(place, h("h3", { id: "log" }, `What happened to the session ${session}`),
    h("p", {}, "Each change of the session is a record: a rule, a move of the clock, a submission. Going back keeps all of them, so it can be undone as well. Journal and coverage stay as they are."),
    h("p", { class: "buttons" }, h("button", { type: "button", onclick: read }, "Read it again")), list, status,
    calls(() => [curl("GET", "/log"), curl("POST", "/undo", { to: last ?? records.at(-2)?.sequence ?? 1 }), curl("POST", "/undo", { steps: 1 })]));
  return read;
}
