// The glossary as a view.

import { h, table } from "./dom.js";
import { glossary } from "./terms.js";

export async function show(root) {
  const words = await glossary();
  root.append(h("h2", {}, "Glossary"), h("p", {}, "The Norwegian words of the services. In identifiers å, ø, æ are written aa, oe, ae."),
    table(["Word", "English", "What a system does with it"], words.map((it) => [it.words.join(", "), it.english, it.use]), { label: "Glossary" }));
}
