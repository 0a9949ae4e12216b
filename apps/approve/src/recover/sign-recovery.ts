import { replacementKeyName } from "@holdfast/protocol";
import type { ReplacementSigner } from "@holdfast/protocol/custodian";
import { PageRefusal } from "../agent-page.ts";
import { element, notice, showPage } from "../show/element.ts";
import { showDuration } from "../show/time.ts";
import { askReplacementWords } from "./ask-words.ts";
import { objectingKeys, type ReadNotice, type Recovering, type RecoveryState, readNotice } from "./recovery-state.ts";
import { showNotice } from "./show-notice.ts";
import { showWaiting } from "./show-waiting.ts";

const LOOK_EACH_MS = 2_000;

/** What the key server made of a signature. */
interface Signed {
  outcome: string;
  code?: string;
  what?: string;
  next?: string;
}

/** Shows what a recovery does, and takes the replacement key's words for it. */
export function showSigning(recovering: Recovering, read: ReadNotice): void {
  const { state } = recovering;
  const isRecovery = read.notice.kind === "recover";
  const title = element("h1", {}, isRecovery ? "Sign the recovery" : "Stop this change of the replacement keys");
  showPage(
    title,
    element(
      "p",
      { class: "lead" },
      isRecovery
        ? read.notice.status === "scheduled"
          ? "It waits already. With yours besides it takes no less time, and once every replacement key has signed nobody can stop it."
          : `This is what your signature does, ${showDuration(state.delaySec)} after it.`
        : `Somebody with a passkey proposed it. ${whoStops(read, state.keys)}`,
    ),
    showNotice(read, state.now),
    isRecovery
      ? notice(
          "quiet",
          "Is every name here somebody who lost a passkey?",
          "If one is a stranger to you, close this page.",
        )
      : null,
    askReplacementWords({
      keys: state.keys,
      ...(isRecovery ? {} : { counting: objectingKeys(read) }),
      button: isRecovery ? "Sign the recovery" : "Stop it",
      open: (key) => sign(recovering, read, key),
    }),
  );
  if (isRecovery) void untilWithdrawn(recovering, read, title);
}

/** Nobody signs a draft that was withdrawn at the console meanwhile: the one in its place is shown. */
async function untilWithdrawn(recovering: Recovering, { notice: { hash } }: ReadNotice, shown: Node): Promise<void> {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_EACH_MS));
    if (!shown.isConnected) return;
    const state = await recovering.page.get<RecoveryState>("/page/recovery").catch(() => null);
    if (state === null || state.waiting.some((one) => one.hash === hash)) continue;
    if (shown.isConnected) showWithdrawn({ ...recovering, state });
    return;
  }
}

function showWithdrawn(recovering: Recovering): void {
  const other = recovering.state.waiting.findLast(({ kind }) => kind === "recover");
  showPage(
    element("h1", {}, "This recovery waits no more"),
    element(
      "p",
      { class: "lead" },
      other === undefined
        ? "It was withdrawn, is in force, or ran out. Nothing was signed here."
        : "Another was drafted at the console and has its place. Nothing was signed here; look at what the new one does before you sign it.",
    ),
    element(
      "div",
      { class: "actions" },
      other === undefined
        ? element("a", { class: "secondary", href: "/recover" }, "Lost a passkey?")
        : element(
            "button",
            { class: "primary", type: "button", click: () => showOther(recovering, readNotice(other)) },
            "Show the new one",
          ),
    ),
  );
}

function showOther(recovering: Recovering, read: ReadNotice): void {
  history.replaceState(null, "", `/recover#${read.notice.hash}`);
  if (read.notice.status === "scheduled") showWaiting(recovering, read, (one) => showSigning(recovering, one));
  else showSigning(recovering, read);
}

/** Who can stop a change of the replacement keys: those that it takes away have no say where enough others stay. */
function whoStops(read: ReadNotice, keys: readonly string[]): string {
  const counting = objectingKeys(read);
  if (keys.every((key) => counting.includes(key)))
    return "Any one of the replacement keys that are good now can stop it.";
  const names = counting.map((cose) => replacementKeyName({ cose })).join(" or ");
  return `${names} can stop it. Of the replacement keys that are good now the others are taken away by it, and have no say.`;
}

async function sign(recovering: Recovering, read: ReadNotice, key: ReplacementSigner): Promise<void> {
  const { page } = recovering;
  const { hash, kind } = read.notice;
  const approval = await key.decide(kind === "recover" ? "recover" : "veto", hash);
  const signed = await page.post<Signed>("/page/recovery/sign", { approval });
  if (signed.outcome === "refused")
    throw new PageRefusal(signed.code ?? "E_REFUSED", signed.what ?? "It was refused.", signed.next ?? "");
  if (signed.outcome === "cancelled") return showStopped();
  if (signed.code === "E_DELAY")
    throw new PageRefusal("E_DELAY", "This replacement key signed it before.", "Another one may sign as well.");
  const state = await page.get<RecoveryState>("/page/recovery");
  const found = state.waiting.find((one) => one.hash === hash);
  if (found === undefined) return;
  const now = { ...recovering, state };
  if (found.status === "scheduled") return showWaiting(now, readNotice(found), (read) => showSigning(now, read));
  showPage(
    element("h1", {}, "Signed. It takes more replacement keys"),
    element("p", { class: "lead" }, `${found.have} of ${found.need} have signed. The next holder opens this address:`),
    element("pre", {}, `${location.origin}/recover#${hash}`),
  );
}

function showStopped(): void {
  showPage(
    element("h1", {}, "Stopped: the replacement keys stay as they are"),
    element(
      "p",
      { class: "lead" },
      "Somebody who has a passkey wanted to change them. Find out who, and have that passkey replaced if nobody of you did.",
    ),
  );
}
