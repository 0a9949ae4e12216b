import { AdmissionError } from "../admission/errors.ts";
import type { KeyRecord } from "../keystore/records.ts";
import { type ActInput, targetKey } from "./act.ts";
import type { KeyEffect } from "./effect.ts";
import { stateAfter } from "./step-key.ts";

/**
 * key.rotate: new material becomes the current version; the version before it still opens what it sealed, but seals
 * nothing any more (KMIP Re-key; the old version's protect-stop date is now).
 *
 * @throws {@link AdmissionError} `E_PRESTATE` for a key that is not active, or was rotated 2³²−1 times
 */
export function reKey(input: ActInput): KeyEffect[] {
  return [rotateKey(targetKey(input), input)];
}

/** The same for whoever causes it. @throws {@link AdmissionError} `E_PRESTATE` */
export function rotateKey(before: KeyRecord, input: Pick<ActInput, "makeKey" | "now">): KeyEffect {
  stateAfter(before.state, "key.rotate");
  if (before.type !== "symmetric-key" || before.algorithm === null)
    throw new AdmissionError("E_PRESTATE", "Only symmetric keys get new versions; make a new key pair.");
  const version = before.current + 1;
  if (version > 0xffffffff) throw new AdmissionError("E_PRESTATE", "The key has no version numbers left.");
  const made = input.makeKey(before.id, version, {
    ...before,
    algorithm: before.algorithm,
    bits: before.algorithm.startsWith("HMAC-") ? before.bits : null,
  });
  const retired = before.versions.map((each) =>
    each.version === before.current ? { ...each, state: "deactivated" as const } : each,
  );
  const fresh = {
    version,
    state: "active" as const,
    createdAt: input.now,
    kcv: made.kcv,
    commit: made.commit,
    leaf: 0,
  };
  const after = { ...before, current: version, versions: [...retired, fresh] };
  return { on: "key", before, after, movesHead: true, created: made.handle };
}
