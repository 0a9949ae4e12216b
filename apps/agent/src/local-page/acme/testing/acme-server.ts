import "reflect-metadata";
import { spawnSync } from "node:child_process";
import { createHash, createHmac, createPublicKey, type JsonWebKey, randomBytes, verify } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { Pkcs10CertificateRequest, SubjectAlternativeNameExtension } from "@peculiar/x509";

type Json = Record<string, unknown>;

interface Order {
  readonly name: string;
  readonly token: string;
  readonly account: string;
  authorized: "pending" | "valid" | "invalid";
  status: "pending" | "ready" | "valid";
  chain: string;
}

/** A signed request that was checked. */
interface Opened {
  readonly payload: Json | null;
  readonly account: string;
  readonly key: JsonWebKey;
}

/** What this server refuses to take, thrown with its ACME name. */
class Refused {
  readonly type: string;
  readonly detail: string;
  constructor(type: string, detail: string) {
    this.type = type;
    this.detail = detail;
  }
}

/**
 * A strict ACME server at loopback, for tests: it verifies every signature, takes each nonce once, each request for its own address, and
 * each proof only for the account and token that it is of. @see RFC 8555
 */
export class AcmeServer {
  /** TXT records as this server asks for them. */
  readonly records = new Map<string, string>();
  /** What it refused, by name. */
  readonly refused: string[] = [];
  /** How many nonces it pretends not to know, from now on. */
  forgetNonces = 0;
  /** Ends every order's chain with another one, or asks for another name. */
  twist: "none" | "other-name" | "other-chain" = "none";
  terms: string | null = null;
  /** Accounts are made for who has this key of the authority's own; for everybody without it. */
  external: { readonly kid: string; readonly key: Buffer } | null = null;
  issued = 0;
  readonly caFile: string;
  /** Asked instead of `records` where it is there: a line for each, name and value. */
  readonly zoneFile: string;
  readonly #folder: string;
  readonly #nonces = new Set<string>();
  readonly #accounts = new Map<string, JsonWebKey>();
  readonly #orders: Order[] = [];
  #server: Server | null = null;
  #port = 0;

  private constructor(folder: string) {
    this.#folder = folder;
    this.caFile = join(folder, "acme-ca.crt");
    this.zoneFile = join(folder, "zone");
  }

