/**
 * The wire contract of Holdfast: what is signed, how it is written and read, and when it counts.
 *
 * @example
 * ```ts
 * const chain = await verifyRosterChain(parseRosterChain(JSON.parse(file)));
 * console.log(wordsOf(chain.tid).join(" "));
 * ```
 *
 * @packageDocumentation
 */
export {
  type Approval,
  isPasskeyApproval,
  MAX_APPROVALS,
  type PasskeyApproval,
  parseApproval,
  type RawApproval,
} from "./approval/approval.ts";
export {
  ackChallenge,
  approveChallenge,
  challengeText,
  DECISION,
  type Decision,
  MAX_LIST,
  type RegistrationNames,
  rawSignatureBase,
  recoveryChallenge,
  registerChallenge,
  type SignaturePurpose,
} from "./approval/challenges.ts";
export { APPROVAL_ANSWER_HEADERS, approvalPageHeaders, type PageHashes } from "./approval/page-headers.ts";
export {
  type ExpectedRegistration,
  type MakersAt,
  parseRegistration,
  type RegisteredPasskey,
  type RegistrationResponse,
} from "./approval/parse-registration.ts";
export { verifyRawSignature } from "./approval/raw-signature.ts";
export { verifyApproval, verifyRawApproval } from "./approval/verify-approval.ts";
export {
  type Assertion,
  type AssertionFacts,
  type ExpectedCredential,
  verifyAssertion,
} from "./approval/verify-assertion.ts";
export { type Attest, encodeAttest, parseAttest, verifyAttest } from "./attest/attest.ts";
export type { AgentId, Canonical, ClientId, CommandHash, KeyId, TenantId, Untrusted, Verified } from "./brand.ts";
export {
  type CanonicalObject,
  type CanonicalValue,
  MAX_DOCUMENT_BYTES,
  MAX_ENVELOPE_BYTES,
  MAX_LARGE_DOCUMENT_BYTES,
} from "./canonical/canonical-value.ts";
export { encodeCanonical } from "./canonical/encode-canonical.ts";
export { posesAsKey } from "./canonical/key-name.ts";
export { parseCanonical } from "./canonical/parse-canonical.ts";
export { isName, isPlainText } from "./canonical/plain-text.ts";
export {
  ACTS,
  type Act,
  type Channel,
  channelCounts,
  isAct,
  isRejectable,
  isTightening,
  MOST_HOSTED_KEYS,
} from "./command/acts.ts";
export {
  type BackupDestination,
  type BackupPolicy,
  backupPolicyArgs,
  describeDestination,
} from "./command/backup-policy.ts";
export { type BuiltCommand, buildCommand, type CommandRequest } from "./command/build-command.ts";
export { checkImportedKeys } from "./command/check-imported-keys.ts";
export {
  type ClientTarget,
  type Command,
  type CommandTarget,
  type Expected,
  encodeCommand,
  isDelayable,
  type KeyTarget,
  parseCommand,
  type TargetOf,
  targetKind,
} from "./command/command.ts";
export {
  type ArgsOf,
  followOneAnother,
  isSupportedAct,
  type NewKey,
  type SupportedAct,
} from "./command/command-args.ts";
export { type CommandDescription, descriptionParts } from "./command/command-description.ts";
export { type DescribeContext, describeCommand } from "./command/describe-command.ts";
export { describeGrant } from "./command/describe-grant.ts";
export { type Envelope, encodeEnvelope, parseEnvelope } from "./command/envelope.ts";
export {
  GRANT_OPERATIONS,
  type Grant,
  type GrantOperation,
  type GrantSelector,
  grantPermits,
  KEY_GRANTS,
} from "./command/grant.ts";
export {
  isContradictoryUsage,
  isHsmAlgorithm,
  isKeyPairAlgorithm,
  KEY_ALGORITHMS,
  KEY_USAGES,
  type KeyAlgorithm,
  type KeyUsage,
  LEGACY_ALGORITHMS,
  LEGACY_WORDS,
  type LegacyAlgorithm,
  OBJECT_TYPES,
  type ObjectType,
  usageOfPart,
  usualUsage,
} from "./command/key-words.ts";
export {
  grantsOfPermit,
  LONGEST_PERMIT_SECONDS,
  LONGEST_PERMITTED_SECONDS,
  MOST_PERMITTED,
  type PermitProfile,
  permittedLabel,
} from "./command/permit.ts";
export {
  type CoseKey,
  encodeEc2CoseKey,
  encodeOkpCoseKey,
  encodeRsaCoseKey,
  parseCoseKey,
  type SignatureAlgorithm,
} from "./cose/cose-key.ts";
export { importVerifyingKey, type VerifyingKey } from "./cose/verify-signature.ts";
export { decodeBase32, encodeBase32 } from "./encoding/base32.ts";
export { decodeBase64url, encodeBase64url, findBase64url } from "./encoding/base64url.ts";
export { commandHash, docHash, docHashBytes, hmacSha256, sha256 } from "./encoding/hash.ts";
export { type AdmissionErrorCode, type ErrorText, errorText, findErrorText } from "./error-text.ts";
export { HoldfastError, PROTOCOL_ERROR_CODES, ProtocolError, type ProtocolErrorCode } from "./errors.ts";
export {
  backupHash,
  type EscrowedManifest,
  encodeEscrowedManifest,
  parseEscrowedManifest,
  verifyEscrowedManifest,
} from "./escrow/backup-manifest.ts";
export {
  type Custodian,
  type CustodianOffer,
  type CustodianRoute,
  type EscrowPlan,
  MOST_CUSTODIANS,
  parseCustodianOffer,
} from "./escrow/custodian.ts";
export { CUSTODIAN_DUTIES, dutiesChallenge, verifyAcknowledgement } from "./escrow/duties.ts";
export {
  type CheckedOrder,
  checkReleaseOrder,
  parseReleaseOrder,
  type ReleaseOrder,
} from "./escrow/release-order.ts";
export {
  encodeSealedShares,
  parseSealedShares,
  type SealedShares,
  type SharesOfBackup,
} from "./escrow/sealed-shares.ts";
export { drillAnswer, passkeySalt, shareCommitment } from "./escrow/share-hashes.ts";
export { type ShareInfo, shareInfo } from "./escrow/share-info.ts";
export { countsHosted, HOSTED_COUNTS } from "./hosted/counts-hosted.ts";
export {
  type HostedAnswer,
  type HostedAsk,
  type HostedChangeAsk,
  type HostedPasskey,
  type HostedPasskeyAsk,
  hostedAnswer,
  hostedAsk,
  hostedChangeAsk,
  hostedPasskey,
  hostedPasskeyAsk,
  MOST_HOSTED_BYTES,
} from "./hosted/hosted-documents.ts";
export {
  deriveAdministratorId,
  deriveAid,
  deriveClientId,
  deriveClientKeyId,
  deriveInviteId,
  deriveKeyId,
  derivePermittedClientId,
  deriveRawCredentialId,
  deriveScheduleId,
  deriveTid,
  permitIdentity,
} from "./ids/derive-ids.ts";
export { ASKED_WORDS, areAskedWords, askedPlaces } from "./introduction/asked-words.ts";
export {
  describeIntroduction,
  type IntroductionDescription,
  introductionWord,
  publicKeyWord,
} from "./introduction/describe-introduction.ts";
export {
  encodeIntroduction,
  INTRODUCTION_KINDS,
  type IntroducedObject,
  type Introduction,
  type IntroductionKind,
  type IntroductionOf,
  introductionHash,
  parseIntroduction,
} from "./introduction/introduction.ts";
export { introductionReference, referredHash, referTo } from "./introduction/introduction-reference.ts";
export { introductionsOf, type NamedIntroduction } from "./introduction/introductions-of.ts";
export { type VerifiedIntroductions, verifyIntroductions } from "./introduction/verify-introductions.ts";
export {
  type AddedPasskey,
  addedPasskeys,
  introducedPossession,
  type LinkIntroduction,
  type LinkIntroductions,
  verifyLinkIntroductions,
} from "./introduction/verify-link-introductions.ts";
export { addedAgents } from "./join/added-agents.ts";
export {
  type JoinBundle,
  type JoinRequest,
  parseJoinBundle,
  parseJoinRequest,
  verifyJoinBundle,
} from "./join/join-bundle.ts";
export { evidenceQuestion, type MachineEvidence, verifyMachineEvidence } from "./join/machine-evidence.ts";
export {
  type CheckedTransfer,
  encodeRootTransfer,
  parseRootTransfer,
  parseRootTransferFile,
  type RootTransfer,
  type RootTransferFile,
  rootTransferInfo,
  type TransferReceiver,
  verifyRootTransfer,
} from "./join/root-transfer.ts";
export { type Entry, type Entry as LeafEntry, type OpenedEntry, openEntry, parseEntry } from "./leaf/entry.ts";
export {
  EVENT_KINDS,
  encodeLeaf,
  type Leaf,
  type LeafActor,
  type LeafCause,
  type LeafKind,
  parseLeaf,
  type UseData,
  useDataOf,
} from "./leaf/leaf.ts";
export { limitSpent } from "./leaf/limit-spent.ts";
export { lostHeadsOf, type SignedHead } from "./leaf/loss-data.ts";
export { nameCommitment } from "./leaf/name-commitment.ts";
export {
  advisedCryptoperiod,
  CRYPTOPERIODS,
  type Cryptoperiod,
  type PeriodEnds,
  periodEnds,
} from "./lifecycle/cryptoperiods.ts";
export {
  type Recurrence,
  type Run,
  runDueAt,
  SCHEDULED_DEEDS,
  type ScheduledDeed,
  SHORTEST_INTERVAL_SECONDS,
} from "./lifecycle/schedule.ts";
export {
  allowsOperation,
  isProtecting,
  KEY_OPERATIONS,
  KEY_STATES,
  type KeyOperation,
  type KeyState,
  nextState,
  TRANSITIONS,
  type Transition,
  type UseKind,
  useKind,
} from "./lifecycle/transitions.ts";
export { type KeyLife, type UseRefusal, useRefusal } from "./lifecycle/use-at.ts";
export { type AllowedMakers, rootCertificates } from "./maker/verify-maker.ts";
export {
  COMMAND_RESULTS,
  type CommandResult,
  encodeReceipt,
  parseReceipt,
  type Receipt,
  statesHash,
  verifyReceipt,
} from "./receipt/receipt.ts";
export { parseSigned, type Signed, verifySigned } from "./receipt/signed.ts";
export {
  acceptRosterLink,
  checkRosterLink,
  type ExaminedRosterLink,
  examineRosterLink,
} from "./roster/accept-roster-link.ts";
export {
  ACCEPT_WINDOW_SECONDS,
  DESTROY_DELAY_SECONDS,
  defaultPolicy,
  LINK_DELAY_SECONDS,
  MAX_TTL_SECONDS,
  RECOVERY_DELAY_BOUNDS,
  RECOVERY_DELAY_SECONDS,
  ROSTER_LIFE_SECONDS,
} from "./roster/default-policy.ts";
export { modelText } from "./roster/describe-makers.ts";
export { describeRosterChange, type RosterChangeDescription } from "./roster/describe-roster-change.ts";
export { draftRecovery } from "./roster/draft-recovery.ts";
export type { RecoveryChange } from "./roster/draft-recovery-keys.ts";
export { draftRoster, type RosterChange } from "./roster/draft-roster.ts";
export {
  findCredential,
  isInGroups,
  isLocalDomain,
  type LinkThreshold,
  type Quorum,
  quorumFor,
  quorumOf,
} from "./roster/quorum.ts";
export { findRecoveryKey, isSignedByEveryRecoveryKey } from "./roster/recovery.ts";
export { addedRecoveryKeys, recoveryKeyId, replacementKeyName } from "./roster/recovery-keys.ts";
export {
  type Administrator,
  allowedMakersSchema,
  askedMachinesSchema,
  type Credential,
  encodeRoster,
  type LocalCredential,
  type PasskeyCredential,
  type PinnedRoster,
  type PolicyRule,
  parseRoster,
  type RecoveryKey,
  type Roster,
  type RosterAgent,
  type VerifiedRoster,
} from "./roster/roster.ts";
export {
  type LocalPossession,
  MAX_CHAIN_LINKS,
  type PasskeyPossession,
  type Possession,
  parseRosterChain,
  parseRosterLink,
  RESERVED_CHAIN_LINKS,
  type RecoveryPossession,
  type RosterLink,
} from "./roster/roster-link.ts";
export {
  changesNothing,
  changesRecovery,
  isRenewal,
  onlyTightens,
  type RosterLinkDelay,
  rosterLinkDelay,
} from "./roster/roster-link-delay.ts";
export { type ChangedRule, durationText, type RuledAct, ruledActWord, ruleText } from "./roster/rule-words.ts";
export { outlastsRecovery, stayingRecoveryKeys } from "./roster/staying-keys.ts";
export { verifyGenesis } from "./roster/verify-genesis.ts";
export { verifyRecoveryPossession } from "./roster/verify-recovery-possession.ts";
export { findAgent, type RosterChain, verifyRosterChain } from "./roster/verify-roster-chain.ts";
export { type VetoedBy, verifyRosterVeto } from "./roster/verify-roster-veto.ts";
export { isInNetwork, isNetwork } from "./schema/network.ts";
export {
  type ClientStateDocument,
  type DomainStateDocument,
  encodeState,
  isKnownOutside,
  type KeySchedule,
  type KeyStateDocument,
  keyKind,
  knownVersion,
  LONGEST_CLIENT_SECONDS,
  MOST_EARLIER_KEYS,
  parseState,
  RENEWAL_OVERLAP_SECONDS,
  type State,
  stateHash,
} from "./state/state.ts";
export {
  type ExportedKey,
  type ExportFile,
  encodeExport,
  exportAad,
  exportInfo,
  parseExport,
  recipientHash,
} from "./transfer/export-file.ts";
export {
  encodeImportOffer,
  type ImportOffer,
  importInfo,
  type OfferFile,
  parseImportOffer,
  parseOfferFile,
  verifyImportOffer,
} from "./transfer/import-offer.ts";
export {
  IMPORTED_TYPES,
  type ImportedKey,
  importedKeySchema,
  importedVersions,
  isSameImportedKey,
  MAX_IMPORTED_KEYS,
  TRANSFER_FORMS,
  type TransferForm,
} from "./transfer/imported-key.ts";
export {
  encodeSealedImport,
  importedAad,
  MAX_PART_BYTES,
  MAX_SEALED_BYTES,
  parseSealedImport,
  type SealedImport,
} from "./transfer/sealed-import.ts";
export { decodeMnemonic, encodeMnemonic } from "./words/mnemonic.ts";
export { MATCHING_WORDS, wordsOf } from "./words/words-of.ts";
