import { SoftwareDomain } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageCommand } from "../agent-page.ts";
import { decodeShown } from "../show/command.ts";
import { type PlainElement, usePlainDocument } from "../testing/plain-document.ts";
import { decidable, decisionButtons } from "./decision-buttons.ts";

const domain = SoftwareDomain.found({ seed: "buttons" });
const target = { kind: "key", keyId: `k_${domain.tid}`, label: "payroll-2019", group: "default" } as const;

const TARGETS = { "key.destroy": { target }, "key.suspend": { target }, "domain.unlock": {} } as const;

let restore: () => void;
beforeAll(() => {
  restore = usePlainDocument();
});
afterAll(() => restore());

/** The buttons that a page shows for destructions of these states. */
function buttonsFor(...states: string[]): string[] {
  return buttonsOf(states.map((status) => ["key.destroy", status]));
}

function buttonsOf(acts: readonly (readonly [keyof typeof TARGETS, string])[]): string[] {
  const commands = acts.map(([act, status], index) => {
    const { doc, hash } = domain.propose({ act, args: {}, ...TARGETS[act], reason: `${index}` });
    const command: PageCommand = {
      ...{ hash, doc, words: [], approvals: [], intros: [], status, dryRun: { ok: true }, due: null },
      policy: { m: 1, have: 0, delaySec: 86_400, channelOk: true },
    };
    return decodeShown(command);
  });
  const made = decisionButtons(decidable(commands), () => undefined) as unknown as PlainElement[];
  return made.map(({ text }) => text);
}

describe("what can be decided on the page", () => {
  it.each([
    ["waits for approvals", ["pending"], ["Approve with passkey", "Reject"]],
    ["is approved and waits for its delay", ["scheduled"], ["Stop it"]],
    ["is approved twice over", ["scheduled", "scheduled"], ["Stop both"]],
    ["waits in both ways", ["scheduled", "pending"], ["Approve with passkey", "Reject or stop both"]],
    ["is decided", ["applied"], []],
    ["was stopped", ["cancelled"], []],
  ])("of what %s is %j: %j", (_, states, buttons) => {
    expect(buttonsFor(...states)).toEqual(buttons);
  });

  it("offers no rejection of what nobody's no ends, and one of the rest beside it", () => {
    for (const act of ["domain.unlock", "key.suspend"] as const) {
      expect(buttonsOf([[act, "pending"]])).toEqual(["Approve with passkey"]);
      expect(buttonsOf([[act, "scheduled"]])).toEqual([]);
    }
    expect(
      buttonsOf([
        ["domain.unlock", "pending"],
        ["key.destroy", "pending"],
      ]),
    ).toEqual(["Approve both with passkey", "Reject"]);
  });
});
