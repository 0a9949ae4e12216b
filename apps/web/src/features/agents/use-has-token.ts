"use client";
import { useAgents } from "./use-agents.ts";

/** Whether a key server of the environment says that a hardware token opens it: then the token can hold keys as well. */
export function useHasToken(): boolean {
  return useAgents().some(({ kek }) => kek === "pkcs11");
}
