import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { randomBytes } from "@holdfast/crypto";
import { commandHash, deriveClientId, deriveTid, encodeBase64url, type VerifiedRoster } from "@holdfast/protocol";
import { emptyRoot, MemoryTree } from "@holdfast/tlog";
import { Authority } from "../../clients/authority.ts";
import { Custody, type Unsealed } from "../../custody/custody.ts";
import { SqliteSecretStore } from "../../custody/secret-store.ts";
import { CheckpointWriter } from "../../custody-log/checkpoint-writer.ts";
import { CustodyLog } from "../../custody-log/custody-log.ts";
import type { Keystore } from "../../keystore/keystore.ts";
import { loadKeystore } from "../../keystore/load-keystore.ts";
import { LogIndex } from "../../keystore/log-index.ts";
import type { Grant, KeyRecord } from "../../keystore/records.ts";
import { encodeBody, sealRow } from "../../keystore/row.ts";
import { SqliteStore } from "../../keystore/sqlite/sqlite-store.ts";
import type { AdmittedCommand } from "../../lifecycle/admitted-command.ts";
import type { IssuedClient } from "../../lifecycle/client-issuer.ts";
import { Executor, type Outcome } from "../../lifecycle/executor.ts";
import { type Logger, silentLogger } from "../../logger.ts";
import { type Clock, ClockGuard, systemClock } from "../../self-check/clock.ts";
import { Operations } from "../operations.ts";

/** A domain of the real classes in a folder of its own, with commands applied without admission. Tests only. */
export interface TestDomain {
  readonly tid: string;
  readonly dataDirectory: string;
  readonly store: SqliteStore;
  readonly keystore: Keystore;
  readonly log: CustodyLog;
  readonly index: LogIndex;
  readonly guard: ClockGuard;
  readonly executor: Executor;
  readonly authority: Authority;
  readonly operations: Operations;
  readonly custody: Custody;
  readonly aid: string;
  readonly keys: Unsealed;
  readonly rosters: { current(): VerifiedRoster };
  apply(act: string, args: object, target?: object): Outcome;
  createKey(options?: Partial<Pick<KeyRecord, "label" | "group" | "usage">> & { alias?: string }): KeyRecord;
  keyTo(keyId: string, ...acts: string[]): void;
  enrol(label: string, grants: readonly Grant[], validitySec?: number): Promise<TestClient>;
  revoke(clientId: string): void;
  close(): void;
}

/** An enrolled client with its files. */
export interface TestClient {
  readonly id: string;
  readonly spki: string;
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Founds a domain. */
export async function openTestDomain(options: { clock?: Clock; logger?: Logger } = {}): Promise<TestDomain> {
  const { clock = systemClock, logger = silentLogger } = options;
  const base = realpathSync(mkdtempSync(join(tmpdir(), "holdfast-use-")));
  const dataDirectory = join(base, "data");
  mkdirSync(dataDirectory, { mode: 0o700 });
  const store = SqliteStore.open(join(dataDirectory, "agent.db"));
  const { custody } = await Custody.init({
    dataDirectory,
    keyDirectory: join(base, "keys"),
    store: new SqliteSecretStore(store.database),
    kek: { kind: "file" },
    standalone: true,
    recoveryPassphrase: "a drawer in another house",
  });
  const { keys, identity } = custody;
  const tid = deriveTid(randomBytes(32));
  const guard = new ClockGuard(clock);
  const index = new LogIndex();
  const checkpoints = new CheckpointWriter({ tid, alk: keys.alk, dataDirectory, witnesses: () => [] });
  const log = new CustodyLog({
    store,
    tid,
    aid: identity.aid,
    guard,
    checkpoints,
    head: { size: 0, root: emptyRoot() },
  });
  const createdAt = guard.time();
  const draft = log.draft();
  store.transact(() => {
    const { leaf } = draft.append({ kind: "genesis", subject: tid, actor: { kind: "agent" }, cause: { kind: "host" } });
    index.note(leaf);
    draft.write();
    const domain = { tid, createdAt, locked: false, recovering: false, leaf: 0 };
    store.putRow("setting", sealRow(keys.root, "setting", { id: "domain", body: encodeBody(domain), leaf: 0 }));
  });
  log.adopt(draft);
  const keystore = loadKeystore({ store, root: keys.root, tid, index });
  const roster = () => ({ seq: 0, hash: encodeBase64url(new MemoryTree().root) });
  const parts = {
    store,
    root: keys.root,
    aik: keys.aik,
    tid,
    aid: identity.aid,
    keystore,
    index,
    log,
    guard,
    roster,
    logger,
  };
  const executor = new Executor(parts);
  const authority = await Authority.open({ keys, tid, createdAt, dataDirectory, time: () => guard.time() });
  const operations = new Operations({ keystore, executor, guard, index, logger, dataDirectory });

  const run = (
    act: string,
    args: object,
    rest: { target?: object; hash?: string; issued?: IssuedClient } = {},
  ): Outcome => {
    const hash = rest.hash ?? commandHash(randomBytes(32));
    const admitted = {
      command: { act, args, target: rest.target },
      hash,
      envelope: new Uint8Array(1),
      envelopeHash: hash,
      by: [],
      local: true,
      issued: rest.issued ?? null,
      recheck: () => {},
    };
    return executor.apply(admitted as unknown as AdmittedCommand);
  };
  return {
    ...{ tid, dataDirectory, store, keystore, log, index, guard, executor, authority, operations, custody, keys },
    aid: identity.aid,
    rosters: { current: () => ({ roster: { seq: 0 }, ...roster() }) as unknown as VerifiedRoster },
    apply: (act, args, target) => run(act, args, target === undefined ? {} : { target }),
    createKey(key = {}) {
      const { label = "orders", group = "default", usage = ["encrypt", "decrypt"], alias } = key;
      const before = new Set([...keystore.keys()].map(({ id }) => id));
      const item = {
        label,
        group,
        usage,
        algorithm: "AES-256",
        extractable: false,
        ...(alias === undefined ? {} : { alias }),
      };
      run("key.create", { items: [item] });
      return [...keystore.keys()].find(({ id }) => !before.has(id)) as KeyRecord;
    },
    keyTo(keyId, ...acts) {
      for (const act of acts) run(act, {}, { target: { kind: "key", keyId } });
    },
    async enrol(label, grants, validitySec = 3600) {
      const hash = commandHash(randomBytes(32));
      const id = deriveClientId(hash);
      const issued = await authority.issueClient({ clientId: id, label, validitySec });
      run("client.enrol", { label, auth: { kind: "issued", validitySec }, grants }, { hash, issued });
      const file = (name: string) =>
        Buffer.from(issued.files.find((each) => each.name === name)?.base64 ?? "", "base64").toString();
      return { id, spki: issued.spkiHash, cert: file("client.crt"), key: file("client.key"), ca: file("ca.crt") };
    },
    revoke: (client) => void run("client.revoke", {}, { target: { kind: "client", client } }),
    close() {
      operations.close();
      custody.seal();
      store.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}
