import { findBase64url } from "@holdfast/protocol";

/** The one thing this page keeps in the browser: the right to a new client's files, for this tab and ten minutes. */
export interface KeptSecret {
  /** 32 bytes, base64url. */
  readonly secret: string;
  /** When the key server forgets the files, Unix milliseconds. */
  readonly until: number;
  /** Names of the files that were saved, each after its command's hash and a space. */
  readonly saved: readonly string[];
}

const NAME = "holdfast-handover";

/** What is kept and not over; what is over, or is not ours, is wiped. */
export function keptSecrets(now = Date.now()): KeptSecret[] {
  const found = read();
  const good = found.filter(({ until }) => until > now);
  if (good.length !== found.length) write(good);
  return good;
}

/** Keeps a secret, or what was saved by it since. Without a place to keep it, it is in the page's memory only. */
export function keepSecret(one: KeptSecret): void {
  const others = keptSecrets().filter(({ secret }) => secret !== one.secret);
  write(one.until > Date.now() ? [...others, one] : others);
}

/** Wipes a secret. */
export function wipeSecret(secret: string): void {
  write(keptSecrets().filter((one) => one.secret !== secret));
}

function read(): KeptSecret[] {
  try {
    const list: unknown = JSON.parse(sessionStorage.getItem(NAME) ?? "[]");
    if (Array.isArray(list) && list.every(isKept)) return list;
    sessionStorage.removeItem(NAME);
  } catch {
    // No place to keep anything, or nothing of ours in it.
  }
  return [];
}

function write(list: readonly KeptSecret[]): void {
  try {
    if (list.length === 0) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, JSON.stringify(list));
  } catch {
    // No place to keep anything: the page's memory has it.
  }
}

function isKept(value: unknown): value is KeptSecret {
  const { secret, until, saved } = (value ?? {}) as Partial<KeptSecret>;
  return (
    typeof secret === "string" &&
    findBase64url(secret)?.length === 32 &&
    typeof until === "number" &&
    Array.isArray(saved) &&
    saved.every((name) => typeof name === "string")
  );
}
