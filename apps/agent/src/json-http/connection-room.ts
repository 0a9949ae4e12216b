import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { isIPv6, type Socket } from "node:net";

/** How many connections a server takes. */
export interface ConnectionLimits {
  readonly connections: number;
  /** Of one network address; of IPv6, of one /64. */
  readonly perAddress: number;
}

interface Connection {
  readonly socket: Socket;
  readonly address: string;
  /** The call that is being answered. */
  call: { readonly request: IncomingMessage; readonly response: ServerResponse } | null;
}

/** The other side's address and port, which plain and TLS sockets of one connection share; the socket itself where it has none. */
type Name = string | Socket;

/**
 * Bounds a server's connections so that whoever opens many shuts nobody out: one that finds no room takes the place of the one that was
 * longest without a whole call, of the address that has most. A call that has arrived whole is answered in any case.
 */
export function limitConnections(server: Server, limits: ConnectionLimits): void {
  const room = new ConnectionRoom(limits);
  server.on("connection", (socket: Socket) => room.add(socket));
  server.prependListener("request", (request, response) => room.answering(request, response));
}

class ConnectionRoom {
  readonly #limits: ConnectionLimits;
  readonly #all = new Map<Name, Connection>();
  /** By address; within one, those used longest ago first. */
  readonly #byAddress = new Map<string, Set<Connection>>();

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  add(socket: Socket): void {
    const [name, address] = [nameOf(socket), networkOf(socket.remoteAddress)];
    if (!this.#makeRoom(address)) return void socket.destroy();
    const connection: Connection = { socket, address, call: null };
    this.#all.set(name, connection);
    this.#of(address).add(connection);
    socket.once("close", () => {
      if (this.#all.get(name) === connection) this.#all.delete(name);
      this.#leave(connection);
    });
  }

  answering(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#all.get(nameOf(request.socket));
    if (connection === undefined) return;
    connection.call = { request, response };
    this.#use(connection);
    response.once("close", () => {
      if (connection.call?.response !== response) return;
      connection.call = null;
      this.#use(connection);
    });
  }

  /** Whether there is room for one more of an address. */
  #makeRoom(address: string): boolean {
    const own = this.#byAddress.get(address);
    if (own !== undefined && own.size >= this.#limits.perAddress) return this.#dropOldest(own);
    if (this.#count() < this.#limits.connections) return true;
    const busiestFirst = [...this.#byAddress.values()].sort((a, b) => b.size - a.size);
    return busiestFirst.some((each) => this.#dropOldest(each));
  }

  #dropOldest(connections: ReadonlySet<Connection>): boolean {
    for (const connection of connections) {
      if (isAnswering(connection)) continue;
      this.#leave(connection);
      connection.socket.destroy();
      return true;
    }
    return false;
  }

  #count(): number {
    let count = 0;
    for (const { size } of this.#byAddress.values()) count += size;
    return count;
  }

  #of(address: string): Set<Connection> {
    const known = this.#byAddress.get(address) ?? new Set<Connection>();
    this.#byAddress.set(address, known);
    return known;
  }

  #use(connection: Connection): void {
    const own = this.#byAddress.get(connection.address);
    if (own?.delete(connection)) own.add(connection);
  }

  #leave(connection: Connection): void {
    const own = this.#byAddress.get(connection.address);
    own?.delete(connection);
    if (own?.size === 0) this.#byAddress.delete(connection.address);
  }
}

/** Whether a call arrived whole and its answer is still being made; one that the other side does not take is none. */
function isAnswering({ call }: Connection): boolean {
  return call?.request.complete === true && !call.response.writableEnded;
}

function nameOf(socket: Socket): Name {
  const { remoteAddress, remotePort } = socket;
  return remoteAddress === undefined ? socket : `${remoteAddress} ${remotePort}`;
}

/** What one party has of the network: an IPv4 address, or the /64 that IPv6 gives to one. */
export function networkOf(address: string | undefined): string {
  if (address === undefined) return "";
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined || !isIPv6(address)) return mapped ?? address;
  const [head = "", tail] = (address.split("%")[0] ?? "").split("::");
  const front = head === "" ? [] : head.split(":");
  const back = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups = tail === undefined ? front : [...front, ...Array(8 - front.length - back.length).fill("0"), ...back];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}
