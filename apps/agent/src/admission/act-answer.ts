import { decodeBase64url, parseLeaf } from "@holdfast/protocol";
import type { ActAnswer } from "../admin/answers.ts";
import type { AdmissionContext } from "./admission-context.ts";
import type { Decided } from "./decided.ts";
import { clientView, keyView, lastUseOf, type ViewPlace } from "./views.ts";

/** Most entries of one command. */
const MAX_ENTRIES = 1_000;

type Place = Pick<AdmissionContext, "log" | "keystore" | "guard"> & Pick<ViewPlace, "unspent">;

/** What the command line prints of a command: its outcome, and the keys or the client it left behind. */
export function answerAct(decided: Decided, context: Place, approveUrl: string | null): ActAnswer {
  const { hash, outcome, code, what, next, due, files, leaf } = decided;
  const done = (outcome === "applied" || outcome === "scheduled") && leaf !== undefined;
  return {
    hash,
    outcome,
    have: decided.have ?? 0,
    need: decided.need ?? 0,
    approveUrl,
    ...(code === undefined ? {} : { code }),
    ...(what === undefined ? {} : { what }),
    ...(next === undefined ? {} : { next }),
    ...(due === undefined ? {} : { due }),
    ...(files === undefined ? {} : { files: [...files] }),
    ...(done ? affected(leaf, hash, context) : {}),
  };
}

/** The keys and the client that a command's entries name, as they are now. */
function affected(
  first: number,
  hash: string,
  { log, keystore, guard, unspent }: Place,
): Pick<ActAnswer, "keys" | "client"> {
  const subjects = log
    .entries(first, MAX_ENTRIES)
    .map(({ leaf }) => parseLeaf(decodeBase64url(leaf)))
    .filter(({ cause }) => cause.kind === "command" && cause.hash === hash)
    .map(({ subject }) => subject);
  const keys = subjects
    .flatMap((id) => keystore.findKey(id) ?? [])
    .map((key) => keyView(key, { keystore, now: guard.time(), unspent }));
  const client = subjects.flatMap((id) => keystore.findClient(id) ?? [])[0];
  const view = client ? { client: clientView(client, lastUseOf(keystore, client.id), keystore) } : {};
  return { ...(keys.length > 0 ? { keys } : {}), ...view };
}
