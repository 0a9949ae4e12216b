import { randomBytes } from "node:crypto";

const NAME = /^holdfast-([a-z2-7]{26})-(\d{8}T\d{6}Z)-[0-9a-f]{8}\.backup(\.partial)?$/;
const DAY = 86_400;

/** A name that no other backup has: domain, time, chance. @param made - Unix seconds. */
export function backupName(tid: string, made: number): string {
  const time = new Date(made * 1000).toISOString().replace(/[-:]|\.\d{3}/g, "");
  return `holdfast-${tid}-${time}-${randomBytes(4).toString("hex")}.backup`;
}

/**
 * The backups of a domain that a policy keeps no longer: neither among the newest nor young enough; and what a transfer left
 * that was cut off more than a day ago. Files of other names and of other domains are nobody's business.
 *
 * @param names - All that lies at a destination.
 * @param now - Unix seconds.
 */
export function expiredBackups(
  names: readonly string[],
  tid: string,
  { last, days }: { readonly last: number; readonly days: number },
  now: number,
): string[] {
  const own = names
    .map((name) => ({ name, parts: NAME.exec(name) }))
    .filter(({ parts }) => parts?.[1] === tid)
    .map(({ name, parts }) => ({ name, madeAt: secondsOf(parts?.[2] ?? ""), isPartial: parts?.[3] !== undefined }))
    .sort((a, b) => b.madeAt - a.madeAt || (a.name < b.name ? 1 : -1));
  const whole = own.filter(({ isPartial }) => !isPartial).slice(last);
  const expired = whole.filter(({ madeAt }) => madeAt < now - days * DAY);
  const left = own.filter(({ isPartial, madeAt }) => isPartial && madeAt < now - DAY);
  return [...expired, ...left].map(({ name }) => name);
}

/** The whole backups of a domain that were begun by then, newest first. @param until - Unix seconds. */
export function newestBackups(names: readonly string[], tid: string, until: number): string[] {
  return names
    .map((name) => ({ name, parts: NAME.exec(name) }))
    .filter(({ parts }) => parts?.[1] === tid && parts[3] === undefined)
    .map(({ name, parts }) => ({ name, madeAt: secondsOf(parts?.[2] ?? "") }))
    .filter(({ madeAt }) => madeAt <= until)
    .sort((one, other) => other.madeAt - one.madeAt)
    .map(({ name }) => name);
}

function secondsOf(time: string): number {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(time) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
}
