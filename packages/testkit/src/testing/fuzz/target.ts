/** One strict reader, what it reads when all is well, and what has to be true of anything it accepts. */
export interface Target {
  readonly name: string;
  readonly valid: readonly Uint8Array[];
  readonly isText: boolean;
  /** Reads; throws a typed error, or returns what is wrong with having accepted this: null where nothing is. */
  read(input: Uint8Array): string | null | Promise<string | null>;
}
