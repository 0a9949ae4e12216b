"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { Notice } from "@/components/notice.tsx";
import { usePlace } from "@/features/environment/environment-context.tsx";
import { useStanding } from "./use-standing.ts";

/** What stands in the way of proposing anything, as a notice; null when nothing does. */
export function useLinked(): ReactNode {
  const standing = useStanding();
  const place = usePlace();
  if (standing.level !== "unlinked") return null;
  return (
    <Notice tone="warning" title="There is no key server to ask yet">
      <p>
        <Link href={place.at("start")} className="font-medium underline">
          Connect your key server
        </Link>{" "}
        first; then come back here.
      </p>
    </Notice>
  );
}
