import {
  decodeBase64url,
  docHash,
  encodeBase64url,
  parseRoster,
  type RosterLink,
  type VerifiedRoster,
  verifyGenesis,
} from "@holdfast/protocol";
import { emptyRoot, parseVkey } from "@holdfast/tlog";
import type { Unsealed } from "../custody/custody.ts";
import { CheckpointWriter } from "../custody-log/checkpoint-writer.ts";
import { CustodyLog } from "../custody-log/custody-log.ts";
import { StoreError } from "../keystore/errors.ts";
import { makeKek, sealKekRow } from "../keystore/kek-ring.ts";
import { type DomainRecord, UNDECIDED } from "../keystore/records.ts";
import { encodeBody, sealRow } from "../keystore/row.ts";
import type { RowTable, Store } from "../keystore/store.ts";
import type { ClockGuard } from "../self-check/clock.ts";

/** Where a domain is founded. */
export interface FoundingParts {
  readonly store: Store;
  readonly keys: Unsealed;
  readonly aid: string;
  readonly dataDirectory: string;
  readonly guard: ClockGuard;
}

/**
 * Founds a domain: genesis, first entry of the log and the domain's own row, all or nothing.
 *
 * @throws {@link StoreError} `E_GENESIS` when there is a domain already, or the genesis does not verify
 */
export async function foundDomain(parts: FoundingParts, link: RosterLink): Promise<VerifiedRoster> {
  const { store, keys, aid, dataDirectory, guard } = parts;
  const genesis = await verified(link);
  const { tid } = genesis;
  const witnesses = genesis.roster.witnesses.map(({ vkey }) => parseVkey(vkey));
  const checkpoints = new CheckpointWriter({ tid, alk: keys.alk, dataDirectory, witnesses: () => witnesses });
  const log = new CustodyLog({ store, tid, aid, guard, checkpoints, head: { size: 0, root: emptyRoot() } });
  const draft = log.draft();
  const put = (table: RowTable, id: string, body: object) =>
    store.putRow(table, sealRow(keys.root, table, { id, body: encodeBody(body), leaf: 0 }));
  store.transact(() => {
    if (store.findRow("roster_link", "0") !== null)
      throw new StoreError("E_GENESIS", "This agent has a domain already.");
    const data = { roster: docHash("roster", decodeBase64url(link.doc)) };
    const local = keys.local !== null;
    const actor = local ? ({ kind: "local" } as const) : adminsOf(genesis);
    draft.append({ kind: "genesis", subject: tid, actor, cause: { kind: "host" }, data });
    const state = { locked: false, recovering: false, ...UNDECIDED };
    const domain: DomainRecord = { tid, createdAt: guard.time(), ...state, leaf: 0 };
    put("roster_link", "0", link);
    put("setting", "domain", domain);
    // The first key-encryption key is as old as its domain: no entry but the genesis names it.
    store.putRow("kek", sealKekRow(keys.root, makeKek(1, guard.time()), tid, 0));
    put("setting", "log-head", { size: draft.head.size, root: encodeBase64url(draft.head.root) });
    draft.write();
  });
  log.adopt(draft);
  log.signCheckpoint();
  return genesis;
}

function adminsOf({ roster }: VerifiedRoster) {
  return { kind: "admins", ids: roster.admins.map(({ adm }) => adm) } as const;
}

async function verified(link: RosterLink): Promise<VerifiedRoster> {
  try {
    parseRoster(decodeBase64url(link.doc));
    return await verifyGenesis(link);
  } catch (cause) {
    throw Object.assign(new StoreError("E_GENESIS", "The genesis does not verify."), { cause });
  }
}
