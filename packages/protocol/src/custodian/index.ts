/**
 * What a custodian's tool does with a share, in the browser and at a terminal. Never part of the control plane.
 *
 * @packageDocumentation
 */
export { offerOf } from "./acknowledge.ts";
export {
  answerDrill,
  findSeat,
  openOwnShare,
  type ReleasedShare,
  releaseShare,
} from "./custodian-share.ts";
export { deriveRecipientKey, open, type RecipientKey, type Sealed, seal } from "./hpke.ts";
export { type CustodianKeyFile, newPassphrase, openKeyFile, parseKeyFile, sealKeyFile } from "./key-file.ts";
export {
  makeReplacementKey,
  openReplacementKey,
  type ReplacementSigner,
  readReplacementWords,
} from "./replacement-key.ts";
