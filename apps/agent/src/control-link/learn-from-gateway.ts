import { HoldfastError } from "@holdfast/protocol";
import type { Domain } from "../domain.ts";
import type { GatewayClient } from "./gateway-client.ts";

/** Most questions of one visit: a gateway that always has one more keeps nobody busy. */
const MOST_ANSWERS = 64;

/**
 * A restored agent asks for the links that its control plane has and it lacks. Each is judged here; what is refused is on
 * record, and the control plane has nothing that helps it further.
 *
 * @param held - How many links the control plane says that it has.
 * @throws {@link LinkError} as the client
 */
export async function learnFromGateway(
  { links, rosters, keystore, problem }: Domain,
  client: GatewayClient,
  { held, signal }: { readonly held: number; readonly signal: AbortSignal },
): Promise<void> {
  for (let answers = 0; answers < MOST_ANSWERS; answers += 1) {
    const from = rosters.links().length;
    if (problem !== null || !keystore.domain().recovering || held <= from) return;
    const answer = await client.post<{ readonly links?: unknown }>("/v1/roster/since", { from }, { signal });
    if (!Array.isArray(answer.links) || answer.links.length === 0) return;
    try {
      const { from: before, seq } = await links.learn(answer.links);
      if (seq === before) return;
    } catch (error) {
      if (error instanceof HoldfastError) return;
      throw error;
    }
  }
}
