// Time: the clock of the session as a slider, with what happens to parties on it, and what a move has changed.

import { h, fill, field, select, empty, counted } from "./dom.js";
import { attempt, call, calls, curl, get } from "./api.js";
import { tellDay } from "./app.js";
import { changed, kindFilter, list } from "./events.js";
import { remember, remembered } from "./memory.js";
import { undoing } from "./undo.js";

const DAY = 86_400_000;
const SVG = "http://www.w3.org/2000/svg";

const plus = (day, days) => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10);
const between = (from, to) => Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY);

/** How far the slider reaches before and after the base date, in days. */
const [BACK, AHEAD] = [400, 500];

export async function show(root) {
  const problem = h("div", {});
  root.append(h("h2", {}, "Time"), h("p", { "data-terms": true }, "The clock says which day it is for every call of the session. When it moves, claims fall due (forfall) and money comes in. The base date of scenarios stays."), problem);
  const loaded = await attempt(problem, () => Promise.all([get("/clock"), get("/parties")]));
  if (!loaded) return;
  let [clock, parties] = loaded;
  let timeline = null;
  const from = plus(clock.baseDate, -BACK);
  const all = BACK + AHEAD;
  const slider = h("input", { type: "range", min: 0, max: all, step: 1 });
  const date = h("input", { type: "date" });
  const who = select([["", "all parties of scenarios"], ...parties.map((it) => [it.part, `${it.navn} ${it.part}`])], remembered("events of"));
  const say = h("output", { class: "day" });
  const marks = h("div", { class: "marks" });
  const events = h("section", { "aria-labelledby": "events" });
  const changes = h("section", { "aria-labelledby": "changes", "aria-live": "polite" });
  let last = { now: clock.day };
  const kinds = kindFilter(() => refresh());
  const undo = undoing(async () => {
    const before = clock.day;
    clock = await get("/clock");
    await refresh();
    await drawChanges(before);
  });
  /** A query about the timeline, of the party and the kinds that are chosen. */
  const asking = (more) => {
    const query = new URLSearchParams(more);
    if (who.value) query.set("part", who.value);
    return query;
  };
  const ofKinds = (query) => {
    const wanted = kinds.value();
    if (wanted) query.set("kind", wanted.join(","));
    return query;
  };

  const strip = () => {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${all} 40`);
    svg.setAttribute("preserveAspectRatio", "none");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", `${counted(timeline.count, "event", "events")} on ${counted(timeline.days.length, "day", "days")}; the table below lists those to come.`);
    const most = Math.max(1, ...timeline.days.map((it) => it.events));
    for (const it of timeline.days) {
      const bar = document.createElementNS(SVG, "rect");
      const height = 4 + (34 * Math.sqrt(it.events)) / Math.sqrt(most);
      for (const [name, value] of Object.entries({ x: between(from, it.day), y: 40 - height, width: 2, height })) bar.setAttribute(name, String(value));
      bar.setAttribute("class", it.day === clock.day ? "now" : it.day < clock.day ? "past" : "ahead");
      svg.append(bar);
    }
    fill(marks, svg);
  };
  const next = (direction) => {
    const days = timeline?.days.map((it) => it.day) ?? [];
    return direction > 0 ? days.find((day) => day > clock.day) : days.findLast((day) => day < clock.day);
  };
  const drawEvents = async () => {
    const none = kinds.value()?.length === 0;
    const coming = none ? { events: [], count: 0 } : await attempt(events, () => get(`/timeline?${ofKinds(asking({ after: clock.day, first: "60" }))}`));
    if (!coming) return;
    if (coming.kinds) kinds.tell(coming.kinds);
    fill(events, h("h3", { id: "events" }, "What comes next"), kinds.element,
      coming.events.length === 0 ? empty(none ? "No kind is chosen." : "Nothing of this happens within a year.") : list(coming.events, move),
      coming.count > coming.events.length ? h("p", { class: "soft" }, `and ${coming.count - coming.events.length} more within a year`) : null);
  };
  const refresh = async () => {
    const ahead = await attempt(problem, () => get(`/timeline?${asking({ after: clock.day, first: "1" })}`));
    if (ahead) kinds.tell(ahead.kinds);
    const whole = async () => {
      timeline = kinds.value()?.length === 0 ? null : await attempt(problem, () => get(`/timeline?${ofKinds(asking({ after: from, until: plus(from, all), first: "1" }))}`));
      if (timeline) strip(); else fill(marks);
      drawClock();
    };
    await Promise.all([whole(), drawEvents()]);
  };
  const drawClock = () => {
    slider.value = String(between(from, clock.day));
    date.value = clock.day;
    date.dispatchEvent(new Event("input"));
    slider.setAttribute("aria-valuetext", clock.day);
    const kind = clock.setting === "real" ? "It shows the real time." : clock.setting === "standing" ? "It stands still." : `It runs, ${clock.shift} from the real time.`;
    const time = new Intl.DateTimeFormat("nb", { timeZone: "Europe/Oslo", hour: "2-digit", minute: "2-digit" }).format(new Date(clock.now));
    fill(say, h("b", {}, clock.day), ` at ${time}. ${kind} ${clock.own ? "" : "It follows the server's clock. "}Base date ${clock.baseDate}.`);
    const [before, after] = [next(-1), next(1)];
    back.disabled = !before;
    forward.disabled = !after;
    forward.textContent = after ? `Next event: ${after} →` : "No event to come";
    back.textContent = before ? `← ${before}` : "←";
  };
  const change = async (method, body) => {
    const before = clock.day;
    const made = await attempt(problem, () => call(method, "/clock", body));
    if (!made) return;
    last = body ?? last;
    clock = made;
    await tellDay();
    if (timeline) strip();
    drawClock();
    await Promise.all([drawEvents(), drawChanges(before), undo.read()]);
  };
  const move = (day) => change("POST", { now: day });
  const drawChanges = async (before) => {
    if (before === clock.day) return;
    const [one, other] = before < clock.day ? [before, clock.day] : [clock.day, before];
    const seen = await attempt(changes, () => get(`/timeline?${asking({ after: one, until: other, first: "100" })}`));
    if (!seen) return;
    fill(changes, h("h3", { id: "changes" }, `What changed from ${before} to ${clock.day}`),
      changed(seen, before, clock.day),
      seen.events.length === 0 ? null : h("details", {}, h("summary", {}, `${counted(seen.count, "event", "events")} between the two`), list(seen.events)));
  };
  const back = h("button", { type: "button", onclick: () => move(next(-1)) }, "←");
  const forward = h("button", { type: "button", class: "main", onclick: () => move(next(1)) }, "→");
  slider.addEventListener("input", () => { const day = plus(from, Number(slider.value)); date.value = day; date.dispatchEvent(new Event("input")); slider.setAttribute("aria-valuetext", day); });
  slider.addEventListener("change", () => move(plus(from, Number(slider.value))));
  date.addEventListener("change", () => { if (date.value) move(date.value); });
  who.addEventListener("change", () => { remember("events of", who.value || null); refresh(); });
  const button = (text, method, body) => h("button", { type: "button", onclick: () => change(method, body) }, text);
  root.append(
    h("div", { class: "clock" }, h("p", {}, say), marks, field("The day of the session", slider),
      h("div", { class: "row" }, field("Date", date), field("Events of", who)),
      h("p", { class: "buttons" }, back, forward, button("+1 day", "POST", { advance: "1d" }), button("+1 week", "POST", { advance: "7d" }), button("+1 month", "POST", { advance: "1mo" }),
        button("Freeze", "POST", { freeze: true }), button("Real time", "POST", { real: true }), button("Follow the server", "DELETE", undefined)),
      h("label", { class: "check" }, h("input", { type: "checkbox", checked: clock.tokens, onchange: (event) => change("POST", { tokens: event.target.checked }) }), " Tokens expire by this clock, too"),
      calls(() => [curl("POST", "/clock", last), curl("GET", `/timeline?after=${clock.day}`)])),
    undo.element, changes, events);
  await Promise.all([refresh(), undo.read()]);
}
