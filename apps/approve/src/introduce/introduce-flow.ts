import { decodeBase64url } from "@holdfast/protocol";
import type { AgentPage, Hello, InvitationShown } from "../agent-page.ts";
import { runEnrolCustodian } from "../custodian/enrol-custodian.ts";
import { element, notice, prose, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { runBecomeAdministrator } from "./become-administrator.ts";
import { runHoldReplacementKey } from "./hold-replacement-key.ts";
import { runMakeHostedPasskey } from "./make-hosted-passkey.ts";
import { keptIntroduction, showIntroduced } from "./show-introduced.ts";

/** What each kind of newcomer is asked for. */
const ASKED: Readonly<Record<string, { readonly title: string; readonly field: string; readonly hint: string }>> = {
  "client-key": {
    title: "Give your application's key",
    field: "Certificate request (PEM)",
    hint: "Make it where the application runs, with the key it keeps: `openssl req -new -key client.key -subj /CN=app`. A public key in PEM is taken as well; then nobody sees that you have its private half.",
  },
  agent: {
    title: "Give your key server's request",
    field: "Request",
    hint: "`holdfast-agent join` wrote it on the new key server, once its operator had compared this environment's words. It holds public keys only.",
  },
  recipient: {
    title: "Give the key that exports are wrapped for",
    field: "Public key (PEM)",
    hint: "EC on P-256, or RSA of 2048 bits and more. Only who has its private half can open what is exported to it.",
  },
};

/** A newcomer gives one object to the key server, and reads eight words out. */
export async function runIntroduce(page: AgentPage, hello: Hello, invitation: string): Promise<void> {
  if (hello.sealed || hello.tid === null) return showClosed();
  const invited = await page.post<InvitationShown>("/page/invitation", { invitation });
  if (invited.kind === "custodian") return runEnrolCustodian(page, { ...hello, tid: hello.tid }, invitation, invited);
  if (invited.passkey?.hosted) return runMakeHostedPasskey(hello, invitation, invited);
  if (invited.kind === "administrator") return runBecomeAdministrator(page, hello, invitation, invited);
  if (invited.kind === "replacement-key") return runHoldReplacementKey(page, hello, invitation, invited);
  const asked = ASKED[invited.kind];
  if (asked === undefined) return showClosed();
  const field = element("textarea", { id: "offer", rows: "9", spellcheck: "false", autocomplete: "off" });
  const file = element("input", { id: "file", type: "file", change: () => void take() }) as HTMLInputElement;
  const offer = field as HTMLTextAreaElement;
  const problem = element("div", { "aria-live": "polite" });
  const take = async () => {
    const [chosen] = file.files ?? [];
    if (chosen && chosen.size <= 16_384) offer.value = await chosen.text();
    else if (chosen) problem.replaceChildren(notice("danger", "This file is larger than any key."));
  };
  const send = element("button", { class: "primary", type: "submit" }, "Give it to the key server");
  const submit = async (event: Event) => {
    event.preventDefault();
    problem.replaceChildren();
    const text = offer.value.trim();
    if (text === "" || text.includes("PRIVATE KEY")) return problem.replaceChildren(wrongText(text));
    send.toggleAttribute("disabled", true);
    try {
      const { doc } = await page.post<{ doc: string }>("/page/introduction", {
        ...{ invitation, kind: invited.kind },
        offer: `${text}\n`,
      });
      showIntroduced(decodeBase64url(doc), hello.name);
    } catch (error) {
      problem.replaceChildren(failure(error));
      send.toggleAttribute("disabled", false);
    }
  };
  showPage(
    element("p", { class: "quiet" }, `Invitation for ${invited.label}`),
    element("h1", {}, asked.title),
    element(
      "p",
      { class: "lead" },
      `You give it to ${hello.name} itself, at its own page, so that nobody on the way can put another in its place.`,
    ),
    element(
      "form",
      { class: "panel form", novalidate: "", submit },
      element("p", { class: "field" }, element("label", { for: "offer" }, asked.field), offer),
      element("p", { class: "field" }, element("label", { for: "file" }, "Or choose the file"), file),
      element("p", { class: "quiet hint" }, ...prose(asked.hint)),
      problem,
      element("div", { class: "actions" }, send),
    ),
  );
  offer.focus();
}

/** What this tab gave before it was loaded anew: its words again. */
export function showKeptIntroduction(hello: Hello): boolean {
  const bytes = keptIntroduction();
  if (bytes !== null) showIntroduced(bytes, hello.name);
  return bytes !== null;
}

function wrongText(text: string): HTMLElement {
  if (text === "") return notice("danger", "Nothing was given.", "Paste it, or choose the file.");
  return notice(
    "danger",
    "This holds a private key. It was not sent.",
    "Give the request or the public key; the private key never leaves you. Clear this field.",
  );
}

function showClosed(): void {
  showPage(
    element("h1", {}, "This key server takes nothing now"),
    element("p", { class: "lead" }, "Ask whoever invited you to unseal it, and for a new invitation."),
  );
}
