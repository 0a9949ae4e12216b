import { SoftwareDomain } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageCommand } from "../agent-page.ts";
import { type PlainElement, usePlainDocument } from "../testing/plain-document.ts";
import { decodeShown, exactBytes, showCommand } from "./command.ts";

const HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>&amp;';
type Proposal = Parameters<SoftwareDomain["propose"]>[0];

const domain = SoftwareDomain.found({ seed: "page" });
const target = { kind: "key", keyId: `k_${domain.tid}`, label: "payroll-2019", group: "default" } as const;
const WORDS = ["harbor", "velvet", "onion", "ladder", "sunset", "ribbon", "cobalt", "fern"];
const KNOWN = {
  ...{ label: "payroll-2019", state: "deactivated", group: "default", algorithm: "AES-256" },
  ...{ current: 6, versions: 6, usedBy: [], backedUpAt: null },
};

let restore: () => void;
beforeAll(() => {
  restore = usePlainDocument();
});
afterAll(() => restore());

function pageCommand(proposal: Proposal, more: Partial<PageCommand> = {}): PageCommand {
  const { doc, hash } = domain.propose(proposal);
  return {
    ...{ hash, doc, words: WORDS, approvals: [], intros: [], status: "pending", dryRun: { ok: true }, due: null },
    policy: { m: 1, have: 0, delaySec: 0, channelOk: true },
    ...more,
  };
}

function show(command: PageCommand, position: { index: number; of: number } | null = null): PlainElement {
  const shown = decodeShown(command);
  return showCommand(shown, { now: shown.signed.issued + 60, position }) as unknown as PlainElement;
}

