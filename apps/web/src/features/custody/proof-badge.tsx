"use client";
import { Check, CircleDashed, CircleDotDashed, TriangleAlert } from "lucide-react";
import { Badge } from "@/components/badge.tsx";

export type ProofLevel = "checked" | "consistent" | "not-checked" | "checking" | "alarm";

/** The earned word: nothing says "checked" but this, and only when this browser did it. */
export function ProofBadge({ level, code, short }: { level: ProofLevel; code?: string; short?: boolean }) {
  switch (level) {
    case "checked":
      return (
        <Badge
          tone="good"
          icon={<Check size={13} aria-hidden="true" />}
          title="Your browser verified the signature and the place in the log, against the words you compared."
        >
          {short ? "checked" : "checked by your browser"}
        </Badge>
      );
    case "consistent":
      return (
        <Badge
          icon={<CircleDotDashed size={13} aria-hidden="true" />}
          title="Everything fits together, but you have not compared the words on this device."
        >
          {short ? "not compared" : "consistent, not compared on this device"}
        </Badge>
      );
    case "alarm":
      return (
        <Badge tone="danger" icon={<TriangleAlert size={13} aria-hidden="true" />} title={code}>
          does not verify
        </Badge>
      );
    default:
      return (
        <Badge
          icon={<CircleDashed size={13} aria-hidden="true" className={level === "checking" ? "breathe" : undefined} />}
          title="What the dashboard says; your browser has not verified it yet."
        >
          not checked yet
        </Badge>
      );
  }
}
