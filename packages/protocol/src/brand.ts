declare const brand: unique symbol;

type Branded<Base, Name extends string> = Base & { readonly [brand]: Name };

/** Identifier of a custody domain: 26 base32 characters derived from its genesis. */
export type TenantId = Branded<string, "TenantId">;
/** Identifier of an agent: `a_` and 26 base32 characters derived from its public key. */
export type AgentId = Branded<string, "AgentId">;
/** Identifier of a key: `k_` and 26 base32 characters derived from the command that creates it. */
export type KeyId = Branded<string, "KeyId">;
/** Identifier of a client: `c_` and 26 base32 characters derived from the command that enrols it. */
export type ClientId = Branded<string, "ClientId">;
/** docHash of a command, 43 base64url characters. */
export type CommandHash = Branded<string, "CommandHash">;
/** Bytes that our encoder made of a `T`. */
export type Canonical<T> = Uint8Array<ArrayBuffer> & { readonly [canonical]?: T };
/** A value of the right shape about which nothing has been verified. */
export type Untrusted<T> = T;
/** A value whose signatures and rules were verified; only `verify…` and `accept…` functions of this package make one. */
export type Verified<T> = T & { readonly [verified]: true };

declare const canonical: unique symbol;
declare const verified: unique symbol;

/** Marks what a verifying function of this package has checked. Not exported from the package. */
export function markVerified<T>(value: T): Verified<T> {
  return value as Verified<T>;
}
