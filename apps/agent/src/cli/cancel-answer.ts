import type { ActAnswer, LinkAnswer } from "../admin/answers.ts";
import { AgentRefusal } from "./cli-error.ts";
import { type CommandContext, EXIT_PENDING } from "./command.ts";

/**
 * Says whether something was cancelled. With passkeys it was not: only the page takes that no, and this names its address.
 *
 * @throws {@link AgentRefusal} with the agent's code where it cannot be cancelled at all
 */
export function showCancelled(answer: ActAnswer | LinkAnswer, { out }: Pick<CommandContext, "out">): number {
  const { hash, outcome, approveUrl, code = "E_REFUSED", what = "It was refused.", next = "" } = answer;
  if (outcome === "refused") throw new AgentRefusal(409, code, what, next);
  if (outcome === "cancelled") {
    out.result({ ...answer, cancelled: true }, `Cancelled: ${hash}`);
    return 0;
  }
  const where = approveUrl ?? "the key server's approval page";
  out.result(
    { hash, cancelled: false, approveUrl },
    `Not cancelled: saying no takes a passkey. Reject it at\n  ${where}`,
  );
  return EXIT_PENDING;
}
