import { encodeBase64url, type HostedAnswer, hostedAnswer } from "@holdfast/protocol";
import { element, showPage } from "../show/element.ts";

/** Goes back to the dashboard with what was signed: the decision, and nothing else. */
export function handBack(dashboard: string, place: string, approval: HostedAnswer["approval"]): void {
  const bytes = hostedAnswer.encode({ typ: "hosted-answer", ver: 1, approval });
  showPage(
    element("h1", {}, "Signed"),
    element("p", { class: "lead" }, "The dashboard carries it to your key server, which judges it by itself."),
  );
  location.assign(`${dashboard}${place}/approvals/carried#${encodeBase64url(bytes)}`);
}
