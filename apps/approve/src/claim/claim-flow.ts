import { decodeBase64url } from "@holdfast/protocol";
import type { AgentPage, ClaimOpened, Hello, TokenShown } from "../agent-page.ts";
import { consoleCommand } from "../show/console-commands.ts";
import { element, factRow, notice, prose, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { type Assertion, assertPasskey, type CreatedPasskey, createPasskey } from "../sign/passkey.ts";
import { asName, nameProblem } from "./name-problem.ts";
import { newReplacementKey, type ReplacementKey, showReplacementKey } from "./show-replacement-key.ts";

/** How long a recovery waits in a domain that is just founded. */
const FOUNDING_HOURS = 72;

/** What has been gathered of a registration so far; going back loses none of it. */
interface Registration {
  readonly page: AgentPage;
  readonly opened: ClaimOpened;
  readonly agentName: string;
  label: string;
  /** The token as typed; empty where the key server stands alone. */
  tokenText: string;
  token: TokenShown | null;
  created: CreatedPasskey | null;
  possession: Assertion | null;
  key: ReplacementKey | null;
}

/** Registers the first administrator: claim, token, passkey, replacement key, then the console's yes. */
export async function runClaim(page: AgentPage, hello: Hello, claim: string): Promise<void> {
  const opened = await page.post<ClaimOpened>("/page/claim", { claim });
  page.useRegistration(opened.registration);
  history.replaceState(null, "", "/claim");
  askNameAndToken({
    ...{ page, opened, agentName: hello.name, label: "", tokenText: "" },
    ...{ token: null, created: null, possession: null, key: null },
  });
}

function askNameAndToken(registration: Registration): void {
  const name = input("administrator", "Your name, as colleagues will see it", "Security lead");
  name.setAttribute("autocomplete", "name");
  name.value = registration.label;
  const token = input(
    "token",
    "Token from your dashboard (leave empty to use this key server alone)",
    "starts with hfe1",
  );
  token.setAttribute("autocomplete", "off");
  token.value = registration.tokenText;
  const problem = element("div", { "aria-live": "polite" });
  const submit = async (event: Event) => {
    event.preventDefault();
    problem.replaceChildren();
    registration.label = asName(name.value);
    const wrong = nameProblem(registration.label);
    if (wrong !== null) {
      problem.replaceChildren(notice("danger", wrong));
      name.focus();
      return;
    }
    try {
      await useToken(registration, token.value.trim());
      goOn(registration);
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  showPage(
    step(1, `Set up ${registration.agentName}`),
    element(
      "p",
      { class: "lead" },
      "This page is served by your own key server. What you make here, the passkey that approves, never passes through the dashboard.",
    ),
    element(
      "form",
      { class: "panel form", novalidate: "", submit },
      labelled(name),
      labelled(token),
      problem,
      element("div", { class: "actions" }, element("button", { class: "primary", type: "submit" }, "Continue")),
    ),
  );
  name.focus();
}

/** Gives the key server the token, or takes away the one it was given before. */
async function useToken(registration: Registration, text: string): Promise<void> {
  const { page, token } = registration;
  if (text !== "") registration.token = await page.post<TokenShown>("/page/token", { token: text });
  else if (token !== null) await page.post("/page/token", { token: null });
  if (text === "") registration.token = null;
  registration.tokenText = text;
}

/** The first step that is not done: who went back does none of them twice. */
function goOn(registration: Registration): void {
  const { created, possession, key } = registration;
  if (created === null) askPasskey(registration);
  else if (possession === null || key === null) askPossession(registration, created);
  else keepKey(registration, created, possession, key);
}

function askPasskey(registration: Registration): void {
  const problem = element("div", { "aria-live": "polite" });
  const { opened, token } = registration;
  const make = async () => {
    problem.replaceChildren();
    try {
      await stillClaimed(registration);
      registration.created = await createPasskey(opened);
      goOn(registration);
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  showPage(
    step(2, "Make the approval passkey"),
    element(
      "p",
      { class: "lead" },
      "With it you approve what happens to keys. Your browser gives it to this address alone, so nobody else, we included, can fake an approval.",
    ),
    element(
      "dl",
      { class: "panel facts" },
      factRow("Passkey", opened.rpName),
      factRow("For", element("code", {}, opened.origin)),
      token
        ? factRow("Reports to", element("code", {}, token.gateway), " · metadata only, never keys")
        : factRow("Reports to", "nobody: this key server stands alone"),
      token ? factRow("Witness", element("code", {}, token.witness.name)) : null,
    ),
    token
      ? null
      : notice(
          "warning",
          "No token was given, so no dashboard will show this key server.",
          "If you have a dashboard, go back and paste the token that it shows.",
        ),
    problem,
    element("div", { class: "actions" }, button("primary", "Create approval passkey", make), back(registration)),
  );
}

function askPossession(registration: Registration, created: CreatedPasskey): void {
  const problem = element("div", { "aria-live": "polite" });
  const { opened } = registration;
  const prove = async () => {
    problem.replaceChildren();
    try {
      registration.possession ??= await assertPasskey(opened.rpId, [created.credId], decodeBase64url(opened.challenge));
      await stillClaimed(registration);
      registration.key ??= await newReplacementKey(opened.challenge);
      goOn(registration);
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  showPage(
    step(2, "Use it once"),
    element(
      "p",
      { class: "lead" },
      "The passkey is made. Touch it once more, so that your key server sees that it works.",
    ),
    problem,
    element("div", { class: "actions" }, button("primary", "Use the passkey", prove), back(registration)),
  );
}

function keepKey(
  registration: Registration,
  created: CreatedPasskey,
  possession: Assertion,
  key: ReplacementKey,
): void {
  showReplacementKey(key, {
    ...{ step: "Step 3 of 4", agentName: registration.agentName, hours: FOUNDING_HOURS, holder: null },
    go: () => register(registration, created, possession, key),
    back: () => askNameAndToken(registration),
  });
}

function back(registration: Registration): HTMLElement {
  return button("secondary", "Back", () => askNameAndToken(registration));
}

/**
 * Makes sure, before anything is made that would be worthless, that no newer claim has taken this one's place.
 *
 * @throws {@link PageRefusal} `E_CLAIM`
 */
async function stillClaimed({ page }: Registration): Promise<void> {
  await page.get("/page/registration");
}

async function register(
  registration: Registration,
  created: CreatedPasskey,
  possession: Assertion,
  key: ReplacementKey,
): Promise<void> {
  await registration.page.post("/page/register", {
    label: registration.label,
    attestation: { clientDataJSON: created.clientDataJSON, attestationObject: created.attestationObject },
    possession,
    recovery: key.proof,
  });
  showWaiting();
  await waitForConsole(registration);
}

function showWaiting(): void {
  showPage(
    step(4, "Now look at the key server's console"),
    element(
      "p",
      { class: "lead" },
      "It shows this passkey, this address and eight matching words, and asks for a yes. Say yes there only if you have just made this passkey.",
    ),
    element("p", { class: "waiting", role: "status" }, "Waiting for the console…"),
    element(
      "div",
      { class: "panel" },
      element(
        "p",
        {},
        "Does it run without a console, as a service or in the background? This shows the same on its machine, and asks there:",
      ),
      element("pre", {}, consoleCommand("confirm")),
    ),
  );
}

async function waitForConsole(registration: Registration): Promise<void> {
  for (;;) {
    const answer = await registration.page.get<{ state: string }>("/page/registration");
    if (answer.state === "done") return showFounded(registration);
    if (answer.state === "refused") {
      return showPage(
        element("h1", {}, "The console said no"),
        element(
          "p",
          { class: "lead" },
          ...prose("Nothing was founded. Ask for a new address with `holdfast-agent claim`."),
        ),
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function showFounded(registration: Registration): void {
  showPage(
    step(4, "Your key server is yours"),
    element(
      "p",
      { class: "lead" },
      `${registration.agentName} now obeys this passkey and nothing else. Go back to the dashboard: it asks for three of the words on the console.`,
    ),
    element("p", { class: "quiet" }, "Approvals will open on this address. You can close this page."),
  );
}

function step(number: number, title: string): HTMLElement {
  return element(
    "div",
    { class: "step" },
    element("p", { class: "quiet" }, `Step ${number} of 4`),
    element("h1", {}, title),
  );
}

function button(kind: string, text: string, press: () => void): HTMLElement {
  return element("button", { class: kind, type: "button", click: press }, text);
}

function input(id: string, label: string, placeholder: string): HTMLInputElement {
  const made = element("input", { id, name: id, placeholder, "data-label": label, spellcheck: "false" });
  return made as HTMLInputElement;
}

function labelled(field: HTMLInputElement): HTMLElement {
  return element("p", { class: "field" }, element("label", { for: field.id }, field.dataset.label ?? ""), field);
}
