/** One known-answer test: true when the runtime still computes what the standard says. */
export interface KnownAnswer {
  readonly name: string;
  readonly source: string;
  readonly holds: () => boolean;
  /** The algorithms that are served no more when it fails; absent where everything stands on it. */
  readonly only?: RegExp;
}

export const hex = (text: string): Buffer => Buffer.from(text, "hex");

/** Compares with the answer, written in hexadecimal. */
export const is = (computed: Uint8Array, answer: string): boolean => Buffer.from(computed).toString("hex") === answer;
