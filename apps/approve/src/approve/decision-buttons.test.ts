import { SoftwareDomain } from "@holdfast/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PageCommand } from "../agent-page.ts";
import { decodeShown } from "../show/command.ts";
import { type PlainElement, usePlainDocument } from "../testing/plain-document.ts";
import { decidable, decisionButtons } from "./decision-buttons.ts";

const domain = SoftwareDomain.found({ seed: "buttons" });
const target = { kind: "key", keyId: `k_${domain.tid}`, label: "payroll-2019", group: "default" } as const;

let restore: () => void;
beforeAll(() => {
  restore = usePlainDocument();
});
afterAll(() => restore());

/** The buttons that a page shows for destructions of these states. */
function buttonsFor(...states: string[]): string[] {
  const commands = states.map((status, index) => {
    const { doc, hash } = domain.propose({ act: "key.destroy", args: {}, target, reason: `${index}` });
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
});
