import type { Canonical } from "../brand.ts";
import { type CanonicalObject, MAX_LARGE_DOCUMENT_BYTES } from "../canonical/canonical-value.ts";
import { ProtocolError } from "../errors.ts";
import { KEY_STATES } from "../lifecycle/transitions.ts";
import { documentCodec } from "../schema/document.ts";
import {
  base64urlBytes,
  clientId,
  group,
  keyId,
  label,
  plainId,
  plainText,
  reason,
  rosterReference,
  tid,
  time,
} from "../schema/fields.ts";
import { type Infer, integer, literal, object, oneOf, optional, type Schema, word } from "../schema/schema.ts";
import { isAct, isTightening } from "./acts.ts";
import { type ArgsOf, isSupportedAct, readArgs, type SupportedAct } from "./command-args.ts";
import { LONGEST_PERMIT_SECONDS } from "./permit.ts";

const keyTarget = object({ kind: literal("key"), keyId, label, group });
const clientTarget = object({ kind: literal("client"), client: clientId, label });
const target = oneOf("kind", { key: keyTarget, client: clientTarget });
const expected = object({
  head: optional(integer()),
  state: optional(word(...KEY_STATES)),
  version: optional(integer(1, 0xffffffff)),
});

/** Read by the act's own schema afterwards. */
const anyObject: Schema<CanonicalObject> = {
  read(value, path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      throw new ProtocolError("E_SCHEMA", `${path} is not an object.`, { path });
    }
    return value as CanonicalObject;
  },
};

const frame = object({
  typ: literal("cmd"),
  ver: literal(1),
  tid,
  act: plainText(1, 32),
  target: optional(target),
  args: anyObject,
  expect: optional(expected),
  roster: rosterReference,
  issued: time,
  exp: time,
  proposer: optional(plainId),
  nonce: base64urlBytes(16),
  reason,
});

/** A key that a command is about, by id and by the agent's current name and group for it. */
export type KeyTarget = Infer<typeof keyTarget>;
/** A client that a command is about. */
export type ClientTarget = Infer<typeof clientTarget>;
/** What a command is about. */
export type CommandTarget = KeyTarget | ClientTarget;
/** What a command found when it was proposed. */
export type Expected = Infer<typeof expected>;

type Frame = Omit<Infer<typeof frame>, "act" | "args" | "target">;
/** What the act is about: nothing, a key or a client. */
export type TargetOf<A extends SupportedAct> = A extends "client.revoke" | "client.update"
  ? ClientTarget
  : A extends "key.create"
    ? undefined
    : A extends `key.${string}`
      ? KeyTarget
      : A extends `schedule.${string}`
        ? KeyTarget
        : undefined;

type CommandOf<A extends SupportedAct> = A extends SupportedAct
  ? Frame & { readonly act: A; readonly args: ArgsOf<A> } & (TargetOf<A> extends undefined
        ? { readonly target?: undefined }
        : { readonly target: TargetOf<A> })
  : never;

/** What administrators sign: one act, its arguments, and under which roster it was proposed. */
export type Command<A extends SupportedAct = SupportedAct> = CommandOf<A>;

const codec = documentCodec("cmd", frame, MAX_LARGE_DOCUMENT_BYTES);

/**
 * Reads a command.
 *
 * @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_SCHEMA`; `E_UNSUPPORTED` for an act that does not exist or
 *   that this version does not carry out; `E_ARGS` for arguments, a target or an expectation that the act does not have
 * @see docs/spec/command.md
 */
export function parseCommand(bytes: Uint8Array): Command {
  return readCommand(codec.parse(bytes));
}

/** Encodes a command that {@link parseCommand} would read. @throws {@link ProtocolError} as it does */
export function encodeCommand(command: Command): Canonical<Command> {
  const bytes = codec.encode(command as unknown as Infer<typeof frame>);
  parseCommand(bytes);
  return bytes as unknown as Canonical<Command>;
}

function readCommand(read: Infer<typeof frame>): Command {
  const { act } = read;
  if (!isAct(act) || !isSupportedAct(act)) {
    throw new ProtocolError("E_UNSUPPORTED", "This version does not carry the act out.", { act: act.slice(0, 32) });
  }
  if (read.exp <= read.issued)
    throw new ProtocolError("E_SCHEMA", "The command ends before it begins.", { path: "cmd.exp" });
  checkTarget(act, read.target);
  if (isTightening(act) && read.expect?.head !== undefined) {
    throw new ProtocolError("E_ARGS", "A tightening act names no head.", { act });
  }
  const args = readArgs(act, read.args);
  if (act === "client.permit") checkPermitEnd(args as ArgsOf<"client.permit">, read.issued);
  return { ...read, act, args } as unknown as Command;
}

function checkPermitEnd({ until }: ArgsOf<"client.permit">, issued: number): void {
  if (until <= issued || until > issued + LONGEST_PERMIT_SECONDS)
    throw new ProtocolError("E_ARGS", "An enrolment secret is good for 30 days at most.");
}

/** What kind of target an act has, by its name. */
export function targetKind(act: SupportedAct): CommandTarget["kind"] | null {
  if (act === "client.revoke" || act === "client.update") return "client";
  if (act.startsWith("schedule.")) return "key";
  return act.startsWith("key.") && act !== "key.create" ? "key" : null;
}

/** Whether a rule may have the act wait a delay after its approvals: acts on one key, and changes of the roster. */
export function isDelayable(act: string): boolean {
  return act === "roster.update" || (isAct(act) && isSupportedAct(act) && targetKind(act) === "key");
}

function checkTarget(act: SupportedAct, given: CommandTarget | undefined): void {
  if ((given?.kind ?? null) !== targetKind(act))
    throw new ProtocolError("E_ARGS", "The act has another kind of target.", { act });
}
