import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { generateSigningKey } from "@holdfast/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { S3Destination } from "./backup/destinations/s3.ts";
import { createAdminClient } from "./cli/admin-client.ts";
import { readArguments } from "./cli/arguments.ts";
import { clientEnrol } from "./cli/client-enrol.ts";
import { clientRotate } from "./cli/client-rotate.ts";
import type { Command } from "./cli/command.ts";
import { createOutput } from "./cli/output.ts";
import { askOcsp } from "./clients/company/ask-ocsp.ts";
import { type Issuer, readIssuers } from "./clients/company/issuers.ts";
import { CompanyAuthority } from "./clients/testing/company-authority.ts";
import { newClientRequest } from "./clients/testing/new-client-request.ts";
import { GatewayClient } from "./control-link/gateway-client.ts";
import { VaultPeer } from "./migrate/vault/vault-peer.ts";
import { WitnessClient } from "./witnesses/witness-client.ts";

let server: Server;
let url: string;
let folder: string;
/** Offers another protocol to everybody, as no server does that was not asked to. */
function offerOther(socket: Socket): void {
  socket
    .on("error", () => undefined)
    .once("data", () => socket.write("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n"));
}

function runCommand(command: Command, ...words: string[]): Promise<number> {
  const never = (): never => {
    throw new Error("This command needs no running agent.");
  };
  const args = readArguments(words, command.options, command.usage);
  const out = createOutput(true, (text) => text);
  return command.run({ args, out, dataDirectory: never, admin: never, adminIfServed: never });
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-other-"));
  server = createServer(offerOther);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

test("neither do command lines: to the running agent, to another key server and to Vault", async () => {
  const socket = createServer(offerOther);
  await new Promise<void>((resolve) => socket.listen(join(folder, "admin.sock"), resolve));
  const admin = createAdminClient(join(folder, "admin.sock"));
  await expect(admin.get("/v1/status")).rejects.toMatchObject({ code: "E_ANSWER" });
  await new Promise((resolve) => socket.close(resolve));
  const vault = new VaultPeer({ host: "127.0.0.1", port: Number(new URL(url).port), plain: true, token: "t" });
  await expect(vault.read("sys/mounts")).rejects.toMatchObject({ code: "E_PEER" });
});

test("nor do those of an application's machine, which keep the files that they have", async () => {
  const company = await CompanyAuthority.make("Company");
  const { csr, key } = await newClientRequest();
  const cert = await company.chain(csr, { names: ["localhost"] });
  const secure = createTlsServer({ cert, key }, offerOther);
  await new Promise<void>((resolve) => secure.listen(0, "127.0.0.1", resolve));
  const at = `https://localhost:${(secure.address() as AddressInfo).port}`;
  const [app, ca, secret] = [join(folder, "app"), join(folder, "ca.crt"), join(folder, "secret")];
  mkdirSync(app);
  writeFileSync(ca, company.rootPem);
  writeFileSync(secret, "secret");
  for (const [name, text] of Object.entries({ "client.crt": cert, "client.key": key, "ca.crt": company.rootPem }))
    writeFileSync(join(app, name), text);
  await expect(runCommand(clientRotate, "--cert", app, "--url", at)).rejects.toMatchObject({ code: "E_UNREACHABLE" });
  expect([readdirSync(app).length, readFileSync(join(app, "client.key"), "utf8")]).toEqual([3, key]);
  const words = ["--server", at, "--secret", secret, "--ca", ca, "--cert", join(folder, "new")];
  await expect(runCommand(clientEnrol, ...words)).rejects.toMatchObject({ code: "E_ANSWER" });
  expect(readdirSync(join(folder, "new"))).toEqual(["client.key.new"]);
  await new Promise((resolve) => secure.close(resolve));
});

test("a control plane, a witness, a place for backups or a responder that switches to another protocol has not answered, and nothing waits for it", async () => {
  const aik = generateSigningKey("P-256");
  const gateway = new GatewayClient({ gateway: url, aid: `a_${"b".repeat(26)}`, aik, now: () => 1_790_000_000 });
  await expect(gateway.post("/v1/poll", {})).rejects.toMatchObject({ code: "E_GATEWAY_ANSWER" });
  await expect(new WitnessClient({ name: "w", url, vkey: "" }).addCheckpoint("x")).rejects.toMatchObject({
    code: "E_WITNESS_GONE",
  });
  const credentials = join(folder, "credentials.json");
  writeFileSync(credentials, JSON.stringify({ accessKeyId: "A", secretAccessKey: "B" }), { mode: 0o600 });
  const place = {
    kind: "s3",
    name: "store",
    endpoint: url,
    region: "r",
    bucket: "b",
    prefix: "",
    credentials,
  } as const;
  await expect(new S3Destination(place).list(AbortSignal.timeout(60_000))).rejects.toMatchObject({
    code: "E_BACKUP_PLACE",
  });
  const [issuer] = readIssuers((await CompanyAuthority.make("Company")).rootPem) as [Issuer];
  const { certificate } = issuer;
  expect(await askOcsp(url, { certificate, issuer, now: () => 1_790_000_000 })).toBeNull();
});
