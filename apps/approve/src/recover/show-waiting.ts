import { element, notice, showPage } from "../show/element.ts";
import { showMoment } from "../show/time.ts";
import { type ReadNotice, type Recovering, type RecoveryState, readNotice } from "./recovery-state.ts";
import { showNotice, showObjection } from "./show-notice.ts";

const LOOK_EACH_MS = 5_000;

/**
 * The wait, with what is left of it by the key server's running time; then the end.
 *
 * @param sign - Asks for another replacement key's words.
 */
export function showWaiting(recovering: Recovering, first: ReadNotice, sign: (read: ReadNotice) => void): void {
  const { page, hello } = recovering;
  const { kind, hash } = first.notice;
  const left = element("p", { class: "countdown strong", role: "timer" });
  const tell = ({ notice: { due } }: ReadNotice, now: number) =>
    left.replaceChildren(leftText(Math.max(0, (due ?? now) - now)));
  const watch = async () => {
    for (;;) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EACH_MS));
      if (!left.isConnected) return;
      const state = await page.get<RecoveryState>("/page/recovery").catch(() => null);
      if (state === null) continue;
      const found = state.waiting.find((one) => one.hash === hash);
      if (found === undefined) return showEnd(recovering, first);
      tell(readNotice(found), state.now);
    }
  };
  showPage(
    element("h1", {}, kind === "recover" ? "The recovery is under way" : "The replacement keys are being changed"),
    element(
      "p",
      { class: "lead" },
      "You can close this page and come back to this address. Keys and applications go on working.",
    ),
    left,
    showNotice(first, recovering.state.now),
    showObjection(first, recovering.state.now),
    signAsWell(first, sign),
    notice(
      "quiet",
      "The key server counts the time itself, while it runs.",
      `Leave ${hello.name} running: time while it is switched off does not count. No clock shortens it, and it needs no dashboard.`,
    ),
  );
  tell(first, recovering.state.now);
  void watch();
}

/** A recovery that fewer than all replacement keys signed takes the others' signatures while it waits. */
function signAsWell(read: ReadNotice, sign: (read: ReadNotice) => void): HTMLElement | null {
  const { kind, unsigned } = read.notice;
  if (kind !== "recover" || unsigned.length === 0) return null;
  return element(
    "div",
    { class: "actions" },
    element(
      "button",
      { class: "secondary", type: "button", click: () => sign(read) },
      "Sign with another replacement key",
    ),
    element("p", { class: "quiet" }, "It is in force no sooner; once every one has signed, nobody can stop it."),
  );
}

/** What is left, in words that grow finer towards the end. */
export function leftText(seconds: number): string {
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3_600), Math.ceil(seconds / 60)];
  const part = (count: number, name: string) => `${count} ${name}${count === 1 ? "" : "s"}`;
  if (seconds <= 0) return "Any moment now";
  const rest = hours - days * 24;
  if (days >= 1)
    return rest === 0 ? `${part(days, "day")} left` : `${part(days, "day")} and ${part(rest, "hour")} left`;
  if (hours >= 1) return `${part(hours, "hour")} and ${part(Math.floor((seconds % 3_600) / 60), "minute")} left`;
  return `${part(minutes, "minute")} left`;
}

async function showEnd({ page, hello }: Recovering, { people, notice: { kind } }: ReadNotice): Promise<void> {
  const state = await page.get<RecoveryState>("/page/recovery");
  const passkeys = people.flatMap(({ added }) => added);
  const isDone = kind === "recover" && passkeys.every((credId) => state.inForce.includes(credId));
  showPage(
    element("h1", {}, isDone ? "Done. Your new passkeys are good" : "It waits no more"),
    element(
      "p",
      { class: "lead" },
      isDone
        ? `From now on ${hello.name} obeys them, and the ones before no more.`
        : "It was stopped, or something else took its place. The custody log says which.",
    ),
    isDone
      ? notice(
          "quiet",
          `Since ${showMoment(Date.now() / 1_000)}. Three things for a quiet hour:`,
          "A second passkey on another device. The 24 words back in their place, or a new replacement key if others saw them. And practise once: it takes a minute.",
        )
      : element("pre", {}, "holdfast-agent audit tail"),
    element(
      "div",
      { class: "actions" },
      element("a", { class: "secondary", href: "/recover" }, "Practise with the 24 words"),
    ),
  );
}
