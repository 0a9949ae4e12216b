/** What approvals at a page of this origin count as: the agent's own, on this machine or on the customer's name. */
export function channelOf(origin: string): "this-machine" | "customer" {
  return new URL(origin).hostname.endsWith(".localhost") ? "this-machine" : "customer";
}
