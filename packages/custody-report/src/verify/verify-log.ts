import {
  decodeBase64url,
  encodeBase64url,
  type OpenedEntry,
  openEntry,
  ProtocolError,
  parseCoseKey,
  type Roster,
} from "@holdfast/protocol";
import {
  type Cosignature,
  leafHash,
  logKey,
  logOrigin,
  MemoryTree,
  type NoteKey,
  openCheckpoint,
  parseNote,
  parseVkey,
  type VerifiedCheckpoint,
  verifyCosignatures,
} from "@holdfast/tlog";
import { ReportError, refuseAs, refuseAsSync } from "../errors.ts";
import type { Evidence } from "../model/bundle.ts";

/** The log as read: each entry opened, and the tree over all of them. */
export type ReadLog = { readonly entries: readonly OpenedEntry[]; readonly tree: MemoryTree };

/**
 * Opens every entry, checks what travels beside its leaf against it, and computes the tree.
 *
 * @throws {@link ReportError} `V_NAME`, `V_STATE`, `V_ROOT` or `V_MALFORMED` for an entry that does not fit its leaf
 */
export function readLog({ log, tid }: Evidence): ReadLog {
  const tree = new MemoryTree();
  const entries = log.map((given, at) => {
    const opened = openFitting(given, at);
    if (opened.leaf.n !== at) {
      throw new ReportError("V_ROOT", `Entry ${at} says that it is another.`, { entry: at, says: opened.leaf.n });
    }
    if (opened.leaf.tid !== tid) {
      throw new ReportError("V_ROOT", `Entry ${at} belongs to another environment.`, { entry: at });
    }
    tree.append(leafHash(opened.bytes));
    return opened;
  });
  return { entries, tree };
}

const PART_CODES: Readonly<Record<string, "V_NAME" | "V_STATE" | "V_ROOT">> = {
  label: "V_NAME",
  alias: "V_NAME",
  state: "V_STATE",
  index: "V_ROOT",
};

function openFitting(given: Evidence["log"][number], at: number): OpenedEntry {
  try {
    return openEntry(given);
  } catch (error) {
    if (error instanceof ProtocolError && error.code === "E_COMMITMENT") {
      const part = String(error.detail["part"]);
      throw new ReportError(PART_CODES[part] ?? "V_MALFORMED", `Entry ${at}: its ${part} is not the one recorded.`, {
        entry: at,
      });
    }
    return refuseAsSync({ code: "V_MALFORMED", what: `Entry ${at}`, detail: { entry: at } }, () => {
      throw error;
    });
  }
}

/** Opens the checkpoint: signed by an agent of the roster, over exactly this tree. @throws {@link ReportError} `V_CHECKPOINT`, `V_ROOT` */
export async function verifyCheckpoint(
  { tid, checkpoint }: Evidence,
  { tree }: ReadLog,
  { agents }: Roster,
): Promise<VerifiedCheckpoint> {
  const keys = logKeysOf(tid, { agents });
  const opened = await refuseAs({ code: "V_CHECKPOINT", what: "The checkpoint does not hold" }, () => {
    const note = parseNote(decodeBase64url(checkpoint));
    return openCheckpoint(note, logOrigin(tid), keys);
  });
  if (opened.size !== tree.size || encodeBase64url(opened.root) !== encodeBase64url(tree.root)) {
    throw new ReportError("V_ROOT", "The entries do not make the tree that the checkpoint signs.", {
      entries: tree.size,
      signed: opened.size,
    });
  }
  return opened;
}

/** The keys that a roster's agents sign heads with. @throws {@link ReportError} `V_ROSTER` */
export function logKeysOf(tid: string, { agents }: Pick<Roster, "agents">): NoteKey[] {
  return agents.map(({ alk }) => logKeyOf(tid, alk));
}

function logKeyOf(tid: string, alk: string): NoteKey {
  return refuseAsSync({ code: "V_ROSTER", what: "An agent's log key" }, () => {
    const key = parseCoseKey(decodeBase64url(alk));
    if (key.alg !== "EdDSA") throw new ReportError("V_ROSTER", "An agent's log key is not of Ed25519.");
    return logKey(tid, key.x);
  });
}

/**
 * Verifies the cosignatures of the witnesses that the roster names, and of those the reader demands besides.
 *
 * @param demanded - vkeys; each must have cosigned.
 * @throws {@link ReportError} `V_WITNESS`
 */
export async function verifyWitnesses(
  { note }: VerifiedCheckpoint,
  { witnesses }: Roster,
  demanded: readonly string[],
): Promise<readonly Cosignature[]> {
  const named = witnesses.map(({ vkey }) => readVkey(vkey, "V_ROSTER"));
  const wanted = demanded.map((vkey) => readVkey(vkey, "V_WITNESS"));
  const keys = [...named, ...wanted.filter((key) => !named.some((each) => isSameKey(each, key)))];
  const found = await refuseAs({ code: "V_WITNESS", what: "A witness's signature does not hold" }, () =>
    verifyCosignatures(note, keys),
  );
  for (const key of wanted) {
    if (!found.some((each) => isSameKey(each.key, key))) {
      throw new ReportError("V_WITNESS", `The witness ${key.name} has not signed this log.`, {});
    }
  }
  return found;
}

/** Reads a witness's key. @throws {@link ReportError} by the code given */
export function readVkey(vkey: string, code: "V_ROSTER" | "V_WITNESS"): NoteKey {
  return refuseAsSync({ code, what: "A witness's key" }, () => parseVkey(vkey));
}

function isSameKey(a: NoteKey, b: NoteKey): boolean {
  return a.name === b.name && a.id === b.id && encodeBase64url(a.publicKey) === encodeBase64url(b.publicKey);
}
