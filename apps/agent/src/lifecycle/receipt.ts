import type { SigningHandle } from "@holdfast/crypto";
import {
  docHash,
  encodeBase64url,
  encodeCanonical,
  encodeReceipt,
  type Receipt,
  rawSignatureBase,
  type Signed,
} from "@holdfast/protocol";
import type { LogHead } from "../custody-log/custody-log.ts";

/** What a receipt says beside what is always the same. */
export interface ReceiptFacts {
  readonly tid: string;
  readonly aid: string;
  readonly cmd: string;
  readonly envelope: string;
  readonly result: "applied" | "scheduled" | "cancelled" | "expired" | "refused";
  readonly code?: string;
  readonly written: readonly { readonly n: number; readonly pre: string | null; readonly post: string | null }[];
  readonly head: LogHead;
  readonly roster: { readonly seq: number; readonly hash: string };
  readonly ts: number;
}

/** Signs what became of a command. Entries of one command are consecutive; `post` of several is the hash of their list. */
export function signReceipt(aik: SigningHandle, facts: ReceiptFacts): Signed {
  const { tid, aid, cmd, envelope, result, code, written, head, roster, ts } = facts;
  const [first] = written;
  const single = written.length === 1;
  const pre = single ? (first?.pre ?? undefined) : undefined;
  const post = single
    ? (first?.post ?? undefined)
    : docHash("states", encodeCanonical({ posts: written.map((each) => each.post ?? "") }));
  const receipt = {
    typ: "receipt",
    ver: 1,
    tid,
    cmd,
    envelope,
    aid,
    result,
    code,
    pre,
    post,
    leaf: first?.n ?? 0,
    count: written.length,
    size: head.size,
    root: encodeBase64url(head.root),
    roster,
    ts,
  } as unknown as Receipt;
  const bytes = encodeReceipt(receipt);
  return {
    doc: encodeBase64url(bytes),
    sig: encodeBase64url(aik.sign(rawSignatureBase("receipt", docHash("receipt", bytes)))),
  };
}