const newKey = (label: string) => ({ label, algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default" });
const create = (label: string, reason = "") =>
  ({ act: "key.create", args: { items: [{ ...newKey(label), extractable: false }] }, reason }) as Proposal;
const destroy = { act: "key.destroy", args: {}, target } as Proposal;

describe("a command on the page", () => {
  it("is told in plain words, with reason, effect, quorum, end and its eight words", () => {
    const { text } = show(pageCommand(create("orders", "for the shop")));
    for (const said of ["new key", "Create key orders", "It never leaves the key server.", "“for the shop”"])
      expect(text).toContain(said);
    expect(text).toContain("Takes effect at once, when you approve");
    expect(text).toContain("Approvals 0 of 1 you");
    expect(text).toMatch(/Expires if not approved by /);
    expect(text.replaceAll(" ·", "")).toContain(WORDS.join(" "));
  });

  it("names everybody who approved and how many more it takes, and its delay", () => {
    const policy = { m: 2, have: 1, delaySec: 86_400, channelOk: true };
    const approvals = [{ adm: "a", label: "Security lead", at: 0 }];
    const { text } = show(pageCommand(destroy, { policy, approvals, target: KNOWN }));
    expect(text).toContain("Approvals 1 of 2 Security lead you");
    expect(text).toContain("1 day after the last approval. Any administrator can cancel until then.");
  });

  it("says of a key to be destroyed what the key server knows: versions, state, backup, users", () => {
    const use = {
      id: "c",
      label: "payroll-batch",
      lastAt: decodeShown(pageCommand(destroy)).signed.issued,
      count: 7,
    };
    const { text } = show(pageCommand(destroy, { target: { ...KNOWN, usedBy: [use] } }));
    expect(text).toContain("Destroy payroll-2019, all 6 versions");
    expect(text).toContain("nobody, you included, can decrypt");
    expect(text).toContain("Retired · AES-256 · group default · version 6 of 6 · in no backup");
    expect(text).toMatch(/Used by payroll-batch, 7 times in 30 days, last /);
  });

  it.each([
    ["applied", "This is done."],
    ["scheduled", "It runs after its delay."],
    ["cancelled", "This was rejected."],
    ["expired", "This ran out"],
    ["refused", "Your key server refused this."],
  ])("that is %s says so and asks for nothing", (status, said) => {
    const { text } = show(pageCommand(create("orders"), { status }));
    expect(text).toContain(said);
    expect(text).not.toContain("Approvals");
    expect(text).not.toContain("Expires");
  });

  it("that is approved and waits says when it runs, that nothing has changed, and that rejecting stops it", () => {
    const now = decodeShown(pageCommand(destroy)).signed.issued + 60;
    const policy = { m: 1, have: 1, delaySec: 86_400, channelOk: true };
    const approvals = [{ adm: "a", label: "Security lead", at: 0 }];
    const waits = { status: "scheduled", due: now + 23 * 3_600, policy, approvals, target: KNOWN };
    const { text } = show(pageCommand(destroy, waits));
    expect(text).toMatch(/Approved\. It runs (today|tomorrow) \d\d:\d\d [\w+-]+, in 23 hours\./);
    expect(text).toContain(
      "Nothing has changed yet. Any administrator can stop it here until then: rejecting it stops",
    );
    expect(text).toContain("Approved by Security lead");
    expect(text).toMatch(/Runs (today|tomorrow) \d\d:\d\d [\w+-]+ , or later/);
  });

  it("that was stopped while it waited does not say it was rejected before", () => {
    const policy = { m: 1, have: 1, delaySec: 86_400, channelOk: true };
    expect(show(pageCommand(destroy, { status: "cancelled", policy })).text).toContain("stopped before it ran");
  });

  it("that the key server would refuse shows its reason, next step and code", () => {
    const dryRun = { ok: false, code: "E_PRESTATE", what: "The key is active.", next: "Retire it first." };
    expect(show(pageCommand(destroy, { dryRun })).text).toContain("The key is active. Retire it first. E_PRESTATE");
  });

  it("sets what is to be typed apart from the sentence around it", () => {
    const dryRun = { ok: false, code: "E_X", what: "No.", next: "Run `holdfast-agent unlock` first." };
    const shown = show(pageCommand(destroy, { dryRun }));
    expect(shown.text).toContain("Run holdfast-agent unlock first.");
    expect(shown.tags).toContain("code");
  });

  it("among several is numbered, has no heading of the page, and brings its own exact bytes", () => {
    const shown = show(pageCommand(create("orders")), { index: 2, of: 3 });
    expect(shown.text).toContain("2 of 3");
    expect(shown.tags).not.toContain("h1");
    expect(shown.tags).toContain("details");
  });

  it("shows exactly the bytes that are signed, and their hash", () => {
    const command = pageCommand(create("orders"));
    const { text } = exactBytes(command) as unknown as PlainElement;
    expect(text).toContain(new TextDecoder().decode(Buffer.from(command.doc, "base64url")));
    expect(text).toContain(command.hash);
  });
});

describe("what never becomes markup", () => {
  it.each(hostileCommands())("%s full of markup is text, and adds no element", (_, command) => {
    const shown = show(command());
    expect(shown.text).toContain("onerror=");
    for (const tag of shown.tags) expect(["img", "script"]).not.toContain(tag);
    for (const value of shown.values) expect(value).not.toContain("onerror");
  });
});

function hostileCommands(): [string, () => PageCommand][] {
  const use = { id: "c", label: HOSTILE, lastAt: Math.floor(Date.now() / 1000), count: 1 };
  const approval = { adm: "a", label: HOSTILE, at: 0 };
  const dryRun = { ok: false, code: "E_X", what: HOSTILE, next: HOSTILE };
  return [
    ["a key's name", () => pageCommand(create(HOSTILE))],
    ["a reason", () => pageCommand(create("orders", HOSTILE))],
    ["an administrator's name", () => pageCommand(create("orders"), { approvals: [approval] })],
    ["a client's name", () => pageCommand(destroy, { target: { ...KNOWN, usedBy: [use] } })],
    ["a refusal", () => pageCommand(create("orders"), { dryRun })],
  ];
}
