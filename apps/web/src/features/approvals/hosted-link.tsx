"use client";
import {
  type Command,
  countsHosted,
  decodeBase64url,
  encodeBase64url,
  HoldfastError,
  hostedAsk,
  isRejectable,
  parseCommand,
} from "@holdfast/protocol";
import { ExternalLink } from "lucide-react";
import { useMemo } from "react";
import { Button } from "@/components/button.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { type HostedPage, useHostedPage } from "./use-hosted-page.ts";

/** The way to the hosted page for what its approvals count for; says plainly where they do not. Nothing where nobody has a passkey of it. */
export function HostedLink({ docs }: { docs: readonly string[] }) {
  const page = useHostedPage();
  const place = usePlace();
  const way = useMemo(() => page && wayTo(page, place.at(), docs), [page, place, docs]);
  if (!way) return null;
  const { counts, stops, href, host } = way;
  if (!counts && !stops)
    return (
      <p className="text-sm text-muted">
        An approval at {host} does not count for this (<span className="font-mono">E_CHANNEL</span>): it takes your key
        server&apos;s own page.
      </p>
    );
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
      <Button asChild>
        <a href={href} target="_blank" rel="noopener noreferrer">
          {counts ? "Decide from this device" : "Stop it from this device"}
          <ExternalLink size={13} aria-hidden="true" />
        </a>
      </Button>
      <p className="min-w-0 flex-1 basis-60 text-sm text-muted">
        {counts
          ? `At ${host}, which we serve, with a passkey of that page: for when you cannot reach your key server's own.`
          : `At ${host}, which we serve. An approval there does not count for this, a refusal does.`}
      </p>
    </div>
  );
}

function wayTo(page: HostedPage, place: string, docs: readonly string[]) {
  const commands = docs.map(readOrNull);
  if (commands.length === 0 || commands.some((one) => one === null)) return null;
  const read = commands.filter((one) => one !== null);
  try {
    const bytes = hostedAsk.encode({ typ: "hosted-ask", ver: 1, place, docs: [...docs], creds: [...page.creds] });
    return {
      href: `${page.origin}/#ask.${encodeBase64url(bytes)}`,
      host: new URL(page.origin).host,
      counts: read.every(countsHosted),
      stops: read.some(({ act }) => isRejectable(act)),
    };
  } catch (error) {
    if (error instanceof HoldfastError) return null; // more than fits into an address
    throw error;
  }
}

function readOrNull(doc: string): Command | null {
  try {
    return parseCommand(decodeBase64url(doc));
  } catch {
    return null;
  }
}
