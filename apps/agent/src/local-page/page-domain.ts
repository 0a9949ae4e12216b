import type { Agent } from "../agent.ts";
import type { Domain } from "../domain.ts";
import { StoreError } from "../keystore/errors.ts";

/** The domain that the page works on. @throws {@link StoreError} `E_SEALED`, `E_GENESIS` before there is one */
export function domainOf(agent: Agent): Domain {
  if (agent.domain !== null) return agent.domain;
  throw agent.sealed
    ? new StoreError("E_SEALED")
    : new StoreError("E_GENESIS", "This key server has no administrator yet.");
}
