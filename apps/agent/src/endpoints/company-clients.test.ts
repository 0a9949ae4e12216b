import { copyFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { companyChecks } from "../admin/company-checks.ts";
import { Agent } from "../agent.ts";
import type { CompanyPlan } from "../clients/company/company-clients.ts";
import { HAS_OPENSSL, OpensslAuthority, type OpensslClient } from "../clients/testing/openssl-authority.ts";
import { readOffer } from "../introductions/read-offer.ts";
import { silentLogger } from "../logger.ts";
import { openTestAgent, type TestAgent } from "../operations/testing/open-test-domain.ts";
import { answerKmip } from "./kmip/answer-kmip.ts";
import { startKmip } from "./kmip/start-kmip.ts";
import { KmipTestConnection, requestMessage } from "./kmip/testing/kmip-client.ts";
import { startRest } from "./rest/start-rest.ts";
import { openTls, RestClient, readToEnd } from "./rest/testing/rest-client.ts";
import type { Listener } from "./served-agent.ts";

/** An agent that trusts a company's authority for its clients, with both listeners. */
class Served {
  readonly made: TestAgent;
  readonly authority: OpensslAuthority;
  agent!: Agent;
  rest!: Listener;
  kmip!: Listener;

  private constructor(made: TestAgent, authority: OpensslAuthority) {
    this.made = made;
    this.authority = authority;
  }

  static async start(plan: Partial<CompanyPlan>): Promise<Served> {
    const made = await openTestAgent();
    await made.agent.close();
    const served = new Served(made, new OpensslAuthority());
    served.authority.writeList();
    await served.open(plan);
    return served;
  }

  /** Serves the data folder, by other rules than before. */
  async open(plan: Partial<CompanyPlan>): Promise<void> {
    const company = { caFile: this.authority.path("ca.crt"), crlFiles: [], ocsp: null, ...REFUSE, ...plan };
    const { dataDirectory } = this.made;
    this.agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger, company });
    const { agent } = this;
    this.rest = await startRest({ agent, listen: "127.0.0.1:0", sans: [] });
    this.kmip = await startKmip({ agent, answer: answerKmip, listen: "127.0.0.1:0", sans: [] });
  }

  async shut(): Promise<void> {
    await this.rest.close();
    await this.kmip.close();
    await this.agent.close();
  }

  async close(): Promise<void> {
    await this.shut();
    await this.made.close().catch(() => undefined);
    await this.authority.close();
  }

  get domain() {
    return this.agent.domain ?? expect.unreachable();
  }

  async enrol(label: string, { cert }: OpensslClient, exact = false): Promise<void> {
    const { reference } = this.domain.introductions.take(await readOffer("client-key", cert), label, "cli");
    const auth = { kind: "company", key: reference, ...(exact ? { exact } : {}) };
    const grants = [{ ops: ["all"], keys: { kind: "own" } }];
    const answer = await this.domain.admission.act({
      act: "client.enrol",
      args: { label, auth, grants },
      reason: "",
      wait: false,
    });
    expect(answer).toMatchObject({ outcome: "applied", client: { certifiedBy: "company" } });
  }

  with(client: OpensslClient) {
    return { cert: client.cert, key: client.key, ca: this.domain.authority.trustPem };
  }

  /** What REST answers: a status, or a code where it refuses. */
  async ask(client: OpensslClient): Promise<number | string> {
    const rest = new RestClient(this.rest.url, this.with(client));
    try {
      const { status, json } = await rest.get("/v1/keys");
      return status === 200 ? status : json.code;
    } finally {
      rest.close();
    }
  }

  open2(client: OpensslClient, more: ConnectionOptions = {}): Promise<KmipTestConnection> {
    return KmipTestConnection.open(this.kmip.url, this.with(client), more);
  }

  /** Whether KMIP answers a client's request rather than that it is none. */
  async asksKmip(client: OpensslClient): Promise<boolean> {
    const connection = await this.open2(client);
    const answer = (await connection.ask(requestMessage(16))) ?? Buffer.alloc(0);
    connection.close();
    return !answer.toString("latin1").includes("not one of a client");
  }
}

const REFUSE = { acceptStaleCrl: false, acceptUnanswered: false };
const KEEP_ALIVE = "GET /v1/keys HTTP/1.1\r\nhost: localhost\r\n\r\n";

