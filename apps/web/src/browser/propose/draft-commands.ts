import {
  type ArgsOf,
  type BuiltCommand,
  buildCommand,
  type CommandDescription,
  describeCommand,
  type Expected,
  MAX_TTL_SECONDS,
  quorumFor,
  type SupportedAct,
  type TargetOf,
  wordsOf,
} from "@holdfast/protocol";
import type { Standing } from "../prove/prove-environment.ts";

type RequestOf<A extends SupportedAct> = A extends SupportedAct
  ? {
      readonly act: A;
      readonly args: ArgsOf<A>;
      readonly expect?: Expected;
    } & (TargetOf<A> extends undefined ? { readonly target?: undefined } : { readonly target: TargetOf<A> })
  : never;

/** What a person asks for, before it becomes bytes. */
export type ProposalRequest = RequestOf<SupportedAct>;

/** The exact bytes of a command, with what they say. */
export interface Draft extends Pick<BuiltCommand, "doc" | "hash"> {
  readonly words: readonly string[];
  readonly plain: CommandDescription;
  /** Why, as it is signed; empty when nothing was said. */
  readonly reason: string;
  /** The command as text, for those who want to read it all. */
  readonly json: string;
}

/**
 * Builds commands from what this browser verified: the environment's id, the newest roster, and its limits.
 *
 * @throws {@link ProtocolError} `E_SCHEMA`, `E_ARGS`, `E_CANON` for a request that no command can carry
 */
export function draftCommands(
  requests: readonly ProposalRequest[],
  from: Pick<Standing, "tid" | "chain"> & { readonly reason: string; readonly now: number },
): Draft[] {
  const { tid, chain, reason, now } = from;
  const { roster, hash } = chain.head;
  return requests.map(({ act, args, target, expect }) => {
    const ttlSec = Math.min(quorumFor(roster, act).maxTtlSec, MAX_TTL_SECONDS);
    const built = buildCommand({
      tid,
      act,
      args,
      target,
      expect,
      roster: { seq: roster.seq, hash },
      now,
      ttlSec,
      reason: reason.normalize("NFC"),
    });
    return {
      doc: built.doc,
      hash: built.hash,
      words: wordsOf(built.hash),
      plain: describeCommand(built.command),
      reason: built.command.reason,
      json: JSON.stringify(built.command, null, 2),
    };
  });
}
