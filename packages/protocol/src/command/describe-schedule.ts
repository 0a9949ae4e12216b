import type { ScheduledDeed } from "../lifecycle/schedule.ts";
import type { Command } from "./command.ts";

/** Its title, its badge, whether it may be missed, and what follows. */
interface Described {
  readonly title: string;
  readonly tag: string;
  readonly danger: boolean;
  readonly lines: readonly string[];
}

/** What the key server does by a schedule. */
export const DEED_WORDS: Readonly<Record<ScheduledDeed, string>> = {
  rotate: "rotates this key",
  deactivate: "retires this key",
  notify: "reminds people of this key",
};

/** A schedule in plain words: what is done by itself, when, and that nobody is asked again. */
export function describeSchedule({ target, args, issued }: Command<"schedule.set">): Described {
  const { does, everySec, first, unusedSec } = args;
  const start = first === undefined ? "one interval after this is approved" : dayOf(Math.max(first, issued));
  const when = `every ${daysOf(everySec)}, first ${first === undefined ? start : `on ${start}`}`;
  const alone = "It does so alone, without another approval, until the schedule is ended.";
  switch (does) {
    case "rotate":
      return described(false, `Rotate ${target.label} every ${daysOf(everySec)}`, "sets a schedule", [
        `The key server gives the key a new version ${when}. Everything encrypted so far still opens.`,
        alone,
      ]);
    case "deactivate": {
      const unused =
        unusedSec === undefined ? "" : ` if nobody used it for ${daysOf(unusedSec).replace(/^day$/, "a day")}`;
      return described(true, `Retire ${target.label} by schedule`, "sets a schedule", [
        `The key server looks ${when}, and retires the key${unused}. It then opens what it encrypted, and never encrypts again.`,
        alone,
      ]);
    }
    case "notify":
      return described(false, `Remind of ${target.label} every ${daysOf(everySec)}`, "sets a schedule", [
        `The key server says ${when} that the key is due for rotation. It changes nothing.`,
      ]);
  }
}

function daysOf(seconds: number): string {
  const days = Math.round(seconds / 86_400);
  return days === 1 ? "day" : `${days} days`;
}

export function dayOf(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function described(danger: boolean, title: string, tag: string, lines: readonly string[]): Described {
  return { title, tag, danger, lines };
}
