export {
  type Checkpoint,
  formatCheckpoint,
  logKey,
  logOrigin,
  openCheckpoint,
  parseCheckpoint,
  type VerifiedCheckpoint,
} from "./checkpoint/checkpoint.ts";
export { followCheckpoint, type PinnedHead } from "./checkpoint/follow-checkpoint.ts";
export { type Cosignature, cosign, cosignatureMessage, verifyCosignatures } from "./cosignature/cosignature.ts";
export { decodeBase64, encodeBase64 } from "./encoding/base64.ts";
export { TLOG_ERROR_CODES, TlogError, type TlogErrorCode } from "./errors.ts";
export { emptyRoot, HASH_BYTES, leafHash, nodeHash } from "./merkle/hash.ts";
export type { GetNode, NodeId, TreeNode } from "./merkle/node-id.ts";
export {
  completeProof,
  consistencyProof,
  inclusionProof,
  type ProofPlan,
  planConsistency,
  planInclusion,
} from "./merkle/proof.ts";
export { type Appended, appendLeaf, appendNodes, type Join, MemoryTree, rootAt } from "./merkle/tree.ts";
export {
  type ConsistencyClaim,
  type InclusionClaim,
  MAX_PROOF_HASHES,
  verifyConsistency,
  verifyInclusion,
} from "./merkle/verify-proof.ts";
export {
  formatNote,
  formatSignatureLine,
  isSignatureBy,
  type NoteSignature,
  parseNote,
  parseSignatureLines,
  type SignedNote,
} from "./note/note.ts";
export { formatVkey, NOTE_TYPE, type NoteKey, type NoteType, noteKey, parseVkey } from "./note/note-key.ts";
export { type NoteSigner, noteSignature, signNote } from "./note/sign-note.ts";
export { type VerifiedNote, verifyNote } from "./note/verify-note.ts";
export {
  acceptCheckpoint,
  sizeConflict,
  type WitnessAcceptance,
  type WitnessedLog,
  type WitnessHead,
  type WitnessRefusal,
} from "./witness/accept-checkpoint.ts";
export {
  type AddCheckpoint,
  formatAddCheckpoint,
  MAX_ADD_CHECKPOINT_BYTES,
  parseAddCheckpoint,
} from "./witness/add-checkpoint.ts";
export {
  addCosignatures,
  assertNoEquivocation,
  openWitnessedCheckpoint,
  type WitnessedCheckpoint,
  type WitnessPolicy,
} from "./witness/witness-policy.ts";
