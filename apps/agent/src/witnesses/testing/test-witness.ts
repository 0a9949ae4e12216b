import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { silentLogger } from "../../logger.ts";
import { Witness } from "../../witness-service/witness.ts";
import { type ServedWitness, startWitnessServer } from "../../witness-service/witness-server.ts";

/** A real witness in a folder of its own, whose clock a test may set. Tests only. */
export class TestWitness {
  readonly folder = mkdtempSync(join(tmpdir(), "holdfast-test-witness-"));
  readonly name: string;
  now = 1_800_000_000;
  readonly witness: Witness;
  #served: ServedWitness | null = null;
  url = "";

  private constructor(name: string) {
    this.name = name;
    this.witness = Witness.open(this.folder, { name, now: () => this.now });
  }

  /** Serves a witness that follows these logs. */
  static async serve(vkeys: readonly string[], name = "witness.example/w1"): Promise<TestWitness> {
    const test = new TestWitness(name);
    for (const vkey of vkeys) test.witness.logs.follow(vkey);
    await test.open();
    return test;
  }

  get vkey(): string {
    return this.witness.vkey;
  }

  /** Answers again, where it answered before. */
  async open(): Promise<void> {
    const listen = this.url === "" ? "127.0.0.1:0" : new URL(this.url).host;
    this.#served = await startWitnessServer({ witness: this.witness, listen, tls: null, logger: silentLogger });
    this.url = this.#served.url;
  }

  /** Answers nobody. */
  async silence(): Promise<void> {
    await this.#served?.close();
    this.#served = null;
  }

  async close(): Promise<void> {
    await this.silence();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A server that answers as a test says, by method and path. Tests only. */
export class HostileWitness {
  readonly #server: Server;
  readonly url: string;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** @param answer - Status and body for one request. */
  static async serve(
    answer: (request: { method: string; path: string; body: string }) => Promise<[number, string]> | [number, string],
  ): Promise<HostileWitness> {
    const server = createServer(async (request, response) => {
      let body = "";
      for await (const chunk of request) body += String(chunk);
      const [status, text] = await answer({ method: request.method ?? "", path: request.url ?? "", body });
      response.writeHead(status, { "Content-Type": "text/plain" }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new HostileWitness(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
