import { notice } from "./element.ts";

/** What became of a command that no longer waits for approvals. */
export function showStatus(status: string): HTMLElement {
  switch (status) {
    case "applied":
      return notice("good", "This is done.", "Your key server carried it out; the custody log has its entry.");
    case "scheduled":
      return notice("warning", "Approved. It waits for its delay.", "Until it runs, you can still reject it here.");
    case "cancelled":
      return notice("quiet", "This was rejected.", "Nothing was changed. It can be proposed anew.");
    case "expired":
      return notice("quiet", "This ran out before it was approved.", "Nothing was changed. It can be proposed anew.");
    default:
      return notice("warning", "Your key server refused this.", "Nothing was changed. The custody log says why.");
  }
}
