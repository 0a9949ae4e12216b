import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { requestMessage, resultMessage } from "./testing/kmip-client.ts";
import { ALL, startTestKmip, type TestKmip } from "./testing/start-test-kmip.ts";

const HAS_OPENSSL = spawnSync("openssl", ["version"]).status === 0;

/** A client that is not Node's: OpenSSL's own program, as it is installed. */
describe.skipIf(!HAS_OPENSSL)("openssl s_client", () => {
  let kmip: TestKmip;
  let folder: string;
  beforeAll(async () => {
    kmip = await startTestKmip();
    const client = await kmip.domain.enrol("database", ALL);
    folder = mkdtempSync(join(tmpdir(), "holdfast-s-client-"));
    for (const [name, text] of Object.entries({ cert: client.cert, key: client.key, ca: client.ca }))
      writeFileSync(join(folder, name), text, { mode: 0o600 });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await kmip.close();
  });

  /** Sends bytes, and ends when `enough` of an answer is there or the other side closes. */
  function ask(bytes: Buffer, words: readonly string[], enough: (answer: Buffer) => boolean): Promise<Buffer> {
    const trust = ["-CAfile", join(folder, "ca"), "-verify_return_error", "-verify_ip", "127.0.0.1", "-noservername"];
    const child = spawn("openssl", ["s_client", "-connect", new URL(kmip.url).host, "-nocommands", ...trust, ...words]);
    let answer: Buffer = Buffer.alloc(0);
    child.stdin.on("error", () => {});
    child.stdin.write(bytes);
    return new Promise((resolve) => {
      child.stdout.on("data", (chunk: Buffer) => {
        answer = Buffer.concat([answer, chunk]);
        if (enough(answer)) child.kill();
      });
      child.once("close", () => resolve(answer));
    });
  }

  const own = () => ["-cert", join(folder, "cert"), "-key", join(folder, "key")];

  test.each([["-tls1_2"], ["-tls1_3"]])(
    "%s: is served without naming a server, and verifies the listener by its address",
    async (version) => {
      const message = requestMessage(64, 7);
      const answer = await ask(message, [...own(), "-quiet", version], (so) => so.length >= message.length);
      expect(answer).toEqual(message);
    },
  );

  test.each([["-tls1_2"], ["-tls1_3"]])("%s: without a certificate is told why, and closed", async (version) => {
    const answer = await ask(requestMessage(), ["-quiet", version], () => false);
    expect(resultMessage(answer)).toContain("not one of a client");
  });

  test("resumes its session five times, by ticket and without tickets", async () => {
    for (const more of [[], ["-no_ticket"]]) {
      const done = (so: Buffer): boolean => (so.toString("latin1").match(/^Reused, TLSv1[.]2/gm) ?? []).length === 5;
      const answer = await ask(Buffer.alloc(0), [...own(), "-tls1_2", "-reconnect", ...more], done);
      expect(done(answer), answer.toString("latin1")).toBe(true);
    }
  });
});
