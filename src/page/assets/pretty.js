// JSON and XML to read: one line after the other, with what differs from another answer marked.

import { h } from "./dom.js";

/** The lines of a JSON value: depth, path and text. The path tells what a line is about, whatever its value. */
function jsonLines(value, depth = 0, path = "", name = null, last = true, lines = []) {
  const head = name === null ? "" : `${JSON.stringify(name)}: `;
  const comma = last ? "" : ",";
  const line = (text, at = path) => lines.push({ depth, path: at, text });
  if (value !== null && typeof value === "object") {
    const isList = Array.isArray(value);
    const entries = isList ? value.map((item, at) => [at, item]) : Object.entries(value);
    const [open, close] = isList ? "[]" : "{}";
    if (entries.length === 0) {
      line(`${head}${open}${close}${comma}`);
      return lines;
    }
    line(`${head}${open}`);
    entries.forEach(([key, item], at) => {
      jsonLines(item, depth + 1, `${path}/${key}`, isList ? null : key, at === entries.length - 1, lines);
    });
    lines.push({ depth, path: `${path}$`, text: `${close}${comma}` });
  } else {
    line(`${head}${JSON.stringify(value)}${comma}`);
  }
  return lines;
}

/** Numbers of JSON keep their own digits: 500.0 stays 500.0. */
class Digits {
  constructor(text) { this.text = text; }
}

/** Reads JSON; where the browser can, numbers keep their digits. */
function read(text) {
  return JSON.parse(text, (_, value, context) => {
    if (typeof value === "number" && context?.source && context.source !== String(value)) return new Digits(context.source);
    return value;
  });
}

/** The lines of an XML text. */
function xmlLines(text) {
  const lines = [];
  let depth = 0;
  for (const part of text.replace(/>\s*</g, ">\n<").split("\n")) {
    const closes = /^<\//.test(part);
    if (closes) depth -= 1;
    lines.push({ depth: Math.max(0, depth), path: part, text: part });
    if (/^<[^?!/][^>]*[^/]?>$/.test(part) && !part.includes("</") && !part.endsWith("/>")) depth += 1;
  }
  return lines;
}

/** The lines of a body. */
export function lines(body, format) {
  if (format === "xml") return xmlLines(body);
  try {
    return shown(read(body));
  } catch {
    return body.split("\n").map((text) => ({ depth: 0, path: text, text }));
  }
}

function shown(value) {
  const unwrap = (it) => {
    if (it instanceof Digits) return it;
    return it;
  };
  return jsonLinesWithDigits(unwrap(value));
}

function jsonLinesWithDigits(value) {
  const made = jsonLines(replaceDigits(value));
  const mark = /"\u0001([^"\u0001]*)\u0001"/g;
  return made.map((line) => ({ ...line, text: line.text.replace(/"\\u0001([^"\\]*)\\u0001"/g, "$1").replace(mark, "$1") }));
}

/** Digits become texts between marks, which are taken away after they were written. */
function replaceDigits(value) {
  if (value instanceof Digits) return `\u0001${value.text}\u0001`;
  if (Array.isArray(value)) return value.map(replaceDigits);
  if (value !== null && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, replaceDigits(item)]));
  }
  return value;
}

/** The most lines that are shown at once. */
const MOST = 3000;

/**
 * A body to read. `other` is the body of another edition: lines that it does not have are marked. `find` is a text whose
 * lines are marked and scrolled to.
 */
export function body(text, format, { other, find, label } = {}) {
  const mine = lines(text, format);
  const theirs = other === undefined ? null : new Set(lines(other, format).map((line) => `${line.path} ${line.text.replace(/,$/, "")}`));
  const names = other === undefined ? null : new Set(lines(other, format).map((line) => line.path));
  let first = null;
  const rows = mine.slice(0, MOST).map((line) => {
    const isOther = theirs !== null && !theirs.has(`${line.path} ${line.text.replace(/,$/, "")}`);
    const isNew = isOther && !names.has(line.path);
    const isFound = find && line.text.includes(find);
    const row = h("span", { class: `line d${Math.min(line.depth, 12)}${isNew ? " new" : isOther ? " other" : ""}${isFound ? " found" : ""}` },
      isNew ? h("span", { class: "sr" }, "only here: ") : isOther ? h("span", { class: "sr" }, "differs: ") : null, line.text, "\n");
    if (isFound) first ??= row;
    return row;
  });
  if (mine.length > MOST) rows.push(h("span", { class: "line soft" }, `… ${mine.length - MOST} more lines`));
  const pre = h("pre", { class: "body", tabindex: "0", role: "region", "aria-label": label ?? "Body" }, rows);
  if (first) requestAnimationFrame(() => { pre.scrollTop = first.offsetTop - pre.clientHeight / 3; });
  return pre;
}
