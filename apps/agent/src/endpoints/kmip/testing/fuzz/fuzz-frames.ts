import { encodeTtlv, type Ttlv } from "@holdfast/kmip";
import { framed, mutateBytes } from "./mutate-bytes.ts";
import { mutateTree, mutateValues } from "./mutate-tree.ts";
import { Random } from "./random.ts";
import { Seeds, withIdentifiers } from "./seeds.ts";

/** How a frame is made: a good one with other values, another tree, other bytes, both, or a good one as it is. */
type FrameKind = "values" | "tree" | "bytes" | "both" | "whole";

const KINDS: readonly FrameKind[] = ["values", "values", "values", "tree", "tree", "bytes", "both", "whole"];

/** Makes hostile frames, the same ones from the same seed. */
export class FuzzFrames {
  readonly #random: Random;
  readonly #seeds = new Seeds();
  readonly #identifier: () => string;

  /** @param identifiers - What objects are named by, the attacker's own most often. */
  constructor(seed: number, identifiers: { readonly own: readonly string[]; readonly other: readonly string[] }) {
    const random = new Random(seed);
    this.#random = random;
    this.#identifier = () => random.pick(random.once(4) ? identifiers.other : identifiers.own);
  }

  /** A frame whose outermost header is right unless `raw`. */
  next(raw = false): Buffer {
    const random = this.#random;
    const seed = withIdentifiers(this.#seeds.pick(random), this.#identifier);
    const kind = random.pick(KINDS);
    const message = encoded(this.#changed(seed, kind)) ?? encodeTtlv(seed);
    const bytes = kind === "bytes" || kind === "both" ? mutateBytes(message, random) : message;
    return raw ? bytes : framed(bytes);
  }

  #changed(seed: Ttlv, kind: FrameKind): Ttlv {
    if (kind === "values") return mutateValues(seed, this.#random);
    return kind === "tree" || kind === "both" ? mutateTree(seed, this.#random, this.#seeds.trees) : seed;
  }
}

/** Trees that cannot be written are none that can be sent. */
function encoded(tree: Ttlv): Buffer | null {
  try {
    return encodeTtlv(tree);
  } catch {
    return null;
  }
}
