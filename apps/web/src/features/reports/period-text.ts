import { showDate } from "@/components/time-text.ts";

/** What time a report tells of. */
export function periodText({ from, to }: { readonly from: number | null; readonly to: number | null }): string {
  if (from === null && to === null) return "from the beginning";
  return `${from === null ? "the beginning" : showDate(from, "long")} – ${to === null ? "now" : showDate(to, "long")}`;
}
