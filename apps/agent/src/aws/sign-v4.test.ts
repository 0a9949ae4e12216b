import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { EMPTY_PAYLOAD_HASH, signingSteps, signV4 } from "./sign-v4.ts";

// The examples of "Signature calculations for the Authorization header" in Amazon's S3 reference, with its example keys.
const CREDENTIALS = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};
const S3 = { region: "us-east-1", service: "s3", at: new Date("2013-05-24T00:00:00Z") };
const BUCKET = { host: "examplebucket.s3.amazonaws.com", "x-amz-content-sha256": EMPTY_PAYLOAD_HASH };
const WELCOME = createHash("sha256").update("Welcome to Amazon S3.").digest("hex");

const signatureOf = (request: Parameters<typeof signV4>[0], scope = S3) =>
  /Signature=([0-9a-f]{64})$/.exec(signV4(request, CREDENTIALS, scope).headers["authorization"] ?? "")?.[1];

describe("Amazon's published examples", () => {
  test("a part of an object", () => {
    const request = {
      ...{ method: "GET", path: "/test.txt", payloadHash: EMPTY_PAYLOAD_HASH },
      headers: { ...BUCKET, range: "bytes=0-9" },
    };
    expect(signatureOf(request)).toBe("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  });

  test("an object put, with a name that is encoded and a body", () => {
    const request = {
      ...{ method: "PUT", path: "/test$file.text", payloadHash: WELCOME },
      headers: {
        ...{ ...BUCKET, date: "Fri, 24 May 2013 00:00:00 GMT", "x-amz-content-sha256": WELCOME },
        "x-amz-storage-class": "REDUCED_REDUNDANCY",
      },
    };
    expect(signV4(request, CREDENTIALS, S3).target).toBe("/test%24file.text");
    expect(signatureOf(request)).toBe("98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
  });

  test("a question without a value", () => {
    const request = {
      method: "GET",
      path: "/",
      query: { lifecycle: "" },
      headers: BUCKET,
      payloadHash: EMPTY_PAYLOAD_HASH,
    };
    expect(signatureOf(request)).toBe("fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
  });

  test("a listing, its questions in order", () => {
    const query = { prefix: "J", "max-keys": "2" };
    const request = { method: "GET", path: "/", query, headers: BUCKET, payloadHash: EMPTY_PAYLOAD_HASH };
    expect(signatureOf(request)).toBe("34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
  });

  test("the general reference's list of users, step by step", () => {
    const steps = signingSteps(
      {
        ...{ method: "GET", path: "/", query: { Action: "ListUsers", Version: "2010-05-08" } },
        headers: {
          "content-type": "application/x-www-form-urlencoded; charset=utf-8",
          host: "iam.amazonaws.com",
          "x-amz-date": "20150830T123600Z",
        },
        payloadHash: EMPTY_PAYLOAD_HASH,
      },
      "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
      { region: "us-east-1", service: "iam", at: new Date("2015-08-30T12:36:00Z") },
    );
    expect(createHash("sha256").update(steps.canonicalRequest).digest("hex")).toBe(
      "f536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59",
    );
    expect(steps.signature).toBe("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7");
  });
});

test("a session token is sent and signed", () => {
  const request = { method: "GET", path: "/", headers: BUCKET, payloadHash: EMPTY_PAYLOAD_HASH };
  const { headers } = signV4(request, { ...CREDENTIALS, sessionToken: "token" }, S3);
  expect(headers["x-amz-security-token"]).toBe("token");
  expect(headers["authorization"]).toContain(
    "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token,",
  );
});
