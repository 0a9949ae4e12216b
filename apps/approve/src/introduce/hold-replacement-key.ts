import { decodeBase64url } from "@holdfast/protocol";
import type { AgentPage, Hello, InvitationShown } from "../agent-page.ts";
import { newReplacementKey, showReplacementKey } from "../claim/show-replacement-key.ts";
import { element, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { showIntroduced } from "./show-introduced.ts";

/** A person makes a replacement key, puts its 24 words away, and reads eight other words out. */
export function runHoldReplacementKey(
  page: AgentPage,
  hello: Hello,
  invitation: string,
  { label, key: asked }: InvitationShown,
): void {
  if (asked === undefined) return;
  const problem = element("div", { "aria-live": "polite" });
  const make = async () => {
    problem.replaceChildren();
    try {
      const key = await newReplacementKey(asked.challenge);
      showReplacementKey(key, {
        ...{ step: `Invitation for ${label} · step 2 of 3`, agentName: hello.name, hours: asked.hours, holder: label },
        go: async () => {
          const { doc } = await page.post<{ doc: string }>("/page/replacement-key", { invitation, ...key.proof });
          showIntroduced(decodeBase64url(doc), hello.name);
        },
        back: null,
      });
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  showPage(
    element("p", { class: "quiet" }, `Invitation for ${label} · step 1 of 3`),
    element("h1", {}, "You are asked to keep a replacement key"),
    element(
      "p",
      { class: "lead" },
      `It replaces the administrators' passkeys when they are lost, ${asked.hours} hours after it was used. It opens no data, and nobody else has it: not this key server, not the dashboard.`,
    ),
    element(
      "ol",
      { class: "panel steps" },
      element("li", {}, "This page makes 24 words. Print them, or write them down: they are shown once."),
      element("li", {}, "Put them away, offline and apart from any passkey: a safe, a bank, another house."),
      element("li", {}, "Read eight other words to whoever invited you. They open nothing."),
    ),
    notice(
      "quiet",
      "Be alone with this screen.",
      "Whoever sees the 24 words can begin to replace the administrators. Everybody is told, and can object; still, nobody should.",
    ),
    problem,
    element(
      "div",
      { class: "actions" },
      element("button", { class: "primary", type: "button", click: () => void make() }, "Make the 24 words"),
    ),
  );
}
