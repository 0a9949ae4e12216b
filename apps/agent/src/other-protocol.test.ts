import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generateSigningKey } from "@holdfast/crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { S3Destination } from "./backup/destinations/s3.ts";
import { askOcsp } from "./clients/company/ask-ocsp.ts";
import { type Issuer, readIssuers } from "./clients/company/issuers.ts";
import { CompanyAuthority } from "./clients/testing/company-authority.ts";
import { GatewayClient } from "./control-link/gateway-client.ts";
import { WitnessClient } from "./witnesses/witness-client.ts";

let server: Server;
let url: string;
let folder: string;
/** Offers another protocol to everybody, as no server does that was not asked to. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-other-"));
  server = createServer((socket) =>
    socket
      .on("error", () => undefined)
      .once("data", () => socket.write("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n")),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
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
