import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AdminError } from "./errors.ts";
import { closeToOthers, prepareSocketPlace } from "./socket-place.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-socket-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function refusalOf(path: string): Promise<AdminError> {
  const error = await prepareSocketPlace(path).catch((reason: unknown) => reason);
  if (!(error instanceof AdminError)) throw new TypeError(`it was not refused: ${error}`);
  return error;
}

describe("the place of the administration socket", () => {
  it("is taken in a folder of this user alone, and closed to others", async () => {
    const path = join(folder, "admin.sock");
    await prepareSocketPlace(path);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, () => resolve()));
    closeToOthers(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([0o755, 0o710, 0o701, 0o770])(
    "is refused in a folder of mode %o, and the next step mends it",
    async (mode) => {
      chmodSync(folder, mode);
      const { code, next } = await refusalOf(join(folder, "admin.sock"));
      expect(code).toBe("E_SOCKET");
      expect(next).toBe(`chmod 700 ${folder}`);
      chmodSync(folder, 0o700);
      await prepareSocketPlace(join(folder, "admin.sock"));
    },
  );

  it("is refused where the path is longer than a socket's may be, and says how to name a shorter one", async () => {
    const { message, next } = await refusalOf(join(folder, "a".repeat(120)));
    expect(message).toContain("107 bytes at most");
    expect(next).toContain("--admin PATH");
  });

  it("is refused where there is no folder, or a link in its stead", async () => {
    expect((await refusalOf(join(folder, "none/admin.sock"))).code).toBe("E_SOCKET");
    mkdirSync(join(folder, "real"), { mode: 0o700 });
    symlinkSync(join(folder, "real"), join(folder, "link"));
    expect((await refusalOf(join(folder, "link/admin.sock"))).code).toBe("E_SOCKET");
  });

  it("is refused where a file is in the way, and leaves that file alone", async () => {
    const path = join(folder, "admin.sock");
    writeFileSync(path, "mine");
    expect((await refusalOf(path)).message).toContain("is no socket");
    expect(statSync(path).size).toBe(4);
  });

  it("is refused while somebody answers there", async () => {
    const path = join(folder, "admin.sock");
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, () => resolve()));
    expect((await refusalOf(path)).message).toContain("listening");
    await new Promise((resolve) => server.close(resolve));
  });
});
