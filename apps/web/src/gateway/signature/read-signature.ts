import { GatewayError } from "../gateway-error.ts";

/** What a request's signature headers say, not verified. */
export interface RequestSignature {
  readonly created: number;
  readonly nonce: string;
  /** The agent that is said to have signed. */
  readonly aid: string;
  /** The parameters as they were signed. */
  readonly parameters: string;
  readonly digest: string;
  readonly signature: Uint8Array<ArrayBuffer>;
}

const INPUT =
  /^sig1=(\("@method" "@target-uri" "content-digest" "content-type"\);created=(\d{1,12});nonce="([A-Za-z0-9_-]{22})";keyid="(a_[a-z2-7]{26})";tag="holdfast-agent")$/;
const SIGNATURE = /^sig1=:([A-Za-z0-9+/]{86}==):$/;
const DIGEST = /^sha-256=:([A-Za-z0-9+/]{43}=):$/;

/** Reads the one form that agents sign in. @throws {@link GatewayError} `E_SIG` */
export function readSignature(header: (name: string) => string): RequestSignature {
  const input = INPUT.exec(header("signature-input"));
  const signature = SIGNATURE.exec(header("signature"));
  const digest = DIGEST.exec(header("content-digest"));
  if (!input || !signature || !digest) throw new GatewayError("E_SIG", "The request is not signed as agents sign.");
  const [, parameters = "", created = "", nonce = "", aid = ""] = input;
  return {
    created: Number(created),
    nonce,
    aid,
    parameters,
    digest: digest[1] ?? "",
    signature: new Uint8Array(Buffer.from(signature[1] ?? "", "base64")),
  };
}
