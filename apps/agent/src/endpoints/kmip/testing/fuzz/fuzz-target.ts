import { hash } from "node:crypto";
import { decodeResponse, ENUM, encodeRequest, enumerationName, type OperationName } from "@holdfast/kmip";
import { createLogger } from "../../../../logger.ts";
import type { Caller } from "../../../../operations/caller.ts";
import type { NewObject } from "../../../../operations/new-object.ts";
import { EVERYTHING } from "../../../../operations/testing/object-client.ts";
import { openTestDomain, type TestClient, type TestDomain } from "../../../../operations/testing/open-test-domain.ts";
import { answerKmip } from "../../answer-kmip.ts";
import type { KmipSession } from "../../kmip-answerer.ts";
import { identifierOf } from "../../object-identifier.ts";

const OWN = [{ ops: EVERYTHING, keys: { kind: "own" } }] as const;
const USED: NewObject = {
  algorithm: "AES-256",
  usage: ["encrypt", "decrypt", "derive"],
  extractable: true,
  dates: { activation: "now" },
};

/** A key server with two clients: one that is fuzzed as, and one whose objects nothing of it may touch. Tests only. */
export class FuzzTarget {
  readonly domain: TestDomain;
  readonly victim: TestClient;
  /** Faults inside the server: there must be none. */
  readonly faults: string[] = [];
  #attacker: TestClient;
  readonly #own: string[] = [];
  #victims: string[] = [];
  #before = "";

  private constructor(domain: TestDomain, clients: readonly [TestClient, TestClient], log: string[]) {
    this.domain = domain;
    [this.#attacker, this.victim] = clients;
    this.faults = log;
  }

  static async open(): Promise<FuzzTarget> {
    const faults: string[] = [];
    const logger = createLogger((line) => {
      if (line.includes("kmip.fault")) faults.push(line);
    });
    const domain = await openTestDomain({ logger });
    const clients = [await domain.enrol("attacker", OWN), await domain.enrol("victim", OWN)] as const;
    const target = new FuzzTarget(domain, clients, faults);
    target.#victims = await target.#makeObjects(target.callerOf(target.victim), "victim");
    target.#before = target.victimState();
    await target.refresh();
    return target;
  }

  callerOf({ id }: TestClient): Caller {
    const client = this.domain.keystore.findClient(id);
    if (client === null) throw new TypeError("the client is gone");
    return { client, from: "127.0.0.1" };
  }

  /** A session of a client before the answerer. */
  sessionOf(client: TestClient): KmipSession {
    return { domain: this.domain, caller: this.callerOf(client), encoding: "ttlv", connection: {} };
  }

  /** What objects are named by; the same arrays, whatever was made since. */
  get identifiers(): { readonly own: readonly string[]; readonly other: readonly string[] } {
    return { own: this.#own, other: [...this.#victims, "victim", "nobody", ""] };
  }

  get attacker(): TestClient {
    return this.#attacker;
  }

  /** Puts a new attacker with new objects in the place of one that destroyed its own, and may make no more. */
  async refresh(): Promise<void> {
    this.#attacker = await this.domain.enrol("attacker", OWN);
    this.#own.splice(0, this.#own.length, ...(await this.#makeObjects(this.callerOf(this.attacker), null)));
  }

  /** A hash over all that is known of the victim's objects. */
  victimState(): string {
    const records = this.#victims.map((id) => this.domain.operations.describeObject(this.callerOf(this.victim), id));
    return hash("sha256", JSON.stringify(records), "base64url");
  }

  /** Whether the victim's objects are what they were, and the victim is served. Says what is not. */
  async unharmed(): Promise<string | null> {
    if (this.victimState() !== this.#before) return "the other client's objects changed";
    const [aes = ""] = this.#victims;
    const data = Buffer.alloc(32);
    const cryptographicParameters = { blockCipherMode: ENUM.BlockCipherMode.GCM, randomIv: true, tagLength: 16 };
    for (const [operation, payload] of [
      ["GetAttributes", { uniqueIdentifier: aes }],
      ["Encrypt", { uniqueIdentifier: aes, cryptographicParameters, data }],
      ["Query", { queryFunction: [1] }],
    ] as const) {
      const said = await this.#ask(operation, payload);
      if (said !== null) return `the other client's ${operation}: ${said}`;
    }
    return null;
  }

  close(): Promise<void> {
    return this.domain.close();
  }

  async #ask(operation: OperationName, payload: object): Promise<string | null> {
    const request = { version: "2.1", header: {}, items: [{ operation, payload }] };
    const answer = await answerKmip(encodeRequest(request as never), this.sessionOf(this.victim));
    const [item] = decodeResponse(answer).items;
    if (item?.resultStatus === ENUM.ResultStatus.Success) return null;
    return `${enumerationName("ResultReason", item?.resultReason ?? 0)}: ${item?.resultMessage}`;
  }

  async #makeObjects(caller: Caller, name: string | null): Promise<string[]> {
    const { operations } = this.domain;
    const names = name === null ? {} : ({ names: [{ value: name, kind: "text" }] } as const);
    const aes = await operations.createObject(caller, { ...USED, ...names });
    const wrapping = await operations.createObject(caller, { ...USED, usage: ["wrap"] });
    const mac = await operations.createObject(caller, {
      ...USED,
      algorithm: "HMAC-SHA256",
      usage: ["mac", "verifymac"],
    });
    const early = await operations.createObject(caller, { ...USED, dates: {} });
    const half = { usage: ["sign"], extractable: true, dates: { activation: "now" } } as const;
    const pair = await operations.createPair(caller, {
      algorithm: "EC-P256",
      privateKey: half,
      publicKey: { ...half, usage: ["verify"] },
    });
    return [aes, wrapping, mac, early, pair.privateKey, pair.publicKey].map(({ id }) => identifierOf(id));
  }
}
