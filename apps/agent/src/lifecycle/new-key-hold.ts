import type { ChangeWrite } from "./change.ts";

/** What a new key waits for before its maker is answered, while administrators say so. */
export interface NewKeyHold {
  /** @throws {@link AdmissionError} `E_UNBACKED` when no new key could be held now: none is made then */
  assertHolding(): void;
  /** Resolves when a backup holds the first `size` entries. @throws {@link AdmissionError} `E_UNBACKED` when that takes too long */
  untilHeld(size: number): Promise<void>;
}

/** Commands that bring key material. */
const MAKING: ReadonlySet<string> = new Set(["key.create", "key.rotate"]);

/** Whether a command of this act brings key material. */
export function isMakingAct(act: string): boolean {
  return MAKING.has(act);
}

/** Whether these writes bring key material. */
export function isMaking(writes: readonly ChangeWrite[]): boolean {
  return writes.some(({ effect }) => effect?.on === "key" && effect.created !== undefined);
}
