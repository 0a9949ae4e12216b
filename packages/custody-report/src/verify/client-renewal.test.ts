import type { ClientStateDocument } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { clientRenewalProblem } from "./client-renewal.ts";

const DAY = 86_400;
const NOW = 1_800_000_000;
const ID = `c_${"a".repeat(26)}`;
const [OLD, NEW, OTHER] = ["A", "B", "C"].map((letter) => letter.repeat(43)) as [string, string, string];
const leaf = { actor: { kind: "client", id: ID }, ts: NOW } as const;

function client(change: Partial<Pick<ClientStateDocument, "auth" | "state" | "dates">> = {}): ClientStateDocument {
  const auth = { kind: "mtls", spki: OLD } as const;
  const dates = { created: NOW - DAY, notAfter: NOW + 90 * DAY };
  return {
    ...{ typ: "state", ver: 1, tid: "t".repeat(26), kind: "client", id: ID, state: "active", auth, dates },
    ...{ grants: [{ ops: ["encrypt"], keys: { kind: "all" } }] },
    ...change,
  } as unknown as ClientStateDocument;
}

function renewed(auth: object, notAfter = NOW + 365 * DAY): ClientStateDocument {
  const { dates } = client();
  return client({ auth: { kind: "mtls", ...auth } as ClientStateDocument["auth"], dates: { ...dates, notAfter } });
}

describe("a client's renewal holds", () => {
  test("with a new key, the one before good for the overlap", () => {
    const after = renewed({ spki: NEW, earlier: [{ spki: OLD, until: NOW + 30 * DAY }] });
    expect(clientRenewalProblem(leaf, client(), after)).toBeNull();
  });

  test("with the same key", () => {
    expect(clientRenewalProblem(leaf, client(), renewed({ spki: OLD }))).toBeNull();
  });

  test("until just its limit", () => {
    const dates = { ...client().dates, limit: NOW + 100 * DAY };
    expect(clientRenewalProblem(leaf, client({ dates }), renewed({ spki: NEW }, NOW + 100 * DAY))).toBeNull();
    expect(clientRenewalProblem(leaf, client({ dates }), renewed({ spki: NEW }, NOW + 100 * DAY + 1))).toMatch(/limit/);
  });
});

describe("a client's renewal does not hold", () => {
  const good = renewed({ spki: NEW });
  test("by somebody else, or of a client that is not there", () => {
    const another = { kind: "client", id: `c_${"b".repeat(26)}` } as const;
    for (const actor of [another, { kind: "agent" }, { kind: "local" }] as const)
      expect(clientRenewalProblem({ ...leaf, actor }, client(), good)).toMatch(/by itself/);
    expect(clientRenewalProblem(leaf, null, good)).toMatch(/by itself/);
  });

  test("after it was withdrawn or its time was over", () => {
    expect(clientRenewalProblem(leaf, client({ state: "revoked" }), good)).toMatch(/no client any more/);
    const dates = { created: NOW - DAY, notAfter: NOW - 1 };
    expect(clientRenewalProblem(leaf, client({ dates }), good)).toMatch(/no client any more/);
  });

  test("for longer than any certificate is issued", () => {
    expect(clientRenewalProblem(leaf, client(), renewed({ spki: NEW }, NOW + 1831 * DAY))).toMatch(/limit/);
  });

  test("when a key comes in that it never had", () => {
    const after = renewed({ spki: NEW, earlier: [{ spki: OTHER, until: NOW + DAY }] });
    expect(clientRenewalProblem(leaf, client(), after)).toMatch(/never had/);
  });

  test("when a key before is good for longer than the overlap, than its own certificate, or than it was", () => {
    const until = (seconds: number) => renewed({ spki: NEW, earlier: [{ spki: OLD, until: NOW + seconds }] });
    expect(clientRenewalProblem(leaf, client(), until(31 * DAY))).toMatch(/too long/);
    const dates = { created: NOW - DAY, notAfter: NOW + DAY };
    expect(clientRenewalProblem(leaf, client({ dates }), until(DAY + 1))).toMatch(/too long/);
    const auth = { kind: "mtls", spki: OTHER, earlier: [{ spki: OLD, until: NOW + DAY }] } as const;
    expect(clientRenewalProblem(leaf, client({ auth }), until(DAY))).toBeNull();
    expect(clientRenewalProblem(leaf, client({ auth }), until(DAY + 1))).toMatch(/too long/);
  });
});
