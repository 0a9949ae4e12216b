import { HOSTED_COUNTS } from "@holdfast/protocol";
import { element } from "../show/element.ts";

/** What approvals of this page count for, and why for no more. */
export const COUNTS = `It counts for ${HOSTED_COUNTS}. Your key server refuses everything else that is approved here: whoever serves this page chooses what you read.`;

/** Under every decision: who serves this page. */
export function servedBy(): HTMLElement {
  return element(
    "p",
    { class: "quiet foot" },
    "This page comes from whoever runs your dashboard, not from your key server. Your browser gives this passkey to ",
    element("code", {}, location.origin),
    " alone. ",
    COUNTS,
  );
}
