"use client";
import { Badge } from "@/components/badge.tsx";
import { MISSING_FACTS } from "./posture.ts";

/** "Only you" has to be proved. This release measures some facts and cannot prove the others, and says how many. */
export function PostureBadge() {
  return (
    <Badge tone="warning" title={MISSING_FACTS.join(" ")}>
      Not proved: {MISSING_FACTS.length} facts missing
    </Badge>
  );
}
