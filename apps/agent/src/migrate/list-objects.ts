import { MASK } from "@holdfast/kmip";
import { MigrateError } from "./errors.ts";
import type { Answer, KmipPeer } from "./kmip-peer.ts";

const PAGE = 200;
/** Offset Items came with 1.3. */
const PAGED = new Set(["1.3", "1.4", "2.0", "2.1"]);

/**
 * The identifiers of everything that the client sees at a server, archived objects included, each once.
 *
 * @throws {@link MigrateError} `E_PEER`, `E_PEER_ANSWER`
 */
export async function listObjects(peer: KmipPeer): Promise<string[]> {
  const found = new Set<string>();
  const isPaged = PAGED.has(peer.version);
  for (let offset = 0; ; offset += PAGE) {
    const answer = await locate(peer, isPaged ? { maximumItems: PAGE, offsetItems: offset } : {});
    if (!answer.ok)
      throw new MigrateError(
        "E_PEER_ANSWER",
        `${peer.name} does not list its objects: ${answer.words}`,
        "The client's certificate there must be allowed to Locate.",
      );
    const page = (answer.payload.uniqueIdentifier ?? []).map(String);
    const before = found.size;
    for (const id of page) found.add(id);
    // A server that passes over the offset gives the first page again.
    if (!isPaged || page.length < PAGE || found.size === before) return [...found];
  }
}

async function locate(peer: KmipPeer, page: object): Promise<Answer<"Locate">> {
  const { OnLineStorage, ArchivalStorage } = MASK.StorageStatusMask;
  const everywhere = await peer.ask("Locate", { ...page, storageStatusMask: OnLineStorage | ArchivalStorage });
  return everywhere.ok ? everywhere : peer.ask("Locate", page);
}
