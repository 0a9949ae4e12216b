import { isRejectable } from "@holdfast/protocol";
import type { ShownCommand } from "../show/command.ts";
import { element } from "../show/element.ts";
import { icon } from "../show/icon.ts";
import { APPROVE, type Decision, REJECT } from "./touch.ts";

/** What can be decided of the commands on the page. */
export interface Decidable {
  readonly commands: readonly ShownCommand[];
  /** Waiting, and such that the key server would carry it out now. */
  readonly approvable: readonly ShownCommand[];
  /** Waiting for approvals or for a delay. */
  readonly undecided: readonly ShownCommand[];
  /** Of those, what one person's no ends. */
  readonly rejectable: readonly ShownCommand[];
}

/** What of these commands can be approved, and what rejected. */
export function decidable(commands: readonly ShownCommand[]): Decidable {
  const undecided = commands.filter(({ command }) => ["pending", "scheduled"].includes(command.status));
  return {
    commands,
    approvable: commands.filter(
      ({ command, introductions }) => command.status === "pending" && command.dryRun.ok && introductions !== null,
    ),
    undecided,
    rejectable: undecided.filter(({ signed }) => isRejectable(signed.act)),
  };
}

type Decide = (decision: Decision, on: readonly ShownCommand[]) => void;

/** The buttons, each disabled at first: approve what waits for approvals, reject it, stop what waits for its delay. */
export function decisionButtons({ commands, approvable, rejectable }: Decidable, decide: Decide): HTMLElement[] {
  const waiting = commands.filter(({ command }) => command.status === "pending").length;
  const danger = approvable.some(({ plain }) => plain.danger);
  const approve = element(
    "button",
    {
      class: danger ? "primary destructive" : "primary",
      "data-approves": "",
      ...press(approvable, () => decide(APPROVE, approvable)),
    },
    icon("fingerprint"),
    approveText(approvable.length, waiting),
  );
  const scheduled = rejectable.filter(({ command }) => command.status === "scheduled").length;
  const onlyStops = waiting === 0 && scheduled > 0;
  const reject = element(
    "button",
    {
      class: onlyStops ? "primary" : "secondary",
      ...press(rejectable, () => decide(REJECT, rejectable)),
    },
    ...(onlyStops ? [icon("fingerprint")] : []),
    rejectText(rejectable.length, { scheduled, waiting }),
  );
  return [...(waiting > 0 ? [approve] : []), ...(rejectable.length > 0 ? [reject] : [])];
}

/** Disabled until everything can have been read, and for good where there is nothing to decide on. */
function press(on: readonly ShownCommand[], click: () => void) {
  return { type: "button", disabled: true, click, ...(on.length > 0 ? {} : { "data-never": "" }) };
}

function approveText(approvable: number, waiting: number): string {
  if (approvable > 0 && approvable < waiting) return `Approve ${approvable} of ${waiting} with passkey`;
  return `Approve${allOf(approvable)} with passkey`;
}

/** Rejecting what waits for its delay stops it: that is what the button says. */
function rejectText(count: number, { scheduled, waiting }: { scheduled: number; waiting: number }): string {
  if (scheduled === 0) return `Reject${allOf(count)}`;
  if (waiting > 0) return `Reject or stop${allOf(count)}`;
  return `Stop${count < 2 ? " it" : allOf(count)}`;
}

function allOf(count: number): string {
  if (count < 2) return "";
  return count === 2 ? " both" : ` all ${count}`;
}
