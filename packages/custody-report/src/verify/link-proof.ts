import { decodeBase64url, type Leaf, parseLeaf, type Roster } from "@holdfast/protocol";
import { leafHash, logOrigin, MAX_PROOF_HASHES, openCheckpoint, parseNote, verifyInclusion } from "@holdfast/tlog";
import { ReportError, refuseAs } from "../errors.ts";
import { exactMembers, listMember, textMember } from "../model/members.ts";
import { logKeysOf } from "./verify-log.ts";

/** What proves that a link was in force in a log of this environment that was lost since; all base64url. */
export type LinkProof = {
  /** Bytes of the lost log's entry, of kind `roster`, that put the link in force. */
  readonly leaf: string;
  /** Inclusion of that entry in the tree of the checkpoint, from the leaf upwards. */
  readonly proof: readonly string[];
  /** A note over that tree, signed by an agent of the roster before the link. */
  readonly checkpoint: string;
};

/** Which link a proof has to be of. */
export type ProvenLink = {
  readonly tid: string;
  /** docHash of the link's roster. */
  readonly hash: string;
  readonly seq: number;
  /** The roster before it: its agents' words count. */
  readonly before: Roster;
};

const LONGEST_TEXT = /^[A-Za-z0-9_-]{1,16384}$/;
const HASH = /^[A-Za-z0-9_-]{43}$/;

/** Reads a proof; nothing in it is verified. @throws {@link ReportError} `V_MALFORMED` */
export function readLinkProof(value: unknown): LinkProof {
  const members = exactMembers(value, "learnt", ["leaf", "proof", "checkpoint"]);
  const proof = listMember(members, "proof");
  if (proof.length > MAX_PROOF_HASHES || !proof.every((each) => typeof each === "string" && HASH.test(each)))
    throw new ReportError("V_MALFORMED", "learnt.proof is not in its form.", {});
  return {
    leaf: textMember(members, "leaf", LONGEST_TEXT),
    proof: proof as string[],
    checkpoint: textMember(members, "checkpoint", LONGEST_TEXT),
  };
}

/**
 * Verifies that a log of this environment, since lost, put this very link in force: its entry is in a tree that an agent of
 * the roster before it signed. Whether the link is good by itself is not looked at.
 *
 * @returns the lost log's entry
 * @throws {@link ReportError} `V_ROSTER`
 * @see docs/spec/roster.md section 10
 */
export async function verifyLinkProof(given: LinkProof, { tid, hash, seq, before }: ProvenLink): Promise<Leaf> {
  return refuseAs({ code: "V_ROSTER", what: "That the change was in force before is not proved" }, async () => {
    const bytes = decodeBase64url(given.leaf);
    const leaf = parseLeaf(bytes);
    const fits = leaf.tid === tid && leaf.kind === "roster" && leaf.subject === hash && leaf.data?.["seq"] === seq;
    if (!fits)
      throw new ReportError(
        "V_ROSTER",
        "That the change was in force before is not proved: the entry is of something else.",
      );
    const note = parseNote(decodeBase64url(given.checkpoint));
    const head = await openCheckpoint(note, logOrigin(tid), logKeysOf(tid, before));
    const proof = given.proof.map((each) => decodeBase64url(each));
    verifyInclusion({ index: leaf.n, size: head.size, root: head.root, leaf: leafHash(bytes), proof });
    return leaf;
  });
}

/** The proof that an entry carries, where it puts a link in force that a lost log had in force already; null for any other. */
export function findLinkProof({ kind, data }: Pick<Leaf, "kind" | "data">): LinkProof | null {
  const learnt = kind === "roster" ? data?.["learnt"] : undefined;
  return learnt === undefined ? null : readLinkProof(learnt);
}

/**
 * The first log's word for a link. An entry that was learnt carries the word of an earlier log, which proves as much by itself:
 * handed on alone, no proof grows from one restore to the next.
 *
 * @throws {@link ReportError} `V_MALFORMED`; {@link ProtocolError} for an entry that is none
 * @see docs/spec/roster.md section 10
 */
export function firstLinkProof(given: LinkProof): LinkProof {
  const earlier = findLinkProof(parseLeaf(decodeBase64url(given.leaf)));
  return earlier === null ? given : firstLinkProof(earlier);
}
