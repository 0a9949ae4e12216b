import { readNodes, type Scope, type TenantClient } from "@holdfast/db";
import { decodeBase64url, encodeBase64url } from "@holdfast/protocol";
import { completeProof, type ProofPlan } from "@holdfast/tlog";
import { WebError } from "../../web-error.ts";

/** The hashes of a proof, from the nodes that are stored. @throws {@link WebError} `NOT_FOUND` where one is missing */
export async function buildProof(tx: TenantClient, scope: Scope, plan: ProofPlan): Promise<string[]> {
  const nodes = await readNodes(tx, scope, plan.flat());
  const getNode = (level: number, index: number) => {
    const hash = nodes.get(`${level}/${index}`);
    if (hash === undefined) throw new WebError("NOT_FOUND");
    return decodeBase64url(hash);
  };
  return completeProof(plan, getNode).map(encodeBase64url);
}
