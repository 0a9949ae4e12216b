import { decodeBase64url, parseRoster, type Roster } from "@holdfast/protocol";
import type { PageLink, PageLinkResult } from "../agent-page.ts";

/** How many approve so far: of today's people and of those afterwards, where that is not the same. */
export function approvalsSoFar(old: PageLinkResult["old"], next: PageLinkResult["new"]): string {
  const one = next ?? old;
  if (one === undefined) return "waits for approvals";
  const count = ({ have, need }: typeof one) => `${have} of ${need}`;
  return old === undefined || next === undefined || count(old) === count(next)
    ? `${count(one)} approvals`
    : `${count(old)} of today's administrators, ${count(next)} of those afterwards`;
}

/** Whom a passkey of this address decides for: one that the change brings is of those afterwards. */
export function aloneWords(
  { link, next }: { readonly link: Pick<PageLink, "base">; readonly next: Roster },
  origin: string,
): string {
  const isOf = ({ admins }: Roster) =>
    admins.some(({ creds }) => creds.some((one) => "origin" in one && one.origin === origin));
  const isNew = link.base !== null && isOf(next) && !isOf(parseRoster(decodeBase64url(link.base)));
  return isNew
    ? "One administrator today: your new passkey decides at this address for those who decide afterwards; today's decides at its own. "
    : "One administrator today: your passkey alone decides for those who decide now. ";
}
