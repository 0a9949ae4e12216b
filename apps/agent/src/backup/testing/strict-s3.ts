import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type AwsCredentials, signingSteps } from "../../aws/sign-v4.ts";

/** How the store misbehaves. */
export type S3Mood = "good" | "corrupts" | "full" | "redirects";

/** A store of objects in memory that refuses whatever is not signed exactly as Amazon's examples are. Tests only. */
export interface StrictS3 {
  readonly endpoint: string;
  readonly objects: Map<string, { readonly bytes: Buffer; readonly headers: IncomingMessage["headers"] }>;
  mood: S3Mood;
  /** Most names of one listing. */
  pageSize: number;
  close(): Promise<void>;
}

const FRESH_MS = 15 * 60_000;

/** @param bucket - The only one there is. */
export async function startStrictS3(bucket: string, credentials: AwsCredentials, region: string): Promise<StrictS3> {
  const objects: StrictS3["objects"] = new Map();
  const store = { mood: "good" as S3Mood, pageSize: 1000 };
  const server = createServer((request, response) => {
    void readAll(request).then((body) => answer(request, body, response));
  });

  function answer(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const url = new URL(request.url ?? "/", "http://store");
    const path = decodeURIComponent(url.pathname);
    if (store.mood === "redirects") return void response.writeHead(307, { location: "http://elsewhere/" }).end();
    if (!isSigned(request, body, { url, path, credentials, region }))
      return void response.writeHead(403).end("<Error/>");
    if (path !== `/${bucket}` && !path.startsWith(`/${bucket}/`)) return void response.writeHead(404).end();
    const key = path.slice(bucket.length + 2);
    if (request.method === "PUT") {
      if (store.mood === "full") return void response.writeHead(507).end();
      objects.set(key, { bytes: body, headers: request.headers });
      return void response.writeHead(200).end();
    }
    if (request.method === "DELETE") {
      objects.delete(key);
      return void response.writeHead(204).end();
    }
    if (key === "") return void response.writeHead(200).end(listing(url.searchParams));
    const object = objects.get(key);
    if (object === undefined) return void response.writeHead(404).end();
    if (request.method === "HEAD")
      return void response.writeHead(200, { "content-length": object.bytes.byteLength }).end();
    const bytes = Buffer.from(object.bytes);
    if (store.mood === "corrupts") bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
    response.writeHead(200).end(bytes);
  }

  function listing(query: URLSearchParams): string {
    const from = Number(query.get("continuation-token") ?? 0);
    const keys = [...objects.keys()].filter((key) => key.startsWith(query.get("prefix") ?? "")).sort();
    const page = keys.slice(from, from + store.pageSize).map((key) => `<Contents><Key>${key}</Key></Contents>`);
    const next = from + store.pageSize;
    const more = next < keys.length;
    return `<ListBucketResult><IsTruncated>${more}</IsTruncated>${page.join("")}${
      more ? `<NextContinuationToken>${next}</NextContinuationToken>` : ""
    }</ListBucketResult>`;
  }

  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return Object.assign(store, { endpoint, objects, close });
}

interface Judged {
  readonly url: URL;
  readonly path: string;
  readonly credentials: AwsCredentials;
  readonly region: string;
}

/** Whether the request is signed by these credentials, over all that it must be, just now, for this body. */
function isSigned({ method = "", headers }: IncomingMessage, body: Buffer, { url, path, credentials, region }: Judged) {
  const form =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, id, , , names = "", signature] = form.exec(headers.authorization ?? "") ?? [];
  const signed = names.split(";");
  const date = String(headers["x-amz-date"]);
  const at = new Date(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));
  const payloadHash = createHash("sha256").update(body).digest("hex");
  const mustBeSigned = ["host", ...Object.keys(headers).filter((name) => name.startsWith("x-amz-"))];
  if (id !== credentials.accessKeyId || headers["x-amz-content-sha256"] !== payloadHash) return false;
  if (!mustBeSigned.every((name) => signed.includes(name)) || Math.abs(Date.now() - at.getTime()) > FRESH_MS)
    return false;
  const steps = signingSteps(
    {
      ...{ method, path, payloadHash, query: Object.fromEntries(url.searchParams) },
      headers: Object.fromEntries(signed.map((name) => [name, String(headers[name])])),
    },
    credentials.secretAccessKey,
    { region, service: "s3", at },
  );
  return steps.signature === signature;
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
}
