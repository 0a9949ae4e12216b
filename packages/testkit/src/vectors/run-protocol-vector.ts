import {
  type Approval,
  acceptRosterLink,
  ackChallenge,
  allowsOperation,
  approveChallenge,
  askedPlaces,
  backupHash,
  type Channel,
  type Credential,
  channelCounts,
  checkReleaseOrder,
  commandHash,
  type Decision,
  decodeBase32,
  decodeBase64url,
  decodeMnemonic,
  deriveAdministratorId,
  deriveAid,
  deriveClientId,
  deriveClientKeyId,
  deriveInviteId,
  deriveKeyId,
  deriveRawCredentialId,
  deriveTid,
  docHash,
  drillAnswer,
  type ExpectedCredential,
  encodeBase64url,
  encodeMnemonic,
  evidenceQuestion,
  hostedAnswer,
  hostedAsk,
  hostedChangeAsk,
  hostedPasskey,
  hostedPasskeyAsk,
  introductionHash,
  type KeyLife,
  type KeyOperation,
  type KeyState,
  type MakersAt,
  nameCommitment,
  nextState,
  openEntry,
  type PinnedRoster,
  parseApproval,
  parseAttest,
  parseCanonical,
  parseCommand,
  parseCoseKey,
  parseEntry,
  parseEnvelope,
  parseEscrowedManifest,
  parseExport,
  parseImportOffer,
  parseIntroduction,
  parseJoinBundle,
  parseLeaf,
  parseOfferFile,
  parseReceipt,
  parseRegistration,
  parseReleaseOrder,
  parseRootTransfer,
  parseRootTransferFile,
  parseRoster,
  parseRosterChain,
  parseRosterLink,
  parseSealedImport,
  parseSealedShares,
  parseState,
  passkeySalt,
  type Recurrence,
  type RegistrationNames,
  type RegistrationResponse,
  recipientHash,
  registerChallenge,
  rootTransferInfo,
  rosterLinkDelay,
  runDueAt,
  type ShareInfo,
  type SignaturePurpose,
  shareCommitment,
  shareInfo,
  statesHash,
  type TransferReceiver,
  useRefusal,
  verifyApproval,
  verifyAssertion,
  verifyAttest,
  verifyGenesis,
  verifyImportOffer,
  verifyIntroductions,
  verifyJoinBundle,
  verifyLinkIntroductions,
  verifyRawSignature,
  verifyReceipt,
  verifyRootTransfer,
  verifyRosterChain,
  verifyRosterVeto,
  wordsOf,
} from "@holdfast/protocol";
import { inputBytes } from "./input-bytes.ts";
import type { Case } from "./vector.ts";

type Input = Case["input"];
type Check = (input: Input) => unknown;

const text = (input: Input, name: string): string => input[name] as string;
const number = (input: Input, name: string): number => input[name] as number;
const base64url = (input: Input, name: string) => decodeBase64url(text(input, name));
const nextOf = (bytes: Uint8Array) => {
  const roster = parseRoster(bytes);
  return { tid: roster.tid ?? "", roster };
};
const pinnedFacts = ({ tid, hash }: PinnedRoster) => ({ tid, hash });

const BYTES: Readonly<Record<string, Check>> = {
  parseCanonical: ({ bytes }) => {
    parseCanonical(inputBytes(bytes));
  },
  decodeBase64url: (input) => Buffer.from(decodeBase64url(text(input, "text"))).toString("hex"),
  decodeBase32: (input) => Buffer.from(decodeBase32(text(input, "text"))).toString("hex"),
  docHash: (input) => docHash(text(input, "typ"), inputBytes(input["bytes"])),
  wordsOf: (input) => wordsOf(text(input, "text")),
  encodeMnemonic: (input) => encodeMnemonic(inputBytes(input["seed"])),
  decodeMnemonic: (input) => Buffer.from(decodeMnemonic(input["words"] as string[])).toString("hex"),
  parseCoseKey: (input) => parseCoseKey(inputBytes(input["cose"])).alg,
};

const ESCROW: Readonly<Record<string, Check>> = {
  shareCommitment: (input) => encodeBase64url(shareCommitment(base64url(input, "salt"), base64url(input, "share"))),
  drillAnswer: (input) => encodeBase64url(drillAnswer(base64url(input, "nonce"), base64url(input, "share"))),
  passkeySalt: (input) => encodeBase64url(passkeySalt(text(input, "tid"), text(input, "seat"))),
  shareInfo: (input) => Buffer.from(shareInfo(input["info"] as ShareInfo)).toString("utf8"),
  parseEscrowedManifest: (input) => {
    parseEscrowedManifest(inputBytes(input["bytes"]));
    return backupHash(inputBytes(input["bytes"]));
  },
  parseSealedShares: (input) => {
    parseSealedShares(inputBytes(input["bytes"]));
  },
  checkReleaseOrder: async (input) => {
    const order = await checkReleaseOrder(parseReleaseOrder(input["order"]), number(input, "now"));
    const { backup, releaseCmd, have, need } = order;
    return { backup, releaseCmd, have, need };
  },
};

