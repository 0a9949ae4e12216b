import { NextRequest } from "next/server";
import { beforeAll, describe, expect, test } from "vitest";
import { proxy } from "./proxy.ts";
import { TEST_SETTINGS } from "./server/testing/test-browser.ts";

const ORIGIN = TEST_SETTINGS.HOLDFAST_ORIGIN;

beforeAll(() => {
  Object.assign(process.env, TEST_SETTINGS);
});

function answerTo(path: string, headers: Record<string, string> = {}, method = "GET") {
  return proxy(new NextRequest(`${ORIGIN}${path}`, { method, headers: { host: new URL(ORIGIN).host, ...headers } }));
}

describe("a page's answer", () => {
  test("lets scripts in by a nonce that no other answer has, and frames and bases not at all", () => {
    const policies = [1, 2].map(() => answerTo("/sign-in").headers.get("content-security-policy") ?? "");
    const nonces = policies.map(
      (policy) => /script-src 'self' 'nonce-([0-9a-f]{32})' 'strict-dynamic';/.exec(policy)?.[1],
    );
    expect(nonces[0]).toBeDefined();
    expect(nonces[0]).not.toBe(nonces[1]);
    for (const part of ["default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"]) {
      expect(policies[0]).toContain(part);
    }
    expect(policies[0]).toContain("require-trusted-types-for 'script'; trusted-types default nextjs");
    expect(policies[0]).not.toMatch(
      /unsafe-eval|script-src[^;]*unsafe-inline|style-src '[^;]*unsafe-inline|\*|https?:/,
    );
  });

  test("is kept by nobody", () => {
    expect(answerTo("/sign-in").headers.get("cache-control")).toBe("no-store");
  });

  test("replaces a nonce and a policy that the request brought", () => {
    const given = { "x-nonce": "mine", "content-security-policy": "script-src *" };
    const response = answerTo("/", given);
    expect(response.headers.get("x-middleware-request-x-nonce")).toMatch(/^[0-9a-f]{32}$/);
    expect(response.headers.get("x-middleware-request-content-security-policy")).not.toContain("*");
  });
});

describe("a request", () => {
  test.each(["evil.example", "localhost", "localhost:3000", "127.0.0.1:3999", "localhost:3999.evil.example", ""])(
    "for the host %j is refused",
    (host) => {
      expect(answerTo("/", { host }).status).toBe(421);
    },
  );

  test("for the health of the server needs no host of ours", () => {
    expect(answerTo("/healthz", { host: "10.0.0.7:3000" }).status).toBe(200);
  });

  test("with a body larger than a mebibyte is refused before it is read", () => {
    expect(answerTo("/api/trpc/x", { "content-length": "1048577" }, "POST").status).toBe(413);
    expect(answerTo("/api/trpc/x", { "content-length": "1048576" }, "POST").status).toBe(200);
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])(
    "row 116: by %s to a page is refused, whatever it brings",
    (method) => {
      for (const path of ["/", "/sign-in", "/01990000-0000-7000-8000-000000000000/x/keys", "/apixyz"])
        expect(answerTo(path, { "next-action": "a".repeat(42) }, method).status).toBe(405);
    },
  );

  test("to an interface may load nothing at all with its answer", () => {
    expect(answerTo("/api/trpc/x").headers.get("content-security-policy")).toBe(
      "default-src 'none'; frame-ancestors 'none'",
    );
  });
});