  static async start(folder: string): Promise<AcmeServer> {
    const acme = new AcmeServer(folder);
    acme.#openssl(
      "req",
      "-x509",
      ...CURVE,
      "-days",
      "9",
      "-subj",
      "/CN=ACME test",
      "-keyout",
      "acme-ca.key",
      "-out",
      "acme-ca.crt",
    );
    acme.#openssl(
      "req",
      ...CURVE,
      "-subj",
      "/CN=localhost",
      "-addext",
      "subjectAltName=DNS:localhost",
      "-keyout",
      "s.key",
      "-out",
      "s.csr",
    );
    writeFileSync(join(folder, "s.crt"), acme.#sign("s.csr"));
    const files = { key: readFileSync(join(folder, "s.key")), cert: readFileSync(join(folder, "s.crt")) };
    acme.#server = createServer(files, (request, response) => void acme.#answer(request, response));
    await new Promise<void>((resolve) => acme.#server?.listen(0, "127.0.0.1", resolve));
    acme.#port = (acme.#server.address() as AddressInfo).port;
    return acme;
  }

  get directory(): string {
    return this.#url("/directory");
  }

  async close(): Promise<void> {
    this.#server?.closeAllConnections();
    await new Promise((resolve) => this.#server?.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    let text = "";
    for await (const part of request) text += String(part);
    const nonce = randomBytes(12).toString("base64url");
    this.#nonces.add(nonce);
    response.setHeader("replay-nonce", nonce);
    try {
      const { method = "", url = "" } = request;
      if (method === "GET" && url === "/directory") return send(response, 200, this.#directory());
      if (method === "HEAD" && url === "/nonce") return send(response, 200, "");
      if (method !== "POST" || request.headers["content-type"] !== "application/jose+json")
        throw new Refused("malformed", "not a signed request");
      this.#route(url, this.#open(url, text), response);
    } catch (cause) {
      if (!(cause instanceof Refused)) throw cause;
      this.refused.push(cause.type);
      send(response, 400, { type: `urn:ietf:params:acme:error:${cause.type}`, detail: cause.detail });
    }
  }

  /** Takes a signed request apart, having checked all of it. */
  #open(path: string, text: string): Opened {
    const { protected: head, payload, signature, ...more } = JSON.parse(text) as Record<string, string>;
    const { alg, nonce, url, jwk, kid, ...others } = JSON.parse(bytes(head).toString("utf8")) as Json & {
      jwk?: JsonWebKey;
    };
    if (Object.keys({ ...more, ...others }).length > 0 || alg !== "ES256")
      throw new Refused("malformed", "unknown members");
    if (url !== this.#url(path)) throw new Refused("unauthorized", "signed for another address");
    const isNew = path === "/account";
    if (isNew !== (jwk !== undefined) || isNew === (kid !== undefined)) throw new Refused("malformed", "jwk or kid");
    const key = jwk ?? this.#accounts.get(String(kid));
    if (key === undefined) throw new Refused("accountDoesNotExist", "no such account");
    const signed = Buffer.from(`${head}.${payload}`, "ascii");
    const by = { key: createPublicKey({ key, format: "jwk" }), dsaEncoding: "ieee-p1363" } as const;
    if (bytes(signature).length !== 64 || !verify("sha256", signed, by, bytes(signature)))
      throw new Refused("malformed", "bad signature");
    if (this.forgetNonces > 0) {
      this.forgetNonces -= 1;
      throw new Refused("badNonce", "not known any more");
    }
    if (!this.#nonces.delete(String(nonce))) throw new Refused("badNonce", "used, or not of this server");
    return { payload: payload === "" ? null : JSON.parse(bytes(payload).toString("utf8")), account: String(kid), key };
  }

  #route(path: string, { payload, account, key }: Opened, response: ServerResponse): unknown {
    const [, what = "", word = ""] = path.split("/");
    if (what === "account") {
      if (this.terms !== null && payload?.["termsOfServiceAgreed"] !== true && !payload?.["onlyReturnExisting"])
        throw new Refused("userActionRequired", "agree first");
      const known = [...this.#accounts].find(([, one]) => one.x === key.x)?.[0];
      if (payload?.["onlyReturnExisting"] === true && known === undefined)
        throw new Refused("accountDoesNotExist", "no such account");
      if (known === undefined) this.#checkBinding(payload?.["externalAccountBinding"], key);
      const kid = known ?? this.#url(`/acct/${this.#accounts.size}`);
      this.#accounts.set(kid, key);
      response.setHeader("location", kid);
      return send(response, known === undefined ? 201 : 200, { status: "valid" });
    }
    if (what === "order" && word === "") {
      const asked = (payload?.["identifiers"] ?? []) as { value?: string }[];
      const name = asked[0]?.value ?? "";
      this.#orders.push({
        name,
        account,
        token: randomBytes(16).toString("base64url"),
        authorized: "pending",
        status: "pending",
        chain: "",
      });
      response.setHeader("location", this.#url(`/order/${this.#orders.length - 1}`));
      return send(response, 201, this.#show(this.#orders.length - 1));
    }
    const index = Number(word);
    const order = this.#orders[index];
    if (order === undefined || order.account !== account) throw new Refused("unauthorized", "another account's");
    if (what === "authz") return send(response, 200, this.#authorization(index, order));
    if (what === "challenge") return this.#challenge(order, payload, key, response);
    if (what === "finalize") return this.#finalize(index, order, payload, response);
    if (payload !== null) throw new Refused("malformed", "not a POST-as-GET");
    if (what === "order") return send(response, 200, this.#show(index));
    response.setHeader("content-type", "application/pem-certificate-chain");
    return response.end(order.chain);
  }

  /** Of a new account: signed by the authority's key, over the account's own and this very address. */
  #checkBinding(given: unknown, { crv, kty, x, y }: JsonWebKey): void {
    const { external } = this;
    if (external === null) return;
    if (given === undefined) throw new Refused("externalAccountRequired", "ask us first");
    const { protected: head = "", payload = "", signature = "", ...more } = given as Record<string, string>;
    const mac = createHmac("sha256", external.key).update(`${head}.${payload}`, "ascii").digest("base64url");
    const says = JSON.stringify(JSON.parse(bytes(head).toString("utf8")));
    const isOurs = says === JSON.stringify({ alg: "HS256", kid: external.kid, url: this.#url("/account") });
    const ofKey = bytes(payload).toString("utf8") === JSON.stringify({ crv, kty, x, y });
    if (Object.keys(more).length > 0 || mac !== signature || !isOurs || !ofKey)
      throw new Refused("unauthorized", "bound to nothing of ours");
  }

  #challenge(order: Order, payload: Json | null, key: JsonWebKey, response: ServerResponse): unknown {
    if (payload === null || Object.keys(payload).length > 0) throw new Refused("malformed", "a challenge takes {}");
    const { crv, kty, x, y } = key;
    const thumbprint = createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url");
    const proof = createHash("sha256").update(`${order.token}.${thumbprint}`).digest("base64url");
    const isProved = this.#record(`_acme-challenge.${order.name}`) === proof;
    order.authorized = isProved ? "valid" : "invalid";
    if (isProved) order.status = "ready";
    return send(response, 200, { status: "processing" });
  }

  #finalize(index: number, order: Order, payload: Json | null, response: ServerResponse): void {
    if (order.status !== "ready") throw new Refused("orderNotReady", "not authorized");
    const request = new Pkcs10CertificateRequest(new Uint8Array(bytes(String(payload?.["csr"]))));
    const names =
      request.extensions.find((each) => each instanceof SubjectAlternativeNameExtension)?.names.toJSON() ?? [];
    if (JSON.stringify(names) !== JSON.stringify([{ type: "dns", value: order.name }]))
      throw new Refused("badCSR", "other names");
    writeFileSync(join(this.#folder, "order.csr"), request.toString("pem"));
    const chain = this.#sign(this.twist === "other-chain" ? "s.csr" : "order.csr") + readFileSync(this.caFile, "utf8");
    Object.assign(order, { status: "valid", chain });
    this.issued += 1;
    send(response, 200, this.#show(index));
  }

  #record(name: string): string | undefined {
    if (!existsSync(this.zoneFile)) return this.records.get(name);
    const lines = readFileSync(this.zoneFile, "utf8").split("\n");
    return lines.findLast((line) => line.startsWith(`${name} `))?.split(" ")[1];
  }

  #show(index: number): Json {
    const { status, authorized } = this.#orders[index] as Order;
    const rest = status === "valid" ? { certificate: this.#url(`/cert/${index}`) } : {};
    return {
      status: authorized === "invalid" ? "invalid" : status,
      authorizations: [this.#url(`/authz/${index}`)],
      finalize: this.#url(`/finalize/${index}`),
      ...rest,
    };
  }

  #authorization(index: number, { name, token, authorized }: Order): Json {
    const error = authorized === "invalid" ? { error: { detail: "No such record <b>\u202e" } } : {};
    const challenge = { type: "dns-01", url: this.#url(`/challenge/${index}`), token, status: authorized, ...error };
    const value = this.twist === "other-name" ? "other.example.com" : name;
    return {
      status: authorized,
      identifier: { type: "dns", value },
      challenges: [{ type: "http-01", url: "https://x.invalid", token }, challenge],
    };
  }

  #directory(): Json {
    const said = {
      ...(this.terms !== null && { termsOfService: this.terms }),
      ...(this.external !== null && { externalAccountRequired: true }),
    };
    const meta = Object.keys(said).length === 0 ? {} : { meta: said };
    return { newNonce: this.#url("/nonce"), newAccount: this.#url("/account"), newOrder: this.#url("/order"), ...meta };
  }

  #url(path: string): string {
    return `https://localhost:${this.#port}${path}`;
  }

  #sign(request: string): string {
    const ca = ["-CA", "acme-ca.crt", "-CAkey", "acme-ca.key", "-CAcreateserial"];
    return this.#openssl("x509", "-req", "-in", request, ...ca, "-days", "6", "-copy_extensions", "copy");
  }

  #openssl(...words: string[]): string {
    const { status, stdout, stderr } = spawnSync("openssl", words, { cwd: this.#folder, encoding: "utf8" });
    if (status !== 0) throw new TypeError(`openssl: ${stderr}`);
    return stdout;
  }
}

const CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];

function bytes(text = ""): Buffer {
  return Buffer.from(text, "base64url");
}

function send(response: ServerResponse, status: number, body: Json | ""): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(body === "" ? undefined : JSON.stringify(body));
}
