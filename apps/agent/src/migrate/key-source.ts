import type { ImportedKey } from "@holdfast/protocol";

/** A key or secret that may be moved, as its old place describes it: no material. */
export interface SourceKey {
  /** Under what it is found again, here and there. */
  readonly id: string;
  readonly label: string;
  /** What it is called there. */
  readonly kind: string;
  /** Why it cannot be moved; null where it can. */
  readonly stays: string | null;
  /** Why no key server would take it as it is described; absent where that is not known before. */
  readonly refused?: string | null;
  /** The alias that it would have here. */
  readonly alias?: Pick<ImportedKey, "alias" | "group">;
  /** What of it does not go along. */
  readonly left: readonly string[];
}

/** The same with its material. Caller must: wipe it. */
export interface SourceMaterial {
  readonly key: ImportedKey;
  readonly versions: readonly Buffer[];
}

/** Where keys are moved from. */
export interface KeySource {
  readonly name: string;
  /** What the other side is, in a word or two. */
  readonly protocol: string;
  /** Asks for no material. */
  list(): Promise<readonly SourceKey[]>;
  /** @returns the material, or why it is not given */
  read(key: SourceKey): Promise<SourceMaterial | string>;
}
