import {
  decodeTtlv,
  KMIP_VERSIONS,
  KmipError,
  type KmipVersion,
  type ProtocolVersion,
  protocolVersion,
  type RequestMessage,
  readJson,
  readRequest,
  readXml,
  TAG,
  type Ttlv,
  TYPE,
} from "@holdfast/kmip";
import type { KmipEncoding } from "./kmip-answerer.ts";

/** A request that was read, or why not and in which version to say so. */
export type ReadMessage =
  | { readonly request: RequestMessage; readonly refusal?: undefined }
  | { readonly version: KmipVersion; readonly refusal: KmipError };

const OLDEST = KMIP_VERSIONS[0];

/**
 * Reads a request message of a client. Treats `message` as hostile.
 *
 * A version that is not spoken is refused in the highest one below it, from which the client can go on.
 */
export function readMessage(message: Buffer, encoding: KmipEncoding): ReadMessage {
  let version: KmipVersion = OLDEST;
  try {
    const tree = treeOf(message, encoding);
    const stated = statedVersion(tree);
    if (stated !== null) {
      version = nearestVersion(stated);
      assertSpoken(stated, version);
    }
    return { request: readRequest(tree) };
  } catch (cause) {
    if (cause instanceof KmipError) return { version, refusal: cause };
    throw cause;
  }
}

function treeOf(message: Buffer, encoding: KmipEncoding): Ttlv {
  if (encoding === "ttlv") return decodeTtlv(message);
  const text = message.toString("utf8");
  return encoding === "xml" ? readXml(text) : readJson(text);
}

/** The numbers in the header's first field; null where the message has none. */
function statedVersion(message: Ttlv): ProtocolVersion | null {
  const header = itemOf(message, TAG.RequestHeader);
  const version = header && itemOf(header, TAG.ProtocolVersion);
  const major = version && itemOf(version, TAG.ProtocolVersionMajor);
  const minor = version && itemOf(version, TAG.ProtocolVersionMinor);
  if (major?.type !== TYPE.Integer || minor?.type !== TYPE.Integer) return null;
  return { major: major.value, minor: minor.value };
}

function itemOf(item: Ttlv, tag: number): Ttlv | undefined {
  return item.type === TYPE.Structure ? item.value.find((each) => each.tag === tag) : undefined;
}

const NUMBERED = KMIP_VERSIONS.map((version) => ({ version, ...protocolVersion(version) }));

/** The highest version that is not above the stated one; the lowest where all are. */
function nearestVersion({ major, minor }: ProtocolVersion): KmipVersion {
  let nearest: KmipVersion = OLDEST;
  for (const each of NUMBERED)
    if (each.major < major || (each.major === major && each.minor <= minor)) nearest = each.version;
  return nearest;
}

/** A higher minor version is not taken for the newest one: what it means by a field is not known here. */
function assertSpoken({ major, minor }: ProtocolVersion, nearest: KmipVersion): void {
  const spoken = protocolVersion(nearest);
  if (spoken.major !== major || spoken.minor !== minor)
    throw new KmipError("E_KMIP_VERSION", "The protocol version is not spoken here", { major, minor });
}
