"use client";
import { useStanding } from "@/features/custody/use-standing.ts";

/** Where approvals are given: from the administrators' own credentials in the verified roster, never from the server's word. */
export function useApprovalOrigin(): string | null {
  const standing = useStanding();
  return standing.level === "checked" || standing.level === "consistent" ? (standing.origins[0] ?? null) : null;
}
