import type { Permit } from "@holdfast/crypto";
import { LEGACY_ALGORITHMS, type LegacyAlgorithm } from "@holdfast/protocol";
import type { Keystore } from "../keystore/keystore.ts";
import type { KeyRecord } from "../keystore/records.ts";

/** Of a request's parameters, what may be of an old kind. */
interface Parameters {
  readonly mode?: string;
  readonly hash?: string;
  readonly mgfHash?: string;
}

const LEGACY: ReadonlySet<string> = new Set(LEGACY_ALGORITHMS);
const NONE: Permit = {};
const SOUND_RSA_BITS = 2048;
const SOUND_MAC_BITS = 112;

/**
 * What the domain's administrators have allowed beyond what is sound today, for one operation: legacy only if each old
 * thing that the operation uses is allowed by its name.
 */
export function permitFor(
  { keystore }: { readonly keystore: Keystore },
  key: Pick<KeyRecord, "algorithm" | "bits">,
  parameters: Parameters = {},
): Permit {
  const { legacy } = keystore.domain();
  if (legacy.length === 0) return NONE;
  const used = [...ofKey(key), parameters.mode, parameters.hash, parameters.mgfHash].filter(isLegacy);
  return {
    legacy: used.length > 0 && used.every((each) => legacy.includes(each)),
    givenIv: legacy.includes("given-iv"),
    shortTag: legacy.includes("short-tag"),
  };
}

function ofKey({ algorithm, bits }: Pick<KeyRecord, "algorithm" | "bits">): string[] {
  if (algorithm === null) return [];
  if (algorithm === "3DES-2KEY") return ["3DES"];
  if (algorithm.startsWith("RSA") && bits !== null && bits < SOUND_RSA_BITS) return ["RSA-1024"];
  if (algorithm.startsWith("HMAC-") && bits !== null && bits < SOUND_MAC_BITS) return [algorithm, "short-mac-key"];
  return [algorithm];
}

function isLegacy(name: string | undefined): name is LegacyAlgorithm {
  return name !== undefined && LEGACY.has(name);
}
