import { type ClientStateDocument, derivePermittedClientId } from "@holdfast/protocol";
import { describe, expect, test } from "vitest";
import { permittedProblem } from "./permitted-client.ts";

const DAY = 86_400;
const NOW = 1_800_000_000;
const PERMIT = `c_${"a".repeat(26)}`;
const SPKI = "A".repeat(43);
const leaf = { actor: { kind: "client", id: PERMIT }, ts: NOW } as const;

const permit: ClientStateDocument = {
  ...{ typ: "state", ver: 1, tid: "a".repeat(26), kind: "client", id: PERMIT, state: "active" },
  auth: { kind: "permit", spki: "B".repeat(42).concat("A") },
  grants: [{ ops: ["decrypt", "encrypt"], keys: { kind: "group", id: "web" } }],
  permit: { most: 2, networks: ["10.0.0.0/8"], validitySec: DAY, renewable: false },
  dates: { created: NOW - DAY, notAfter: NOW + DAY },
};

const came: ClientStateDocument = {
  ...{ typ: "state", ver: 1, tid: permit.tid, kind: "client", state: "active", grants: permit.grants },
  id: derivePermittedClientId(PERMIT, SPKI),
  auth: { kind: "mtls", spki: SPKI, permit: PERMIT },
  dates: { created: NOW, notAfter: NOW + DAY, limit: NOW + DAY },
};

const problem = (change: {
  readonly permit?: Partial<ClientStateDocument> | null;
  readonly before?: number;
  readonly after?: Partial<ClientStateDocument>;
  readonly leaf?: object;
}): string | null =>
  permittedProblem(
    { ...leaf, ...change.leaf },
    {
      permit: change.permit === null ? null : { ...permit, ...change.permit },
      before: change.before ?? 0,
      after: { ...came, ...change.after },
    },
  );

describe("a client that came by an enrolment secret", () => {
  test("holds as administrators approved it, the last of all included", () => {
    expect(problem({})).toBeNull();
    expect(problem({ before: 1 })).toBeNull();
  });

  test("without a limit only where clients may renew", () => {
    const unlimited = { dates: { created: NOW, notAfter: NOW + DAY } };
    const renewable = { permit: { ...permit.permit, renewable: true } } as Partial<ClientStateDocument>;
    expect(problem({ permit: renewable, after: unlimited })).toBeNull();
    expect(problem({ after: unlimited })).toMatch(/other things/);
    expect(problem({ permit: renewable })).toMatch(/other things/);
  });

  test.each<[string, Parameters<typeof problem>[0], RegExp]>([
    ["by no secret", { permit: null }, /no enrolment secret/],
    ["by a client that is none", { permit: { permit: undefined } }, /no enrolment secret/],
    [
      "by another secret than its state says",
      { after: { auth: { kind: "mtls", spki: SPKI, permit: `c_${"e".repeat(26)}` } } },
      /no enrolment secret/,
    ],
    ["by the agent", { leaf: { actor: { kind: "agent" } } }, /no enrolment secret/],
    ["by one that was withdrawn", { permit: { state: "revoked" } }, /had ended/],
    ["by one whose time is over", { leaf: { ts: NOW + DAY + 1 } }, /had ended/],
    ["as one more than it is for", { before: 2 }, /all that it was for/],
    ["under another id", { after: { id: PERMIT } }, /id/],
    ["for longer", { after: { dates: { created: NOW, notAfter: NOW + 2 * DAY, limit: NOW + 2 * DAY } } }, /too long/],
    ["with other grants", { after: { grants: [{ ops: ["get"], keys: { kind: "all" } }] } }, /other things/],
    ["as a secret itself", { after: { permit: permit.permit } }, /other things/],
    ["withdrawn from the first", { after: { state: "revoked" } }, /other things/],
  ])("is refused %s", (_name, change, words) => expect(problem(change)).toMatch(words));
});
