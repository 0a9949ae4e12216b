/** How much of a peer's bytes is read. Every length is compared with what is left before anything is allocated. */
export interface Limits {
  /** Largest encoded message, in bytes. */
  readonly maxBytes: number;
  /** Deepest nesting of structures. */
  readonly maxDepth: number;
  /** Most items (structures and values) in a message. */
  readonly maxItems: number;
  /** Longest Text String or Big Integer, in bytes. */
  readonly maxTextBytes: number;
}

/** 1 MiB, 32 levels, 65,536 items, text of 64 KiB: more than any message of the OASIS test cases by a factor of ten. */
export const DEFAULT_LIMITS: Limits = { maxBytes: 1_048_576, maxDepth: 32, maxItems: 65_536, maxTextBytes: 65_536 };
