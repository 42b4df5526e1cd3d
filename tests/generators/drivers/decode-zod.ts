// Reads each answer with the generated zod schemas, and writes what they let through.
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import * as klient from './client/schemas';

const schemas = new Map(Object.entries(klient as Record<string, unknown>).map(([name, value]) => [name.toLowerCase(), value as z.ZodType]));
const plain = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value);
for (const line of readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean)) {
    const [file, out, shape, model, operation, status] = line.split('\t');
    try {
        const named = schemas.get(`z${model}`.toLowerCase());
        const sent = [`${operation}Body`, `z${operation}Body`].map((name) => schemas.get(name.toLowerCase()));
        const whole = [`${operation}${status}Response`, `${operation}Response`, `z${operation}Response`].map((name) => schemas.get(name.toLowerCase()));
        const schema = named ? (shape === 'list' ? z.array(named) : named) : (status === 'request' ? sent : whole).find(Boolean);
        if (!schema) throw new Error(`the client has no schema for ${operation} ${status}`);
        writeFileSync(out, JSON.stringify(schema.parse(JSON.parse(readFileSync(file, 'utf8'))), plain));
    } catch (error) {
        writeFileSync(`${out}.error`, String(error).replace(/\s+/g, ' '));
    }
}
