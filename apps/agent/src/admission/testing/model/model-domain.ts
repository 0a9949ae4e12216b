import { createHash, createPublicKey } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Roster } from "@holdfast/protocol";
import { recoveryKey, SoftwareAdministrator, type SoftwareKey, SoftwarePasskey } from "@holdfast/testkit";
import { newClientRequest } from "../../../clients/testing/new-client-request.ts";
import { Custody } from "../../../custody/custody.ts";
import { SqliteSecretStore } from "../../../custody/secret-store.ts";
import { STORE_FILE } from "../../../init-agent.ts";
import { SqliteStore } from "../../../keystore/sqlite/sqlite-store.ts";
import { PasskeyAgent } from "../passkey-agent.ts";
import type { ModelCredential, ModelRule } from "./model-state.ts";

/** Files in memory: what a power cut leaves is a copy of them, so no disk has to be waited for. */
const MEMORY = "/dev/shm";

/** How long a destroy and a link wait: a delay counts at most two minutes a look, and histories are short. */
const DELAY_SECONDS = 240;

/** A passkey that decides in histories: whose, and which of theirs. */
export interface Hand {
  readonly administrator: SoftwareAdministrator;
  readonly passkey: number;
}

/** A founded domain as files, to be copied for every history, with what the model has to know of it. */
export interface ModelDomain {
  readonly folder: string;
  /** The agent's keys, unsealed once for all histories. */
  readonly custody: Custody;
  readonly tid: string;
  readonly roster: { readonly hash: string; readonly notAfter: number };
  readonly document: Roster;
  readonly wall: number;
  readonly log: readonly string[];
  /** Ada twice, Ben, Cleo, Cleo over a hosted page, and a stranger. */
  readonly hands: readonly Hand[];
  /** Two recovery keys of the domain, and a stranger's. */
  readonly keys: readonly SoftwareKey[];
  /** Requests for certificates by keys of clients, and the keys' identities. */
  readonly requests: readonly { readonly csr: string; readonly spki: string }[];
  readonly credentials: ReadonlyMap<string, ModelCredential>;
  readonly policy: ReadonlyMap<string, ModelRule>;
  remove(): void;
}

/**
 * Founds a domain of three administrators: two people for most acts, one for some, a group for moving keys between
 * groups, and for legacy algorithms somebody besides who proposes.
 */
export async function foundModelDomain(): Promise<ModelDomain> {
  const ada = new SoftwareAdministrator({ label: "Ada", passkeys: 2, seed: "model ada" });
  const ben = new SoftwareAdministrator({ label: "Ben", groups: ["security"], seed: "model ben" });
  const cleo = new SoftwareAdministrator({ label: "Cleo", seed: "model cleo" });
  const page = { rpId: "approve.example.org", origin: "https://approve.example.org" };
  (cleo.passkeys as SoftwarePasskey[]).push(new SoftwarePasskey({ ...page, channel: "hosted", seed: "model page" }));
  const stranger = new SoftwareAdministrator({ label: "nobody", seed: "model stranger" });
  const base = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), "holdfast-model-"));
  const test = await PasskeyAgent.found({ administrators: [ada, ben, cleo], change: withRules });
  const { tid, rosters, log } = test.domain;
  const { roster, hash } = rosters.current();
  const kinds = test.kinds().slice(0, log.size);
  await test.agent.close();
  mkdirSync(join(base, "domain"));
  cpSync(test.dataDirectory, join(base, "domain"), { recursive: true });
  const folder = join(base, "domain");
  const people = [ada, ben, cleo];
  return {
    ...{ folder, custody: await unsealed(folder), tid, wall: test.clock.now(), log: kinds },
    roster: { hash, notAfter: roster.notAfter },
    document: roster,
    hands: [
      { administrator: ada, passkey: 0 },
      { administrator: ada, passkey: 1 },
      { administrator: ben, passkey: 0 },
      { administrator: cleo, passkey: 0 },
      { administrator: cleo, passkey: 1 },
      { administrator: stranger, passkey: 0 },
    ],
    keys: RECOVERY_KEYS,
    requests: await Promise.all(Array.from({ length: CLIENT_KEYS }, newRequest)),
    credentials: new Map(
      people.flatMap(({ adm, groups, passkeys }) =>
        passkeys.map(({ credId, channel }) => [credId, { adm, groups, hosted: channel === "hosted" }] as const),
      ),
    ),
    policy: new Map(roster.policy.map(({ act, ...rule }) => [act, rule as ModelRule])),
    remove: () => {
      rmSync(base, { recursive: true, force: true });
      test.remove();
    },
  };
}

async function unsealed(dataDirectory: string): Promise<Custody> {
  const store = SqliteStore.open(join(dataDirectory, STORE_FILE));
  try {
    const custody = Custody.load(new SqliteSecretStore(store.database), { dataDirectory });
    await custody.unseal(undefined, true);
    return custody;
  } finally {
    store.close();
  }
}

/** A request for a certificate, and SHA-256 of the SubjectPublicKeyInfo of its key. */
async function newRequest(): Promise<{ csr: string; spki: string }> {
  const { csr, key } = await newClientRequest();
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  return { csr, spki: createHash("sha256").update(spki).digest("base64url") };
}

const CLIENT_KEYS = 4;
const RECOVERY_KEYS = ["model paper", "model safe", "model stranger"].map(recoveryKey);

function withRules(roster: Roster): Roster {
  const hours = 72 * 3600;
  const keys = RECOVERY_KEYS.slice(0, 2).map(({ coseText }) => ({ alg: "EdDSA" as const, cose: coseText }));
  return {
    ...roster,
    recovery: { ...roster.recovery, keys },
    policy: [
      ...roster.policy.map((rule) =>
        ["key.destroy", "roster.update"].includes(rule.act) ? { ...rule, delaySec: DELAY_SECONDS } : rule,
      ),
      { act: "key.group", m: 1, groups: ["security"], delaySec: 0, maxTtlSec: hours },
      { act: "crypto.allow", m: 2, noSelf: true, delaySec: 0, maxTtlSec: hours },
    ],
  };
}
