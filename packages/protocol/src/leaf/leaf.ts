import type { Canonical } from "../brand.ts";
import type { CanonicalObject } from "../canonical/canonical-value.ts";
import { ACTS } from "../command/acts.ts";
import { documentCodec } from "../schema/document.ts";
import { aid, clientId, code, hash, plainId, plainText, tid, time } from "../schema/fields.ts";
import {
  array,
  type Infer,
  integer,
  literal,
  object,
  oneOf,
  optional,
  refuse,
  type Schema,
  text,
  word,
} from "../schema/schema.ts";
import { encodeRelease } from "./encode-release.ts";

/** What the log records besides acts. */
export const EVENT_KINDS = [
  "genesis",
  "roster",
  "roster.scheduled",
  "roster.signed",
  "roster.cancelled",
  "roster.refused",
  "command.refused",
  "command.scheduled",
  "command.cancelled",
  "command.expired",
  "key.attributes",
  "schedule.run",
  "use",
  "release",
  "client.renew",
  "agent.start",
  "agent.unseal",
  "agent.seal",
  "agent.link",
  "agent.rekey",
  "root.send",
  "kek.create",
  "kek.retire",
  "clock",
  "backup",
  "drill",
  "backup.failed",
  "restore",
  "loss",
  "report",
  "attest",
] as const;

const kind = word(...ACTS, ...EVENT_KINDS);

const SUBJECT = /^(?:[akc]_[a-z2-7]{26}|[a-z2-7]{26}|[A-Za-z0-9_-]{43})$/;

const actor = oneOf("kind", {
  admins: object({ kind: literal("admins"), ids: array(plainId, 1, 64) }),
  client: object({ kind: literal("client"), id: clientId }),
  agent: object({ kind: literal("agent") }),
  local: object({ kind: literal("local") }),
  schedule: object({ kind: literal("schedule"), id: plainText(1, 64) }),
});

const cause = oneOf("kind", {
  command: object({ kind: literal("command"), hash }),
  request: object({ kind: literal("request") }),
  host: object({ kind: literal("host") }),
  schedule: object({ kind: literal("schedule"), id: plainText(1, 64), n: integer() }),
});

const useCounts: Schema<Readonly<Record<string, number>>> = {
  read(value, path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(path, "is not an object");
    const counts: Record<string, number> = Object.create(null);
    for (const [operation, count] of Object.entries(value))
      counts[operation] = integer(1).read(count, `${path}.${operation}`);
    return counts;
  },
};

const useData = object({ minute: integer(), ops: useCounts, bytes: integer(), root: hash });

/** Read as it stands: its form depends on the kind, its characters and depth are those of every document. */
const anyData: Schema<CanonicalObject> = {
  read(value, path) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(path, "is not an object");
    return value as CanonicalObject;
  },
};

const leaf = object({
  typ: literal("leaf"),
  ver: literal(1),
  tid,
  aid,
  n: integer(),
  ts: time,
  kind,
  subject: text((value) => SUBJECT.test(value), "an id or a hash"),
  actor,
  cause,
  code: optional(code),
  pre: optional(hash),
  post: optional(hash),
  names: optional(object({ label: optional(hash), alias: optional(hash) })),
  data: optional(anyData),
});

/** What a leaf records: an act of a command, or an event. */
export type LeafKind = Infer<typeof kind>;
/** Who did it. */
export type LeafActor = Infer<typeof actor>;
/** Why the agent let it happen. */
export type LeafCause = Infer<typeof cause>;
/** What a leaf of kind `use` carries: one client's use of one key in one minute. */
export type UseData = Infer<typeof useData>;
/** One entry of the custody log. */
export type Leaf = Infer<typeof leaf>;

const leafWithData: Schema<Leaf> = {
  read(value, path) {
    const read = leaf.read(value, path);
    return read.kind === "use" ? { ...read, data: useData.read(read.data, `${path}.data`) as CanonicalObject } : read;
  },
};

const codec = documentCodec("leaf", leafWithData);

/** Reads a leaf's bytes. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseLeaf = codec.parse;

/** Encodes a leaf. @throws {@link ProtocolError} `E_SCHEMA`, `E_CANON`, `E_LIMIT` */
export function encodeLeaf(document: Leaf): Canonical<Leaf> {
  return encodeRelease(document) ?? codec.encode(document);
}

/** What a leaf of kind `use` carries. @throws {@link ProtocolError} `E_SCHEMA` for another kind of leaf */
export function useDataOf({ kind: found, data }: Leaf): UseData {
  if (found !== "use") throw refuse("leaf.kind", "is not use");
  return useData.read(data, "leaf.data");
}
