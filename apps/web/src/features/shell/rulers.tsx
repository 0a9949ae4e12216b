"use client";
import Link from "next/link";
import { showCount } from "@/components/number-text.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { usePlace } from "@/features/environment/environment-context.tsx";

/** At the foot of every page: who rules this environment and where they approve, from the list this browser verified. */
export function Rulers() {
  const standing = useStanding();
  const place = usePlace();
  if (standing.level !== "checked" && standing.level !== "consistent") return null;
  const { admins, local } = standing.roster;
  return (
    <footer className="mt-10 flex flex-wrap gap-x-4 gap-y-1 border-t pt-3 text-sm text-muted">
      <Link href={place.at("people")} className="rounded hover:text-ink">
        {local ? "Local administrator" : admins === 1 ? "One administrator" : showCount(admins, "administrator")}
      </Link>
      <span>
        {local
          ? "its key is on the key server's disk: whoever has that machine rules these keys"
          : `approvals at ${standing.origins.join(", ")}`}
      </span>
      <span>
        environment <code className="font-mono">{standing.tid.slice(0, 8)}…</code>
      </span>
    </footer>
  );
}
