import { ENUM, isVersion2, type KmipVersion, protocolVersion, type ResponsePayload } from "@holdfast/kmip";

type ProfileName = keyof typeof ENUM.ProfileName;

/** What the key server does in every version, besides the baseline; the names carry the version in 1.x. */
const PROFILES = [
  "TapeLibraryServer",
  "SymmetricKeyLifecycleServer",
  "AsymmetricKeyLifecycleServer",
  "BasicCryptographicServer",
  "AdvancedCryptographicServer",
  "RNGCryptographicServer",
  "SymmetricKeyFoundryServer",
  "OpaqueManagedObjectStoreServer",
  "StorageArrayWithSelfEncryptingDriveServer",
  "HTTPSServer",
  "JSONServer",
  "XMLServer",
] as const;

/** The profiles that are served in a version. */
export function profilesIn(version: KmipVersion): NonNullable<ResponsePayload<"Query">["profileInformation"]> {
  const { major, minor } = protocolVersion(version);
  const names = isVersion2(version)
    ? ["BaselineServer", ...PROFILES]
    : ["BaselineServerBasic", ...PROFILES].map((name) => `${name}KMIPV${major}_${minor}`);
  return names.flatMap((name) => {
    if (!Object.hasOwn(ENUM.ProfileName, name)) return [];
    const profileName = ENUM.ProfileName[name as ProfileName];
    const profileVersion = { profileVersionMajor: major, profileVersionMinor: minor };
    return [isVersion2(version) ? { profileName, profileVersion } : { profileName }];
  });
}
