import type { SourceKey, SourceMaterial } from "../key-source.ts";
import { encodePath } from "./encode-path.ts";
import type { VaultPeer } from "./vault-peer.ts";

const MOST_BYTES = 65_536;

interface Settings {
  readonly group: string;
  readonly extractable: boolean;
}

/** The secrets of a KV version 1 mount. */
export async function listKvOne(peer: VaultPeer, mount: string): Promise<SourceKey[]> {
  const paths = await pathsBelow(peer, mount, "");
  return paths.map((path) => ({ id: idOf(mount, path), label: path, kind: "kv 1", stays: null, left: [] }));
}

/** The secrets of a KV version 2 mount: each version that is neither deleted nor destroyed is one of its own. */
export async function listKvTwo(peer: VaultPeer, mount: string): Promise<SourceKey[]> {
  const found: SourceKey[] = [];
  for (const path of await pathsBelow(peer, `${mount}/metadata`, "")) {
    const answer = await peer.read(`${encodePath(mount)}/metadata/${encodePath(path)}`);
    if (!answer.ok) {
      found.push({
        id: idOf(mount, path),
        label: path,
        kind: "kv 2",
        stays: `it is not described: ${answer.words}`,
        left: [],
      });
      continue;
    }
    found.push(...versionsOf(mount, path, answer.data));
  }
  return found;
}

function versionsOf(mount: string, path: string, data: Readonly<Record<string, unknown>>): SourceKey[] {
  const { versions = {}, current_version: current } = data;
  const custom = Object.keys((data["custom_metadata"] ?? {}) as object);
  const left = custom.length === 0 ? [] : ["custom metadata"];
  return Object.entries(versions as Record<string, { deletion_time?: string; destroyed?: boolean }>).map(
    ([version, facts]) => {
      const isCurrent = Number(version) === Number(current);
      const gone =
        facts.destroyed === true ? "it is destroyed there" : facts.deletion_time ? "it is deleted there" : null;
      const id = isCurrent ? idOf(mount, path) : `${idOf(mount, path)}#${version}`;
      const label = isCurrent ? path : `${path} version ${version}`;
      return { id, label, kind: `kv 2 version ${version}`, stays: gone, left };
    },
  );
}

/** A secret as JSON of its names and values. */
export async function readKv(
  peer: VaultPeer,
  { id, label, kind }: SourceKey,
  { group, extractable }: Settings,
): Promise<SourceMaterial | string> {
  const [mountAndPath = ""] = id.slice("vault:".length).split("#");
  const version = /version (\d+)$/.exec(kind)?.[1];
  const [mount = "", path = ""] = splitId(mountAndPath);
  const address =
    version === undefined
      ? `${encodePath(mount)}/${encodePath(path)}`
      : `${encodePath(mount)}/data/${encodePath(path)}?version=${version}`;
  const answer = await peer.read(address);
  if (!answer.ok) return `it is not given: ${answer.words}`;
  const value = version === undefined ? answer.data : answer.data["data"];
  if (typeof value !== "object" || value === null) return "it has no value";
  const material = Buffer.from(JSON.stringify(value), "utf8");
  if (material.length > MOST_BYTES) return "it is larger than 64 KiB";
  const key = {
    label: label.slice(0, 128),
    type: "secret-data",
    format: "raw",
    usage: [],
    group,
    extractable,
  } as const;
  return { key: { ...key, foreign: [id] }, versions: [material] };
}

async function pathsBelow(peer: VaultPeer, mount: string, folder: string): Promise<string[]> {
  const names = await peer.list(`${encodePath(mount)}/${encodePath(folder)}`.replace(/\/$/, ""));
  const found: string[] = [];
  for (const name of names) {
    if (name.endsWith("/")) found.push(...(await pathsBelow(peer, mount, `${folder}${name}`)));
    else found.push(folder + name);
  }
  return found;
}

/** Mounts may have slashes in their names: what ends the mount is two of them. */
function idOf(mount: string, path: string): string {
  return `vault:${mount}//${path}`;
}

function splitId(text: string): string[] {
  const at = text.indexOf("//");
  return [text.slice(0, at), text.slice(at + 2)];
}
