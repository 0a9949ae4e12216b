import { ENUM, KMIP_VERSIONS, type KmipVersion } from "@holdfast/kmip";
import { MigrateError } from "./errors.ts";
import type { KmipPeer } from "./kmip-peer.ts";

/** Newest of 1.x first: its objects and attributes are the fullest that servers speak. 2.x only where there is no 1.x. */
const BY_PREFERENCE: readonly KmipVersion[] = ["1.4", "1.3", "1.2", "1.1", "1.0", "2.1", "2.0"];

/**
 * Has a server asked in a version that it speaks. A server that has no Discover Versions speaks 1.0.
 *
 * @throws {@link MigrateError} `E_PEER`, `E_PEER_ANSWER`
 */
export async function chooseVersion(peer: KmipPeer): Promise<KmipVersion> {
  peer.version = "1.1";
  const answer = await peer.ask("DiscoverVersions", {});
  const spoken = answer.ok ? (answer.payload.protocolVersion ?? []).map(({ major, minor }) => `${major}.${minor}`) : [];
  const chosen = answer.ok
    ? BY_PREFERENCE.find((version) => spoken.includes(version))
    : withoutDiscovery(answer.reason);
  if (chosen === undefined || !KMIP_VERSIONS.includes(chosen))
    throw new MigrateError(
      "E_PEER_ANSWER",
      `${peer.name} speaks none of KMIP ${KMIP_VERSIONS.join(", ")}.`,
      "Name a version with --kmip-version if the server does not list the ones it speaks.",
    );
  peer.version = chosen;
  return chosen;
}

function withoutDiscovery(reason: number): KmipVersion | undefined {
  const { OperationNotSupported, InvalidMessage } = ENUM.ResultReason;
  return reason === OperationNotSupported || reason === InvalidMessage ? "1.0" : undefined;
}
