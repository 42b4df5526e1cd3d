// Coverage: what there is to try, and what the session has tried of it. What is missing is a link that provokes it.

import { h, fill, field, select, empty, counted } from "./dom.js";
import { attempt, call, calls, catalogue, curl, get, prefix, send } from "./api.js";
import { blank, link, url } from "./compose.js";

export async function show(root) {
  const problem = h("div", {});
  root.append(h("h2", {}, "Coverage and report"), problem);
  const loaded = await attempt(problem, () => Promise.all([get("/coverage"), catalogue(), parties()]));
  if (!loaded) return;
  const [coverage, all, known] = loaded;
  const place = h("div", {});
  const only = h("input", { type: "checkbox" });
  const which = select([["", "all services"], ...coverage.services.map((it) => [it.service, `${it.title}: ${it.percent} %`])]);
  const draw = () => fill(place, coverage.services.filter((it) => !which.value || it.service === which.value).map((it) => matrix(it, all, known, only.checked)));
  only.addEventListener("change", draw);
  which.addEventListener("change", draw);
  const report = (format, language) => h("button", { type: "button", class: "button", onclick: () => attempt(problem, () => open(format, language)) }, `${format === "html" ? "Report" : "Report as Markdown"}, ${language === "nb" ? "norsk" : "English"}`);
  root.append(
    h("p", { class: "big" }, h("b", {}, `${coverage.percent} %`), ` tried: ${coverage.tried} of ${coverage.of}`),
    h("p", { class: "buttons" }, report("html", "nb"), report("html", "en"), report("md", "en"),
      h("button", { type: "button", class: "quiet", onclick: async () => { await attempt(problem, () => call("DELETE", "/coverage")); location.reload(); } }, "Forget what was tried")),
    calls(() => [curl("GET", "/coverage"), curl("GET", "/report?format=html&language=en")]),
    h("div", { class: "row" }, field("Service", which), h("label", { class: "check" }, only, " only what is missing")),
    h("p", { class: "legend" }, h("span", { class: "cell natural" }, "by itself"), " ", h("span", { class: "cell tried" }, "on demand"), " ", h("span", { class: "cell" }, "missing: choose it to provoke it")),
    place);
  draw();
}

/** Saves the report, or opens it in a new tab where no key is needed. */
async function open(format, language) {
  const response = await send("GET", `/report?format=${format}&language=${language}`);
  if (!response.ok) throw new Error((await response.json()).detail);
  const address = URL.createObjectURL(await response.blob());
  h("a", { href: address, download: `innkreving-report.${format}` }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A party for each state that makes a difference. */
async function parties() {
  const first = async (where) => (await get(`/parties?where=${encodeURIComponent(where)}&first=1`).catch(() => []))[0]?.part;
  const [organisation, person, shielded, partly] = await Promise.all(["form = company and open > 0", "form = person", "shielded = yes", "shielded = partly"].map(first));
  return { organisation: organisation ?? "311851381", person, shielded, "shielded-in-part": partly, unknown: "310000004" };
}

const KINDS = ["answer", "code", "rule", "token", "party", "case", "fault", "drift"];

function matrix(service, all, known, onlyMissing) {
  const kinds = KINDS.filter((kind) => service.endpoints.some((endpoint) => endpoint.cells.some((cell) => cell.kind === kind)));
  const described = all.services.find((it) => it.name === service.service);
  const cells = (endpoint, kind) => {
    const there = endpoint.cells.filter((cell) => cell.kind === kind && !(onlyMissing && cell.count > 0));
    return there.map((cell) => {
      const name = cell.item.replace(`${kind}/`, "");
      const target = provoke(described, endpoint.endpoint, cell, known);
      const kindOf = cell.count === 0 ? "" : cell.natural ? " natural" : " tried";
      const told = `${endpoint.endpoint} ${cell.item}: ${cell.count === 0 ? "not tried" : `tried ${counted(cell.count, "time", "times")}${cell.natural ? "" : ", only on demand"}`}`;
      return h("a", { class: `cell${kindOf}`, href: target, title: told, "aria-label": told }, name);
    });
  };
  return h("section", {}, h("h3", {}, service.title, " ", h("small", {}, `${service.percent} %, ${service.tried} of ${service.of}`)),
    service.endpoints.length === 0 ? empty("Nothing counts here.") : h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": service.title },
      h("table", { class: "matrix" }, h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Endpoint"), kinds.map((kind) => h("th", { scope: "col" }, kind)))),
        h("tbody", {}, service.endpoints.map((endpoint) => h("tr", {}, h("th", { scope: "row" }, endpoint.endpoint), kinds.map((kind) => h("td", {}, cells(endpoint, kind)))))))));
}

/** The address of the composition that tries a cell. */
function provoke(service, endpointName, cell, known) {
  const call = blank();
  const item = cell.item.replace(`${cell.kind}/`, "");
  const endpoint = service.endpoints.find((it) => it.name === endpointName);
  if (!endpoint) {
    // The URLs that the service does not have.
    const path = `${service.base}/there-is-no-such-url`;
    return `${prefix}${path}`;
  }
  Object.assign(call, { service, endpoint, party: endpoint.party === "url" ? known.organisation : "" });
  const parts = item.split("/");
  for (const part of endpoint.path.split("/").filter((it) => it.startsWith("{"))) {
    const name = part.slice(1, -1);
    call.places[name] = endpoint.parameters.find((it) => it.name === name)?.example ?? "1";
  }
  switch (cell.kind) {
    case "answer":
      for (const part of parts) {
        if (service.packages.some((it) => it.name === part)) call.package = part;
        else if (/^\d{4}$/.test(part)) call.modifiers.edition = part;
        else if (part === "xml" || part === "json") call.accept = part;
      }
      break;
    case "code":
    case "rule":
      call.modifiers.error = item;
      break;
    case "fault":
      if (item === "delay") call.modifiers.delay = "2s";
      else call.modifiers.fault = item;
      break;
    case "drift":
      call.modifiers.drift = item;
      break;
    case "token":
      call.token = { own: "organisation", delegated: "supplier", "consent-header": "old-consent" }[item] ?? item;
      break;
    case "party":
      if (endpoint.party === "url") call.party = known[item] ?? "";
      else call.modifiers.party = known[item] ?? "";
      break;
    default:
      for (const own of service.modifiers) if (own.values.includes(item)) call.modifiers[own.name] = item;
  }
  return link({ method: endpoint.method, url: url(call), ...call });
}
