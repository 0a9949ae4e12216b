import {
  bitsIn,
  ENUM,
  hasValue,
  isVersion2,
  type KmipVersion,
  MASK,
  type OperationName,
  type ResponsePayload,
  TAG,
  type Ttlv,
  TYPE,
} from "@holdfast/kmip";
import { AGENT_VERSION } from "../../../version.ts";
import { KEPT_OBJECT_TYPES } from "../attributes/object-types.ts";
import type { KmipContext } from "../kmip-context.ts";
import { toldDefaults } from "./constraints.ts";
import type { KmipOperation } from "./kmip-operation.ts";
import { profilesIn } from "./query-profiles.ts";

type Answer = ResponsePayload<"Query">;

const VENDOR = "Holdfast";
const F = ENUM.QueryFunction;

/** What each function of Query tells. */
const FUNCTIONS = new Map<number, (version: KmipVersion, served: Served, context: KmipContext) => Partial<Answer>>([
  [F.QueryOperations, (version, served) => ({ operation: served(version).map((name) => ENUM.Operation[name]) })],
  [
    F.QueryObjects,
    (version) => ({ objectType: KEPT_OBJECT_TYPES.filter((type) => hasValue(version, "ObjectType", type)) }),
  ],
  [
    F.QueryServerInformation,
    (version) => ({ vendorIdentification: VENDOR, serverInformation: serverInformation(version) }),
  ],
  [F.QueryApplicationNamespaces, () => ({ applicationNamespace: [] })],
  [F.QueryExtensionList, () => ({ extensionInformation: [] })],
  [F.QueryExtensionMap, () => ({ extensionInformation: [] })],
  [F.QueryAttestationTypes, () => ({ attestationType: [] })],
  [
    F.QueryRNGs,
    () => ({ rngParameters: [{ rngAlgorithm: ENUM.RNGAlgorithm.DRBG, drbgAlgorithm: ENUM.DRBGAlgorithm.CTR }] }),
  ],
  [F.QueryValidations, () => ({ validationInformation: [] })],
  [F.QueryProfiles, (version) => ({ profileInformation: profilesIn(version) })],
  [F.QueryCapabilities, () => ({ capabilityInformation: [CAPABILITIES] })],
  [
    F.QueryClientRegistrationMethods,
    () => ({ clientRegistrationMethod: [ENUM.ClientRegistrationMethod.ServerPreGenerated] }),
  ],
  [
    F.QueryDefaultsInformation,
    (version, _served, { session }) => ({ defaultsInformation: toldDefaults(session, version) }),
  ],
  [
    F.QueryStorageProtectionMasks,
    (version) => ({
      protectionStorageMasks: [bitsIn(version, "ProtectionStorageMask", MASK.ProtectionStorageMask.Software)],
    }),
  ],
]);

const CAPABILITIES = {
  streamingCapability: true,
  asynchronousCapability: true,
  attestationCapability: false,
  batchUndoCapability: true,
  batchContinueCapability: true,
  unwrapMode: ENUM.UnwrapMode.Processed,
  destroyAction: ENUM.DestroyAction.KeyMaterialShredded,
  shreddingAlgorithm: ENUM.ShreddingAlgorithm.Cryptographic,
  rngMode: ENUM.RNGMode.SharedInstantiation,
  quantumSafeCapability: true,
} as const;

/** The operations that are served in a version. */
type Served = (version: KmipVersion) => readonly OperationName[];

/** Says what the server can do, and who made it. A function that is not known tells nothing. @see KMIP 2.1 section 6.1.37 */
export function queryOver(served: Served): KmipOperation<"Query"> {
  return (context, { queryFunction }) => {
    const { version } = context;
    let answer: Answer = {};
    for (const each of new Set(queryFunction))
      answer = { ...answer, ...FUNCTIONS.get(each)?.(version, served, context) };
    return answer;
  };
}

function serverInformation(version: KmipVersion): readonly Ttlv[] {
  if (!isVersion2(version)) return [];
  const text = (tag: number, value: string): Ttlv => ({ tag, type: TYPE.TextString, value });
  return [text(TAG.ServerName, VENDOR), text(TAG.ServerVersion, AGENT_VERSION)];
}