const IDS: Readonly<Record<string, Check>> = {
  deriveTid: (input) => deriveTid(inputBytes(input["genesis"])),
  deriveAid: (input) => deriveAid(inputBytes(input["aik"])),
  deriveKeyId: (input) => deriveKeyId(text(input, "command"), number(input, "index")),
  deriveClientKeyId: (input) =>
    deriveClientKeyId(text(input, "tid"), text(input, "client"), inputBytes(input["random"])),
  deriveClientId: (input) => deriveClientId(text(input, "command")),
  deriveInviteId: (input) => deriveInviteId(inputBytes(input["claim"])),
  deriveAdministratorId: (input) => deriveAdministratorId(inputBytes(input["random"])),
  deriveRawCredentialId: (input) => deriveRawCredentialId(inputBytes(input["cose"])),
};

const APPROVALS: Readonly<Record<string, Check>> = {
  approveChallenge: (input) =>
    encodeBase64url(approveChallenge(input["decision"] as Decision, input["list"] as string[])),
  registerChallenge: (input) => encodeBase64url(registerChallenge(input as unknown as RegistrationNames)),
  ackChallenge: (input) => encodeBase64url(ackChallenge(text(input, "hash"))),
  parseApproval: ({ approval }) => {
    parseApproval(approval);
  },
  verifyAssertion: (input) =>
    verifyAssertion(
      input["assertion"] as Parameters<typeof verifyAssertion>[0],
      input["credential"] as ExpectedCredential,
      base64url(input, "challenge"),
    ),
  verifyApproval: async (input) =>
    (await verifyApproval(input["approval"] as Approval, input["credential"] as Credential)) ?? undefined,
  verifyRawSignature: (input) =>
    verifyRawSignature(
      text(input, "cose"),
      input["purpose"] as SignaturePurpose,
      text(input, "hash"),
      text(input, "signature"),
    ),
  parseRegistration: (input) =>
    parseRegistration(
      input["response"] as RegistrationResponse,
      { challenge: base64url(input, "challenge"), origin: text(input, "origin"), rpId: text(input, "rpId") },
      (input["makers"] as MakersAt | undefined) ?? null,
    ),
  channelCounts: (input) =>
    channelCounts(input["channel"] as Channel, input["act"] as "key.create", input["extractable"] === true),
};

const ROSTERS: Readonly<Record<string, Check>> = {
  verifyGenesis: async ({ link }) => pinnedFacts(await verifyGenesis(parseRosterLink(link))),
  acceptRosterLink: async (input) => {
    const chain = await verifyRosterChain(parseRosterChain(input["chain"]));
    const acceptedAt = input["acceptedAt"] as number | null;
    return pinnedFacts(await acceptRosterLink(chain.head, parseRosterLink(input["link"]), acceptedAt));
  },
  verifyRosterChain: async ({ chain }) =>
    pinnedFacts((await verifyRosterChain(chain as Parameters<typeof verifyRosterChain>[0])).head),
  verifyRosterVeto: async (input) => {
    const { head } = await verifyRosterChain(parseRosterChain(input["chain"]));
    return verifyRosterVeto(
      head,
      parseRosterLink(input["link"]),
      parseApproval(input["veto"]),
      input["vetoed"] === true,
    );
  },
  verifyJoinBundle: async (input) =>
    (await verifyJoinBundle(parseJoinBundle(input["bundle"]), text(input, "words"))).tid,
  hostedAsk: ({ bytes }) => void hostedAsk.parse(inputBytes(bytes)),
  hostedChangeAsk: ({ bytes }) => void hostedChangeAsk.parse(inputBytes(bytes)),
  hostedAnswer: ({ bytes }) => void hostedAnswer.parse(inputBytes(bytes)),
  hostedPasskeyAsk: ({ bytes }) => void hostedPasskeyAsk.parse(inputBytes(bytes)),
  hostedPasskey: ({ bytes }) => void hostedPasskey.parse(inputBytes(bytes)),
  parseRootTransfer: ({ bytes }) => {
    parseRootTransfer(inputBytes(bytes));
  },
  rootTransferInfo: (input) =>
    Buffer.from(rootTransferInfo(input["transfer"] as Parameters<typeof rootTransferInfo>[0])).toString("utf8"),
  verifyRootTransfer: async (input) => {
    const pinned = await verifyRosterChain(parseRosterChain(input["pinned"]));
    const own = input["own"] as TransferReceiver["own"];
    const file = parseRootTransferFile(input["file"]);
    return (await verifyRootTransfer(file, { pinned, own, now: number(input, "now") })).sender.aid;
  },
  evidenceQuestion: (input) => encodeBase64url(evidenceQuestion(text(input, "aik"))),
  rosterLinkDelay: (input) =>
    rosterLinkDelay(
      parseRoster(base64url(input, "old")),
      parseRoster(base64url(input, "next")),
      input["hasKeys"] === true,
    ),
};

