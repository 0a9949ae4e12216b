import { existsSync, mkdirSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { writeDurably } from "../../durable-file.ts";
import { PageError } from "../page-error.ts";
import { readPageFile } from "../page-file.ts";

/** Another key server that serves the page under the same name, as this host was told. */
export interface PeerPlace {
  readonly name: string;
  /** `HOST:PORT` of its page's listener: its own address, not the common name. */
  readonly at: string;
  /** A file with the authority of its page's certificate; null for those that Node trusts. */
  readonly ca: string | null;
}

const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;
const AT = /^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9.-]{1,253}):[1-9]\d{0,4}$/;
const MOST = 8;

/** Every peer. @throws {@link PageError} `E_PAGE_SETUP` for a file that was changed */
export function peerPlaces(dataDirectory: string): readonly PeerPlace[] {
  const path = pathIn(dataDirectory);
  if (!existsSync(path)) return [];
  try {
    const { ver, peers } = JSON.parse(readPageFile(path)) as { ver: unknown; peers: PeerPlace[] };
    if (ver === 1 && Array.isArray(peers) && peers.length <= MOST && peers.every(isPeer)) return peers;
  } catch {
    // Unreadable: refused below.
  }
  throw new PageError(
    "E_PAGE_SETUP",
    `${path} cannot be read, or was changed.`,
    "Remove that file and name the key servers again: `holdfast-agent page peer add`.",
  );
}

/** Adds a peer, or changes where it is. @throws {@link PageError} `E_PAGE_SETUP` */
export function addPeer(dataDirectory: string, peer: PeerPlace): void {
  const others = peerPlaces(dataDirectory).filter(({ name }) => name !== peer.name);
  if (!isPeer(peer))
    throw refused("A key server behind the same name has a plain name (a-z, 0-9, -) and an address HOST:PORT.");
  if (others.length >= MOST) throw refused(`At most ${MOST} other key servers are behind one name.`);
  write(dataDirectory, [...others, peer]);
}

/** Forgets a peer. @throws {@link PageError} `E_PAGE_SETUP` where there is none of that name */
export function removePeer(dataDirectory: string, name: string): void {
  const known = peerPlaces(dataDirectory);
  const left = known.filter((each) => each.name !== name);
  if (left.length === known.length) throw refused(`No other key server is called ${name} here.`);
  write(dataDirectory, left);
}

function write(dataDirectory: string, peers: readonly PeerPlace[]): void {
  mkdirSync(join(dataDirectory, "page"), { recursive: true, mode: 0o700 });
  writeDurably(pathIn(dataDirectory), `${JSON.stringify({ ver: 1, peers }, null, 2)}\n`);
}

function pathIn(dataDirectory: string): string {
  return join(dataDirectory, "page", "peers.json");
}

function isPeer(value: unknown): boolean {
  const { name, at, ca } = (value ?? {}) as Partial<Record<keyof PeerPlace, unknown>>;
  return (
    typeof name === "string" &&
    NAME.test(name) &&
    typeof at === "string" &&
    AT.test(at) &&
    (ca === null || (typeof ca === "string" && isAbsolute(ca)))
  );
}

function refused(what: string): PageError {
  return new PageError("E_PAGE_SETUP", what, "See `holdfast-agent page peer list`.");
}
