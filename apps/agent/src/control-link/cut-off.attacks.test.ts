import { decodeBase64url, openEntry, parseEntry } from "@holdfast/protocol";
import {
  consistencyProof,
  followCheckpoint,
  leafHash,
  logKey,
  logOrigin,
  MemoryTree,
  openCheckpoint,
  type PinnedHead,
} from "@holdfast/tlog";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newKey, PasskeyAgent } from "../admission/testing/passkey-agent.ts";
import { GatewayClient } from "./gateway-client.ts";
import { uploadLog } from "./log-upload.ts";
import { HostileGateway } from "./testing/hostile-gateway.ts";

const DAY = 86_400;
const KEYS = 30;
const { signal } = new AbortController();

let agent: PasskeyAgent;
let gateway: HostileGateway;
beforeAll(async () => {
  agent = await PasskeyAgent.found();
  gateway = await HostileGateway.start();
});
afterAll(async () => {
  await gateway.close();
  await agent.close();
});

interface Upload {
  readonly from: number;
  readonly entries: readonly unknown[];
  readonly checkpoint: string;
  readonly proof: readonly string[];
}

/** Reads a log as anybody with the agent's public key does: in order, each part proved before the next is looked at. */
class Reader {
  readonly tree = new MemoryTree();
  readonly kinds: string[] = [];
  readonly parts: number[] = [];
  #pinned: PinnedHead | null = null;

  get size(): number {
    return this.tree.size;
  }

  async take({ from, entries, checkpoint, proof }: Upload): Promise<void> {
    expect(from).toBe(this.size);
    for (const entry of entries) {
      const { leaf, bytes } = openEntry(parseEntry(entry));
      expect(leaf.n).toBe(this.size);
      this.tree.append(leafHash(bytes));
      this.kinds.push(leaf.kind);
    }
    this.parts.push(entries.length);
    const { tid, keys } = agent.domain;
    const head = await openCheckpoint(checkpoint, logOrigin(tid), [logKey(tid, keys.alk.publicKey.raw)]);
    const here = { size: this.size, root: this.tree.root };
    followCheckpoint(here, head, proof.map(decodeBase64url)); // what is here is the beginning of what was signed
    const since = this.#pinned?.size ?? 0;
    const own = since === 0 || since === this.size ? [] : consistencyProof(since, this.size, this.tree.getNode);
    this.#pinned = followCheckpoint(this.#pinned, here, own);
  }
}

describe("an agent that is cut off for a week", () => {
  test("row 106: runs its schedules each day, and its backlog is then verified part by part and in order", async () => {
    const reader = new Reader();
    const uploads: Upload[] = [];
    gateway.answer = ({ path, body }) => {
      if (path === "/v1/log/state") return { links: 1, size: reader.size };
      if (path === "/v1/log") uploads.push(JSON.parse(body) as Upload);
      return {};
    };
    const upload = async () => {
      const { aid, keys } = agent.domain;
      const client = new GatewayClient({ gateway: gateway.url, aid, aik: keys.aik, now: () => agent.clock.now() });
      const complete = await uploadLog(agent.domain, client, signal);
      for (const part of uploads.splice(0)) await reader.take(part);
      return complete;
    };
    await agent.apply("key.create", { args: { items: Array.from({ length: KEYS }, (_, n) => newKey(`key ${n}`)) } });
    const keys = [...agent.domain.keystore.keys()].map(({ id }) => id);
    for (const key of keys) await agent.apply("schedule.set", { key, args: { does: "rotate", everySec: DAY } });
    expect(await upload()).toBe(true);
    const before = reader.size;

    const answer = gateway.answer;
    gateway.answer = (_, response) => {
      response.socket?.destroy();
      return null;
    };
    for (let day = 1; day <= 7; day += 1) {
      agent.clock.advance(DAY);
      await agent.domain.scheduler.tick();
      await expect(upload()).rejects.toMatchObject({ code: "E_GATEWAY" });
      if (day === 3) await agent.restart();
      if (day === 5)
        expect(await agent.apply("key.suspend", { key: keys[0] ?? "" })).toMatchObject({ outcome: "applied" });
      const versions = keys.slice(1).map((id) => agent.domain.keystore.findKey(id)?.current);
      expect(new Set(versions)).toEqual(new Set([day + 1]));
    }

    gateway.answer = answer;
    reader.parts.length = 0;
    expect(await upload()).toBe(true);
    expect(reader.parts).toEqual([200, agent.domain.log.size - before - 200]);
    expect(reader.size).toBe(agent.domain.log.size);
    const rotations = reader.kinds.slice(before).filter((kind) => kind === "key.rotate");
    expect(rotations).toHaveLength(KEYS * 7 - 2); // one key was suspended on the last two days
    expect(await agent.apply("key.resume", { key: keys[0] ?? "" })).toMatchObject({ outcome: "applied" });
    expect(await upload()).toBe(true);
  });
});
