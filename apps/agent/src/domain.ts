import type { RootKey } from "@holdfast/crypto";
import type { DeclaredToken } from "@holdfast/custody-report";
import { decodeBase64url, isLocalDomain } from "@holdfast/protocol";
import { Admission } from "./admission/admission.ts";
import type { RefusalCounter } from "./admission/refusal-counter.ts";
import { keepRunningTime, ScheduledCommands, storedRunningSeconds } from "./admission/scheduled.ts";
import { AutomaticBackups } from "./backup/automatic-backups.ts";
import { OrderedDrills } from "./backup/ordered-drills.ts";
import { Authority } from "./clients/authority.ts";
import { InstalledCertificate } from "./clients/installed-certificate.ts";
import { ObjectIssuer } from "./clients/object-issuer.ts";
import type { Custody, Unsealed } from "./custody/custody.ts";
import { Drills } from "./custody/escrow/drills.ts";
import { recordRestoredUnder } from "./custody/escrow/restored-under.ts";
import { HsmKeys } from "./custody/hsm/hsm-keys.ts";
import { isInside } from "./custody/inside.ts";
import type { KekSource } from "./custody/kek-source.ts";
import { SqliteSecretStore } from "./custody/secret-store.ts";
import { AgentTransfers } from "./custody/transfer/transfers.ts";
import { CheckpointWriter, readCheckpointFile } from "./custody-log/checkpoint-writer.ts";
import { CustodyLog, type LogHead } from "./custody-log/custody-log.ts";
import { readLogAside } from "./custody-log/read-log-aside.ts";
import { Introductions } from "./introductions/introductions.ts";
import { Invitations } from "./introductions/invitations.ts";
import { StoreError } from "./keystore/errors.ts";
import { KeyRows } from "./keystore/key-rows.ts";
import type { Keystore, LockedObject } from "./keystore/keystore.ts";
import { loadKeystore } from "./keystore/load-keystore.ts";
import type { LogIndex } from "./keystore/log-index.ts";
import { decodeBody, isAuthenticRow } from "./keystore/row.ts";
import type { SqliteStore } from "./keystore/sqlite/sqlite-store.ts";
import type { Store } from "./keystore/store.ts";
import { Executor } from "./lifecycle/executor.ts";
import { KekRotation } from "./lifecycle/kek-rotation.ts";
import type { Logger } from "./logger.ts";
import { Operations } from "./operations/operations.ts";
import { RosterLinks } from "./roster/roster-links.ts";
import { RosterStore, readTid } from "./roster/roster-store.ts";
import { KeySchedules } from "./schedule/key-schedules.ts";
import { Scheduler } from "./schedule/scheduler.ts";
import { type Clock, ClockGuard } from "./self-check/clock.ts";
import { RunningTime } from "./self-check/running-time.ts";
import { readEvidence } from "./witnesses/evidence.ts";
import { findAhead } from "./witnesses/find-ahead.ts";
import type { FoundNote } from "./witnesses/found-note.ts";
import { gatherHeads } from "./witnesses/gather-heads.ts";
import { LostHeads } from "./witnesses/lost-heads.ts";
import { witnessKeys } from "./witnesses/witness-places.ts";
import { WitnessWatch } from "./witnesses/witness-watch.ts";

/** A founded, unsealed domain: what every surface works on. It ends when the agent is sealed or closed. */
export interface Domain {
  readonly tid: string;
  readonly aid: string;
  readonly name: string;
  readonly dataDirectory: string;
  /** Whether a local administrator stands in for passkeys. */
  readonly local: boolean;
  readonly keys: Unsealed;
  /** Where the key-encryption key comes from; it may be changed while the domain is open. */
  readonly kek: KekSource["kind"];
  /** The token that it is in, as reports show it. */
  readonly token: DeclaredToken | null;
  readonly store: SqliteStore;
  readonly keystore: Keystore;
  readonly hsmKeys: HsmKeys;
  readonly index: LogIndex;
  readonly log: CustodyLog;
  readonly guard: ClockGuard;
  readonly executor: Executor;
  readonly keks: KekRotation;
  readonly rosters: RosterStore;
  readonly admission: Admission;
  /** Changes of administrators, rules, agents and witnesses. */
  readonly links: RosterLinks;
  readonly authority: Authority;
  readonly installed: InstalledCertificate;
  readonly operations: Operations;
  readonly transfers: AgentTransfers;
  readonly drills: Drills;
  readonly orderedDrills: OrderedDrills;
  /** What recurs by itself. */
  readonly scheduler: Scheduler;
  readonly backups: AutomaticBackups;
  readonly introductions: Introductions;
  readonly invitations: Invitations;
  readonly witnesses: WitnessWatch;
  readonly logger: Logger;
  /** Why nothing is written: the log does not match its signed checkpoint. Null when it does. */
  readonly problem: "E_LOG_CORRUPT" | "E_LOG_ROLLBACK" | null;
  /** Signed heads that the log is behind of; null unless that is all that is wrong with it. */
  readonly lost: LostHeads | null;
}

