import { decodeBase64url } from "@holdfast/protocol";
import type { AgentPage, Hello, InvitationShown, PasskeyAsked } from "../agent-page.ts";
import { element, factRow, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { type Assertion, assertPasskey, type CreatedPasskey, createPasskey } from "../sign/passkey.ts";
import { showIntroduced } from "./show-introduced.ts";

interface Passkey {
  readonly created: CreatedPasskey;
  readonly possession: Assertion;
}

interface Invited {
  readonly page: AgentPage;
  readonly hello: Hello;
  readonly invitation: string;
  readonly label: string;
  readonly asked: PasskeyAsked & { readonly have: readonly string[] };
  readonly recovery: LostPasskeys | null;
  /** Made and used once, in this order. */
  readonly passkeys: readonly Passkey[];
}

/** Of somebody whose passkeys are all lost: what follows once others were given. */
export interface LostPasskeys {
  readonly given: (doc: string) => void;
}

/** A person makes the passkeys of an administrator, one after the other, and reads eight words out. */
export function runBecomeAdministrator(
  page: AgentPage,
  hello: Hello,
  invitation: string,
  { label, passkey }: InvitationShown,
  recovery: LostPasskeys | null = null,
): void {
  if (passkey === undefined) return;
  askPasskey({ page, hello, invitation, label, asked: passkey, recovery, passkeys: [] });
}

function askPasskey(invited: Invited): void {
  const { hello, label, asked, recovery, passkeys } = invited;
  const isFurther = asked.have.length > 0 && recovery === null;
  const isSecond = passkeys.length > 0;
  const problem = element("div", { "aria-live": "polite" });
  const busy = (press: () => Promise<void>) => async () => {
    problem.replaceChildren();
    setBusy(buttons, true);
    try {
      await press();
    } catch (error) {
      problem.replaceChildren(failure(error));
      setBusy(buttons, false);
    }
  };
  const make = async () => {
    const have = [...asked.have, ...passkeys.map(({ created }) => created.credId)];
    askPossession(invited, await createPasskey(asked, have));
  };
  const buttons = [
    button("primary", isSecond ? "Create a second passkey" : "Create approval passkey", busy(make)),
    ...(isSecond
      ? [
          button(
            "secondary",
            "One is enough for now",
            busy(() => give(invited)),
          ),
        ]
      : []),
  ];
  showPage(
    element("p", { class: "quiet" }, `Invitation for ${label} · step ${isSecond ? 2 : 1} of ${isFurther ? 2 : 3}`),
    element("h1", {}, recovery !== null && !isSecond ? "Make a new approval passkey" : titleOf(isFurther, isSecond)),
    element("p", { class: "lead" }, isSecond ? SECOND : isFurther ? FURTHER : FIRST),
    element(
      "dl",
      { class: "panel facts" },
      factRow("Passkey", asked.rpName),
      factRow("For", element("code", {}, asked.origin)),
      isSecond ? factRow("Made so far", "1, and it works") : factRow("Approves for", hello.name),
    ),
    isSecond || isFurther || recovery !== null
      ? null
      : notice(
          "quiet",
          "It counts for nothing yet.",
          "The administrators of this environment hear eight words from you, and approve that you become one of them.",
        ),
    problem,
    element("div", { class: "actions" }, ...buttons),
  );
}

function askPossession(invited: Invited, created: CreatedPasskey): void {
  const { asked, passkeys, label, recovery } = invited;
  const problem = element("div", { "aria-live": "polite" });
  const use = async () => {
    problem.replaceChildren();
    setBusy([press], true);
    try {
      const possession = await assertPasskey(asked.rpId, [created.credId], decodeBase64url(asked.challenge));
      const next = { ...invited, passkeys: [...passkeys, { created, possession }] };
      if ((asked.have.length > 0 && recovery === null) || next.passkeys.length > 1) return await give(next);
      askPasskey(next);
    } catch (error) {
      problem.replaceChildren(failure(error));
      setBusy([press], false);
    }
  };
  const press = button("primary", "Use the passkey", () => void use());
  showPage(
    element("p", { class: "quiet" }, `Invitation for ${label}`),
    element("h1", {}, "Use it once"),
    element(
      "p",
      { class: "lead" },
      "The passkey is made. Touch it once more, so that your key server sees that it works.",
    ),
    problem,
    element("div", { class: "actions" }, press),
  );
}

async function give({ page, hello, invitation, passkeys, recovery }: Invited): Promise<void> {
  const { doc } = await page.post<{ doc: string }>("/page/administrator", {
    invitation,
    passkeys: passkeys.map(({ created, possession }) => ({
      attestation: { clientDataJSON: created.clientDataJSON, attestationObject: created.attestationObject },
      possession,
    })),
  });
  if (recovery === null) showIntroduced(decodeBase64url(doc), hello.name);
  else recovery.given(doc);
}

const FIRST =
  "With it you approve what happens to keys. Your browser gives it to this address alone, so nobody else, we included, can fake an approval.";
const SECOND =
  "Make it on another device, such as your phone or a security key. Whoever loses their only passkey can approve nothing until the others have replaced it.";
const FURTHER =
  "It will approve as your other one does. Make it on another device: your phone, or a security key that stays in a drawer.";

function titleOf(isFurther: boolean, isSecond: boolean): string {
  if (isFurther) return "Make a further approval passkey";
  return isSecond ? "A second passkey is advised" : "You are asked to be an administrator";
}

function button(kind: string, text: string, press: () => void): HTMLElement {
  return element("button", { class: kind, type: "button", click: press }, text);
}

function setBusy(buttons: readonly HTMLElement[], isBusy: boolean): void {
  for (const each of buttons) each.toggleAttribute("disabled", isBusy);
}
