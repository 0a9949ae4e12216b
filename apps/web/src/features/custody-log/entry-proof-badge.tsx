"use client";
import { ProofBadge } from "@/features/custody/proof-badge.tsx";
import { useEntryProof } from "@/features/custody/use-entry-proof.ts";

/** One entry's earned word. */
export function EntryProofBadge({ n, enabled = true }: { n: number; enabled?: boolean }) {
  const proof = useEntryProof(n, enabled);
  return <ProofBadge level={proof.level} code={proof.code} short />;
}
