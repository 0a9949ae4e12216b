import { KmipError } from "../errors.ts";
import { protocolVersionCodec } from "../fields/protocol-version.ts";
import { wrongType } from "../fields/values.ts";
import { tagName } from "../tags/names.ts";
import { TAG } from "../tags/tag-table.ts";
import { childOf, type Ttlv, type TtlvStructure, TYPE } from "../ttlv/ttlv.ts";
import { type KmipVersion, type ProtocolVersion, spokenVersion } from "../version.ts";

/** How a message is read. */
export interface ReadOptions {
  /** What happens to a field of the specification where it does not belong. Requests: refuse. Responses: ignore. */
  readonly unknownFields?: "refuse" | "ignore";
}

/** A message taken apart: a header, and batch items. */
interface Envelope {
  readonly version: KmipVersion;
  readonly header: TtlvStructure;
  readonly items: readonly TtlvStructure[];
}

function absent(tag: number): never {
  throw new KmipError("E_KMIP_MISSING", `${tagName(tag)} is missing`, { tag });
}

function asStructure(item: Ttlv): TtlvStructure {
  return item.type === TYPE.Structure ? item : wrongType(item);
}

/**
 * Takes a message apart: its header first, then nothing but batch items.
 *
 * @throws {@link KmipError} `E_KMIP_FIELD`, `E_KMIP_MISSING`, `E_KMIP_TYPE`, `E_KMIP_VERSION`
 */
export function openMessage(message: Ttlv, messageTag: number, headerTag: number): Envelope {
  if (message.tag !== messageTag) throw new KmipError("E_KMIP_FIELD", "not such a message", { tag: message.tag });
  const [first, ...items] = asStructure(message).value;
  if (first?.tag !== headerTag) absent(headerTag);
  const header = asStructure(first as Ttlv);
  for (const { tag } of items) {
    if (tag !== TAG.BatchItem) throw new KmipError("E_KMIP_FIELD", "something beside batch items", { tag });
  }
  return { version: spokenVersion(statedVersion(header)), header, items: items.map(asStructure) };
}

function statedVersion(header: TtlvStructure): ProtocolVersion {
  const stated = childOf(header, TAG.ProtocolVersion) ?? absent(TAG.ProtocolVersion);
  return protocolVersionCodec.read(stated, { version: "1.0", unknownFields: "ignore" });
}

/** @throws {@link KmipError} `E_KMIP_BATCH` */
export function checkBatchCount(batchCount: number, items: number): void {
  if (batchCount !== items) {
    throw new KmipError("E_KMIP_BATCH", "the batch count is not the number of items", { batchCount, items });
  }
}

/** Where major and minor version stand in every message, the first fields of the first field. */
const MAJOR_OFFSET = 24;
const MINOR_OFFSET = 40;

/**
 * The version that a message claims, read from its first 56 bytes and without judging the rest; null when they do not
 * say one that is spoken. For the header of the answer to a message that {@link decodeRequest} refuses.
 */
export function claimedVersion(bytes: Uint8Array): KmipVersion | null {
  if (bytes.length < 56) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const field = (at: number) => view.getUint32(at) >>> 8;
  if (field(16) !== TAG.ProtocolVersion || field(MAJOR_OFFSET) !== TAG.ProtocolVersionMajor) return null;
  if (field(MINOR_OFFSET) !== TAG.ProtocolVersionMinor) return null;
  try {
    return spokenVersion({ major: view.getInt32(MAJOR_OFFSET + 8), minor: view.getInt32(MINOR_OFFSET + 8) });
  } catch {
    return null;
  }
}
