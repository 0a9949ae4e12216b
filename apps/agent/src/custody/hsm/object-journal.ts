import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { syncFolder } from "../private-file.ts";

/** A version's key in the token. */
export interface TokenObject {
  readonly keyId: string;
  readonly version: number;
}

/**
 * In the data folder: objects of the token that the store may not have. It holds nothing secret, and nothing follows
 * from it but that an object the store does not have is removed from the token.
 */
export class ObjectJournal {
  readonly #folder: string;
  readonly #path: string;
  readonly #objects = new Map<string, TokenObject>();

  constructor(dataDirectory: string) {
    this.#folder = dataDirectory;
    this.#path = join(dataDirectory, "hsm-objects.json");
    for (const object of readJournal(this.#path)) this.#objects.set(nameOf(object), object);
  }

  entries(): readonly TokenObject[] {
    return [...this.#objects.values()];
  }

  /** Durable when this returns. */
  add(objects: readonly TokenObject[]): void {
    for (const { keyId, version } of objects) this.#objects.set(`${keyId}/${version}`, { keyId, version });
    this.#write();
  }

  remove(objects: readonly TokenObject[]): void {
    for (const object of objects) this.#objects.delete(nameOf(object));
    this.#write();
  }

  #write(): void {
    const file = openSync(`${this.#path}.new`, "w", 0o600);
    try {
      writeFileSync(file, `${JSON.stringify(this.entries())}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${this.#path}.new`, this.#path);
    syncFolder(this.#folder);
  }
}

function nameOf({ keyId, version }: TokenObject): string {
  return `${keyId}/${version}`;
}

/** What cannot be read names nothing: then objects may stay in the token, and none is removed wrongly. */
function readJournal(path: string): TokenObject[] {
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    return Array.isArray(value) ? value.filter(isObject) : [];
  } catch {
    return [];
  }
}

function isObject(value: unknown): value is TokenObject {
  const { keyId, version } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return typeof keyId === "string" && /^k_[a-z2-7]{26}$/.test(keyId) && Number.isSafeInteger(version);
}
