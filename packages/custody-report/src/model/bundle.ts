import {
  type CanonicalObject,
  decodeBase64url,
  docHashBytes,
  type Entry,
  encodeBase64url,
  encodeCanonical,
  findBase64url,
  parseCanonical,
  parseEntry,
  parseRosterChain,
  parseSigned,
  type RosterLink,
  type Signed,
} from "@holdfast/protocol";
import { refuseAsSync } from "../errors.ts";
import { exactMembers, listMember, type Members, malformed, textMember, timeMember } from "./members.ts";

/** Largest bundle read. */
export const MAX_BUNDLE_BYTES = 256 * 1024 * 1024;

/** What the agent says of its own surroundings; nothing in the log or the roster proves it. */
export type Declared = {
  /**
   * Where what opens the root key comes from: a file on the agent's host, the host's service manager, a person's passphrase,
   * custodians' shares, a hardware module, or something else.
   */
  readonly kek: "file" | "credential" | "passphrase" | "shares" | "pkcs11" | "other";
  /** The module that it is in, as the agent found it when it opened it. With `pkcs11` only. */
  readonly token?: DeclaredToken;
};

/** What a hardware module says of itself. */
export type DeclaredToken = {
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
};

/**
 * Everything that a report is derived from: who may decide, what happened, and what shows that it did.
 *
 * `log` is the whole custody log, so that no entry can be left out.
 */
export type Evidence = {
  readonly typ: "evidence";
  readonly ver: 1;
  readonly tid: string;
  /** When the evidence was put together, Unix seconds. */
  readonly made: number;
  /** What the report is about; first and last second. */
  readonly period: { readonly from: number; readonly to: number };
  /** The roster chain, genesis first. */
  readonly chain: readonly RosterLink[];
  readonly log: readonly Entry[];
  /** The signed checkpoint note with its cosignatures, base64url. */
  readonly checkpoint: string;
  /** X.509 in DER, base64url: the report key's certificate and that of the domain's authority. */
  readonly certificates: { readonly report: string; readonly authority: string };
  readonly declared: Declared;
};

/** Evidence with the agent's signature over it: its attestation, whose nonce is the evidence's hash. */
export type Bundle = {
  readonly typ: "bundle";
  readonly ver: 1;
  readonly evidence: Evidence;
  readonly attest: Signed;
};

const TID = /^[a-z2-7]{26}$/;
const KEK = /^(?:file|credential|passphrase|shares|pkcs11|other)$/;

/**
 * Reads a bundle: canonical bytes of exactly these members. Nothing in it is verified yet.
 *
 * @throws {@link ReportError} `V_MALFORMED`, `E_LIMIT`
 * @see docs/spec/custody-report.md
 */
export function parseBundle(bytes: Uint8Array): Bundle {
  const value = refuseAsSync({ code: "V_MALFORMED", what: "The bundle" }, () =>
    parseCanonical(bytes, MAX_BUNDLE_BYTES),
  );
  const { of: members } = exactMembers(value, "bundle", ["typ", "ver", "evidence", "attest"]);
  if (members["typ"] !== "bundle" || members["ver"] !== 1) throw malformed("bundle", "is not one of version 1");
  return {
    typ: "bundle",
    ver: 1,
    evidence: readEvidence(members["evidence"]),
    attest: refuseAsSync({ code: "V_MALFORMED", what: "The attestation" }, () => parseSigned(members["attest"])),
  };
}

/** Encodes a bundle. */
export function encodeBundle(bundle: Bundle): Uint8Array<ArrayBuffer> {
  return encodeCanonical(bundle as unknown as CanonicalObject);
}

const NONCE_TAG = new TextEncoder().encode("holdfast/evidence/v1\0");

/**
 * The nonce of the attestation that signs for evidence: a tag and the evidence's hash, 53 bytes, base64url.
 *
 * Agents attest to nonces that others choose only up to {@link MAX_ASKED_NONCE_BYTES}, so that nobody can have evidence
 * of their own making signed by asking for an attestation.
 */
export function evidenceNonce(evidence: Evidence): string {
  const hash = docHashBytes("evidence", encodeCanonical(evidence as unknown as CanonicalObject));
  return encodeBase64url(Uint8Array.of(...NONCE_TAG, ...hash));
}

/** Longest nonce that an agent takes from whoever asks for an attestation. */
export const MAX_ASKED_NONCE_BYTES = 48;

const MEMBERS = [
  "typ",
  "ver",
  "tid",
  "made",
  "period",
  "chain",
  "log",
  "checkpoint",
  "certificates",
  "declared",
] as const;

function readEvidence(value: unknown): Evidence {
  const path = "evidence";
  const members = exactMembers(value, path, MEMBERS);
  if (members.of["typ"] !== "evidence" || members.of["ver"] !== 1) throw malformed(path, "is not of version 1");
  const period = exactMembers(members.of["period"], "evidence.period", ["from", "to"]);
  const certificates = exactMembers(members.of["certificates"], "evidence.certificates", ["report", "authority"]);
  const declared = readDeclared(members.of["declared"]);
  return {
    typ: "evidence",
    ver: 1,
    tid: textMember(members, "tid", TID),
    made: timeMember(members, "made"),
    period: {
      from: timeMember(period, "from"),
      to: timeMember(period, "to"),
    },
    chain: refuseAsSync({ code: "V_MALFORMED", what: "The roster chain" }, () => parseRosterChain(members.of["chain"])),
    log: listMember(members, "log").map((entry, at) =>
      refuseAsSync({ code: "V_MALFORMED", what: `Entry ${at}`, detail: { entry: at } }, () => parseEntry(entry)),
    ),
    checkpoint: readBase64url(members, "checkpoint"),
    certificates: {
      report: readBase64url(certificates, "report"),
      authority: readBase64url(certificates, "authority"),
    },
    declared,
  };
}

function readDeclared(value: unknown): Declared {
  const path = "evidence.declared";
  const hasToken = typeof value === "object" && value !== null && Object.hasOwn(value, "token");
  const members = exactMembers(value, path, hasToken ? ["kek", "token"] : ["kek"]);
  const kek = textMember(members, "kek", KEK) as Declared["kek"];
  if (!hasToken) return { kek };
  if (kek !== "pkcs11") throw malformed(`${path}.token`, "belongs to a hardware module");
  const token = exactMembers(members.of["token"], `${path}.token`, TOKEN_MEMBERS);
  const text = (name: keyof DeclaredToken) => textMember(token, name, /^[\x20-\x7e]{0,32}$/);
  return {
    kek,
    token: {
      label: text("label"),
      manufacturer: text("manufacturer"),
      model: text("model"),
      serial: text("serial"),
      firmware: text("firmware"),
    },
  };
}

const TOKEN_MEMBERS = ["label", "manufacturer", "model", "serial", "firmware"] as const;

function readBase64url(members: Members, name: string): string {
  const text = textMember(members, name, /^[A-Za-z0-9_-]{4,90000}$/);
  if (findBase64url(text) === null) throw malformed(`${members.path}.${name}`, "is not base64url");
  return text;
}

/** The two certificates of the evidence as bytes. */
export function certificatesOf({ certificates }: Evidence): { certificate: Uint8Array; authority: Uint8Array } {
  return {
    certificate: decodeBase64url(certificates.report),
    authority: decodeBase64url(certificates.authority),
  };
}
