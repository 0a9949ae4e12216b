import { livedLedger } from "@holdfast/testkit";
import { expect, test } from "vitest";
import { proveEnvironment } from "../prove/prove-environment.ts";
import { evidenceOf } from "../testing/ledger-evidence.ts";
import { MemoryStorage } from "../testing/memory-storage.ts";
import { draftLink } from "./draft-link.ts";

test("a change that is so already is told before it is proposed: no rules are asked for that hold", async () => {
  const standing = await proveEnvironment("environment", evidenceOf(livedLedger()), { storage: new MemoryStorage() });
  if (!standing) throw new TypeError("the ledger has no checkpoint");
  const now = standing.chain.head.roster.issued + 60;
  const unchanged = (change: Parameters<typeof draftLink>[0]) => draftLink(change, [], { ...standing, now }).unchanged;
  const held = standing.chain.head.roster.policy;
  expect(unchanged({ policy: [...held] })).toBe(true);
  expect(unchanged({ policy: held.map((rule) => ({ ...rule, maxTtlSec: 3_600 })) })).toBe(false);
  expect(unchanged({ renew: true })).toBe(false);
});
