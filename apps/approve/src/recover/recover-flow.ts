import { decodeBase64url, parseIntroduction } from "@holdfast/protocol";
import type { AgentPage, Hello, InvitationShown } from "../agent-page.ts";
import { runBecomeAdministrator } from "../introduce/become-administrator.ts";
import { showIntroduced } from "../introduce/show-introduced.ts";
import { element, notice, prose, showPage } from "../show/element.ts";
import { showDuration } from "../show/time.ts";
import { showLostPasskey } from "./lost-passkey.ts";
import { type Recovering, type RecoveryState, readNotice } from "./recovery-state.ts";
import { showWaiting } from "./show-waiting.ts";
import { showSigning } from "./sign-recovery.ts";

const INVITATION = /^[a-z2-7]{16}\.[A-Za-z0-9_-]{22}$/;
const HASH = /^[A-Za-z0-9_-]{43}$/;
const LOOK_EACH_MS = 1_000;

/**
 * The pages for the day on which passkeys are lost: what to do, making other passkeys by an invitation of the console, the
 * replacement key's words, and the wait.
 *
 * @param fragment - An invitation, the hash of a recovery that waits, or nothing.
 */
export async function runRecover(page: AgentPage, hello: Hello, fragment: string): Promise<void> {
  if (hello.sealed || hello.tid === null) return showClosed(hello);
  const of = INVITATION.test(fragment) ? fragment.slice(0, fragment.indexOf(".")) : HASH.test(fragment) ? fragment : "";
  const state = await page.get<RecoveryState>(of === "" ? "/page/recovery" : `/page/recovery?of=${of}`);
  const recovering = { page, hello, state };
  if (state.at !== undefined) return showElsewhere(state.at, hello);
  if (INVITATION.test(fragment)) return begin(recovering, fragment);
  if (!HASH.test(fragment)) return showLostPasskey(recovering);
  const found = state.waiting.find(({ hash }) => hash === fragment);
  if (found === undefined) return showGone(recovering);
  if (found.status === "scheduled" && found.kind === "recover")
    return showWaiting(recovering, readNotice(found), (read) => showSigning(recovering, read));
  showSigning(recovering, readNotice(found));
}

async function begin(recovering: Recovering, invitation: string): Promise<void> {
  const { page, hello, state } = recovering;
  const invited = await page.post<InvitationShown>("/page/invitation", { invitation });
  const start = () =>
    runBecomeAdministrator(page, hello, invitation, invited, { given: (doc) => void compare(recovering, doc) });
  const time = showDuration(state.delaySec);
  showPage(
    element("p", { class: "quiet" }, `For ${invited.label}`),
    element("h1", {}, "You lost your passkeys. This brings you back."),
    element(
      "p",
      { class: "lead" },
      "Nothing is lost but the way to approve. Keys and applications go on working all the while.",
    ),
    element(
      "ol",
      { class: "panel steps" },
      element("li", {}, "You make new passkeys on this device, now."),
      element("li", {}, "You read three words from this page to the console that printed this address."),
      element("li", {}, "You type the 24 words of the replacement key. They never leave this page."),
      element(
        "li",
        {},
        `You wait ${time}. Everybody who opens this page sees it${state.m < state.keys.length ? ", and whoever still has a passkey can object once" : ""}.`,
      ),
    ),
    notice(
      "quiet",
      "Have the 24 words at hand: the page you printed or the file you kept when this key server was set up.",
      "Without them it ends here; the steps before change nothing.",
    ),
    element(
      "div",
      { class: "actions" },
      element("button", { class: "primary", type: "button", click: start }, "Begin"),
    ),
  );
}

/** The words for the console, until it has said yes and the key server has drafted the recovery. */
async function compare(recovering: Recovering, doc: string): Promise<void> {
  const { page, hello } = recovering;
  const bytes = decodeBase64url(doc);
  const { object } = parseIntroduction(bytes);
  const mine = object.kind === "administrator" ? object.creds.map(({ credId }) => credId) : [];
  showIntroduced(bytes, hello.name, "console");
  for (;;) {
    const state = await page.get<RecoveryState>("/page/recovery").catch(() => null);
    const found = state?.waiting
      .filter(({ kind }) => kind === "recover")
      .map(readNotice)
      .find(({ people }) => people.some(({ added }) => added.some((credId) => mine.includes(credId))));
    if (state !== null && found !== undefined) {
      history.replaceState(null, "", `/recover#${found.notice.hash}`);
      const now = { ...recovering, state };
      return found.notice.status === "scheduled"
        ? showWaiting(now, found, (read) => showSigning(now, read))
        : showSigning(now, found);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EACH_MS));
  }
}

/** Another key server behind this name has it. The words of a replacement key are typed at its own address and nowhere else. */
function showElsewhere({ name, words = [] }: NonNullable<RecoveryState["at"]>, hello: Hello): void {
  showPage(
    element("h1", {}, `This is a recovery of “${name}”`),
    element(
      "p",
      { class: "lead" },
      `This page came from “${hello.name}”, which has the same address. Type the 24 words of a replacement key at no other page than that of the key server that it is for.`,
    ),
    words.length === 0
      ? null
      : element("p", { class: "panel at-peer" }, "Its environment: ", element("strong", {}, words.join(" ")), "."),
    notice(
      "quiet",
      `Open this same address so that it leads to “${name}” itself.`,
      "Ask whoever runs it: an entry in this device's hosts file leads there, or the load balancer does for a while. Its console can take the words as well: holdfast-agent recover sign.",
    ),
  );
}

function showGone({ hello, state: { silent = [] } }: Recovering): void {
  showPage(
    element("h1", {}, "This recovery waits no more"),
    element(
      "p",
      { class: "lead" },
      `It is in force, was stopped, or ran out. If it was yours: open a request with your new passkey, or see what ${hello.name} says.`,
    ),
    element("pre", {}, "holdfast-agent audit tail"),
    silent.length === 0
      ? null
      : notice(
          "warning",
          `Other key servers at this address do not answer now: ${silent.join(", ")}.`,
          "If it is a recovery of one of them, load this page again when that one runs.",
        ),
    element("div", { class: "actions" }, element("a", { class: "secondary", href: "/recover" }, "Lost a passkey?")),
  );
}

function showClosed({ name }: Hello): void {
  showPage(
    element("h1", {}, `${name} is closed`),
    element(
      "p",
      { class: "lead" },
      ...prose("Recovery needs an open key server. At its console: `holdfast-agent unseal`"),
    ),
  );
}
