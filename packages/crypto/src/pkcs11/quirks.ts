import type { TokenFacts } from "./request.ts";

/** In what a token departs from its standard. */
export interface Quirks {
  /** KWP of a length that is no multiple of 8 bytes gives other bytes than RFC 5649: it is refused. It unwraps right. */
  readonly kwpWholeBlocksOnly: boolean;
}

const NONE: Quirks = { kwpWholeBlocksOnly: false };

/**
 * Departures that were seen, by model: only what was tried stands here (docs/operate/hsm.md says with what).
 *
 * SoftHSM 2.6.1: CKM_AES_KEY_WRAP_PAD pads the key itself before it wraps.
 */
const SEEN: readonly (readonly [model: string, quirks: Quirks])[] = [["SoftHSM v2", { kwpWholeBlocksOnly: true }]];

/** What is known of a token's model. */
export function quirksOf({ model }: TokenFacts): Quirks {
  return SEEN.find(([name]) => name === model)?.[1] ?? NONE;
}
