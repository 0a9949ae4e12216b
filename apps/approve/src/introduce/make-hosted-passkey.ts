import {
  decodeBase64url,
  encodeBase64url,
  findBase64url,
  HOSTED_COUNTS,
  type HostedPasskey,
  hostedPasskey,
  hostedPasskeyAsk,
} from "@holdfast/protocol";
import { type AgentPage, type Hello, type InvitationShown, PageRefusal } from "../agent-page.ts";
import { element, factRow, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { keepInvitation, keptInvitation, wipeInvitation } from "./kept-invitation.ts";
import { showIntroduced } from "./show-introduced.ts";

/** Sends a person to the operator's page, which makes its passkey and sends it back here. */
export function runMakeHostedPasskey(hello: Hello, invitation: string, { label, passkey }: InvitationShown): void {
  if (passkey === undefined) return;
  const go = () => {
    const { aid, inviteId, adm, rpName, have, attestation, origin } = passkey;
    const ask = hostedPasskeyAsk.encode({
      ...{ typ: "hosted-passkey-ask", ver: 1, aid, inviteId, adm, have, attestation },
      ...{ name: `${rpName} (hosted)`, back: location.origin },
    });
    keepInvitation(invitation);
    location.assign(`${origin}/#passkey.${encodeBase64url(ask)}`);
  };
  showPage(
    element("p", { class: "quiet" }, `Invitation for ${label}`),
    element("h1", {}, "A passkey for the operator's page"),
    element(
      "p",
      { class: "lead" },
      "Whoever runs your dashboard serves a page too. A passkey of it stops things from anywhere, also where this key server cannot be reached.",
    ),
    element(
      "dl",
      { class: "panel facts" },
      factRow("Made at", element("code", {}, passkey.origin)),
      factRow("Decides for", hello.name),
      factRow("Counts for", `${HOSTED_COUNTS}; for nothing else`),
    ),
    notice(
      "warning",
      "That page is the operator's, and so is what it shows.",
      "It can show one thing and have you sign another, and while the passkey is made it can put one of its own in its place. So it counts for those things only.",
    ),
    element(
      "div",
      { class: "actions" },
      element("button", { class: "primary", type: "button", click: go }, `Go on at ${new URL(passkey.origin).host}`),
    ),
  );
}

/** Takes what the operator's page brought back, and gives it to the key server by the invitation that this tab kept. */
export function runHostedPasskeyMade(page: AgentPage, hello: Hello, text: string): void {
  const made = read(text);
  const invitation = keptInvitation();
  if (made === null || invitation === null) {
    showLost();
    return;
  }
  const problem = element("div", { "aria-live": "polite" });
  const give = async () => {
    problem.replaceChildren();
    button.toggleAttribute("disabled", true);
    try {
      const { attestation, possession } = made;
      const { doc } = await page.post<{ doc: string }>("/page/administrator", {
        ...{ invitation, passkeys: [{ attestation, possession }] },
      });
      wipeInvitation();
      showIntroduced(decodeBase64url(doc), hello.name);
    } catch (error) {
      if (error instanceof PageRefusal && error.code === "E_INVITE") wipeInvitation();
      problem.replaceChildren(failure(error));
      button.toggleAttribute("disabled", false);
    }
  };
  const button = element(
    "button",
    { class: "primary", type: "button", click: () => void give() },
    "Give it to the key server",
  );
  showPage(
    element("h1", {}, "The passkey is made"),
    element(
      "p",
      { class: "lead" },
      `${hello.name} looks at it, and then shows eight words. It counts once the administrators have heard them and approved.`,
    ),
    problem,
    element("div", { class: "actions" }, button),
  );
}

function read(text: string): HostedPasskey | null {
  try {
    return hostedPasskey.parse(findBase64url(text) ?? new Uint8Array());
  } catch {
    return null;
  }
}

function showLost(): void {
  showPage(
    element("h1", {}, "This passkey cannot be taken here"),
    notice(
      "warning",
      "This tab has no invitation that it was made for, or it was cut on the way.",
      "Open the invitation's address again, in one tab, and go on from there. Nothing was given.",
      "E_INVITE",
    ),
  );
}