describe.skipIf(!HAS_OPENSSL)("clients of a company's authority, by its revocation list", () => {
  let served: Served;
  let shop: OpensslClient;
  beforeAll(async () => {
    served = await Served.start({});
    await served.shut();
    await served.open({ crlFiles: [served.authority.path("crl.pem")] });
    shop = served.authority.issue("shop");
    await served.enrol("shop", shop);
  }, 60_000);
  afterAll(() => served.close());

  test("are served by REST and KMIP with whatever certificate it issues for the enrolled key", async () => {
    expect(await served.ask(shop)).toBe(200);
    expect(await served.asksKmip(shop)).toBe(true);
    expect(await served.ask(served.authority.issue("renewed", { of: shop }))).toBe(200);
  });

  test("are nobody by its certificate alone, whatever name is in it", async () => {
    expect(await served.ask(served.authority.issue("shop"))).toBe("E_CLIENT");
    expect(await served.asksKmip(served.authority.issue("shop"))).toBe(false);
    const other = new OpensslAuthority();
    expect(await served.ask(other.issue("shop", {}))).toBe("E_CLIENT");
    await other.close();
  });

  test("are known by the authority that they were enrolled with: its certificate opens no client of the agent's own", async () => {
    const own = served.authority.issue("own");
    const { reference } = served.domain.introductions.take(await readOffer("client-key", own.cert), "own", "cli");
    const auth = { kind: "own-key", key: reference, validitySec: 86_400 };
    const args = { label: "own", auth, grants: [{ ops: ["all"], keys: { kind: "own" } }] };
    const { files = [] } = await served.domain.admission.act({ act: "client.enrol", args, reason: "", wait: false });
    const issued = Buffer.from(files[0]?.base64 ?? "", "base64").toString();
    expect(await served.ask({ ...own, cert: issued })).toBe(200);
    expect(await served.ask(own)).toBe("E_CLIENT");
  });

  test("are known by one certificate where that was approved, and not by the next for the same key", async () => {
    const exact = served.authority.issue("exact");
    await served.enrol("exact", exact, true);
    expect(await served.ask(exact)).toBe(200);
    expect(await served.ask(served.authority.issue("exact", { of: exact }))).toBe("E_CLIENT");
  });

  test("renew their certificates there: the agent issues none for them", async () => {
    const rest = new RestClient(served.rest.url, served.with(shop));
    expect(await rest.post("/v1/certificate/renew", {})).toMatchObject({ status: 400, json: { code: "E_INPUT" } });
    rest.close();
  });

  test("lose open connections and resumed sessions when the list that says so is put in place", async () => {
    const gone = served.authority.issue("gone");
    await served.enrol("gone", gone);
    const session = await openTls(served.rest.url, served.with(gone), { maxVersion: "TLSv1.2" });
    session.write(KEEP_ALIVE);
    await new Promise((resolve) => session.once("data", resolve));
    const ticket = session.getSession();
    const kmip = await served.open2(gone);
    await kmip.ask();
    served.authority.revoke(gone);
    expect(await served.ask(gone)).toBe(200); // the list in place does not say so yet
    served.authority.writeList();
    served.agent.company?.look();
    await readToEnd(session);
    await kmip.ended();
    expect(await served.ask(gone)).toBe("E_CLIENT_REVOKED");
    expect(await served.asksKmip(gone)).toBe(false);
    const resumed = await openTls(served.rest.url, served.with(gone), { session: ticket, maxVersion: "TLSv1.2" });
    expect(resumed.isSessionReused()).toBe(true);
    resumed.write(KEEP_ALIVE.replace("\r\n\r\n", "\r\nconnection: close\r\n\r\n"));
    expect(await readToEnd(resumed)).toMatch(/^HTTP\/1.1 403 .*E_CLIENT_REVOKED/s);
    expect(await served.ask(shop)).toBe(200);
  });

  test("are refused while no list is in force, in words that doctor repeats, unless the host accepts old ones", async () => {
    const list = served.authority.path("crl.pem");
    copyFileSync(list, `${list}.good`);
    served.authority.writeList("-crlsec", "1");
    served.agent.company?.look();
    await expect.poll(() => served.ask(shop), { timeout: 10_000 }).toBe("E_CLIENT_UNPROVED");
    const over = () => companyChecks(served.agent).find(({ name }) => name === "revocation list");
    expect(over()).toMatchObject({ result: "bad", what: expect.stringContaining("is over") });
    await served.shut();
    await served.open({ crlFiles: [list], acceptStaleCrl: true });
    expect(await served.ask(shop)).toBe(200);
    expect(over()?.what).toContain("still counts");
    await served.shut();
    served.authority.writeList();
    await served.open({ crlFiles: [list] });
  });

  test("keep the list that was in force when what lies there cannot be believed", async () => {
    const list = served.authority.path("crl.pem");
    const other = new OpensslAuthority();
    for (const text of [
      "nonsense",
      "",
      other.writeList() && "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----",
    ]) {
      writeFileSync(list, text);
      served.agent.company?.look();
      expect(await served.ask(shop)).toBe(200);
      expect(companyChecks(served.agent).find(({ name }) => name === "revocation list")?.result).toBe("bad");
    }
    copyFileSync(other.path("crl.pem"), list); // another authority's, of the same name
    served.agent.company?.look();
    expect(await served.ask(shop)).toBe(200);
    await other.close();
    served.authority.writeList();
    served.agent.company?.look();
    expect(companyChecks(served.agent).map(({ result }) => result)).not.toContain("bad");
  });
});

