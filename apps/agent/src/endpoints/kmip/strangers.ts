import type { Socket } from "node:net";
import type { KmipCounters } from "../metrics/kmip-counters.ts";
import type { KmipLimits } from "./limits.ts";

/**
 * Connections that are not of a client, or not yet: so many in all and of one network address, the oldest making room.
 */
export class Strangers {
  readonly #limits: KmipLimits;
  readonly #counters: KmipCounters;
  /** By address and port of the other side. */
  readonly #sockets = new Map<string, Socket>();
  readonly #ofAddress = new Map<string, number>();

  constructor(limits: KmipLimits, counters: KmipCounters) {
    this.#limits = limits;
    this.#counters = counters;
  }

  /** Takes a connection before its handshake, or ends it. */
  add(socket: Socket): void {
    const { remoteAddress: address, remotePort } = socket;
    if (address === undefined || remotePort === undefined) {
      socket.destroy(); // gone already
      return;
    }
    const count = this.#ofAddress.get(address) ?? 0;
    if (count >= this.#limits.strangersPerAddress) {
      this.#counters.refuse("handshakes-of-address");
      socket.destroy();
      return;
    }
    if (this.#sockets.size >= this.#limits.strangers) this.#dropOldest();
    const name = nameOf(socket);
    this.#sockets.set(name, socket);
    this.#ofAddress.set(address, count + 1);
    this.#counters.strangers = this.#sockets.size;
    socket.once("close", () => this.#forget(name, address));
  }

  /** Forgets a connection that turned out to be a client's. */
  release(socket: Socket): void {
    this.#forget(nameOf(socket), socket.remoteAddress ?? "");
  }

  destroyAll(): void {
    for (const socket of this.#sockets.values()) socket.destroy();
  }

  #dropOldest(): void {
    for (const socket of this.#sockets.values()) {
      this.#counters.refuse("handshakes");
      this.release(socket);
      socket.destroy();
      return;
    }
  }

  #forget(name: string, address: string): void {
    if (!this.#sockets.delete(name)) return;
    const count = (this.#ofAddress.get(address) ?? 1) - 1;
    if (count === 0) this.#ofAddress.delete(address);
    else this.#ofAddress.set(address, count);
    this.#counters.strangers = this.#sockets.size;
  }
}

function nameOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}
