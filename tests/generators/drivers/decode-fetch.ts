// Reads each answer with the functions of the generated client, and writes it again.
import { readFileSync, writeFileSync } from 'node:fs';
import * as klient from './client/index';

const functions = klient as unknown as Record<string, ((value: unknown) => unknown) | undefined>;
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
    const [file, out, shape, model] = line.split('\t');
    try {
        const from = functions[`${model}FromJSON`];
        const to = functions[`${model}ToJSON`];
        if (!from || !to) throw new Error(`the client has no model ${model}`);
        const body: unknown = JSON.parse(readFileSync(file, 'utf8'));
        const one = (value: unknown): unknown => to(from(value));
        writeFileSync(out, JSON.stringify(shape === 'list' ? (body as unknown[]).map(one) : one(body)));
    } catch (error) {
        writeFileSync(`${out}.error`, String(error));
    }
}
