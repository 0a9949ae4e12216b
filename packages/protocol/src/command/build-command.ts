import type { CommandHash } from "../brand.ts";
import { encodeBase64url } from "../encoding/base64url.ts";
import { commandHash } from "../encoding/hash.ts";
import { isTightening } from "./acts.ts";
import { type Command, type Expected, encodeCommand, type TargetOf } from "./command.ts";
import type { ArgsOf, SupportedAct } from "./command-args.ts";

/** What is needed to propose an act. */
export interface CommandRequest<A extends SupportedAct> {
  readonly tid: string;
  readonly act: A;
  readonly args: ArgsOf<A>;
  readonly target?: TargetOf<A> | undefined;
  /** The target as it was seen. Left out for tightening acts: whatever it has become, they still make it tighter. */
  readonly expect?: Expected | undefined;
  /** The roster that the proposer knows. */
  readonly roster: { readonly seq: number; readonly hash: string };
  /** Unix seconds. */
  readonly now: number;
  /** How long it may be accepted: at most what the roster's policy says for the act. */
  readonly ttlSec: number;
  readonly reason?: string | undefined;
  readonly proposer?: string | undefined;
}

/** A proposed command: its bytes, and the hash that names it. */
export interface BuiltCommand {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The bytes as base64url, as they travel. */
  readonly doc: string;
  readonly hash: CommandHash;
  readonly command: Command;
}

/**
 * Builds the bytes of a command, with a fresh nonce.
 *
 * @throws {@link ProtocolError} `E_SCHEMA`, `E_ARGS`, `E_CANON` for a request that no command can carry
 */
export function buildCommand<A extends SupportedAct>(request: CommandRequest<A>): BuiltCommand {
  const { tid, act, args, target, roster, now, ttlSec, proposer } = request;
  const expect = isTightening(act) ? undefined : request.expect;
  const command = {
    typ: "cmd",
    ver: 1,
    tid,
    act,
    args,
    target,
    expect: Object.values(expect ?? {}).some((value) => value !== undefined) ? expect : undefined,
    roster: { seq: roster.seq, hash: roster.hash },
    issued: now,
    exp: now + ttlSec,
    proposer,
    nonce: encodeBase64url(crypto.getRandomValues(new Uint8Array(16))),
    reason: request.reason ?? "",
  } as unknown as Command;
  const bytes = encodeCommand(command);
  return { bytes, doc: encodeBase64url(bytes), hash: commandHash(bytes), command };
}