describe.skipIf(!HAS_OPENSSL)("clients of a company's authority, by its responder", () => {
  let served: Served;
  let shop: OpensslClient;
  let url: string;
  beforeAll(async () => {
    served = await Served.start({});
    await served.shut();
    shop = served.authority.issue("shop");
    url = await served.authority.startResponder();
    await served.open({ ocsp: url });
    await served.enrol("shop", shop);
  }, 60_000);
  afterAll(() => served.close());

  const reopen = async (plan: Partial<CompanyPlan>) => {
    await served.shut();
    await served.open(plan);
  };

  test("are served by both listeners when it says good", async () => {
    expect(await served.ask(shop)).toBe(200);
    expect(await served.asksKmip(shop)).toBe(true);
    expect(companyChecks(served.agent).at(-1)).toMatchObject({ name: "revocation", result: "good" });
  });

  test("are waited for, also while all connections are looked at: nobody is cut off before the answer is there", async () => {
    const held = Promise.withResolvers<void>();
    const arrived = Promise.withResolvers<void>();
    const slow = createServer((asked, answer) => {
      const body: Buffer[] = [];
      asked.on("data", (chunk: Buffer) => body.push(chunk));
      asked.on("end", async () => {
        arrived.resolve();
        await held.promise;
        const given = await fetch(url, { method: "POST", body: Buffer.concat(body) });
        answer.end(Buffer.from(await given.arrayBuffer()));
      });
    });
    await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
    await reopen({ ocsp: `http://127.0.0.1:${(slow.address() as AddressInfo).port}/` });
    const asking = served.ask(shop);
    await arrived.promise;
    served.agent.company?.look();
    held.resolve();
    expect(await asking).toBe(200);
    slow.close();
  });

  test("are refused while it does not answer, and served again when it does, unless the host accepts that", async () => {
    await served.authority.stopResponder();
    await reopen({ ocsp: url });
    expect(await served.ask(shop)).toBe("E_CLIENT_UNPROVED");
    expect(await served.asksKmip(shop)).toBe(false);
    expect(companyChecks(served.agent).at(-1)?.result).toBe("warning");
    const unanswered = served.agent.company?.status().unanswered;
    expect(await served.ask(served.authority.issue("stranger"))).toBe("E_CLIENT"); // nobody was asked about it
    expect(served.agent.company?.status().unanswered).toBe(unanswered);
    await reopen({ ocsp: url, acceptUnanswered: true });
    expect(await served.ask(shop)).toBe(200);
  });

  test("are refused when it says revoked, and when it does not know them", async () => {
    const unknown = served.authority.issue("unknown");
    await reopen({ ocsp: url });
    await served.enrol("unknown", unknown);
    served.authority.revoke(shop);
    const index = served.authority.path("index.txt");
    const known = (await import("node:fs")).readFileSync(index, "utf8").split("\n");
    writeFileSync(index, known.filter((line) => !line.endsWith("/CN=unknown")).join("\n"));
    await served.authority.startResponder(Number(new URL(url).port));
    await reopen({ ocsp: url });
    expect(await served.ask(shop)).toBe("E_CLIENT_REVOKED");
    expect(await served.ask(unknown)).toBe("E_CLIENT_UNPROVED");
    expect(await served.asksKmip(shop)).toBe(false);
  });

  test("are said by doctor to be locked out where the host trusts no authority but the agent's own", async () => {
    await served.shut();
    const { dataDirectory } = served.made;
    const agent = await Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger });
    expect(companyChecks(agent)).toMatchObject([{ result: "bad", what: expect.stringContaining("cannot connect: 2") }]);
    await agent.close();
    await served.open({ ocsp: url });
  });
});

test.skipIf(!HAS_OPENSSL)(
  "an agent does not start with a file that holds no authority, or a list of none",
  async () => {
    const made = await openTestAgent();
    await made.agent.close();
    const authority = new OpensslAuthority();
    const other = new OpensslAuthority("Other");
    const client = authority.issue("client");
    const start = (plan: Partial<CompanyPlan>) => {
      const company = { caFile: authority.path("ca.crt"), crlFiles: [], ocsp: null, ...REFUSE, ...plan };
      const { dataDirectory } = made;
      return Agent.open({ dataDirectory, pageOrigin: null, logger: silentLogger, company });
    };
    for (const caFile of [client.file, authority.path("absent"), authority.path("ca.key")])
      await expect(start({ caFile })).rejects.toMatchObject({ code: "E_CLIENT_CA" });
    for (const crlFile of [other.writeList(), authority.path("ca.crt"), authority.path("absent")])
      await expect(start({ crlFiles: [crlFile] })).rejects.toMatchObject({ code: "E_CLIENT_CRL" });
    const agent = await start({ crlFiles: [authority.writeList()] });
    expect(agent.domain).not.toBeNull();
    await agent.close();
    await made.close().catch(() => undefined);
    await authority.close();
    await other.close();
  },
);
