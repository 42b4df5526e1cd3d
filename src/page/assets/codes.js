// Published codes to choose from, with their titles, by service.

import { h } from "./dom.js";

const option = (it) => h("option", { value: it.code }, `${it.code} · ${it.status} · ${it.area}`);

/** The options of a list of codes: those of each service, then those of the platform, then the rules of each service. */
export function codeOptions(services, { rules = true } = {}) {
  const isCommon = (it) => it.code.startsWith("DAS-");
  const common = new Map(services.flatMap((service) => service.codes).filter(isCommon).map((it) => [it.code, it]));
  const group = (label, codes) => (codes.length > 0 ? h("optgroup", { label }, codes.map(option)) : null);
  return [
    ...services.map((service) => group(service.title, service.codes.filter((it) => !isCommon(it)))),
    group("The platform, before all services", [...common.values()]),
    ...(rules ? services.map((service) => group(`${service.title}: rules (${service.findings.length})`, service.findings)) : []),
  ].filter(Boolean);
}
