import type { ActAnswer, ActRequest } from "../admin/answers.ts";
import { AgentRefusal } from "./cli-error.ts";
import { type CommandContext, EXIT_PENDING } from "./command.ts";
import { inOptionWords } from "./option-refusal.ts";

/** Options of every command that changes keys or clients. */
export const ACT_OPTIONS = {
  wait: { type: "boolean" },
  reason: { type: "string" },
} as const;

/** How long `--wait` waits for approvals, in seconds: the longest life a command can have (72 h). */
const LONGEST_WAIT_SECONDS = 72 * 3600;

/**
 * Has the agent carry out an act: at once where a local administrator stands in for approvals, otherwise as a
 * proposal that people approve with their passkeys.
 *
 * Prints the pending proposal and returns 3 unless `--wait` was given.
 *
 * @param show - Prints the result of an applied act.
 * @param proposed - What else is said of a proposal that waits.
 * @throws {@link AgentRefusal} with the agent's code when the act was refused, cancelled or expired.
 */
export async function carryOut(
  context: CommandContext,
  act: Omit<ActRequest, "wait" | "reason">,
  show: (answer: ActAnswer) => void,
  proposed: { readonly value: object; readonly text: string } = { value: {}, text: "" },
): Promise<number> {
  const { args } = context;
  const wait = args.flag("wait");
  const request: ActRequest = { ...act, reason: args.words("reason", 500), wait };
  const asked = context.admin().post<ActAnswer>("/v1/act", request, wait ? LONGEST_WAIT_SECONDS : 120);
  const answer = await asked.catch((error: unknown) => {
    throw error instanceof AgentRefusal ? inOptionWords(error, args) : error;
  });
  if (answer.outcome === "pending") {
    const { hash, approveUrl } = answer;
    context.out.result(
      { pending: hash, approveUrl, ...proposed.value },
      `Proposed. It waits for ${answer.need - answer.have} more approval(s) at\n  ${approveUrl}${
        proposed.text === "" ? "" : `\n\n${proposed.text}`
      }`,
    );
    return EXIT_PENDING;
  }
  if (answer.outcome === "applied" && answer.code !== undefined)
    throw new AgentRefusal(409, answer.code, answer.what ?? "It was applied, but not in full.", answer.next ?? "");
  if (answer.outcome === "applied" || answer.outcome === "scheduled") {
    show(answer);
    return 0;
  }
  const what = answer.what ?? `The command was ${answer.outcome}.`;
  const refusal = new AgentRefusal(409, answer.code ?? "E_REFUSED", what, answer.next ?? "See the custody log.");
  throw inOptionWords(refusal, args);
}
