const FORM = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:\.\d{1,9})?)?)?(?:(Z| UTC)|([+-])(\d\d):?(\d\d))?$/;

/**
 * Unix seconds of a time in ISO 8601, or as times are shown (`2027-01-31 03:00 UTC`).
 *
 * @returns `"no-zone"` for one that another clock would read otherwise, `"no-time"` for a day or an hour that does not
 * exist and all else
 */
export function readTime(text: string): number | "no-zone" | "no-time" {
  const [, day, minute = "00:00", second = "00", utc, sign, hours = "0", minutes = "0"] = FORM.exec(text) ?? [];
  if (day === undefined) return "no-time";
  const local = `${day}T${minute}:${second}`;
  const milliseconds = Date.parse(`${local}Z`);
  // Date.parse makes 3 March of 31 February: only what comes out as it went in is a date.
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(local)) return "no-time";
  if (Number(hours) > 23 || Number(minutes) > 59) return "no-time";
  if (utc === undefined && sign === undefined) return "no-zone";
  const offset = (Number(hours) * 60 + Number(minutes)) * 60 * (sign === "-" ? -1 : 1);
  const seconds = milliseconds / 1000 - offset;
  return seconds < 0 ? "no-time" : seconds;
}
