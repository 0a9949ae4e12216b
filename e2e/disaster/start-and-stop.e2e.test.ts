import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { commandLineOf, descendantsOf, isRunning, until } from "../support/processes.ts";
import { freePorts, type Product, type ProductPorts, REPOSITORY, startProduct } from "../support/product.ts";

let folder: string;
let ports: ProductPorts;
const running: Product[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "holdfast-start-"));
  ports = await freePorts();
});

afterEach(async () => {
  for (const product of running.splice(0)) await product.stop();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const place = () => ({ data: join(folder, "data"), config: join(folder, "config"), ports });

async function start(): Promise<Product> {
  const product = await startProduct(place());
  running.push(product);
  await product.waitFor(/Ctrl-C stops everything/);
  return product;
}

const agentId = async (product: Product) => (await product.waitFor(/holdfast\/(a_[a-z2-7]{26})\.kek/))[1];
const allGone = (pids: readonly number[]) => until("nothing is left running", () => !pids.some(isRunning));

describe("npm start", () => {
  it("stops everything it started, in order, when it is told to", async () => {
    const product = await start();
    const pids = descendantsOf(product.process.pid ?? 0);
    expect(
      pids.map(commandLineOf).filter((line) => /postgres|next|gateway\/main|agent\/src\/main/.test(line)).length,
    ).toBeGreaterThan(3);
    await product.stop();
    expect(product.process.exitCode).toBe(0);
    await allGone(pids);
  });

  it("leaves nothing running when it is killed, and the next start goes on with the same key server", async () => {
    const first = await start();
    const aid = await agentId(first);
    const pids = descendantsOf(first.process.pid ?? 0);
    first.process.kill("SIGKILL");
    await allGone(pids);
    const second = await start();
    expect(await agentId(second)).toBe(aid);
    expect((await fetch(`${second.dashboardUrl}/healthz`)).status).toBe(200);
  });

  it("refuses a second start with the same folder and names the first one", async () => {
    const first = await start();
    const second = await startProduct(place());
    const [text] = await second.waitFor(/already running with this data folder \(process \d+\)/);
    expect(text).toContain(String(first.process.pid));
    await until("the second has ended", () => second.process.exitCode !== null);
    expect(second.process.exitCode).toBe(1);
  });

  it("starts a key server again that was killed, and says so", async () => {
    const product = await start();
    const agent = descendantsOf(product.process.pid ?? 0).find((pid) =>
      commandLineOf(pid).includes("agent/src/main.ts"),
    );
    process.kill(agent ?? -1, "SIGKILL");
    await product.waitFor(/The key server stopped by itself/);
    await until("it answers again", async () => {
      const response = await fetch(`http://127.0.0.1:${ports.metrics}/livez`).catch(() => null);
      return response?.status === 200;
    });
  });

  it("ends with whoever started it", async () => {
    const words = ["--data", place().data, "--port", String(ports.web), "--page-port", String(ports.page)];
    const more = [
      "--hosted-port",
      String(ports.hosted),
      "--rest-port",
      String(ports.rest),
      "--kmip-port",
      String(ports.kmip),
      "--metrics-port",
      String(ports.metrics),
    ];
    const command = [process.execPath, join(REPOSITORY, "tooling/start.mjs"), ...words, ...more].join(" ");
    const starter = spawn("/bin/sh", ["-c", `${command}; true`], {
      cwd: REPOSITORY,
      stdio: ["ignore", "pipe", "inherit"],
      env: { ...process.env, XDG_CONFIG_HOME: place().config },
    });
    await new Promise<void>((resolve) => {
      let text = "";
      starter.stdout?.on("data", (chunk) => {
        text += String(chunk);
        if (text.includes("Ctrl-C stops everything")) resolve();
      });
    });
    const pids = descendantsOf(starter.pid ?? 0);
    starter.kill("SIGKILL");
    await allGone(pids);
  });

  it("moves a listener whose port is taken before anything is founded, and says who has it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(ports.rest, "127.0.0.1", resolve));
    try {
      const product = await start();
      expect(product.printed()).toContain(`Port ${ports.rest} is used by`);
      expect(product.printed()).toContain(`process ${process.pid}`);
    } finally {
      server.close();
    }
  });

  it("keeps the key-encryption key outside its data folder", async () => {
    const product = await start();
    const aid = await agentId(product);
    expect(existsSync(join(place().config, "holdfast", `${aid}.kek`))).toBe(true);
    expect(spawnSync("find", [place().data, "-name", "*.kek"], { encoding: "utf8" }).stdout).toBe("");
  });
});
