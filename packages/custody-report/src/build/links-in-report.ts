import { encodeBase64url, type RosterLink } from "@holdfast/protocol";
import { inclusionProof } from "@holdfast/tlog";
import { parseBundle } from "../model/bundle.ts";
import { findEvidence, isPdf, unpackEvidence } from "../pdf/pdf-evidence.ts";
import { firstLinkProof, type LinkProof } from "../verify/link-proof.ts";
import { readLog } from "../verify/verify-log.ts";

/** A link of the chain, with what proves that the report's log put it in force. */
export type ProvenLinkIn = LinkProof & { readonly link: RosterLink };

/**
 * The links of a report's chain but its genesis, each with its proof, for a restored agent that lacks some of them: it judges them
 * itself. Nothing is verified here but the entries' forms. Of one that this log learnt itself it is the first log's proof.
 *
 * @throws {@link ReportError} for bytes that are no report
 */
export async function linksInReport(bytes: Uint8Array): Promise<readonly ProvenLinkIn[]> {
  const { evidence } = parseBundle(isPdf(bytes) ? await unpackEvidence(findEvidence(bytes)) : bytes);
  const { entries, tree } = readLog(evidence);
  const { checkpoint, chain } = evidence;
  return entries
    .filter(({ leaf }) => leaf.kind === "roster")
    .flatMap(({ leaf, bytes: entry }, at) => {
      const link = chain[at + 1];
      if (link === undefined) return [];
      const proof = inclusionProof(leaf.n, tree.size, tree.getNode).map(encodeBase64url);
      return [{ link, ...firstLinkProof({ leaf: encodeBase64url(entry), proof, checkpoint }) }];
    });
}
