// The journal as it grows. Only the rows that can be seen are in the page, so ten thousand of them scroll as smoothly as ten.

import { h, fill, field, counted } from "./dom.js";
import { attempt, call, calls, curl, get, session } from "./api.js";
import { watch } from "./stream.js";
import { detail } from "./entry.js";

/** The height of a row, as the style has it, in pixels. */
const ROW = 34;

/** Rows beyond the edges of what can be seen. */
const SPARE = 8;

/** The most entries that the page keeps. */
const MOST = 20000;

export async function show(root, { path }) {
  const entries = [];
  let wanted = [];
  let chosen = Number(path) || null;
  let paused = false;
  const filter = h("input", { type: "search", placeholder: "krav 404 KB-006 rule …", autocomplete: "off", spellcheck: "false" });
  const state = h("span", { class: "state-line", role: "status" }, "connecting…");
  const body = h("tbody", {});
  const scroller = h("div", { class: "journal-list", tabindex: "0", role: "region", "aria-label": "Calls, the newest first" });
  const pane = h("div", { class: "journal-detail", "aria-live": "polite" });
  const problem = h("div", {});
  const unseen = h("p", { class: "soft", role: "note", hidden: true });
  const count = h("span", { class: "soft" });
  const head = ["No.", "Time", "Call", "Status", "Cause", "Failed"];
  const rows = h("table", { class: "journal" }, h("thead", {}, h("tr", {}, head.map((name) => h("th", { scope: "col" }, name)))), body);
  scroller.append(rows);

  const fits = (entry) => {
    const words = filter.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return true;
    entry.text ??= [entry.method, entry.url, entry.service, entry.endpoint, entry.party, entry.client, entry.status, entry.code, entry.cause, entry.fault, entry.failed, entry.test, entry.korrelasjonsid]
      .filter(Boolean).join(" ").toLowerCase();
    return words.every((word) => entry.text.includes(word));
  };
  const row = (entry, at) => {
    const open = () => choose(entry.number);
    return h("tr", { class: entry.number === chosen ? "chosen" : null, "aria-rowindex": at + 2, onclick: open },
      h("td", {}, h("button", { type: "button", class: "link", "aria-pressed": String(entry.number === chosen), "aria-label": `Call ${entry.number}` }, entry.number)),
      h("td", {}, h("time", { datetime: entry.time, title: entry.time }, entry.time.slice(11, 19))),
      h("td", { class: "call", title: `${entry.method} ${entry.url}` }, h("b", {}, entry.method), " ", short(entry.url)),
      h("td", {}, h("span", { class: `status s${String(entry.status ?? "x")[0]}` }, entry.status ?? "none"), entry.code ? ` ${entry.code}` : ""),
      h("td", {}, entry.cause), h("td", {}, entry.failed ?? (entry.fault ? `fault: ${entry.fault}` : "")));
  };
  let drawn = "";
  const draw = (force) => {
    const first = Math.max(0, Math.floor(scroller.scrollTop / ROW) - SPARE);
    const last = Math.min(wanted.length, first + Math.ceil(scroller.clientHeight / ROW) + 2 * SPARE);
    const key = `${first} ${last} ${wanted.length} ${chosen}`;
    if (!force && key === drawn) return;
    drawn = key;
    const space = (rows) => {
      const cell = h("td", { colspan: head.length });
      cell.style.height = `${rows * ROW}px`;
      return rows > 0 ? h("tr", { class: "space", "aria-hidden": "true" }, cell) : null;
    };
    const focused = document.activeElement?.getAttribute?.("aria-label");
    const shown = [];
    // The newest first: `wanted` is in the order in which the calls came.
    for (let at = first; at < last; at += 1) shown.push(row(wanted[wanted.length - 1 - at], at));
    fill(body, space(first), shown, space(wanted.length - last));
    rows.setAttribute("aria-rowcount", String(wanted.length + 1));
    if (focused?.startsWith("Call ")) body.querySelector(`[aria-label="${focused}"]`)?.focus({ preventScroll: true });
    count.textContent = wanted.length === entries.length ? counted(entries.length, "call", "calls") : `${wanted.length} of ${entries.length} calls`;
    if (wanted.length === 0) fill(body, h("tr", {}, h("td", { colspan: head.length, class: "empty" }, entries.length === 0
      ? ["No call yet. Send one from ", h("a", { href: "#try" }, "Try it"), `, or call a service in the session ${session}.`] : "No call fits the filter.")));
  };
  let frame = null;
  const soon = () => { frame ??= requestAnimationFrame(() => { frame = null; draw(); }); };
  const choose = async (number) => {
    chosen = number;
    draw(true);
    history.replaceState(null, "", `#journal/${number}`);
    await detail(pane, number);
  };
  scroller.addEventListener("scroll", soon, { passive: true });
  addEventListener("resize", soon);
  let timer = null;
  filter.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { wanted = entries.filter(fits); scroller.scrollTop = 0; draw(true); }, 120);
  });
  const tell = (event, data) => {
    if (event === "call") {
      entries.push(data);
      if (entries.length > MOST) entries.splice(0, entries.length - MOST / 2);
      if (paused) return;
      if (filter.value || entries.length <= MOST / 2) { if (fits(data)) wanted.push(data); } else wanted = entries.filter(fits);
      // What is looked at stays where it is.
      if (scroller.scrollTop > ROW) scroller.scrollTop += ROW;
      soon();
    } else if (event === "cleared") {
      entries.length = 0;
      wanted = [];
      draw(true);
    } else if (event === "missed" && entries.length > 0) {
      state.textContent = `live; ${counted(data.calls, "call was", "calls were")} missed`;
    }
  };
  const pause = h("button", { type: "button", "aria-pressed": "false", onclick: () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    pause.textContent = paused ? "Go on" : "Pause";
    if (!paused) { wanted = entries.filter(fits); draw(true); }
  } }, "Pause");
  const clear = h("button", { type: "button", class: "quiet", onclick: () => attempt(problem, () => call("DELETE", "/requests")) }, "Forget all");
  root.append(h("h2", {}, "Journal"),
    h("div", { class: "row" }, field("Filter", filter), h("p", { class: "buttons" }, pause, clear, count, state)),
    calls(() => [`${curl("GET", "/live").replace("curl -s", "curl -sN")}`, curl("GET", "/requests?limit=50"), curl("DELETE", "/requests")]),
    problem, unseen, h("div", { class: "journal-panes" }, scroller, pane));
  draw(true);
  get("/requests?limit=0").then((it) => {
    if (it.unseen) { unseen.textContent = `Calls may be missing: ${it.unseen}.`; unseen.hidden = false; }
  }, () => {});
  const end = watch(0, tell, (now, why) => { state.textContent = now === "live" ? "● live" : now === "over" ? "The session was reset; load the page again." : `○ ${why}`; });
  if (chosen) detail(pane, chosen);
  else fill(pane, h("p", { class: "empty" }, "Choose a call to see what went over the wire."));
  return () => { end(); clearTimeout(timer); removeEventListener("resize", soon); };
}

/** The end of a URL, which tells calls apart, and the modifiers before it. */
function short(url) {
  const parts = url.split("/").slice(1);
  const modifiers = parts.filter((part) => /^(~|%7e)/i.test(part));
  const path = parts.slice(modifiers.length);
  return [...modifiers, ...(path.length > 4 ? ["…", ...path.slice(-3)] : path)].join("/");
}
