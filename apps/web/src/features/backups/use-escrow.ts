"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import {
  type BackupEntry,
  type Drill,
  type IntroducedCustodian,
  type NewestPlan,
  newestPlan,
  type Proof,
  readBackups,
  readCustodians,
  readDrills,
  readProofs,
} from "./escrow-facts.ts";
import { type ApprovedRelease, readReleases } from "./release-facts.ts";

/** How many entries of a kind this page looks back. */
const BACKUPS = 10;
const DRILLS = 10;
const PROOFS = 100;
const RELEASES = 10;

/** Who opens backups and how that was tried: all of it from entries of the log and from introductions. */
export interface Escrow extends NewestPlan {
  /** Newest first. */
  readonly backups: readonly BackupEntry[];
  readonly drills: readonly Drill[];
  readonly proofs: readonly Proof[];
  /** Newest first. */
  readonly releases: readonly ApprovedRelease[];
  /** Who gave a custodian's key to a key server and can be named in a request now. */
  readonly introduced: readonly IntroducedCustodian[];
}

/** Null until it is known. */
export function useEscrow(): Escrow | null {
  const trpc = useTRPC();
  const scope = useScope();
  const newest = (kind: string, limit: number) => trpc.log.list.queryOptions({ ...scope, kind, limit });
  const enrolled = useQuery(newest("escrow.enrol", 1)).data;
  const backups = useQuery(newest("backup", BACKUPS)).data;
  const ordered = useQuery(newest("escrow.drill", DRILLS)).data;
  const proved = useQuery(newest("drill", PROOFS)).data;
  const released = useQuery(newest("escrow.release", RELEASES)).data;
  const restored = useQuery(newest("restore", RELEASES)).data;
  const introductions = useQuery(trpc.roster.list.queryOptions(scope, { refetchInterval: 30_000 })).data;
  return useMemo(() => {
    if (!enrolled || !backups || !ordered || !proved || !released || !restored || !introductions) return null;
    const proofs = readProofs(proved.rows);
    return {
      ...newestPlan(enrolled.rows[0] ?? null),
      backups: readBackups(backups.rows),
      drills: readDrills(ordered.rows, proofs),
      proofs,
      releases: readReleases(released.rows, restored.rows),
      introduced: readCustodians(introductions.introductions),
    };
  }, [enrolled, backups, ordered, proved, released, restored, introductions]);
}
