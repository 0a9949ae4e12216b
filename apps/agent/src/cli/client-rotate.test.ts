import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newClientRequest } from "../clients/testing/new-client-request.ts";
import { RestClient } from "../endpoints/rest/testing/rest-client.ts";
import { CommandLineRun, type Served } from "./testing/command-line-run.ts";

let line: CommandLineRun;
let served: Served;
let url: string;
beforeAll(async () => {
  line = new CommandLineRun();
  await line.run("init", "--standalone");
  served = await line.serve(["--rest", "127.0.0.1:0", "--kmip", "127.0.0.1:0", "--page", "off"]);
  url = served.ready.rest;
}, 60_000);
afterAll(() => line.close());

const create = (name: string, ...more: string[]) =>
  line.run("client", "create", name, "--cert", line.path(name), "--grant", "all on all", ...more);

describe("an application's certificate", { timeout: 60_000 }, () => {
  it("is written as its product reads it, with the steps to take and where the key server is", async () => {
    const { code, json } = await create("mongo", "--format", "mongodb");
    expect(code).toBe(0);
    expect(json.files).toEqual(
      ["mongodb-kmip.pem", "ca.crt", "mongod-kmip.conf"].map((name) => line.path("mongo", name)),
    );
    expect(json.steps).toHaveLength(3);
    expect(readFileSync(line.path("mongo", "mongod-kmip.conf"), "utf8")).toContain(
      `port: ${new URL(served.ready.kmip).port}`,
    );
    expect((await create("other", "--format", "floppy")).json.error.code).toBe("E_USAGE");
    expect(existsSync(line.path("other"))).toBe(false);
  });

  it("is renewed in place, the one before kept beside it and still good", async () => {
    await create("app");
    const before = readFileSync(line.path("app", "client.key"), "utf8");
    const { code, json } = await line.run("client", "rotate", "--cert", line.path("app"), "--url", url);
    expect(code).toBe(0);
    expect(json.files).toEqual(["client.crt", "client.key", "ca.crt"].map((name) => line.path("app", name)));
    expect(readFileSync(line.path("app", "client.key"), "utf8")).not.toBe(before);
    expect(readFileSync(line.path("app", "client.key.before"), "utf8")).toBe(before);
    for (const name of ["client.key", "client.key.before"])
      expect(statSync(line.path("app", name)).mode & 0o777).toBe(0o600);
    const again = await line.run("client", "rotate", "--cert", line.path("app"), "--url", url);
    expect([again.code, again.json.clientId]).toEqual([0, json.clientId]);
    const { clients } = (await line.run("client", "list")).json;
    const [record] = clients.filter(({ clientId }: { clientId: string }) => clientId === json.clientId);
    expect(record.earlier).toHaveLength(2);
  });

  it("is renewed into another folder and format", async () => {
    const into = line.path("java");
    const words = ["--cert", line.path("mongo"), "--url", url, "--out", into, "--format", "jks"];
    const { code, json } = await line.run("client", "rotate", ...words);
    expect([code, json.files.length]).toEqual([0, 6]);
    const before = readFileSync(line.path("java", "keystore.jks"));
    const again = await line.run("client", "rotate", "--cert", into, "--url", url);
    expect([again.code, again.json.files.length]).toEqual([0, 6]);
    expect(again.json.steps.join()).toContain(`${into}/*.before`);
    expect(readFileSync(line.path("java", "keystore.jks"))).not.toEqual(before);
    expect(readFileSync(line.path("java", "keystore.jks.before"))).toEqual(before);
    rmSync(line.path("java", "client.key"));
    const { error } = (await line.run("client", "rotate", "--cert", into, "--url", url)).json;
    expect(error).toMatchObject({ code: "E_FILE", what: expect.stringContaining("has no client.key") });
  });

  it("is not renewed once it was withdrawn, nor by asking something else, and the files stay", async () => {
    const { json } = await create("leaving");
    const before = readFileSync(line.path("leaving", "client.crt"), "utf8");
    const rotate = (to: string) => line.run("client", "rotate", "--cert", line.path("leaving"), "--url", to);
    expect((await rotate("http://127.0.0.1:1")).json.error.code).toBe("E_USAGE");
    expect((await rotate("https://127.0.0.1:1")).json.error.code).toBe("E_UNREACHABLE");
    await line.run("client", "revoke", json.clientId);
    expect((await rotate(url)).json.error.code).toBe("E_CLIENT_REVOKED");
    expect(readFileSync(line.path("leaving", "client.crt"), "utf8")).toBe(before);
  });
});

