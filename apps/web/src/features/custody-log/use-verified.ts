"use client";
import { useIsFetching, useQueryClient } from "@tanstack/react-query";
import { showCount, showNumber } from "@/components/number-text.ts";
import { type EntryProof, entryProofKey } from "@/features/custody/use-entry-proof.ts";
import { useStanding } from "@/features/custody/use-standing.ts";
import { useScope } from "@/features/environment/environment-context.tsx";

/** What the proofs of the entries that are shown have come to so far, in words. */
export function useVerified(shown: readonly number[]): string {
  const queries = useQueryClient();
  const { environmentId } = useScope();
  const standing = useStanding();
  const busy = useIsFetching({ queryKey: ["entry-proof", environmentId] }) > 0;
  const size = standing.level === "checked" || standing.level === "consistent" ? standing.head.size : 0;
  const states = shown.map((n) => queries.getQueryState<EntryProof>(entryProofKey(environmentId, n, standing)));
  const pending = states.some(
    (state, index) => (shown[index] ?? size) < size && state?.status !== "success" && state?.status !== "error",
  );
  if (busy || pending || standing.level === "loading") return "Verifying what you see";
  const levels = states.map((state) => state?.data?.level);
  const wrong = levels.filter((level) => level === "alarm").length;
  if (wrong || standing.level === "alarm") {
    return `${showCount(wrong || shown.length, "entry", "entries")} did not verify`;
  }
  const right = levels.filter((level) => level === "checked" || level === "consistent").length;
  return right === shown.length
    ? `Verified: all ${showNumber(right)} that you see`
    : `Verified: ${showNumber(right)} of ${showNumber(shown.length)} that you see`;
}
