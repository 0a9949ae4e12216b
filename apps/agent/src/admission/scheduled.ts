import type { RootKey } from "@holdfast/crypto";
import { decodeBase64url } from "@holdfast/protocol";
import type { Keystore } from "../keystore/keystore.ts";
import { decodeBody, encodeBody, isAuthenticRow, sealRow } from "../keystore/row.ts";
import type { Store } from "../keystore/store.ts";
import type { ScheduledRow } from "../lifecycle/command-writes.ts";
import type { RunningTime } from "../self-check/running-time.ts";

/** An approved command that waits its delay. */
export interface ScheduledCommand {
  readonly hash: string;
  readonly keyId: string;
  readonly envelope: Uint8Array;
  /** In the agent's running time, seconds. */
  readonly dueSeconds: number;
}

/** Approved commands that wait their delay, as the store has them and the keys' own authenticated rows confirm. */
export class ScheduledCommands {
  readonly #store: Store;
  readonly #root: RootKey;
  readonly #keystore: Keystore;

  constructor(parts: { readonly store: Store; readonly root: RootKey; readonly keystore: Keystore }) {
    this.#store = parts.store;
    this.#root = parts.root;
    this.#keystore = parts.keystore;
  }

  /** All that wait. A row that is not ours, or whose key does not wait for it (any more), counts as none. */
  all(): readonly ScheduledCommand[] {
    return [...this.#store.rows("scheduled")].flatMap((row) => {
      if (!isAuthenticRow(this.#root, "scheduled", row)) return [];
      const { keyId, envelope, dueSeconds } = decodeBody<ScheduledRow>(row);
      if (this.#keystore.findKey(keyId)?.scheduled !== row.id) return [];
      return [{ hash: row.id, keyId, dueSeconds, envelope: decodeBase64url(envelope) }];
    });
  }

  find(hash: string): ScheduledCommand | null {
    return this.all().find((each) => each.hash === hash) ?? null;
  }
}

const ROW = "running-time";

/** The running time that an earlier run of this agent reached; 0 where there is none or it is not ours. */
export function storedRunningSeconds(store: Store, root: RootKey): number {
  const row = store.findRow("setting", ROW);
  if (row === null || !isAuthenticRow(root, "setting", row)) return 0;
  const { seconds } = decodeBody<{ seconds: number }>(row);
  return Number.isSafeInteger(seconds) && seconds >= 0 ? seconds : 0;
}

/** Keeps the running time. An older row put back only makes delays longer. */
export function keepRunningTime(store: Store, root: RootKey, time: RunningTime): void {
  const body = encodeBody({ seconds: time.take() });
  store.transact(() => store.putRow("setting", sealRow(root, "setting", { id: ROW, body, leaf: 0 })));
}
