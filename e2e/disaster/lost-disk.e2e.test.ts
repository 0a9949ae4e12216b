import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { accessibilityProblems } from "../support/accessibility.ts";
import { openBrowser } from "../support/chromium.ts";
import { type CustodianAtHome, giveShare, openAt } from "../support/custodian.ts";
import { approve } from "../support/first-run.ts";
import { LostDisk } from "../support/lost-disk.ts";
import type { Receiver } from "../support/receiver.ts";

const NAMES = ["Maria Lindqvist", "Jonas Weber", "Li Wei"];

let browser: { browser: Browser; close: () => Promise<void> };
let lost: LostDisk;
let backup: string;
let receiver: Receiver;

beforeAll(async () => {
  browser = await openBrowser();
  lost = await LostDisk.begin(browser.browser);
});
afterAll(async () => {
  receiver?.kill();
  await lost?.end();
  await browser?.close();
});

const custodian = (at: number) => lost.custodians[at] as CustodianAtHome;

describe("a key server whose disk is lost", () => {
  it("has custodians who each keep a key file and a passkey that were tried", async () => {
    await lost.enrolCustodians(NAMES, 2);
    const { json } = await lost.run("escrow", "status");
    expect(json).toMatchObject({ k: 2, recoveryFile: false });
    expect(json.custodians.map(({ label, routes }: { label: string; routes: string[] }) => [label, routes])).toEqual(
      NAMES.map((name) => [name, ["file", "passkey"]]),
    );
  });

  it("is backed up with keys of every kind in use, and one made a moment before", async () => {
    await lost.fillAndUse(48);
    expect(lost.made.length).toBeGreaterThan(20);
    await lost.oneMore("a moment before");
    backup = await lost.backUp();
  });

  it("lets custodians prove their shares in a drill, by passkey and by key file", async () => {
    const { json } = await lost.run("backup", "drill", backup);
    await lost.administrator.close(await approve(lost.administrator, json.approveUrl));
    expect(await giveShare(custodian(0), json.custodianUrl, lost.sheet, "passkey")).toContain("Proved");
    expect(await giveShare(custodian(1), json.custodianUrl, lost.sheet, "key file")).toContain("Proved");
    expect(await lost.newestKinds(2)).toEqual(["drill", "drill"]);
  });

  it("comes back on a new host when administrators and enough custodians say so, each at the page", async () => {
    await lost.disaster();
    receiver = await lost.receive(backup);
    expect(receiver.ready).toMatchObject({ words: lost.sheet, custodians: NAMES });
    const { approveUrl, custodianUrl } = receiver.ready;
    const { page } = custodian(0);
    await openAt(page, custodianUrl);
    await page.getByRole("heading", { name: "Administrators come first" }).waitFor();
    await lost.administrator.close(await approve(lost.administrator, approveUrl));

    await openAt(page, custodianUrl);
    await page.getByRole("button", { name: NAMES[0] ?? "", exact: true }).click();
    expect(await accessibilityProblems(page)).toEqual([]);
    const wrongSheet = lost.sheet.map(() => "zoo");
    expect(await giveShare(custodian(0), custodianUrl, wrongSheet, "passkey")).toContain("E_WORDS");
    const inAnothersName = { ...custodian(1), name: NAMES[0] ?? "" };
    expect(await giveShare(inAnothersName, custodianUrl, lost.sheet, "key file")).toContain("E_SHARE");

    expect(await giveShare(custodian(0), custodianUrl, lost.sheet, "passkey")).toContain("1 of 2");
    expect(await giveShare(custodian(2), custodianUrl, lost.sheet, "key file")).toContain("2 of 2");
    expect(await receiver.ended).toMatchObject({ code: 0 });
  });

  it("then opens every old ciphertext and checks every old signature, also of the newest key", async () => {
    await lost.serveRestored();
    expect(await lost.status()).toMatchObject({ recovering: true });
    expect(await lost.lost()).toEqual([]);
  });

  it("brings no destroyed key back", async () => {
    const { keyId, ciphertext } = lost.destroyed ?? expect.unreachable();
    expect((await lost.keys()).find((key) => key.keyId === keyId)).toMatchObject({ state: "destroyed" });
    const { status } = await lost.rest.post("/v1/decrypt", { ciphertext });
    expect(status).toBeGreaterThanOrEqual(400);
  });

  it("goes on once administrators accept the state, with the release and its approvals in a log that verifies", async () => {
    await lost.acceptRestored();
    expect(await lost.status()).toMatchObject({ recovering: false });
    await expect.poll(() => lost.newestKinds(4)).toEqual(["restore.accept", "loss", "restore", "escrow.release"]);
    await lost.oneMore("after the disaster");
    expect(await lost.lost()).toEqual([]);
    expect(await lost.verifiedReport()).toMatchObject({ code: 0, stderr: "" });
  });
});
