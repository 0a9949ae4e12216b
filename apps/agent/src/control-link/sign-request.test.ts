import { createHash } from "node:crypto";
import { generateSigningKey } from "@holdfast/crypto";
import { describe, expect, it } from "vitest";
import { signRequest } from "./sign-request.ts";

const AID = "a_bowx357qcpgvey5vch63eiw7wy";
const request = {
  method: "POST",
  url: "http://127.0.0.1:3001/v1/poll",
  body: Buffer.from('{"wait":25}'),
  created: 1_790_000_000,
} as const;

describe("a signed request", () => {
  it("is signed over method, address, digest, media type and parameters, in the form of RFC 9421", () => {
    const aik = generateSigningKey("P-256");
    const headers = signRequest(request, AID, aik);
    const parameters = headers["signature-input"]?.replace(/^sig1=/, "") ?? "";
    const base = [
      '"@method": POST',
      `"@target-uri": ${request.url}`,
      `"content-digest": ${headers["content-digest"]}`,
      '"content-type": application/json',
      `"@signature-params": ${parameters}`,
    ].join("\n");
    const signature = Buffer.from(/^sig1=:(.+):$/.exec(headers.signature ?? "")?.[1] ?? "", "base64");
    expect(signature).toHaveLength(64);
    expect(aik.publicKey.verify(signature, Buffer.from(base))).toBe(true);
    expect(aik.publicKey.verify(signature, Buffer.from(base.replace("/v1/poll", "/v1/log")))).toBe(false);
  });

  it("names its body by SHA-256, its time, its key and its purpose", () => {
    const headers = signRequest(request, AID, generateSigningKey("P-256"));
    const digest = createHash("sha256").update(request.body).digest("base64");
    expect(headers["content-digest"]).toBe(`sha-256=:${digest}:`);
    expect(headers["signature-input"]).toContain(`;created=${request.created};`);
    expect(headers["signature-input"]).toContain(`;keyid="${AID}";tag="holdfast-agent"`);
  });

  it("is never the same twice", () => {
    const aik = generateSigningKey("P-256");
    const nonces = Array.from(
      { length: 50 },
      () => /nonce="([\w-]{22})"/.exec(signRequest(request, AID, aik)["signature-input"] ?? "")?.[1],
    );
    expect(new Set(nonces).size).toBe(50);
  });
});
