"use client";
import { useMemo } from "react";
import { useStanding } from "@/features/custody/use-standing.ts";

/** The operator's page, as the administrators' verified list has passkeys of it. */
export interface HostedPage {
  readonly origin: string;
  readonly creds: readonly string[];
}

/** The hosted page that somebody has a passkey of; null where nobody has. */
export function useHostedPage(): HostedPage | null {
  const standing = useStanding();
  const head = standing.level === "checked" || standing.level === "consistent" ? standing.chain.head : null;
  return useMemo(() => {
    const creds = (head?.roster.admins ?? []).flatMap((one) => one.creds);
    const hosted = creds.flatMap((one) => (one.channel === "hosted" ? [one] : []));
    const origin = hosted[0]?.origin;
    if (origin === undefined) return null;
    return { origin, creds: hosted.flatMap((one) => (one.origin === origin ? [one.credId] : [])) };
  }, [head]);
}