describe("the listeners' certificate on the command line", { timeout: 60_000 }, () => {
  it("is requested into a file, and what is no chain for it is refused", async () => {
    const csr = line.path("server.csr");
    const made = await line.run("server-cert", "csr", "--name", "kms.example", "--out", csr);
    expect([made.code, made.json]).toEqual([0, { csr, names: ["kms.example"] }]);
    expect(readFileSync(csr, "utf8")).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
    expect((await line.run("server-cert", "csr", "--name", "kms.example", "--out", csr)).json.error.code).toBe(
      "E_FILE",
    );
    expect((await line.run("server-cert", "csr", "--name", "*", "--out", line.path("x"))).json.error.code).toBe(
      "E_SCHEMA",
    );
    expect((await line.run("server-cert", "install", csr)).json.error.code).toBe("E_CERT_FORM");
    expect((await line.run("server-cert", "show")).json).toEqual({ installed: null });
  });

  it("and every other certificate's end is in status and doctor", async () => {
    const { certificates } = (await line.run("status")).json;
    expect(Object.keys(certificates.listeners).sort()).toEqual(["kmip", "rest"]);
    expect(certificates.authority).toBeGreaterThan(Date.now() / 1000);
    const { checks } = (await line.run("doctor")).json;
    const names = checks.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(["authority", "listener certificate"]));
  });
});

describe("a change of the agent's authority on the command line", { timeout: 120_000 }, () => {
  it("shows who depends on the older one, and neither switches nor finishes while somebody does", async () => {
    await create("behind");
    const { json } = await create("still");
    expect((await line.run("ca", "begin")).json.phase).toBe("begun");
    const { clients } = (await line.run("client", "list")).json;
    const [record] = clients.filter(({ clientId }: { clientId: string }) => clientId === json.clientId);
    expect(record.authority).toBe("older");
    const early = (await line.run("ca", "switch")).json.error;
    expect(early).toMatchObject({
      code: "E_CERT_ROLLOVER",
      what: expect.stringContaining(`still (${json.clientId})`),
    });
    expect((await line.run("ca", "switch", "--force")).json.phase).toBe("switched");

    const rotate = (...more: string[]) =>
      line.run("client", "rotate", "--cert", line.path("still"), "--url", url, ...more);
    const { error } = (await rotate()).json;
    expect(error).toMatchObject({ code: "E_UNREACHABLE", what: expect.stringContaining("ca.crt") });
    expect(error.next).toContain("--ca");
    await create("newest");
    expect((await rotate("--ca", line.path("newest", "ca.crt"))).code).toBe(0);
    expect((await rotate()).code).toBe(0);
    expect((await line.run("ca", "finish")).json.error.code).toBe("E_CERT_ROLLOVER");
    expect((await line.run("ca", "finish", "--force")).json).toMatchObject({ phase: "finished", clients: [] });
  });
});

describe("a machine that enrols itself", { timeout: 60_000 }, () => {
  it("goes on with the key it began with where the answer was lost: one client, one of the secret's number", async () => {
    const out = line.path("permit");
    const grant = ["--grant", "encrypt on group:web", "--from", "127.0.0.0/8", "--from", "::1/128"];
    const bounds = ["--most", "1", "--for", "P1D", "--validity", "P1D", "--out", out];
    expect((await line.run("client", "permit", "web", ...grant, ...bounds)).code).toBe(0);
    const [secret, ca] = [line.path("permit", "enrolment.secret"), line.path("permit", "ca.crt")];
    const enrol = (server: string) =>
      line.run("client", "enrol", "--server", server, "--secret", secret, "--ca", ca, "--cert", line.path("web"));
    expect((await enrol("https://127.0.0.1:1")).json.error.code).toBe("E_ANSWER");
    const begun = line.path("web", "client.key.new");
    expect(statSync(begun).mode & 0o777).toBe(0o600);
    const key = readFileSync(begun, "utf8");
    const { csr } = await newClientRequest(key);
    const machine = new RestClient(url, { ca: readFileSync(ca, "utf8") });
    const lost = await machine.post("/v1/enrol", { secret: readFileSync(secret, "utf8").trim(), csr });
    machine.close();
    expect(lost.status).toBe(200);
    const { code, json } = await enrol(url);
    expect([code, json.clientId]).toEqual([0, lost.json.clientId]);
    expect(readFileSync(line.path("web", "client.key"), "utf8")).toBe(key);
    expect(existsSync(begun)).toBe(false);
  });
});

describe("other grants in place of all that an application had", { timeout: 60_000 }, () => {
  it("are refused where they reach nothing, or the application was withdrawn, with what to do, and change nothing", async () => {
    const made = await create("shop");
    const update = (grant: string) => line.run("client", "update", "shop", "--grant", grant);
    const { json: key } = await line.run("key", "create", "--name", "orders", "--group", "sales");
    for (const grant of ["encrypt on group:sale", "encrypt on key:orders"]) {
      const { code, json } = await update(grant);
      expect([code, json.error.code], grant).toEqual([2, "E_USAGE"]);
      expect(json.error.next).toContain("key list");
    }
    const { clients } = (await line.run("client", "list")).json;
    expect(clients.find(({ clientId }: { clientId: string }) => clientId === made.json.clientId).grants).toEqual([
      { ops: ["all"], keys: { kind: "all" } },
    ]);
    const grants = [
      "--grant",
      "encrypt on group:sales",
      "--grant",
      `decrypt on key:${key.keyId}`,
      "--grant",
      "create on group:new",
    ];
    expect((await line.run("client", "update", "shop", ...grants)).code).toBe(0);
    await line.run("client", "revoke", "shop");
    const { json } = await update("encrypt on group:sales");
    expect(json.error).toMatchObject({ code: "E_PRESTATE", what: expect.stringContaining("withdrawn") });
    expect(json.error.next).toContain("client create");
  });
});
