import { HoldfastError, type JoinBundle, type RootTransferFile, wordsOf } from "@holdfast/protocol";
import type { Agent } from "../agent.ts";
import { sendRoot } from "../custody/root-transfer/send-root.ts";
import type { Domain } from "../domain.ts";
import { domainOf } from "../local-page/page-domain.ts";

/** What another key server joins this domain by, with the words that are read out beside it. */
export function joinBundle({ tid, rosters }: Domain): { bundle: JoinBundle; words: readonly string[] } {
  const bundle = { file: "join-bundle", ver: 1, tid, chain: rosters.links(), store: "none" } as const;
  return { bundle, words: wordsOf(tid) };
}

/** The root key for another agent of the roster. A refusal is on record. @throws as {@link sendRoot} */
export async function rootTransfer(agent: Agent, aid: string): Promise<RootTransferFile> {
  const domain = domainOf(agent);
  try {
    const file = await sendRoot(domain, aid);
    agent.logger.warn("root.sent", { to: aid });
    return file;
  } catch (error) {
    if (error instanceof HoldfastError) agent.refusals.count(String(error.code));
    throw error;
  }
}
