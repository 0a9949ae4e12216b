import { approveChallenge } from "@holdfast/protocol";
import { type AgentPage, type PageCommands, PageRefusal, type PageResult } from "../agent-page.ts";
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
  return { decision, on, assertion: await assertPasskey(answer.rpId, credIds, challenge), handOver: HandOver.make() };
}

/** Sends a touch. Sending the same one again changes nothing twice. */
export async function send(page: AgentPage, made: Touch): Promise<PageResult[]> {
  const { decision, on, assertion, handOver } = made;
  const secretHash = await handOver.secretHash();
  if (enrols(made)) handOver.keep(); // before it is sent: the answer may be lost with this page
  try {
    const { results } = await page.post<{ results: PageResult[] }>("/page/approve", {
      approval: { decision, list: on.map((one) => one.command.hash), ...assertion },
      handover: { secretHash },
    });
    if (!results.some(({ files }) => (files?.length ?? 0) > 0)) handOver.wipe();
    return results;
  } catch (error) {
    if (!(error instanceof PageRefusal && error.code === "E_UNREACHABLE")) handOver.wipe();
    throw error;
  }
}

const HANDING_OUT: ReadonlySet<string> = new Set(["client.enrol", "client.permit", "export.wrap"]);

/** Whether a touch may bring files: a new client's, an enrolment secret, or keys that are let out. */
export function enrols({ decision, on }: Pick<Touch, "decision" | "on">): boolean {
  return decision === APPROVE && on.some(({ signed: { act } }) => HANDING_OUT.has(act));
}
