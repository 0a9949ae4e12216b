import { X509Certificate } from "node:crypto";
import { DerFault, DerReader, ENUMERATED, isTime, OCTETS, OID, readTime, SEQUENCE } from "./der-reader.ts";
import type { Issuer } from "./issuers.ts";
import { isSignedBy, readSigned } from "./signed-by.ts";

/** What a responder says of one certificate. */
export interface OcspAnswer {
  readonly status: "good" | "revoked" | "unknown";
  /** Unix seconds. */
  readonly thisUpdate: number;
  /** Null where the responder always has newer information. */
  readonly nextUpdate: number | null;
}

/** What was asked, and when the answer came. */
export interface OcspQuestion {
  /** The CertID, DER. */
  readonly id: Buffer;
  readonly nonce: Buffer;
  readonly issuer: Issuer;
  /** Unix seconds. */
  readonly now: number;
}

const BASIC = "2b0601050507300101";
const NONCE = "2b0601050507300102";
const OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
const SKEW_SECONDS = 300;
/** How long an answer without an end of its own is believed. */
const OPEN_ENDED_SECONDS = 3600;
const MOST_CERTIFICATES = 8;

/**
 * Reads an answer and believes it only when the issuer itself, or a responder that it has certified for this and nothing
 * longer ago than it says, has signed it; when it is of the certificate asked for; when it is of now; and when it repeats
 * the question's nonce, where it repeats one.
 *
 * @throws {@link DerFault} for any other answer
 * @see RFC 6960 sections 3.2, 4.2
 */
export function readOcspResponse(bytes: Buffer, question: OcspQuestion): OcspAnswer {
  const outer = DerReader.only(bytes, SEQUENCE);
  if (outer.take(ENUMERATED).content.toString("hex") !== "00") throw new DerFault("the responder refused");
  const kind = DerReader.only(outer.take(0xa0).content, SEQUENCE);
  if (kind.take(OID).content.toString("hex") !== BASIC) throw new DerFault("another kind of answer");
  const basic = DerReader.only(kind.take(OCTETS).content, SEQUENCE);
  const { data, algorithm, signature } = readSigned(basic);
  const given = basic.find(0xa0);
  basic.end();
  const signers = [question.issuer.key, ...delegated(given?.content ?? null, question)];
  if (!signers.some((key) => isSignedBy(key, data, algorithm, signature))) throw new DerFault("signed by nobody");
  return readData(DerReader.only(data, SEQUENCE), question);
}

/** Keys of responders that the issuer has certified for answering. */
function delegated(given: Buffer | null, { issuer, now }: OcspQuestion) {
  if (given === null) return [];
  const certificates = DerReader.only(given, SEQUENCE);
  const keys = [];
  for (let n = 0; n < MOST_CERTIFICATES && certificates.more; n += 1) {
    const certificate = new X509Certificate(certificates.take(SEQUENCE).whole);
    const { keyUsage: usage, validFromDate: from, validToDate: to } = certificate;
    const inTime = from.getTime() / 1000 <= now + SKEW_SECONDS && now <= to.getTime() / 1000;
    const isIssued = certificate.checkIssued(issuer.certificate) && certificate.verify(issuer.key);
    if (isIssued && inTime && (usage ?? []).includes(OCSP_SIGNING)) keys.push(certificate.publicKey);
  }
  return keys;
}

function readData(data: DerReader, question: OcspQuestion): OcspAnswer {
  data.find(0xa0);
  const responder = data.next();
  if (responder.tag !== 0xa1 && responder.tag !== 0xa2) throw new DerFault("no responder");
  readTime(data.next());
  const answers = data.into(SEQUENCE);
  const extensions = data.find(0xa1);
  data.end();
  if (extensions !== null) checkNonce(DerReader.only(extensions.content, SEQUENCE), question.nonce);
  while (answers.more) {
    const answer = answers.into(SEQUENCE);
    if (answer.take(SEQUENCE).whole.equals(question.id)) return readAnswer(answer, question.now);
  }
  throw new DerFault("of another certificate");
}

function readAnswer(answer: DerReader, now: number): OcspAnswer {
  const { tag } = answer.next();
  const status = tag === 0x80 ? "good" : tag === 0xa1 ? "revoked" : tag === 0x82 ? "unknown" : null;
  if (status === null || !isTime(answer.tag)) throw new DerFault("no answer");
  const thisUpdate = readTime(answer.next());
  const until = answer.find(0xa0);
  const nextUpdate = until === null ? null : readTime(new DerReader(until.content).next());
  const end = nextUpdate ?? thisUpdate + OPEN_ENDED_SECONDS;
  if (thisUpdate > now + SKEW_SECONDS || end < now - SKEW_SECONDS) throw new DerFault("of another time");
  return { status, thisUpdate, nextUpdate };
}

function checkNonce(extensions: DerReader, nonce: Buffer): void {
  while (extensions.more) {
    const extension = extensions.into(SEQUENCE);
    if (extension.take(OID).content.toString("hex") !== NONCE) continue;
    extension.find(0x01);
    if (!new DerReader(extension.take(OCTETS).content).take(OCTETS).content.equals(nonce))
      throw new DerFault("of another question");
  }
}
