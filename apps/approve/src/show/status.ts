import { type Act, isTightening } from "@holdfast/protocol";
import type { PageCommand } from "../agent-page.ts";
import { element, notice } from "./element.ts";
import { showDue } from "./time.ts";

/** What became of a command that no longer waits for approvals. */
export function showStatus({ status, due, policy }: PageCommand, act: Act, now: number): HTMLElement {
  switch (status) {
    case "applied":
      if (act === "client.permit")
        return notice(
          "good",
          "This is done.",
          "The enrolment secret goes to the tab that approved it, once, and to nobody else. If it is lost, withdraw it and make another.",
        );
      return act === "client.enrol"
        ? notice(
            "good",
            "This is done.",
            "The new client's files go to the tab that approved it, once, and to nobody else. If they are lost, withdraw the client and enrol it anew.",
          )
        : notice("good", "This is done.", "Your key server carried it out; the custody log has its entry.");
    case "scheduled":
      return notice(
        "warning",
        due === null ? "Approved. It runs after its delay." : `Approved. It runs ${showDue(due, now)}.`,
        isTightening(act)
          ? "Nothing has changed yet."
          : "Nothing has changed yet. Any administrator can stop it here until then: rejecting it stops it.",
      );
    case "cancelled":
      // Approved by as many as it takes, and then rejected: it waited for its delay.
      return policy.have >= policy.m
        ? notice("quiet", "This was stopped before it ran.", "Nothing was changed. It can be proposed anew.")
        : notice("quiet", "This was rejected.", "Nothing was changed. It can be proposed anew.");
    case "expired":
      return notice("quiet", "This ran out before it was approved.", "Nothing was changed. It can be proposed anew.");
    default:
      return notice("warning", "Your key server refused this.", "Nothing was changed. The custody log says why.");
  }
}

/** Said beneath what became of a decision. @param isOver - Whether nothing is left to do in this tab. */
export function showWhereNext(isOver: boolean): HTMLElement {
  const reported = "The dashboard shows this as soon as your key server has reported it.";
  return element("p", { class: "quiet foot" }, isOver ? `You can close this tab. ${reported}` : reported);
}
