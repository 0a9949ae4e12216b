import { join } from "node:path";
import { CryptoError, openSealedRoot } from "@holdfast/crypto";
import {
  decodeBase64url,
  type JoinBundle,
  type JoinRequest,
  type MachineEvidence,
  ProtocolError,
  type RootTransferFile,
  rootTransferInfo,
  type Untrusted,
  verifyJoinBundle,
  verifyRootTransfer,
} from "@holdfast/protocol";
import { logKey, logOrigin, openCheckpoint, TlogError } from "@holdfast/tlog";
import { readSettings } from "../../agent-settings.ts";
import { takeLock } from "../../data-lock.ts";
import { STORE_FILE } from "../../init-agent.ts";
import { StoreError } from "../../keystore/errors.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import { findMembership, type Membership, pinnedChain, writeMembership } from "../../roster/membership.ts";
import { holdsDomain } from "../../roster/roster-store.ts";
import { Custody } from "../custody.ts";
import { SqliteSecretStore } from "../secret-store.ts";

/** An agent's folder, opened by nobody else meanwhile. */
interface OpenFolder {
  readonly name: string;
  readonly custody: Custody;
}

/**
 * Pins the domain of a bundle, whose words a person has read from a console of that domain, and says what its
 * administrators need to take this agent in. Nothing of the domain is believed before.
 *
 * @param evidence - What this machine's TPM says of the agent's key.
 * @throws {@link ProtocolError} `E_GENESIS` for other words, and as `verifyRosterChain`; {@link StoreError} `E_GENESIS` for an
 *   agent that has a domain, `E_LOCAL_ADMIN` for a standalone one, `E_TENANT` for one that joined another, `E_STORE`
 * @see docs/spec/root-transfer.md section 1
 */
export function beginJoin(
  dataDirectory: string,
  bundle: Untrusted<JoinBundle>,
  words: string,
  evidence: readonly MachineEvidence[] = [],
): Promise<JoinRequest> {
  return withFolder(dataDirectory, async ({ name, custody: { identity } }) => {
    if (identity.local !== null)
      throw new StoreError("E_LOCAL_ADMIN", "A standalone key server joins nobody: make one without --standalone.");
    const before = findMembership(dataDirectory);
    const chain = await verifyJoinBundle(bundle, words);
    if (before !== null && before.tid !== chain.tid)
      throw new ProtocolError("E_TENANT", "This key server joined another environment already.");
    if (before !== null && before.chain.length > bundle.chain.length)
      throw new ProtocolError("E_ROSTER_SEQ", "The bundle's administrators are older than those known here.");
    const checkpoint = before?.checkpoint ?? null;
    writeMembership(dataDirectory, { ver: 1, tid: chain.tid, chain: bundle.chain, checkpoint });
    const { aid, aik, alk, hpke } = identity;
    const agent = { aid, aik, alk, hpke, label: name, ...(evidence.length === 0 ? {} : { evidence }) };
    return { file: "join-request", ver: 1, tid: chain.tid, agent };
  });
}

/**
 * Takes the domain's root key from one of its agents, in place of the agent's own, under which nothing was kept.
 *
 * @param passphrase - Where one opens this agent.
 * @throws {@link ProtocolError} `E_ROOT`, `E_SIG` and as `verifyRootTransfer`; {@link StoreError} `E_TENANT` before {@link beginJoin};
 *   {@link CustodyError} as `unseal`
 * @see docs/spec/root-transfer.md section 4
 */
export function takeRoot(
  dataDirectory: string,
  file: Untrusted<RootTransferFile>,
  now: number,
  passphrase?: string,
): Promise<Membership> {
  return withFolder(dataDirectory, async ({ custody }) => {
    const before = findMembership(dataDirectory);
    if (before === null)
      throw new ProtocolError(
        "E_ROOT",
        "This key server has joined no environment: give it the bundle and compare the words first.",
      );
    const { identity: own } = custody;
    const { transfer, chain, sender } = await verifyRootTransfer(file, { pinned: await pinnedChain(before), own, now });
    await checkCheckpoint(transfer.checkpoint, chain.tid, sender.alk);
    const { rootCommit, backupTo } = chain.head.roster;
    await custody.unseal(passphrase);
    try {
      const sealed = { enc: decodeBase64url(transfer.enc), ct: decodeBase64url(transfer.ct) };
      const root = await openSealedRoot(
        custody.keys.hpke,
        sealed,
        rootTransferInfo(transfer),
        decodeBase64url(rootCommit),
      ).catch((cause: unknown) => {
        if (cause instanceof CryptoError)
          throw new ProtocolError("E_ROOT", "What was sent is not the domain's root key.");
        throw cause;
      });
      const membership: Membership = { ver: 1, tid: chain.tid, chain: file.chain, checkpoint: transfer.checkpoint };
      await custody.adoptRoot(root, backupTo.pub, passphrase);
      writeMembership(dataDirectory, membership);
      return membership;
    } finally {
      custody.seal();
    }
  });
}

/** The checkpoint is the sender's own, of this domain's log. */
async function checkCheckpoint(encoded: string, tid: string, alk: string): Promise<void> {
  const key = logKey(tid, decodeBase64url(alk).slice(-32));
  try {
    await openCheckpoint(decodeBase64url(encoded), logOrigin(tid), [key]);
  } catch (error) {
    if (!(error instanceof TlogError)) throw error;
    throw new ProtocolError("E_ROOT", "The checkpoint that came along is not the sender's.");
  }
}

async function withFolder<T>(dataDirectory: string, work: (folder: OpenFolder) => Promise<T>): Promise<T> {
  const { name } = readSettings(dataDirectory);
  const lock = takeLock(dataDirectory);
  try {
    const store = SqliteStore.open(join(dataDirectory, STORE_FILE));
    try {
      if (holdsDomain(store))
        throw new StoreError("E_GENESIS", "This key server has an environment of its own already.");
      return await work({ name, custody: Custody.load(new SqliteSecretStore(store.database), { dataDirectory }) });
    } finally {
      store.close();
    }
  } finally {
    lock.close();
  }
}
