import type { Keystore } from "../keystore/keystore.ts";
import type { KeyRecord } from "../keystore/records.ts";
import { AdmissionError } from "./errors.ts";

/**
 * The key that a person means by an id, an alias or a name; null where there is none.
 *
 * Of keys of one name those that still exist come before destroyed ones, and of a pair its private half.
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a name that several have
 */
export function keyNamed(word: string, keystore: Keystore): KeyRecord | null {
  const found = keystore.findKey(word) ?? keystore.findKeyByAlias(word);
  if (found) return found;
  const named = withoutPublicHalves([...keystore.keys()].filter(({ label }) => label === word));
  const there = named.filter(({ state }) => !state.startsWith("destroyed"));
  const [first, ...others] = there.length > 0 ? there : named;
  if (first === undefined) return null;
  if (others.length === 0) return first;
  const ids = [first, ...others].slice(0, MOST_NAMED).map(({ id }) => id);
  throw new AdmissionError(
    "E_PRESTATE",
    `Several keys have that name: give one's id, ${ids.join(" or ")}${others.length < MOST_NAMED ? "" : " or another"}.`,
    {},
    "Give the id in place of the name; `holdfast-agent key list` shows which is which.",
  );
}

const MOST_NAMED = 4;

/** A key pair has one name; whoever says it means the private key. */
function withoutPublicHalves(named: readonly KeyRecord[]): KeyRecord[] {
  const halves = new Set(
    named.flatMap(({ links }) => links.filter(({ kind }) => kind === "public-key").map(({ id }) => id)),
  );
  return named.filter(({ id }) => !halves.has(id));
}
