import { KmipError } from "./errors.ts";

/** The protocol versions this package speaks, oldest first. */
export const KMIP_VERSIONS = ["1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1"] as const;

/** A protocol version by its written form. */
export type KmipVersion = (typeof KMIP_VERSIONS)[number];

/** Major and minor number as they stand in a message header. */
export interface ProtocolVersion {
  readonly major: number;
  readonly minor: number;
}

/** By major number less one, then by minor number. */
const SPOKEN = [KMIP_VERSIONS.slice(0, 5), KMIP_VERSIONS.slice(5)];
const FIRST_OF_2 = KMIP_VERSIONS.indexOf("2.0");

/** The place of a version in {@link KMIP_VERSIONS}: what is compared, and the bit of a version mask. */
export function versionIndex(version: KmipVersion): number {
  return KMIP_VERSIONS.indexOf(version);
}

/** Whether messages of this version carry `Attributes` with real tags and no Template-Attribute. */
export function isVersion2(version: KmipVersion): boolean {
  return versionIndex(version) >= FIRST_OF_2;
}

/** A bit mask of the versions from `since` to `until`, both included; bit 0 is 1.0. */
export function versionMask(since: KmipVersion = "1.0", until: KmipVersion = "2.1"): number {
  return (2 << versionIndex(until)) - (1 << versionIndex(since));
}

/** The numbers of a version. */
export function protocolVersion(version: KmipVersion): ProtocolVersion {
  return { major: Number(version[0]), minor: Number(version[2]) };
}

/**
 * The version whose rules a message with these numbers follows.
 *
 * A higher minor number of a known major is read by the newest rules of that major: minor versions only add.
 *
 * @throws {@link KmipError} `E_KMIP_VERSION` for another major version or a negative minor.
 * @see KMIP 1.4 section 6.1
 */
export function spokenVersion({ major, minor }: ProtocolVersion): KmipVersion {
  const spokenOfMajor = SPOKEN[major - 1] ?? [];
  const spoken = spokenOfMajor[Math.min(minor, spokenOfMajor.length - 1)];
  if (!spoken) throw new KmipError("E_KMIP_VERSION", "a protocol version that is not spoken", { major, minor });
  return spoken;
}
