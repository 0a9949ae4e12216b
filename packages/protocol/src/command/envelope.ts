import { approvalSchema, approvalsSchema } from "../approval/approval.ts";
import { MAX_ENVELOPE_BYTES } from "../canonical/canonical-value.ts";
import { documentCodec } from "../schema/document.ts";
import { base64urlBytes } from "../schema/fields.ts";
import { array, type Infer, literal, object, optional } from "../schema/schema.ts";

const envelope = object({
  typ: literal("env"),
  ver: literal(1),
  doc: base64urlBytes(2, 262_144),
  approvals: approvalsSchema,
  intros: optional(array(base64urlBytes(1, 16_384), 0, 16)),
  proposal: optional(approvalSchema),
});

/** A command with the approvals it has: what travels, by mailbox or by file. It is not signed as a whole. */
export type Envelope = Infer<typeof envelope>;

const codec = documentCodec("env", envelope, MAX_ENVELOPE_BYTES);

/** Reads an envelope; its command is read by {@link parseCommand}. @throws {@link ProtocolError} `E_LIMIT`, `E_CANON`, `E_UNSUPPORTED`, `E_SCHEMA` */
export const parseEnvelope = codec.parse;

/** Encodes an envelope; `docHash("env", bytes)` is what receipts name. @throws {@link ProtocolError} `E_SCHEMA`, `E_LIMIT` */
export const encodeEnvelope = codec.encode;
