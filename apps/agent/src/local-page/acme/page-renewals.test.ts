import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FakeClock } from "@holdfast/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { silentLogger } from "../../logger.ts";
import { certificateFolder, type PageSetup } from "../page-setup.ts";
import { orderPageCertificate, renewalTried } from "./page-order.ts";
import { PageRenewals, type RenewalParts } from "./page-renewals.ts";
import { AcmeServer } from "./testing/acme-server.ts";

const HOUR = 3_600;
let folder: string;
let acme: AcmeServer;
let setup: PageSetup;
let clock: FakeClock;
let hook: string;
let begun: string;
let first: string;
const renewed: string[] = [];

/** A page whose certificate is due, and a program that enters its record. */
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-renewals-"));
  acme = await AcmeServer.start(folder);
  hook = join(folder, "hook");
  begun = join(folder, "begun");
  const { directory, caFile: ca } = acme;
  setup = {
    ...{ origin: "https://keys.example.com", listen: "127.0.0.1:0", tls: null },
    acme: { directory, ca, contact: null, agreed: false, hook },
  };
  const now = Math.floor(Date.now() / 1000);
  const dns = {
    add: async (name: string, value: string) => void acme.records.set(name, value),
    remove: async (name: string) => void acme.records.delete(name),
  };
  await orderPageCertificate(folder, setup, { dns, time: () => now + 300, wait: async () => undefined });
  first = shown();
  clock = new FakeClock(now + 5 * 24 * HOUR);
  renewed.length = 0;
});
afterEach(async () => {
  await acme.close();
  rmSync(folder, { recursive: true, force: true });
});

const shown = () => readFileSync(join(certificateFolder(folder, setup), "tls.crt"), "utf8");
const program = (text: string) => {
  writeFileSync(hook, `#!/bin/sh\n${text}\n`);
  chmodSync(hook, 0o700);
};
const GOOD = () => program(`[ "$1" = remove ] || echo "$2 $3" >> ${acme.zoneFile}`);
/** Enters no record, and does not end by itself. */
const STUCK = () => program(`touch ${begun}; exec sleep 400`);
const renewals = (more: Partial<RenewalParts> = {}) =>
  new PageRenewals({
    agent: { dataDirectory: folder, clock, logger: silentLogger },
    renewed: (origin) => renewed.push(origin),
    ...more,
  });
const hasBegun = () => expect.poll(() => existsSync(begun), { timeout: 30_000 }).toBe(true);

test("a key server that stops in the middle of a renewal stops at once, shows what it showed, and renews at its next start", async () => {
  STUCK();
  const before = renewals();
  before.look([setup]);
  await hasBegun();
  await before.close();
  expect([shown(), renewalTried(folder, setup.origin), acme.issued]).toEqual([first, null, 1]);
  GOOD();
  const after = renewals();
  after.look([setup]);
  await after.settled();
  expect([renewed, acme.issued, shown() === first]).toEqual([[setup.origin], 2, false]);
  expect(renewalTried(folder, setup.origin)).toMatchObject({ code: null });
  await after.close();
});

test("an order that has had its time is given up, told of, and tried again six hours later", async () => {
  STUCK();
  const ending = new AbortController();
  const over = renewals({ deadline: () => ending.signal });
  over.look([setup]);
  await hasBegun();
  ending.abort();
  await over.settled();
  const tried = { at: clock.now(), code: "E_ACME", what: "The renewal did not come to an end in time." };
  expect([shown(), renewalTried(folder, setup.origin)]).toEqual([first, tried]);
  GOOD();
  const later = renewals();
  clock.advance(5 * HOUR);
  later.look([setup]);
  await later.settled();
  expect([shown(), renewed]).toEqual([first, []]);
  clock.advance(2 * HOUR);
  later.look([setup]);
  await later.settled();
  expect([renewed, acme.issued]).toEqual([[setup.origin], 2]);
  await over.close();
  await later.close();
});
