const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A number with its noun: "1 key", "254 keys". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${number(amount)} ${amount === 1 ? one : many}`;
}

/** A number with thin groups of three: "48 211". */
export function number(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** A day in UTC: "31 Oct 2026". */
export function day(seconds: number): string {
  const date = new Date(seconds * 1000);
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** A minute in UTC: "31 Oct 2026 23:58". */
export function minute(seconds: number): string {
  return `${day(seconds)} ${new Date(seconds * 1000).toISOString().slice(11, 16)}`;
}

/** A length of time in its largest sensible unit: "2 minutes", "3 days". */
export function days(seconds: number): string {
  const least = Math.max(0, seconds);
  if (least < 60) return "less than a minute";
  if (least < 7200) return count(Math.round(least / 60), "minute");
  if (least < 172_800) return count(Math.round(least / 3600), "hour");
  return count(Math.round(least / 86_400), "day");
}

/** A text cut to a number of characters, with an ellipsis where something is missing. */
export function short(text: string, characters = 10): string {
  const letters = [...text];
  return letters.length <= characters
    ? text
    : `${letters
        .slice(0, characters - 1)
        .join("")
        .trimEnd()}…`;
}
