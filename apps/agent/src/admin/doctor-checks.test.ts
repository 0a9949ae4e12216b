import "reflect-metadata";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CompanyAuthority } from "../clients/testing/company-authority.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import type { DoctorCheck } from "./answers.ts";
import { doctorChecks } from "./doctor-checks.ts";

const DAYS = 86_400;
const ALL = [{ ops: ["all"] as const, keys: { kind: "all" } as const }];

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

function checksOf(name: string): DoctorCheck[] {
  return doctorChecks(domain.agent).filter((check) => check.name === name);
}

describe("doctor speaks of certificates long before they end", () => {
  test("of the authority's, with the days that are left", () => {
    expect(checksOf("authority")).toMatchObject([
      { result: "good", what: expect.stringMatching(/good for 7\d{3} days/) },
    ]);
  });

  test("of clients' within 30 days, by name; of withdrawn and far ones not at all", async () => {
    const [soon] = [await domain.enrol("soon", ALL, 20 * DAYS - 60), await domain.enrol("far", ALL, 60 * DAYS)];
    const gone = await domain.enrol("gone", ALL, 5 * DAYS);
    domain.revoke(gone.id);
    expect(checksOf("client certificate")).toMatchObject([
      { result: "warning", what: `The certificate of soon (${soon.id}) expires in 19 days.` },
    ]);
  });

  test("of an installed one at 30 days, and loudly at 7", async () => {
    const company = await CompanyAuthority.make();
    const { installed } = domain;
    const csr = await installed.request(["kms.example"], "P-256");
    for (const [to, result] of [
      [60, "good"],
      [20, "warning"],
      [5, "bad"],
    ] as const) {
      await installed.install(await company.chain(csr, { to }));
      expect(checksOf("listener certificate")).toMatchObject([{ result }]);
    }
    installed.remove();
  });
});