/** What a domain is opened from. */
export interface DomainParts {
  readonly custody: Custody;
  readonly store: SqliteStore;
  readonly name: string;
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly refusals: RefusalCounter;
  /** Opens the domain anew: a signed head ahead of its log was found while it ran. */
  readonly reopen: () => void;
  /** Acts that this host refuses whoever approves them. */
  readonly deniedActs: ReadonlySet<string>;
}

const EACH_MINUTE_MS = 60_000;

/** An opened domain and what ends it. */
export interface OpenedDomain {
  readonly domain: Domain;
  /** Writes what is still to be written, and stops every timer. Caller must: still have the keys. */
  close(): void;
}

/**
 * Opens a domain: verifies the roster chain, the whole custody log against its signed checkpoint, and every row against
 * the log.
 *
 * Rows that are not as the log says lock their own object, and the rest serves. A log that is not as its checkpoint says
 * stops every change, and use goes on.
 *
 * @throws {@link StoreError} `E_GENESIS` when the chain does not verify
 */
export async function openDomain(parts: DomainParts): Promise<OpenedDomain> {
  const { custody, store, name, dataDirectory, clock, logger, refusals, deniedActs } = parts;
  const { keys, identity } = custody;
  const { root, aik } = keys;
  const { aid } = identity;
  const guard = new ClockGuard(clock);
  const { tid, rosters, keystore, index, log, problem, lost, found } = await readState(parts, guard);
  const roster = () => ({ seq: rosters.current().roster.seq, hash: rosters.current().hash });
  const hsmKeys = new HsmKeys({
    ...{ hsm: () => custody.hsm, tid, dataDirectory, logger },
    isAlive: (keyId, version) => keystore.isAlive(keyId, version),
  });
  keystore.tokens = hsmKeys;
  const executor = new Executor({
    ...{ store, root, aik, tid, aid, keystore, index, log, guard, roster, logger, problem, lost, hsmKeys },
    isInDataFolder: (path) => isInside(path, dataDirectory),
  });
  const keks = new KekRotation({ store, root, tid, keystore, executor, guard, logger });
  const createdAt = keystore.domain().createdAt;
  const time = () => guard.time();
  const installed = await InstalledCertificate.open({ keys, aid, dataDirectory, time });
  if (installed.damaged) logger.error("server-certificate.unreadable");
  const rollover = { kek: root.kek, secrets: new SqliteSecretStore(store.database) };
  const serverAnchors = () => installed.current?.anchorPem ?? "";
  const authority = await Authority.open({ keys, tid, createdAt, dataDirectory, time, serverAnchors, rollover });
  const operations = new Operations({
    ...{ keystore, executor, guard, index, logger, dataDirectory, refusals },
    issuer: new ObjectIssuer(root, tid),
  });
  const introductions = new Introductions({ store, root, tid, aid, time, logger });
  const running = new RunningTime(clock, storedRunningSeconds(store, root));
  const transfers = new AgentTransfers({
    dataDirectory,
    tid,
    aid,
    keys,
    keystore,
    index,
    executor,
    guard,
    introductions,
  });
  const scheduled = new ScheduledCommands({ store, root, keystore });
  const witnesses = new WitnessWatch({
    ...{ dataDirectory, tid, log, index, keystore, executor, rosters, clock, running, refusals, logger, problem, lost },
    waiting: () => [...scheduled.all(), ...links.waiting()],
    onAhead: parts.reopen,
  });
  const isElapsed = ({ hash, dueSeconds }: { hash: string; dueSeconds: number }) =>
    witnesses.confirmsElapsed(hash, dueSeconds);
  const admission = new Admission({
    ...{
      tid,
      rosters,
      keystore,
      index,
      log,
      guard,
      executor,
      issuer: authority,
      problem,
      lost,
      introductions,
      transfers,
    },
    hsmKeys,
    ...{ store, running, refusals, logger, local: keys.local },
    deniedActs,
    scheduled,
    isElapsed,
    unspent: (keyId: string) => operations.unspent(keyId),
  });
  const links = new RosterLinks({
    ...{ tid, aid, rosters, keystore, index, log, guard, executor, problem, introductions },
    ...{ store, root, running, refusals, logger, local: keys.local, deniedActs, isElapsed },
  });
  const drills = new Drills({
    ...{ store, root },
    isApproved: (cmd) => admission.find(cmd)?.status === "applied",
    record: (evidence) => void executor.recordHostEvent("drill", { ...evidence }),
  });
  const mayWrite = () => problem === null && !keystore.domain().recovering;
  const scheduler = new Scheduler({ guard, mayWrite, logger });
  scheduler.add(new KeySchedules({ keystore, executor, logger, recordUse: () => operations.flushUse() }));
  const backups = new AutomaticBackups({
    ...{ custody, tid, dataDirectory, log, rosters, keystore, store, operations },
    ...{ index, executor, guard, clock, logger, drills },
  });
  executor.holdNewKeys(backups);
  const orderedDrills = new OrderedDrills({
    ...{ tid, dataDirectory, admission, drills, keystore, index, guard, logger },
  });
  const domain: Domain = {
    ...{ tid, aid, name, dataDirectory, keys, store, keystore, hsmKeys, index, log, guard, executor, keks },
    ...{
      rosters,
      admission,
      links,
      authority,
      installed,
      operations,
      transfers,
      backups,
      drills,
      orderedDrills,
      scheduler,
      logger,
      problem,
      lost,
      witnesses,
    },
    ...{ introductions, invitations: new Invitations(clock) },
    get local() {
      return isLocalDomain(rosters.current().roster);
    },
    get kek() {
      return custody.kek.kind;
    },
    get token() {
      return custody.hsm?.declared ?? null;
    },
  };
  const keepTime = () => keepQuietly(() => keepRunningTime(store, root, running), logger);
  const timer = setInterval(() => {
    keepTime();
    if (problem === null) keepQuietly(() => executor.checkpoint(), logger);
    if (mayWrite()) hsmKeys.settle();
  }, EACH_MINUTE_MS).unref();
  const recordRestored = () =>
    void recordRestoredUnder({ store, root, keystore, executor, admission }).catch(() =>
      logger.error("restore.unrecorded"),
    );
  const forgetRestored = problem === null ? admission.onChange(recordRestored) : () => undefined;
  // Once people have accepted what is lost, the domain is opened anew, with all the checks of a start.
  const forgetLoss =
    problem === null ? () => undefined : admission.onChange(() => keystore.domain().recovering || parts.reopen());
  // What was durable when the power went may be under no checkpoint yet.
  if (problem === null) keepQuietly(() => executor.checkpoint(), logger);
  witnesses.start();
  for (const each of found) await witnesses.notice(each);
  admission.start();
  links.start();
  operations.start();
  scheduler.start();
  if (problem === null) backups.start();
  const goOn = () => keepQuietly(() => keks.resume(), logger);
  if (problem === null) goOn();
  void keystore.checkMaterial().then(
    () => problem === null && keystore.isUnderOlderKek && goOn(),
    () => logger.error("store.unread"),
  );
  if (mayWrite()) hsmKeys.settle();
  return {
    domain,
    close() {
      clearInterval(timer);
      witnesses.close();
      forgetRestored();
      forgetLoss();
      scheduler.close();
      backups.close();
      orderedDrills.close();
      keks.close();
      admission.close();
      links.close();
      operations.close();
      authority.generations.close();
      keepTime();
    },
  };
}

