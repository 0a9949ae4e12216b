"use client";
import {
  encodeBase64url,
  encodeRoster,
  HoldfastError,
  type HostedChangeAsk,
  hostedChangeAsk,
  type Roster,
} from "@holdfast/protocol";
import { ExternalLink } from "lucide-react";
import { Button } from "@/components/button.tsx";
import { type HostedPage, useHostedPage } from "@/features/approvals/use-hosted-page.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";

/** The way to the hosted page for a change that waits: stopping it counts there, approving it does not. */
export function StopHosted({ doc, base }: { doc: string; base: Roster | null }) {
  const page = useHostedPage();
  const place = usePlace();
  const href = page && wayTo(page, place.at(), { doc, base });
  if (!href) return null;
  return (
    <Button asChild>
      <a href={href} target="_blank" rel="noopener noreferrer">
        Stop it from this device
        <ExternalLink size={13} aria-hidden="true" />
      </a>
    </Button>
  );
}

function wayTo(page: HostedPage, place: string, { doc, base }: { doc: string; base: Roster | null }): string | null {
  try {
    const ask: HostedChangeAsk = {
      ...{ typ: "hosted-change-ask", ver: 1, place, doc, creds: [...page.creds] },
      ...(base === null ? {} : { base: encodeBase64url(encodeRoster(base)) }),
    };
    return `${page.origin}/#change.${encodeBase64url(hostedChangeAsk.encode(ask))}`;
  } catch (error) {
    if (error instanceof HoldfastError) return null; // more than fits into an address
    throw error;
  }
}
