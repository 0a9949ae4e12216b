"use client";
import { useMemo } from "react";
import { contradictsState } from "@/browser/prove/contradicts-state.ts";
import { type EntryProof, useEntryProof } from "@/features/custody/use-entry-proof.ts";
import type { KeyRecord } from "./key-row.ts";

/**
 * Proves the entry that last changed a key and compares what the page shows with the state proved there.
 *
 * A proved entry under a made-up row would be worth nothing, so every shown fact has to agree with the signed state.
 */
export function useKeyProof(record: KeyRecord | null): EntryProof {
  const proof = useEntryProof(record?.headLeaf, record !== null);
  return useMemo(() => {
    if (!record || !proof.proved) return proof;
    return contradictsState(record, proof.proved) ? { level: "alarm", code: "P_RELABELLED" } : proof;
  }, [record, proof]);
}
