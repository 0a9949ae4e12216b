import { approveChallenge } from "@holdfast/protocol";
import type { AgentPage, PageCommands, PageResult } from "../agent-page.ts";
import type { ShownCommand } from "../show/command.ts";
import { type Assertion, assertPasskey } from "../sign/passkey.ts";
import { HandOver } from "./hand-over.ts";

/** What a person decides; the numbers are part of what the passkey signs (docs/spec/approval.md). */
export type Decision = 1 | 2;
export const APPROVE = 1;
export const REJECT = 2;

/** One touch of the passkey over one or more commands, and the right to what it brings. */
export interface Touch {
  readonly decision: Decision;
  readonly on: readonly ShownCommand[];
  readonly assertion: Assertion;
  readonly handOver: HandOver;
}

/** Asks the passkey to sign a decision over exactly these commands, in this order. */
export async function touch(answer: PageCommands, decision: Decision, on: readonly ShownCommand[]): Promise<Touch> {
  const challenge = approveChallenge(
    decision,
    on.map((one) => one.command.hash),
  );
  const credIds = answer.challengeCreds.map(({ credId }) => credId);
  return { decision, on, assertion: await assertPasskey(answer.rpId, credIds, challenge), handOver: new HandOver() };
}

/** Sends a touch. Sending the same one again changes nothing twice. */
export async function send(page: AgentPage, { decision, on, assertion, handOver }: Touch): Promise<PageResult[]> {
  const { results } = await page.post<{ results: PageResult[] }>("/page/approve", {
    approval: { decision, list: on.map((one) => one.command.hash), ...assertion },
    handover: { secretHash: await handOver.secretHash() },
  });
  return results;
}