const DOCUMENTS: Readonly<Record<string, Check>> = {
  parseCommand: (input) => {
    const bytes = inputBytes(input["bytes"]);
    return { act: parseCommand(bytes).act, hash: commandHash(bytes) };
  },
  parseEnvelope: (input) => {
    const bytes = inputBytes(input["bytes"]);
    parseEnvelope(bytes);
    return docHash("env", bytes);
  },
  parseIntroduction: (input) => {
    const bytes = inputBytes(input["bytes"]);
    parseIntroduction(bytes);
    return introductionHash(bytes);
  },
  verifyIntroductions: (input) => [
    ...verifyIntroductions(
      parseCommand(inputBytes(input["command"])),
      input["intros"] as string[],
      number(input, "at"),
    ).keys(),
  ],
  verifyLinkIntroductions: (input) => [
    ...verifyLinkIntroductions(
      parseRoster(inputBytes(input["old"])),
      nextOf(inputBytes(input["next"])),
      input["intros"] as string[],
      number(input, "at"),
    ).keys(),
  ],
  askedPlaces: (input) => askedPlaces(text(input, "hash")),
  parseReceipt: ({ bytes }) => {
    parseReceipt(inputBytes(bytes));
  },
  verifyReceipt: async (input) => {
    await verifyReceipt(input["signed"] as Parameters<typeof verifyReceipt>[0], text(input, "aik"));
  },
  parseAttest: ({ bytes }) => {
    parseAttest(inputBytes(bytes));
  },
  verifyAttest: async (input) => {
    await verifyAttest(input["signed"] as Parameters<typeof verifyAttest>[0], text(input, "aik"));
  },
  parseState: (input) => {
    const bytes = inputBytes(input["bytes"]);
    parseState(bytes);
    return docHash("state", bytes);
  },
  parseImportOffer: ({ bytes }) => {
    parseImportOffer(inputBytes(bytes));
  },
  verifyImportOffer: async ({ file }) => {
    await verifyImportOffer(parseOfferFile(file));
  },
  parseSealedImport: ({ bytes }) => {
    parseSealedImport(inputBytes(bytes));
  },
  parseExport: ({ bytes }) => {
    parseExport(inputBytes(bytes));
  },
  recipientHash: (input) => recipientHash(inputBytes(input["publicKey"])),
  parseLeaf: ({ bytes }) => {
    parseLeaf(inputBytes(bytes));
  },
  openEntry: ({ entry }) => openEntry(parseEntry(entry)).names,
  nameCommitment: (input) => nameCommitment(inputBytes(input["salt"]), text(input, "value")),
  statesHash: (input) => statesHash(input["posts"] as string[]),
  nextState: (input) => nextState(input["state"] as KeyState, input["act"] as "key.create") ?? "refused",
  useRefusal: (input) =>
    useRefusal(input["life"] as KeyLife, input["operation"] as KeyOperation, number(input, "now")) ?? "allowed",
  runDueAt: (input) => runDueAt(input["schedule"] as Recurrence, number(input, "now")) ?? "not due",
  allowsOperation: (input) => allowsOperation(input["state"] as KeyState, input["operation"] as KeyOperation),
};

const CHECKS: Readonly<Record<string, Check>> = {
  ...BYTES,
  ...ESCROW,
  ...IDS,
  ...APPROVALS,
  ...ROSTERS,
  ...DOCUMENTS,
};

/**
 * Runs a case of the protocol's.
 *
 * @returns What it gives; undefined where it is only accepted.
 */
export async function runProtocolVector({ check, input }: Pick<Case, "check" | "input">): Promise<unknown> {
  const run = CHECKS[check];
  if (run === undefined) throw new RangeError(`no check is called ${check}`);
  return run(input);
}

/** Whether the protocol has a check of that name. */
export function isProtocolCheck(check: string): boolean {
  return Object.hasOwn(CHECKS, check);
}