interface State extends Pick<Domain, "tid" | "rosters" | "keystore" | "index" | "log" | "problem" | "lost"> {
  /** Heads of this log that others showed. */
  readonly found: readonly FoundNote[];
}

/**
 * Reads and verifies all that is stored: chain, log, rows; and asks meanwhile who may have seen more of it. Says aloud what
 * does not hold.
 */
async function readState(
  { custody, store, dataDirectory, clock, logger, refusals }: DomainParts,
  guard: ClockGuard,
): Promise<State> {
  const { keys, identity } = custody;
  const { root, alk } = keys;
  store.sync(); // what is not durable is no state to begin with
  const tid = readTid(store);
  if (tid === null) throw new StoreError("E_GENESIS");
  const gathering = gatherHeads({ dataDirectory, tid, aid: identity.aid, aik: keys.aik, now: () => clock.now() });
  gathering.catch(() => undefined); // it is awaited below, where what it says is for the caller
  const restored = isRestored(store, root);
  const yardstick = { tid, alk: alk.publicKey.raw, storedHead: storedHead(store, root), restored };
  const checkpoint = readCheckpointFile(dataDirectory);
  const reading = readLogAside(store, { ...yardstick, checkpoint });
  const rows = KeyRows.read({ store, root }); // meanwhile, where the log is long
  const { head, problem: own, isWhole, index } = await reading;
  const rosters = await RosterStore.load(store, root, index);
  if (rosters.current().tid !== tid) throw new StoreError("E_GENESIS");
  guard.noteEntry(index.newestTs);
  const witnesses = () => witnessKeys(dataDirectory, rosters.current().roster.witnesses);
  const checkpoints = new CheckpointWriter({ tid, alk, dataDirectory, witnesses });
  const log = new CustodyLog({ store, tid, aid: identity.aid, guard, checkpoints, head });
  const keystore = loadKeystore({ store, root, tid, index, rows });
  const found = await gathering;
  if (own === "E_LOG_ROLLBACK" && checkpoint !== null)
    found.unshift({ note: checkpoint, from: "the data folder", as: "head" });
  const heads = new LostHeads();
  const parts = { dataDirectory, tid, log, index, rosters, logger, refusals, now: () => clock.now(), lost: heads };
  // A restored log is behind on purpose, until people have looked: restore.accept.
  const looks = own === null ? !keystore.domain().recovering : own === "E_LOG_ROLLBACK" && isWhole;
  const isBehind = looks && (await findAhead(found, parts));
  const problem = isBehind ? "E_LOG_ROLLBACK" : own;
  const lost = problem === "E_LOG_ROLLBACK" && isWhole ? heads : null;
  if (readEvidence(dataDirectory).some(({ code, at }) => code === "E_SPLIT_BRAIN" && at > index.unlockedAt))
    heads.forked();
  if (problem !== null) {
    logger.error("log.problem", { code: problem, size: head.size });
    keystore.replaceDomain({ ...keystore.domain(), recovering: true });
  }
  const tellLocked = ({ id, kind, code }: LockedObject): void => logger.error("object.locked", { id, kind, code });
  for (const each of keystore.lockedObjects()) tellLocked(each);
  keystore.onLocked(tellLocked);
  return { tid, rosters, keystore, index, log, problem, lost, found };
}

function storedHead(store: Store, root: RootKey): LogHead | null {
  const row = store.findRow("setting", "log-head");
  if (row === null || !isAuthenticRow(root, "setting", row)) return null;
  const { size, root: hash } = decodeBody<{ size: number; root: string }>(row);
  return { size, root: decodeBase64url(hash) };
}

/** Whether the store is of a backup whose loss nobody has accepted yet. */
function isRestored(store: Store, root: RootKey): boolean {
  const row = store.findRow("setting", "domain");
  if (row === null || !isAuthenticRow(root, "setting", row)) return false;
  return decodeBody<{ recovering: boolean }>(row).recovering;
}

/** What a disk does not take now is tried again in a minute. */
function keepQuietly(work: () => void, logger: Logger): void {
  try {
    work();
  } catch {
    logger.error("store.unwritten");
  }
}
