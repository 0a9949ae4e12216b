/** What this browser holds against whatever a server says later. Public facts only. */
export interface Pin {
  readonly tid: string;
  readonly roster: { readonly seq: number; readonly hash: string };
  readonly checkpoint: { readonly size: number; readonly root: string };
  /** When the person typed the words, in Unix seconds. */
  readonly comparedAt: number;
}

const KEY = "holdfast.pin.";

/** The pin of an environment, or null where the words were never compared on this device. */
export function findPin(environmentId: string, storage: Storage = localStorage): Pin | null {
  const text = storage.getItem(KEY + environmentId);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isPin(value) ? value : null;
  } catch {
    return null;
  }
}

/** Keeps a pin. Caller must: have had the words typed, or have verified that the new pin extends the old one. */
export function writePin(environmentId: string, pin: Pin, storage: Storage = localStorage): void {
  storage.setItem(KEY + environmentId, JSON.stringify(pin));
}

/** Forgets the comparison, so that the words have to be typed again. */
export function forgetPin(environmentId: string, storage: Storage = localStorage): void {
  storage.removeItem(KEY + environmentId);
}

function isPin(value: unknown): value is Pin {
  if (typeof value !== "object" || value === null) return false;
  if (!("tid" in value && "roster" in value && "checkpoint" in value && "comparedAt" in value)) return false;
  const { tid, roster, checkpoint, comparedAt } = value;
  return (
    typeof tid === "string" &&
    typeof comparedAt === "number" &&
    hasNumberAndText(roster, "seq", "hash") &&
    hasNumberAndText(checkpoint, "size", "root")
  );
}

function hasNumberAndText(value: unknown, number: string, text: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  const entries = new Map(Object.entries(value));
  return Number.isSafeInteger(entries.get(number)) && typeof entries.get(text) === "string";
}
