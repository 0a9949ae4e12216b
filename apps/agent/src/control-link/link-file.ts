import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseVkey } from "@holdfast/tlog";

/** Which control plane the agent reports to. Nothing in it is secret: requests are signed by the agent's own key. */
export interface LinkRecord {
  readonly ver: 1;
  readonly gateway: string;
  readonly spki?: string;
  readonly witness: string;
  readonly environment: { readonly id: string; readonly name: string };
  /** Unix seconds. */
  readonly linkedAt: number;
}

const FILE = "link.json";

/** The link that is kept in a data folder; null where there is none that can be read. */
export function readLink(dataDirectory: string): LinkRecord | null {
  try {
    const value = JSON.parse(readFileSync(join(dataDirectory, FILE), "utf8")) as LinkRecord;
    const good =
      value.ver === 1 && new URL(value.gateway).origin === value.gateway && typeof value.environment?.id === "string";
    parseVkey(value.witness);
    return good ? value : null;
  } catch {
    return null;
  }
}

/** Keeps a link, whole or not at all. */
export function writeLink(dataDirectory: string, record: LinkRecord): void {
  const path = join(dataDirectory, FILE);
  const file = openSync(`${path}.new`, "w", 0o600);
  try {
    writeFileSync(file, `${JSON.stringify(record, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
}

/** Forgets the link. */
export function removeLink(dataDirectory: string): void {
  rmSync(join(dataDirectory, FILE), { force: true });
}
