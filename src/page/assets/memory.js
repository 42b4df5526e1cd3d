// What the page remembers while its tab is open: choices, and never a token, a key or a body.

import { session } from "./api.js";

const key = (name) => `innkreving/${session}/${name}`;

/** What was remembered under a name, or something else. */
export function remembered(name, otherwise = null) {
  try {
    const text = sessionStorage.getItem(key(name));
    return text === null ? otherwise : JSON.parse(text);
  } catch {
    return otherwise;
  }
}

/** Remembers a value, or forgets it. A browser that keeps nothing is no fault. */
export function remember(name, value) {
  try {
    if (value === null || value === undefined) sessionStorage.removeItem(key(name));
    else sessionStorage.setItem(key(name), JSON.stringify(value));
  } catch {
    // The page works without it.
  }
}

/** Lets fields keep their values: an object of controls by name. Returns what saves them. */
export function keepFields(name, controls) {
  const kept = remembered(name, {});
  for (const [field, control] of Object.entries(controls)) {
    if (typeof kept[field] !== "string") continue;
    const isChoice = control.tagName === "SELECT";
    if (!isChoice || [...control.options].some((option) => option.value === kept[field] && !option.disabled)) control.value = kept[field];
  }
  return () => remember(name, Object.fromEntries(Object.entries(controls).map(([field, control]) => [field, control.value])));
}
