"use client";
import { useCallback } from "react";
import { codeOf } from "@/features/connection/problem-of.ts";
import { useTRPCClient } from "@/features/connection/trpc.ts";
import { showPasskey } from "./ceremonies.ts";

/** Runs something for which the passkey may have to be shown again, and shows it when asked. */
export function useStepUp(): <T>(work: () => Promise<T>) => Promise<T> {
  const client = useTRPCClient();
  return useCallback(
    async (work) => {
      try {
        return await work();
      } catch (error) {
        if (codeOf(error) !== "STEP_UP") throw error;
      }
      const options = await client.session.stepUp.begin.mutate();
      await client.session.stepUp.finish.mutate({ response: await showPasskey(options) });
      return work();
    },
    [client],
  );
}
