// Builds elements. Text goes in as text nodes only; nothing here reads HTML.

/**
 * Makes an element. Attributes that begin with `on` are listeners; `true` sets an empty attribute, and `false`, `null` and
 * `undefined` leave it out. Children are elements, texts, numbers, or lists of them.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === false || value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

/** Adds children to an element. */
export function add(element, ...children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : String(child));
  }
  return element;
}

/** Replaces what stands in an element. */
export function fill(element, ...children) {
  element.replaceChildren();
  return add(element, children);
}

/** A table with a head. Cells that are numbers, or that the head marks with `#`, stand to the right. */
export function table(head, rows, attributes = {}) {
  const right = head.map((name) => typeof name === "string" && name.startsWith("#"));
  const title = (name) => (typeof name === "string" ? name.replace(/^#/, "") : name);
  return h("div", { class: "wide", tabindex: "0", role: "region", "aria-label": attributes.label ?? "Table" },
    h("table", {},
      h("thead", {}, h("tr", {}, head.map((name, at) => h("th", { scope: "col", class: right[at] ? "number" : null }, title(name))))),
      h("tbody", {}, rows.map((row) => h("tr", {}, row.map((cell, at) => h("td", { class: right[at] ? "number" : null }, cell)))))));
}

/** A number with its word: one of them, or several. */
export const counted = (number, one, many) => `${number} ${number === 1 ? one : many}`;

let fields = 0;

/** A labelled field. `control` is an input, a select or a textarea. */
export function field(label, control, hint) {
  fields += 1;
  control.id ||= `f${fields}`;
  if (hint) control.setAttribute("aria-describedby", `${control.id}-hint`);
  return h("div", { class: "field" },
    h("label", { for: control.id, "data-terms": true }, label), control, control.type === "date" ? iso(control) : null,
    hint ? h("small", { id: `${control.id}-hint` }, hint) : null);
}

/** The day of a date field as calls have it: a browser shows it as its own language does. */
function iso(control) {
  const text = h("output", { for: control.id, class: "iso" });
  const tell = () => { text.textContent = control.value ? `As calls have it: ${control.value}` : ""; };
  control.addEventListener("input", tell);
  control.addEventListener("change", tell);
  tell();
  return text;
}

/** A select of values; an entry is a text, or a value and its text. */
export function select(options, value, attributes = {}) {
  const entries = options.map((option) => (Array.isArray(option) ? option : [option, option]));
  const made = h("select", attributes, entries.map(([value, text]) => h("option", { value }, text)));
  if (value !== undefined && value !== null) made.value = value;
  if (made.selectedIndex < 0) made.selectedIndex = 0;
  return made;
}

/** A number as kroner, with a space between thousands. */
export function kroner(amount) {
  return Number(amount).toLocaleString("nb-NO", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** A time of a computer, as it is on the clock of whoever looks; the time in UTC is behind it. */
export function moment(at) {
  const text = new Date(at).toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return h("time", { datetime: at, title: `${at.slice(0, 19).replace("T", " ")} UTC` }, text);
}

/** A button that copies a text, and says so. */
export function copyButton(text, label = "Copy") {
  const button = h("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    const value = typeof text === "function" ? text() : text;
    try {
      await navigator.clipboard.writeText(value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy by hand";
    }
    setTimeout(() => { button.textContent = label; }, 1500);
  });
  return button;
}

/** A text to read and copy. */
export function code(text, label) {
  return h("div", { class: "code" }, h("pre", { tabindex: "0", "aria-label": label ?? "Code" }, h("code", {}, text)), copyButton(text));
}

/** What is said where a list has nothing. */
export function empty(...text) {
  return h("p", { class: "empty" }, text);
}
