import { encodeBase64url, type HostedPasskeyAsk, hostedPasskey, registerChallenge } from "@holdfast/protocol";
import { element, factRow, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { assertPasskey, type CreatedPasskey, createPasskey } from "../sign/passkey.ts";
import { COUNTS } from "./what-counts.ts";

/** Makes a passkey of this page for an administrator, and takes it back to the key server's own page. */
export function runHostedPasskey(ask: HostedPasskeyAsk): void {
  const challenge = registerChallenge(ask);
  const create = async () =>
    askUse(
      ask,
      challenge,
      await createPasskey(
        {
          ...{ inviteId: ask.inviteId, aid: ask.aid, adm: ask.adm },
          ...{ rpId: location.hostname, rpName: ask.name, origin: location.origin, attestation: ask.attestation },
          challenge: encodeBase64url(challenge),
          user: { id: encodeBase64url(new TextEncoder().encode(ask.adm)), name: ask.name, displayName: ask.name },
        },
        ask.have,
      ),
    );
  showStep(
    "Create a passkey for this page",
    "With it you stop things from anywhere, without a way to your key server's own page.",
    element(
      "dl",
      { class: "panel facts" },
      factRow("Passkey", ask.name),
      factRow("For", element("code", {}, location.origin)),
      factRow("Goes to", element("code", {}, ask.back)),
    ),
    { text: "Create passkey", press: create },
  );
}

function askUse(ask: HostedPasskeyAsk, challenge: Uint8Array, created: CreatedPasskey): void {
  const use = async () => {
    const possession = await assertPasskey(location.hostname, [created.credId], challenge);
    const { clientDataJSON, attestationObject } = created;
    const bytes = hostedPasskey.encode({
      ...{ typ: "hosted-passkey", ver: 1, inviteId: ask.inviteId },
      attestation: { clientDataJSON, attestationObject },
      possession,
    });
    location.assign(`${ask.back}/introduce#passkey.${encodeBase64url(bytes)}`);
  };
  showStep(
    "Use it once",
    "The passkey is made. Touch it once more, so that your key server sees that it works. Then you are back at its page.",
    null,
    { text: "Use the passkey", press: use },
  );
}

interface Press {
  readonly text: string;
  readonly press: () => Promise<void>;
}

function showStep(title: string, lead: string, facts: HTMLElement | null, { text, press }: Press): void {
  const problem = element("div", { "aria-live": "polite" });
  const button = element(
    "button",
    {
      ...{ class: "primary", type: "button" },
      click: async () => {
        problem.replaceChildren();
        button.toggleAttribute("disabled", true);
        try {
          await press();
        } catch (error) {
          problem.replaceChildren(failure(error));
          button.toggleAttribute("disabled", false);
        }
      },
    },
    text,
  );
  showPage(
    element("h1", {}, title),
    element("p", { class: "lead" }, lead),
    facts,
    notice("quiet", "What is approved with it counts for little.", COUNTS),
    problem,
    element("div", { class: "actions" }, button),
  );
}
