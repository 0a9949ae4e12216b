import {
  type Approval,
  type Command,
  decodeBase64url,
  type Envelope,
  encodeBase64url,
  encodeCommand,
  encodeEnvelope,
  parseCommand,
  parseEnvelope,
} from "@holdfast/protocol";

/** Changes an envelope's members and writes it anew; it stays canonical, so only what it says is wrong. */
export function changeEnvelope(bytes: Uint8Array, change: (envelope: Envelope) => Envelope): Uint8Array<ArrayBuffer> {
  return encodeEnvelope(change(parseEnvelope(bytes)));
}

/** Takes approvals away. */
export function stripApprovals(
  bytes: Uint8Array,
  keep: (approval: Approval, index: number) => boolean = () => false,
): Uint8Array<ArrayBuffer> {
  return changeEnvelope(bytes, (envelope) => ({ ...envelope, approvals: envelope.approvals.filter(keep) }));
}

/** Says an approval twice, to count one person as two. */
export function duplicateApprovals(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return changeEnvelope(bytes, (envelope) => ({
    ...envelope,
    approvals: [...envelope.approvals, ...envelope.approvals],
  }));
}

/** Puts the approvals of one envelope on the command of another. */
export function moveApprovals(from: Uint8Array, to: Uint8Array): Uint8Array<ArrayBuffer> {
  const { approvals } = parseEnvelope(from);
  return changeEnvelope(to, (envelope) => ({ ...envelope, approvals }));
}

/** Changes the command under the approvals it has. */
export function changeCommand(bytes: Uint8Array, change: (command: Command) => Command): Uint8Array<ArrayBuffer> {
  return changeEnvelope(bytes, (envelope) => ({
    ...envelope,
    doc: encodeBase64url(encodeCommand(change(parseCommand(decodeBase64url(envelope.doc))))),
  }));
}

/** Changes what an approval says beside what it signs: its decision, its list, its credential. */
export function changeApproval(
  bytes: Uint8Array,
  index: number,
  change: (approval: Approval) => Approval,
): Uint8Array<ArrayBuffer> {
  return changeEnvelope(bytes, (envelope) => ({
    ...envelope,
    approvals: envelope.approvals.map((approval, at) => (at === index ? change(approval) : approval)),
  }));
}
