/** Times and sizes of KMIP connections. */
export interface KmipLimits {
  /** Largest request message, header included. */
  readonly messageBytes: number;
  /** Parts of large messages held at one time, over all connections. */
  readonly underWayBytes: number;
  /** From the connection to the end of the handshake; and again to the first request of one that is no client. */
  readonly handshakeMs: number;
  /** From the first byte of a message to its last. */
  readonly messageMs: number;
  /** An answer that is not taken. */
  readonly stallMs: number;
  /** Without a request. Databases keep pools of connections open. */
  readonly idleMs: number;
  /** Between the last answer and the end of a connection that is being closed. */
  readonly lingerMs: number;
  /** Connections of clients; beyond it the one that was idle longest is closed. */
  readonly connections: number;
  /** Of one client; beyond it the same among its own. */
  readonly perClient: number;
  /** Connections that are not of a client (yet). */
  readonly strangers: number;
  /** Of one network address. */
  readonly strangersPerAddress: number;
  /** Requests of one connection that are being answered at a time. */
  readonly pipelined: number;
  /** Answers that are held over all connections until they are taken; whose answer is beyond it is closed. */
  readonly answersBytes: number;
  /** Answers of one connection that wait to be taken, before it is read no further. */
  readonly unsentBytes: number;
}

export const KMIP_LIMITS: KmipLimits = {
  messageBytes: 1024 * 1024,
  underWayBytes: 256 * 1024 * 1024,
  handshakeMs: 10_000,
  messageMs: 30_000,
  stallMs: 60_000,
  idleMs: 600_000,
  lingerMs: 2_000,
  connections: 10_000,
  perClient: 4_000,
  strangers: 1_024,
  strangersPerAddress: 256,
  pipelined: 64,
  unsentBytes: 256 * 1024,
  answersBytes: 512 * 1024 * 1024,
};
