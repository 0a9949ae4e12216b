import {
  type BuiltCommand,
  buildCommand,
  type CommandRequest,
  type CommandTarget,
  isSupportedAct,
  quorumFor,
  type SupportedAct,
  targetKind,
} from "@holdfast/protocol";
import type { ActRequest } from "../admin/answers.ts";
import type { Keystore } from "../keystore/keystore.ts";
import type { ClientRecord, KeyRecord } from "../keystore/records.ts";
import type { ReceivedImports } from "../lifecycle/transfers.ts";
import type { AdmissionContext } from "./admission-context.ts";
import { timeFor } from "./checks/time-for.ts";
import { composeExport, composeImport } from "./compose-transfer.ts";
import { AdmissionError } from "./errors.ts";
import { keyNamed } from "./keys-named.ts";

/** A command that nobody shortens below this, in seconds. */
const USUAL_TTL_SECONDS = 24 * 3600;

/**
 * Composes the bytes of a command that the command line asks for, from the agent's own state.
 *
 * @throws {@link AdmissionError} `E_UNSUPPORTED`, `E_ARGS`; `E_PRESTATE` for a key or client that is not there, or a name
 *   that several have
 */
export function composeCommand(
  request: ActRequest,
  context: Pick<AdmissionContext, "keystore" | "rosters" | "guard" | "tid" | "transfers">,
): BuiltCommand {
  const { act, reason } = request;
  if (!isSupportedAct(act)) throw new AdmissionError("E_UNSUPPORTED", undefined, { act: act.slice(0, 32) });
  const { keystore, rosters, guard, tid, transfers } = context;
  const args = argsOf(request, keystore, transfers.received);
  const current = rosters.current();
  const kind = targetKind(act);
  const key = kind === "key" ? findKey(request.key ?? "", keystore) : null;
  const client = kind === "client" ? clientNamed(request.client ?? "", takesAlong(args), keystore) : null;
  const { maxTtlSec } = quorumFor(current.roster, act);
  const command = {
    tid,
    act,
    args,
    target: targetOf(key, client),
    expect: key ? { head: key.leaf, state: key.state, version: key.current } : client && { head: client.leaf }, // tightening acts carry none
    roster: { seq: current.roster.seq, hash: current.hash },
    now: timeFor({ act }, guard),
    ttlSec: Math.min(maxTtlSec, USUAL_TTL_SECONDS),
    reason,
  };
  return buildCommand(command as unknown as CommandRequest<SupportedAct>);
}

/** What the command line names as an act's target. @throws {@link AdmissionError} `E_PRESTATE` */
export function findTarget(
  asked: { readonly act: string; readonly key: string; readonly client: string; readonly issued: boolean },
  keystore: Keystore,
): CommandTarget {
  const isClient = asked.act.startsWith("client.");
  return targetOf(
    isClient ? null : findKey(asked.key, keystore),
    isClient ? clientNamed(asked.client, asked.issued, keystore) : null,
  ) as CommandTarget;
}

/** Where the agent knows better than whoever asks, it writes the arguments itself. */
function argsOf({ act, args }: ActRequest, keystore: Keystore, received: ReceivedImports): object {
  if (act === "import.commit") return composeImport(args, received);
  return act === "export.wrap" ? composeExport(args, keystore, (word) => findKey(word, keystore)) : args;
}

function targetOf(key: KeyRecord | null, client: ClientRecord | null): CommandTarget | undefined {
  if (key) return { kind: "key", keyId: key.id, label: key.label, group: key.group };
  return client ? { kind: "client", client: client.id, label: client.label } : undefined;
}

/** @throws {@link AdmissionError} `E_PRESTATE` */
function findKey(word: string, keystore: Keystore): KeyRecord {
  const found = keyNamed(word, keystore);
  if (found) return found;
  throw new AdmissionError(
    "E_PRESTATE",
    "There is no such key.",
    {},
    "`holdfast-agent key list` shows the keys that there are.",
  );
}

/** Whether the act is about whoever came by an enrolment secret as well. */
function takesAlong(args: object): boolean {
  return "issued" in args && args.issued === true;
}

function clientNamed(word: string, issued: boolean, keystore: Keystore): ClientRecord {
  return (issued ? findPermit(word, keystore) : null) ?? findClient(word, keystore);
}

/**
 * An enrolment secret by a name that only one has had, of those that are good or brought somebody who still serves: who
 * came by a withdrawn one goes under its name too, and nobody else does.
 */
function findPermit(word: string, keystore: Keystore): ClientRecord | null {
  if (keystore.findClient(word)) return null;
  const clients = [...keystore.clients()];
  const used = new Set(clients.flatMap(({ state, auth }) => (state === "active" && auth.permit ? [auth.permit] : [])));
  const [first, ...others] = clients
    .filter(
      ({ label, auth, state, id }) => label === word && auth.kind === "permit" && (state === "active" || used.has(id)),
    )
    .sort((a, b) => a.createdAt - b.createdAt || a.leaf - b.leaf);
  if (first === undefined || others.length === 0) return first ?? null;
  const ids = [first, ...others].map(({ id }) => id).join(" or ");
  throw new AdmissionError("E_PRESTATE", `Several have had that name: give one's id, ${ids}.`);
}

/** A client by id or a name that only one has. */
function findClient(word: string, keystore: Keystore): ClientRecord {
  const found = keystore.findClient(word);
  if (found) return found;
  const named = [...keystore.clients()].filter(({ label }) => label === word);
  const active = named.filter(({ state }) => state === "active");
  if (named.length > 0 && active.length === 0)
    throw new AdmissionError(
      "E_PRESTATE",
      `The client ${word} was withdrawn.`,
      {},
      "A withdrawn client does not come back: enrol it anew, `holdfast-agent client create`.",
    );
  return only(active);
}

function only(found: readonly ClientRecord[]): ClientRecord {
  const [first, second] = found;
  if (first === undefined) throw new AdmissionError("E_PRESTATE", "There is no such client.");
  if (second !== undefined) throw new AdmissionError("E_PRESTATE", "Several have that name: give the client's id.");
  return first;
}
