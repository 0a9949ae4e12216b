import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HAS_OPENSSL, OpensslAuthority, type OpensslClient } from "../testing/openssl-authority.ts";
import { askOcsp } from "./ask-ocsp.ts";
import { DerFault } from "./der-reader.ts";
import { type Issuer, readIssuers } from "./issuers.ts";
import { OcspAnswers } from "./ocsp-answers.ts";
import { certificateId } from "./ocsp-request.ts";
import { readOcspResponse } from "./ocsp-response.ts";
import { readCrl } from "./read-crl.ts";

let authority: OpensslAuthority;
let other: OpensslAuthority;
let issuer: Issuer;
let client: OpensslClient;
let responder: string;
let relay: Server;
let relayUrl: string;
/** What the responder in between gives instead of an answer; null passes it on. */
let instead: ((answer: Buffer) => Buffer) | null = null;
let asked = 0;
let last: Buffer = Buffer.alloc(0);

const now = () => Math.floor(Date.now() / 1000);
const issuerOf = (of: OpensslAuthority) => readIssuers(of.ca)[0] as Issuer;
const certificateOf = ({ cert }: OpensslClient) => new X509Certificate(cert);

beforeAll(async () => {
  if (!HAS_OPENSSL) return;
  authority = new OpensslAuthority();
  other = new OpensslAuthority(); // of the same name
  issuer = issuerOf(authority);
  client = authority.issue("shop");
  responder = await authority.startResponder();
  relay = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", async () => {
      asked += 1;
      const body = Buffer.concat(chunks);
      const answer = await fetch(responder, {
        method: "POST",
        body,
        headers: { "content-type": "application/ocsp-request" },
      });
      last = Buffer.from(await answer.arrayBuffer());
      response.end(instead === null ? last : instead(last));
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  relayUrl = `http://127.0.0.1:${(relay.address() as AddressInfo).port}/`;
}, 60_000);
afterAll(async () => {
  if (!HAS_OPENSSL) return;
  relay.close();
  await authority.close();
  await other.close();
});

const ask = (of = client, by = issuer) => askOcsp(relayUrl, { certificate: certificateOf(of), issuer: by, now });

