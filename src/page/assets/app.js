// The frame of the page: which view is shown, by the part of the address after the hash. Each view is a module that is
// loaded when it is first shown.

import { fill, h } from "./dom.js";
import { control, get, prefix, problem } from "./api.js";
import { explain } from "./terms.js";

/** The views of the house. Any other name is a panel of a service. */
const VIEWS = {
  parties: () => import("./parties.js"),
  party: () => import("./party.js"),
  try: () => import("./try.js"),
  journal: () => import("./journal.js"),
  time: () => import("./time.js"),
  rules: () => import("./rules.js"),
  scenarios: () => import("./scenarios.js"),
  coverage: () => import("./coverage.js"),
  glossary: () => import("./glossary.js"),
};

const main = document.getElementById("main");

/** Ends what the view that is shown does in the background. */
let leave = null;
let turn = 0;

function place() {
  const hash = location.hash.replace(/^#/, "") || "parties";
  const [name, ...rest] = hash.split("/");
  const [view, query] = name.split("?");
  return { view, path: rest.join("/"), query: new URLSearchParams(query ?? "") };
}

/** Shows the view of the address. */
async function show() {
  turn += 1;
  const mine = turn;
  const { view, path, query } = place();
  for (const link of document.querySelectorAll("nav a[href*='#']")) {
    const is = link.hash === `#${view === "party" ? "parties" : view}`;
    if (is) {
      link.setAttribute("aria-current", "page");
      link.scrollIntoView({ inline: "center", block: "nearest" });
    }
    else link.removeAttribute("aria-current");
  }
  leave?.();
  leave = null;
  const root = h("div", { class: `view view-${view}` });
  try {
    const load = VIEWS[view] ?? (() => import(`./panel-${view}.js`));
    const module = await load();
    if (mine !== turn) return;
    fill(main, root);
    const left = await module.show(root, { path, query });
    if (mine !== turn) {
      left?.();
      return;
    }
    leave = left ?? null;
    const title = root.querySelector("h2")?.textContent ?? view;
    document.title = `${title} · innkreving-sandbox`;
    await explain(root);
  } catch (why) {
    if (mine !== turn) return;
    fill(main, root);
    fill(root, h("h2", {}, "This view cannot be shown"), problem(why));
  }
}

/** Tells which day the session has. */
export async function tellDay() {
  const clock = await get("/clock");
  const today = document.getElementById("today");
  today.textContent = clock.day;
  return clock;
}

if (control) {
  // A session in the links of the frame, so that they stay in it.
  for (const link of document.querySelectorAll("nav a[href*='#'], header h1 a")) link.href = `${prefix}/${link.hash}`;
  addEventListener("hashchange", async () => {
    // A view may scroll to what it was asked for, so the beginning comes first.
    scrollTo(0, 0);
    await show();
    main.focus({ preventScroll: true });
  });
  show();
}
