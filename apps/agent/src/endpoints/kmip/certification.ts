import { type Attribute, ENUM, findAttribute } from "@holdfast/kmip";
import { type CertificateRequestFacts, readCertificateRequest } from "../../clients/object-issuer.ts";
import type { Certification } from "../../operations/certify-object.ts";
import { certificateBag } from "./attributes/certificate-attributes.ts";
import { settingsOf } from "./attributes/object-settings.ts";
import { withTemplates } from "./attributes/templates.ts";
import type { KmipContext } from "./kmip-context.ts";
import { refuse } from "./refused.ts";
import { withDefaults } from "./rules/with-defaults.ts";

const { PKCS_10, PEM } = ENUM.CertificateRequestType;

/** Attributes of 2.x that name a subject, and the short name of each. */
const SUBJECT = [
  ["CertificateSubjectC", "C"],
  ["CertificateSubjectST", "ST"],
  ["CertificateSubjectL", "L"],
  ["CertificateSubjectO", "O"],
  ["CertificateSubjectOU", "OU"],
  ["CertificateSubjectCN", "CN"],
  ["CertificateSubjectEmail", "E"],
] as const;

/** What Certify and Re-certify have in common. */
export interface CertifyPayload {
  readonly certificateRequestType?: number | undefined;
  readonly certificateRequest?: Uint8Array | undefined;
  readonly attributes?: readonly Attribute[] | undefined;
}

/** A certificate that a client asks for, in the door's words. @throws KmipRefusedError */
export async function certificationOf(
  context: KmipContext,
  payload: CertifyPayload,
  offsetSec?: number,
): Promise<Certification> {
  const request = await requestOf(payload);
  const said = withTemplates(context, payload.attributes ?? []);
  const attributes = withDefaults(context, ENUM.ObjectType.Certificate, said);
  // What names the subject is said by the certificate then, and by its own attributes.
  const settings = settingsOf(
    context,
    attributes.filter(({ name }) => name?.startsWith("CertificateSubject") !== true),
  );
  const { activation = "now", ...dates } = settings.dates ?? {};
  return {
    request,
    subject: subjectOf(attributes),
    offsetSec,
    notAfter: dates.deactivation,
    object: { ...settings, dates: { activation, ...dates } },
    said: (der) => certificateBag(ENUM.CertificateType.X_509, der).bag,
  };
}

async function requestOf({
  certificateRequest,
  certificateRequestType = PKCS_10,
}: CertifyPayload): Promise<CertificateRequestFacts | undefined> {
  if (certificateRequest === undefined) return undefined;
  if (certificateRequestType !== PKCS_10 && certificateRequestType !== PEM)
    refuse("FeatureNotSupported", "Certificates are requested by PKCS #10, in DER or PEM.");
  const read = await readCertificateRequest(certificateRequest);
  return read ?? refuse("InvalidCSR", "The certificate request is none, or not signed by its key.");
}

function subjectOf(attributes: readonly Attribute[]): CertificateRequestFacts["subject"] | undefined {
  const parts = SUBJECT.flatMap(([name, short]) => {
    const value = findAttribute(attributes, name);
    return value === undefined ? [] : [{ [short]: [value] }];
  });
  return parts.length === 0 ? undefined : parts;
}