describe.skipIf(!HAS_OPENSSL)("an answer about a certificate", () => {
  test("is believed as the responder gave it: the yardstick of the refusals below", async () => {
    instead = null;
    expect(await ask()).toMatchObject({ status: "good" });
  });

  test("is no answer when it is of an earlier question, cut off, or nothing", async () => {
    instead = null;
    await ask();
    const earlier = Buffer.from(last);
    for (const given of [earlier, earlier.subarray(0, -1), Buffer.alloc(0), Buffer.from("HTTP")]) {
      instead = () => given;
      expect(await ask()).toBeNull();
    }
    instead = () => Buffer.alloc(100_000, 0x30);
    expect(await ask()).toBeNull();
  });

  test("is no answer when one bit of what is signed, of the signature or of the responder's certificate is another", async () => {
    instead = null;
    await ask();
    const id = certificateId(certificateOf(client), issuer);
    // Without the nonce of the question, which is not repeated here, everything but the nonce is tried.
    const question = (nonce: Buffer) => ({ id, nonce, issuer, now: now() });
    const nonce = nonceIn(last);
    expect(readOcspResponse(last, question(nonce))).toMatchObject({ status: "good" });
    let believed = 0;
    for (let at = 0; at < last.length; at += 7) {
      const flipped = Buffer.from(last);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      try {
        readOcspResponse(flipped, question(nonce));
        believed += 1;
      } catch {
        // As it should be.
      }
    }
    // What surrounds the signed data and the key that fits decides nothing: a name in the responder's certificate does.
    expect(believed).toBeLessThan(last.length / 7 / 20);
  });

  test("is no answer when another authority of the same name, or a client of this one, has signed it", async () => {
    const foreign = other.issue("shop");
    instead = null;
    expect(await ask(foreign, issuerOf(other))).toBeNull();
    const signer = readFileSync(authority.path("signer.txt"), "utf8");
    expect(new X509Certificate(readFileSync(signer)).keyUsage).toContain("1.3.6.1.5.5.7.3.9");
    const id = certificateId(certificateOf(client), issuer);
    const files = [
      "-index",
      "index.txt",
      "-CA",
      "ca.crt",
      "-rsigner",
      client.file,
      "-rkey",
      client.file.replace(/crt$/, "key"),
    ];
    authority.run("ocsp", "-issuer", "ca.crt", "-cert", client.file, "-no_nonce", "-reqout", "one.req");
    authority.run("ocsp", ...files, "-reqin", "one.req", "-respout", "one.resp", "-nmin", "1");
    const forged = readFileSync(authority.path("one.resp"));
    const question = { id, nonce: Buffer.alloc(32), issuer, now: now() };
    expect(() => readOcspResponse(forged, question)).toThrow(DerFault);
    authority.run(
      "ocsp",
      ...files.slice(0, 4),
      "-rsigner",
      signer,
      "-rkey",
      signer.replace(/crt$/, "key"),
      ...["-reqin", "one.req"],
      "-respout",
      "two.resp",
      "-nmin",
      "1",
    );
    const honest = readFileSync(authority.path("two.resp"));
    expect(readOcspResponse(honest, question)).toMatchObject({ status: "good" });
    expect(() => readOcspResponse(honest, { ...question, now: now() + 1_000 })).toThrow(DerFault); // over
    expect(() => readOcspResponse(honest, { ...question, now: now() - 1_000 })).toThrow(DerFault); // not yet
    const another = certificateId(certificateOf(authority.issue("another")), issuer);
    expect(() => readOcspResponse(honest, { ...question, id: another })).toThrow(DerFault);
  });

  test("is asked for once however many wait, kept while it counts, and asked for anew before its end", async () => {
    instead = null;
    let time = now();
    const changed: string[] = [];
    const rules = { url: relayUrl, acceptUnanswered: false, now: () => time, changed: () => changed.push("changed") };
    const answers = new OcspAnswers(rules);
    const verdict = () => answers.verdict("shop", certificateOf(client), issuer);
    const before = asked;
    expect([verdict(), verdict(), verdict()]).toEqual(["waiting", "waiting", "waiting"]);
    await answers.ready("shop", certificateOf(client), issuer);
    expect([verdict(), asked - before]).toEqual(["good", 1]);
    time += 40; // of a minute
    expect(verdict()).toBe("good");
    await answers.ready("shop", certificateOf(client), issuer);
    expect([verdict(), asked - before]).toEqual(["good", 2]);
    instead = () => Buffer.alloc(0);
    time += 15; // of the same minute of the responder's
    verdict();
    await answers.ready("shop", certificateOf(client), issuer);
    expect(verdict()).toBe("good"); // what was said counts until its end
    time += 60;
    verdict();
    await answers.ready("shop", certificateOf(client), issuer);
    expect([verdict(), answers.unanswered, changed.length]).toEqual(["unknown", 2, 1]);
  });
});

describe.skipIf(!HAS_OPENSSL)("a revocation list", () => {
  test("is believed by its issuer's signature only, to the last bit of what it says", () => {
    authority.revoke(authority.issue("gone"));
    const bytes = readFileSync(authority.writeList());
    const list = readCrl(bytes);
    expect([list.isSignedBy(issuer.key), list.revoked.size]).toEqual([true, 1]);
    expect(list.isSignedBy(issuerOf(other).key)).toBe(false);
    const der = Buffer.from(bytes.toString().replaceAll(/-----[A-Z0-9 ]+-----|\s/g, ""), "base64");
    for (let bit = 0; bit < der.length * 8; bit += 5) {
      const flipped = Buffer.from(der);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(isBelieved(flipped), `bit ${bit}`).toBe(false);
    }
    expect(isBelieved(Buffer.concat([der, Buffer.from([0])]))).toBe(false);
    expect(isBelieved(der)).toBe(true);
  });

  test("of whatever bytes is a list or a refusal, and nothing else", () => {
    const bytes = fc.uint8Array({ maxLength: 200 });
    fc.assert(
      fc.property(bytes, (given) => {
        try {
          readCrl(Buffer.from(given));
        } catch (error) {
          expect(error).toBeInstanceOf(DerFault);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

function isBelieved(bytes: Buffer): boolean {
  try {
    return readCrl(bytes).isSignedBy(issuer.key);
  } catch {
    return false;
  }
}

/** The nonce that an answer repeats: 32 bytes behind its own two heads. */
function nonceIn(answer: Buffer): Buffer {
  const at = answer.indexOf(Buffer.from("06092b0601050507300102", "hex"));
  return answer.subarray(at + 11 + 4, at + 11 + 4 + 32);
}
