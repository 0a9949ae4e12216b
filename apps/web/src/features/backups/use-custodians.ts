"use client";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTRPC } from "@/features/connection/trpc.ts";
import { useScope } from "@/features/environment/environment-context.tsx";
import { newestPlan, readProofs } from "./escrow-facts.ts";

const PROOFS = 100;

/** Who holds shares of backups. */
export interface CustodiansNow {
  /** How many of them open a backup together. */
  readonly need: number;
  readonly people: readonly {
    readonly seat: string;
    readonly label: string;
    /** When they last proved their share in a drill; null: never. */
    readonly provedAt: number | null;
  }[];
}

/** The custodians as the log's newest decision names them, nobody where there are none; null until it is known. */
export function useCustodians(): CustodiansNow | null {
  const trpc = useTRPC();
  const scope = useScope();
  const enrolled = useQuery(trpc.log.list.queryOptions({ ...scope, kind: "escrow.enrol", limit: 1 })).data;
  const proved = useQuery(trpc.log.list.queryOptions({ ...scope, kind: "drill", limit: PROOFS })).data;
  return useMemo(() => {
    if (!enrolled || !proved) return null;
    const { plan } = newestPlan(enrolled.rows[0] ?? null);
    const proofs = readProofs(proved.rows);
    const people = plan?.custodians.map(({ seat, label }) => ({
      ...{ seat, label },
      provedAt: proofs.find((proof) => proof.seat === seat)?.at ?? null,
    }));
    return { need: plan?.k ?? 0, people: people ?? [] };
  }, [enrolled, proved]);
}
