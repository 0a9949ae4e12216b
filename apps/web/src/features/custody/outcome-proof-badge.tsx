"use client";
import { TriangleAlert } from "lucide-react";
import { Badge } from "@/components/badge.tsx";
import { ProofBadge } from "./proof-badge.tsx";
import type { OutcomeProof } from "./use-outcome-proof.ts";

/** The earned word beside what became of something: where nothing was proved, whose word it is. */
export function OutcomeProofBadge({ proof: { level, code } }: { proof: OutcomeProof }) {
  if (code === "P_OUTCOME") {
    return (
      <Badge tone="danger" icon={<TriangleAlert size={13} aria-hidden="true" />} title={code}>
        not what the custody log says
      </Badge>
    );
  }
  if (level === "reported") {
    return (
      <span className="text-sm text-muted" title="The custody log has no word on it that your browser verified.">
        as reported by the dashboard
      </span>
    );
  }
  return <ProofBadge level={level} code={code} short />;
}
