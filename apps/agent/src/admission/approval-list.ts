import type { Approval } from "@holdfast/protocol";

/** Adds an approval; a second one of the same decision by the same credential takes the place of the first. */
export function withApproval(approvals: readonly Approval[], approval: Approval): Approval[] {
  const { credId, decision } = approval;
  const index = approvals.findIndex((each) => each.credId === credId && each.decision === decision);
  return index < 0 ? [...approvals, approval] : approvals.with(index, approval);
}
