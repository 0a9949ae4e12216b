import { type Command, isTightening } from "@holdfast/protocol";
import type { AdmissionContext } from "../admission-context.ts";
import { AdmissionError } from "../errors.ts";

/**
 * Step 11: the target is as the people who approve saw it, and has the names they saw.
 *
 * A loosening act names the head it was proposed on. A tightening one names none, and is refused only when the target
 * was loosened after it was issued; while the clock is not believed the two dates tell nothing, and it is not.
 *
 * @throws {@link AdmissionError} `E_PRESTATE`; `E_STATE_MAC` or `E_STATE_ROLLBACK` for a locked target
 */
export function checkPrestate(
  command: Command,
  hash: string,
  context: Pick<AdmissionContext, "keystore" | "index" | "guard">,
): void {
  const { target } = command;
  if (target === undefined) return;
  if (target.kind === "key") checkKey(command, hash, target, context);
  else checkClient(command, target, context);
  if (!isTightening(command.act) || context.guard.alarm() !== null) return;
  const id = target.kind === "key" ? target.keyId : target.client;
  if (context.index.loosenedAt(id) > command.issued) throw refused("It was changed after this was proposed.");
}

type Target<K extends "key" | "client"> = Extract<NonNullable<Command["target"]>, { kind: K }>;

function checkKey(
  command: Command,
  hash: string,
  target: Target<"key">,
  { keystore }: Pick<AdmissionContext, "keystore">,
): void {
  const key = keystore.findKey(target.keyId);
  if (key === null) throw refused("There is no such key.");
  if (key.locked) throw new AdmissionError(key.locked, undefined, { id: key.id });
  if (key.label !== target.label || key.group !== target.group) throw refused("The key has another name or group now.");
  if (isTightening(command.act)) return; // names no head and may come late: what it takes away is taken away in any state
  if (key.scheduled !== null && key.scheduled !== hash) {
    throw refused("A destroy of the key waits its delay; cancel that first.");
  }
  const { head, state, version } = command.expect ?? {};
  if (state !== undefined && state !== key.state) throw refused(`The key is ${key.state} now.`);
  if (version !== undefined && version !== key.current) throw refused(`The key's version is ${key.current} now.`);
  if (head !== key.leaf) throw refused("The key changed since this was proposed.");
}

function checkClient(
  command: Command,
  target: Target<"client">,
  { keystore }: Pick<AdmissionContext, "keystore">,
): void {
  const client = keystore.findClient(target.client);
  if (client === null) throw refused("There is no such client.");
  if (client.locked) throw new AdmissionError(client.locked, undefined, { id: client.id });
  if (client.label !== target.label) throw refused("The client has another name now.");
  if (!isTightening(command.act) && command.expect?.head !== client.leaf)
    throw refused("The client changed since this was proposed.");
}

function refused(what: string): AdmissionError {
  return new AdmissionError("E_PRESTATE", what);
}
