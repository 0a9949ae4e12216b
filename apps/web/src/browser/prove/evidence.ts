import type { Entry } from "@holdfast/protocol";

/** Where evidence comes from: a server, a file, a test. Everything in it is hostile until it is proved. */
export interface Evidence {
  /** The chain of administrators and rules, genesis first. */
  chain(): Promise<unknown>;
  /** The newest signed head of the log as a note; null before the first. */
  checkpoint(): Promise<string | null>;
  entry(n: number): Promise<Entry>;
  /** Hashes, base64url, that lead from entry `n` to the root of the log of `size` entries. */
  inclusion(n: number, size: number): Promise<readonly string[]>;
  /** Hashes, base64url, that lead from the log of one size to that of another. */
  consistency(from: number, to: number): Promise<readonly string[]>;
  /** The newest entries about a subject, of a kind or caused by a command, newest first; a server may leave some out. */
  entries(filter: {
    readonly kind?: string;
    readonly subject?: string;
    readonly command?: string;
    readonly most?: number;
  }): Promise<readonly Entry[]>;
}
