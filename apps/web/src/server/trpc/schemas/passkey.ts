import { z } from "zod";

const base64url = (longest: number) =>
  z
    .string()
    .min(1)
    .max(longest)
    .regex(/^[A-Za-z0-9_-]+$/);
const credentialId = base64url(1400);
const transport = z.enum(["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]);
/** Read by nobody here, so only its size is limited by the request's. */
const extensionResults = z.custom<object>((value) => typeof value === "object" && value !== null);
const attachment = z.enum(["platform", "cross-platform"]).optional();

/** A new passkey, as browsers answer. */
export const registrationResponse = z.strictObject({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.strictObject({
    clientDataJSON: base64url(8192),
    attestationObject: base64url(65_536),
    authenticatorData: base64url(65_536).optional(),
    transports: z.array(z.string().max(32)).max(16).optional(),
    publicKeyAlgorithm: z.number().int().optional(),
    publicKey: base64url(8192).optional(),
  }),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensionResults,
});

/** An assertion, as browsers answer. */
export const authenticationResponse = z.strictObject({
  id: credentialId,
  rawId: credentialId,
  type: z.literal("public-key"),
  response: z.strictObject({
    clientDataJSON: base64url(8192),
    authenticatorData: base64url(8192),
    signature: base64url(4096),
    userHandle: base64url(128).optional(),
  }),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensionResults,
});

const descriptor = z.strictObject({
  id: z.string(),
  type: z.literal("public-key"),
  transports: z.array(transport).optional(),
});

/** What `startRegistration` takes. */
export const creationOptions = z.strictObject({
  rp: z.strictObject({ id: z.string().optional(), name: z.string() }),
  user: z.strictObject({ id: z.string(), name: z.string(), displayName: z.string() }),
  challenge: z.string(),
  pubKeyCredParams: z.array(z.strictObject({ alg: z.number(), type: z.literal("public-key") })),
  timeout: z.number().optional(),
  excludeCredentials: z.array(descriptor).optional(),
  authenticatorSelection: z
    .strictObject({
      residentKey: z.enum(["required", "preferred", "discouraged"]).optional(),
      requireResidentKey: z.boolean().optional(),
      userVerification: z.enum(["required", "preferred", "discouraged"]).optional(),
    })
    .optional(),
  attestation: z.enum(["none", "direct", "enterprise", "indirect"]).optional(),
  extensions: z.strictObject({ credProps: z.boolean().optional() }).optional(),
  hints: z.array(z.enum(["security-key", "client-device", "hybrid"])).optional(),
});

/** What `startAuthentication` takes. */
export const requestOptions = z.strictObject({
  challenge: z.string(),
  rpId: z.string().optional(),
  timeout: z.number().optional(),
  allowCredentials: z.array(descriptor).optional(),
  userVerification: z.enum(["required", "preferred", "discouraged"]).optional(),
  extensions: z.strictObject({}).optional(),
});

/** Transports that we tell browsers again; an unknown one is left out. */
export function knownTransports(given: readonly string[]): z.infer<typeof transport>[] {
  return given.flatMap((each) => transport.safeParse(each).data ?? []);
}
