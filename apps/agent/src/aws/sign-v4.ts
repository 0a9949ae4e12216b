import { createHash, createHmac } from "node:crypto";

/** What signs requests to a service that speaks AWS Signature Version 4. Secret. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string;
  /** Absolute path, not encoded: each segment is encoded here, once. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Names in lower case; `host` is among them. All of them are signed. */
  readonly headers: Readonly<Record<string, string>>;
  /** SHA-256 of the body, hex. */
  readonly payloadHash: string;
}

/** Where and when a signature counts. */
export interface SigningScope {
  readonly region: string;
  readonly service: string;
  readonly at: Date;
}

/** A request's target and headers, `authorization` among them. */
export interface SignedRequest {
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is signed, step by step; published vectors name each. */
export interface SigningSteps {
  readonly canonicalRequest: string;
  readonly stringToSign: string;
  readonly signature: string;
}

const ALGORITHM = "AWS4-HMAC-SHA256";

/** SHA-256 of nothing, hex: the body of a request without one. */
export const EMPTY_PAYLOAD_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/**
 * Signs a request as Amazon's services and those that follow them expect.
 *
 * Paths are taken as they are, as S3 does: dots and doubled slashes are not resolved. `x-amz-date` and, where there is one,
 * `x-amz-security-token` are added and signed.
 *
 * @see AWS Signature Version 4, "Create a signed AWS API request"
 */
export function signV4(request: UnsignedRequest, credentials: AwsCredentials, scope: SigningScope): SignedRequest {
  const { accessKeyId, sessionToken } = credentials;
  const token: Record<string, string> = sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken };
  const headers = { ...request.headers, "x-amz-date": amzDate(scope.at), ...token };
  const { signature } = signingSteps({ ...request, headers }, credentials.secretAccessKey, scope);
  const signed = signedHeaders(headers);
  const authorization = `${ALGORITHM} Credential=${accessKeyId}/${credentialScope(scope)}, SignedHeaders=${signed}, Signature=${signature}`;
  return { target: targetOf(request), headers: { ...headers, authorization } };
}

/** The steps from a request to its signature. `request.headers` are all that is signed. */
export function signingSteps(request: UnsignedRequest, secret: string, scope: SigningScope): SigningSteps {
  const { method, headers, payloadHash } = request;
  const lines = Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), value.trim().replace(/ +/g, " ")] as const)
    .sort(byCode)
    .map(([name, value]) => `${name}:${value}\n`)
    .join("");
  const canonicalRequest = [
    method,
    encodePath(request.path),
    encodeQuery(request.query ?? {}),
    lines,
    signedHeaders(headers),
    payloadHash,
  ].join("\n");
  const hashed = createHash("sha256").update(canonicalRequest).digest("hex");
  const stringToSign = [ALGORITHM, amzDate(scope.at), credentialScope(scope), hashed].join("\n");
  const signature = createHmac("sha256", signingKey(secret, scope)).update(stringToSign).digest("hex");
  return { canonicalRequest, stringToSign, signature };
}

/** A time as `x-amz-date` has it: `20150830T123600Z`. */
export function amzDate(at: Date): string {
  return at.toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function targetOf({ path, query = {} }: UnsignedRequest): string {
  const encoded = encodeQuery(query);
  return encoded === "" ? encodePath(path) : `${encodePath(path)}?${encoded}`;
}

function signedHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers)
    .map((name) => name.toLowerCase())
    .sort()
    .join(";");
}

function credentialScope({ region, service, at }: SigningScope): string {
  return `${amzDate(at).slice(0, 8)}/${region}/${service}/aws4_request`;
}

function signingKey(secret: string, { region, service, at }: SigningScope): Buffer {
  const parts = [amzDate(at).slice(0, 8), region, service, "aws4_request"];
  return parts.reduce<Buffer>(
    (key, part) => createHmac("sha256", key).update(part).digest(),
    Buffer.from(`AWS4${secret}`, "utf8"),
  );
}

function encodePath(path: string): string {
  return path.split("/").map(encodeRfc3986).join("/");
}

function encodeQuery(query: Readonly<Record<string, string>>): string {
  return Object.entries(query)
    .map(([name, value]) => [encodeRfc3986(name), encodeRfc3986(value)] as const)
    .sort(byCode)
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function byCode([a, x]: readonly [string, string], [b, y]: readonly [string, string]): number {
  if (a !== b) return a < b ? -1 : 1;
  return x < y ? -1 : Number(x > y);
}
