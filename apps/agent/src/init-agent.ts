import { existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { AllowedMakers } from "@holdfast/protocol";
import { type AgentSettings, SETTINGS_FILE, writeSettings } from "./agent-settings.ts";
import { Custody, type ToHandOut } from "./custody/custody.ts";
import { CustodyError } from "./custody/errors.ts";
import { refuseOpenersIn } from "./custody/inside.ts";
import type { KekChoice, KekSource } from "./custody/kek-source.ts";
import type { RecoveryKey } from "./custody/recovery-file.ts";
import { SqliteSecretStore } from "./custody/secret-store.ts";
import { makeDataFolder } from "./data-folder.ts";
import { SqliteStore } from "./keystore/sqlite/sqlite-store.ts";
import { foundDomain } from "./roster/found-domain.ts";
import { localGenesis } from "./roster/local-genesis.ts";
import { holdsDomain } from "./roster/roster-store.ts";
import { ClockGuard, systemClock } from "./self-check/clock.ts";

/** Name of the store in the data folder. */
export const STORE_FILE = "agent.db";

/** What a new agent shall be. */
export interface AgentInit {
  readonly dataDirectory: string;
  /** `${XDG_CONFIG_HOME:-~/.config}/holdfast`. */
  readonly keyDirectory: string;
  readonly name: string;
  readonly kek: KekChoice;
  /** With a local administrator, and its domain founded at once. */
  readonly standalone: boolean;
  /** Protects the recovery file, as it is or derived before; one is made without it. */
  readonly recoveryPassphrase?: string | RecoveryKey;
  /** Which makers of passkeys the domain takes; any, where it is not there. */
  readonly makers?: AllowedMakers;
  /** Gives custodians their shares. There is no agent before it returns, and none where it throws. */
  readonly handOut?: (given: ToHandOut) => Promise<void>;
}

/** What `init` tells the person. */
export interface AgentMade {
  readonly aid: string;
  /** Null until the domain is founded at the agent's page. */
  readonly tid: string | null;
  readonly kek: KekSource;
  readonly recoveryPath: string;
  /** Made here, shown once; null when the person gave one. */
  readonly recoveryPassphrase: string | null;
  /** Custodians' shares, each to be shown once to one person. */
  readonly shares: readonly string[];
  /** The file of the key-encryption key that was made, if any. */
  readonly kekPath: string | null;
}

/**
 * Makes an agent in a new or empty data folder. Until its settings file is written there is no agent, and init may be
 * run again; a standalone domain that was not founded then is founded when the agent is opened. What fails takes away
 * what was made, so that nothing is left that nobody could open.
 *
 * @throws {@link CustodyError} `E_INITIALISED` and the codes of `Custody.init`; {@link StoreError} `E_STORE`, `E_GENESIS`
 */
export async function initAgent(options: AgentInit): Promise<AgentMade> {
  const { dataDirectory, keyDirectory, name, kek, standalone, recoveryPassphrase, makers } = options;
  const removeFolder = makeDataFolder(dataDirectory);
  if (existsSync(join(dataDirectory, SETTINGS_FILE))) throw new CustodyError("E_INITIALISED");
  refuseOpenersIn(dataDirectory);
  clearCutOffInit(dataDirectory);
  const store = SqliteStore.open(join(dataDirectory, STORE_FILE));
  let made = false;
  let isAnothers = false;
  try {
    const {
      custody,
      recoveryPath,
      recoveryPassphrase: shown,
      undo,
      ...given
    } = await Custody.init({
      store: new SqliteSecretStore(store.database),
      ...{ dataDirectory, keyDirectory, kek, standalone },
      ...(recoveryPassphrase === undefined ? {} : { recoveryPassphrase }),
    });
    const { identity, shareSet } = custody;
    try {
      if (shareSet !== null) await options.handOut?.({ aid: identity.aid, shares: given.shares, set: shareSet });
      const settings: AgentSettings = { ver: 1, name, ...(makers === undefined ? {} : { makers }) };
      writeSettings(dataDirectory, settings);
      const tid = standalone ? await foundStandalone(store, custody, options) : null;
      made = true;
      return { aid: identity.aid, tid, kek: custody.kek, recoveryPath, recoveryPassphrase: shown, ...given };
    } catch (cause) {
      rmSync(join(dataDirectory, SETTINGS_FILE), { force: true });
      await undo();
      throw cause;
    } finally {
      custody.seal();
    }
  } catch (cause) {
    isAnothers = cause instanceof CustodyError && cause.code === "E_INITIALISED";
    throw cause;
  } finally {
    store.close();
    if (!made && !isAnothers) {
      removeStore(dataDirectory);
      removeFolder();
    }
  }
}

/** Takes away what an init that was cut off left; a store with a domain in it is never touched. */
function clearCutOffInit(dataDirectory: string): void {
  const path = join(dataDirectory, STORE_FILE);
  if (existsSync(path)) {
    const store = SqliteStore.open(path);
    const isTaken = holdsDomain(store);
    store.close();
    if (isTaken) throw new CustodyError("E_INITIALISED");
  }
  removeStore(dataDirectory);
}

function removeStore(dataDirectory: string): void {
  for (const left of readdirSync(dataDirectory)) if (left.startsWith(STORE_FILE)) rmSync(join(dataDirectory, left));
}

/** Founds the domain of an agent that was made with a local administrator. @returns its tid */
export async function foundStandalone(
  store: SqliteStore,
  custody: Custody,
  { dataDirectory, name }: Pick<AgentInit, "dataDirectory" | "name">,
): Promise<string> {
  const { identity, keys } = custody;
  const link = localGenesis(identity, keys, name, systemClock.now());
  const guard = new ClockGuard(systemClock);
  const { tid } = await foundDomain({ store, keys, aid: identity.aid, dataDirectory, guard }, link);
  return tid;
}
