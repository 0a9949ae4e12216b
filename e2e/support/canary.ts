import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";

/** A secret that must not be anywhere in the control plane. */
export interface Secret {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** A place where a secret was found. */
export interface Find {
  readonly secret: string;
  readonly where: string;
}

interface Needle {
  readonly secret: string;
  readonly text: string;
}

/** A secret given as text, such as words or a token. */
export function textSecret(name: string, text: string): Secret {
  return { name, bytes: Buffer.from(text, "utf8") };
}

/** Looks for every secret, in each form in which bytes are usually written, in all files below some folders. */
export function searchFiles(
  secrets: readonly Secret[],
  folders: readonly string[],
): { readonly files: number; readonly finds: Find[] } {
  const needles = secrets.flatMap(needlesOf);
  const finds: Find[] = [];
  let files = 0;
  for (const file of folders.flatMap((folder) => [...filesBelow(folder)])) {
    files += 1;
    const text = readFileSync(file).toString("latin1");
    for (const { secret, text: needle } of needles) if (text.includes(needle)) finds.push({ secret, where: file });
  }
  return { files, finds };
}

/** The same in every row of every table, as the owner sees it: also what is compressed on disk. */
export async function searchDatabase(
  secrets: readonly Secret[],
  ownerUrl: string,
): Promise<{ readonly rows: number; readonly finds: Find[] }> {
  const needles = secrets.flatMap(needlesOf);
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const finds: Find[] = [];
  let rows = 0;
  try {
    const sql =
      "select schemaname || '.' || quote_ident(tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema')";
    for (const { name } of (await client.query<{ name: string }>(sql)).rows) {
      for (const row of (await client.query(`select * from ${name}`)).rows as Record<string, unknown>[]) {
        rows += 1;
        const text = Object.values(row).map(textOf).join("\n");
        for (const { secret, text: needle } of needles) if (text.includes(needle)) finds.push({ secret, where: name });
      }
    }
  } finally {
    await client.end();
  }
  return { rows, finds };
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}

function needlesOf({ name, bytes }: Secret): Needle[] {
  const buffer = Buffer.from(bytes);
  const base64 = buffer.toString("base64").replace(/=+$/, "");
  const forms = [
    buffer.toString("latin1"),
    base64,
    buffer.toString("base64url"),
    buffer.toString("hex"),
    buffer.toString("hex").toUpperCase(),
  ];
  return [...new Set(forms)].map((text) => ({ secret: name, text }));
}

function* filesBelow(path: string): Iterable<string> {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile()) yield path;
  if (!found?.isDirectory()) return;
  for (const name of readdirSync(path)) yield* filesBelow(join(path, name));
}
