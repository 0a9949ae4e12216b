import { posesAsKey } from "@holdfast/protocol";
import type { Keystore } from "../keystore/keystore.ts";
import type { KeyRecord } from "../keystore/records.ts";
import { AdmissionError } from "./errors.ts";

/**
 * The key that a person means by an id, an alias or a name; null where there is none.
 *
 * An alias is looked for in every group. What has the form of an alias or an id is never taken for a name, so that no key is
 * met under what another is found by. Of keys of one name those that still exist come before destroyed ones, and of a pair its
 * private half.
 *
 * @throws {@link AdmissionError} `E_AMBIGUOUS` for an alias that keys of several groups have; `E_PRESTATE` for a name that
 *   several have, and for the alias of a destroyed key
 */
export function keyNamed(word: string, keystore: Keystore): KeyRecord | null {
  const found = keystore.findKey(word);
  if (found) return found;
  if (word.startsWith("alias/")) return keyOfAlias(word, keystore);
  if (posesAsKey(word)) return null;
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

function keyOfAlias(alias: string, keystore: Keystore): KeyRecord | null {
  const [first, ...others] = keystore.findKeysByAlias(alias);
  if (first === undefined) {
    assertNotDestroyed(alias, keystore);
    return null;
  }
  if (others.length === 0) return first;
  const shown = [first, ...others].slice(0, MOST_NAMED).map(({ id, group }) => `${id} (group ${group})`);
  throw new AdmissionError(
    "E_AMBIGUOUS",
    `Keys of several groups have the alias ${alias}: ${shown.join(", ")}${others.length < MOST_NAMED ? "" : ", and more"}.`,
    {},
    "Give the id in place of the alias.",
  );
}

function assertNotDestroyed(alias: string, keystore: Keystore): void {
  for (const { id, label, state, aliases } of keystore.keys()) {
    if (!state.startsWith("destroyed") || !aliases.includes(alias)) continue;
    throw new AdmissionError(
      "E_PRESTATE",
      `The alias ${alias} was that of ${label} (${id}), which is destroyed.`,
      {},
      `\`holdfast-agent key show ${id}\` shows that key; \`holdfast-agent key list\` shows the keys that there are.`,
    );
  }
}

/** A key pair has one name; whoever says it means the private key. */
function withoutPublicHalves(named: readonly KeyRecord[]): KeyRecord[] {
  const halves = new Set(
    named.flatMap(({ links }) => links.filter(({ kind }) => kind === "public-key").map(({ id }) => id)),
  );
  return named.filter(({ id }) => !halves.has(id));
}
