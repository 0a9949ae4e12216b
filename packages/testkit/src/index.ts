/**
 * What tests build worlds from.
 *
 * @packageDocumentation
 */
export { SoftwareAgent } from "./agent/software-agent.ts";
export { FakeClock } from "./clock/fake-clock.ts";
export { type ApprovalOptions, approveBy, approveRaw } from "./domain/approve.ts";
export { type Founders, genesisRoster, possessRecoveryKey, recoveryKey, signGenesis } from "./domain/found-domain.ts";
export { type AdministratorOptions, SoftwareAdministrator } from "./domain/software-administrator.ts";
export {
  type DomainOptions,
  type LinkOptions,
  type Proposal,
  type RecoveryOptions,
  SoftwareDomain,
} from "./domain/software-domain.ts";
export {
  introduceAdministrator,
  introduceReplacementKey,
  type SoftwareIntroduction,
  softwareIntroduction,
} from "./domain/software-introduction.ts";
export { HostileControlPlane } from "./hostile/hostile-control-plane.ts";
export { HostileMailbox } from "./hostile/hostile-mailbox.ts";
export { addMember, flipBit, flipBitOfText, respell } from "./hostile/tamper-bytes.ts";
export {
  changeApproval,
  changeCommand,
  changeEnvelope,
  duplicateApprovals,
  moveApprovals,
  stripApprovals,
} from "./hostile/tamper-envelope.ts";
export { hasSoftHsm, SoftHsm } from "./hsm/soft-hsm.ts";
export { derOfSignature, publicPoint, signDeterministic } from "./keys/deterministic-ecdsa.ts";
export { type SignatureForm, SoftwareKey } from "./keys/software-key.ts";
export { nextStates, ranSchedule, type Setting, type Step } from "./log/next-states.ts";
export { type Applied, SoftwareLedger } from "./log/software-ledger.ts";
export { type LeafDraft, SoftwareLog } from "./log/software-log.ts";
export { attestationObject, NO_STATEMENT, type Statement, selfStatement } from "./passkey/attestation-object.ts";
export { attestedCredential, authenticatorData, type FlagKnobs } from "./passkey/authenticator-data.ts";
export {
  type ClientDataKnobs,
  type ClientDataShape,
  clientDataText,
  duplicateMember,
  precedingMember,
} from "./passkey/client-data.ts";
export { type MakerKnobs, SoftwareMaker } from "./passkey/software-maker.ts";
export {
  type AssertionKnobs,
  type PasskeyOptions,
  paddedBase64url,
  SoftwarePasskey,
} from "./passkey/software-passkey.ts";
export { SoftwareTpm, TPM_MODEL, type TpmKnobs } from "./passkey/software-tpm.ts";
export { type RandomBytes, seededRandom } from "./random/seeded-random.ts";
export { applyByAll, livedLedger, PLAIN_KEY } from "./report/lived-ledger.ts";
export { type CertificateDraft, softwareCertificate } from "./report/software-authority.ts";
export { type ReportOptions, SoftwareReporter, softwareWitness } from "./report/software-reporter.ts";
export { loadVectors, VECTORS_FOLDER, vectorFiles } from "./vectors/load-vectors.ts";
export { isProtocolCheck, runProtocolVector } from "./vectors/run-protocol-vector.ts";
export { isTlogCheck, runTlogVector } from "./vectors/run-tlog-vector.ts";
export type { Vector } from "./vectors/vector.ts";
