import type { RootKey } from "@holdfast/crypto";
import type { RowTable, StoredRow } from "./store.ts";

const encoder = new TextEncoder();

/** The injective encoding that a row's MAC covers: lengths before table, id and body, then the leaf's index. */
function macParts(table: RowTable, id: string, body: Uint8Array, leaf: number): Uint8Array[] {
  const name = encoder.encode(table);
  const key = encoder.encode(id);
  const head = new DataView(new ArrayBuffer(20));
  head.setUint32(0, name.length);
  head.setUint32(4, key.length);
  head.setUint32(8, body.length);
  head.setBigUint64(12, BigInt(leaf));
  return [new Uint8Array(head.buffer), name, key, body];
}

/** Makes a row that only the holder of the root key can make. */
export function sealRow(root: RootKey, table: RowTable, row: Omit<StoredRow, "mac">): StoredRow {
  return { ...row, mac: root.storeMac(...macParts(table, row.id, row.body, row.leaf)) };
}

/** Whether this agent wrote exactly this row at some time; not whether it is the newest one. */
export function isAuthenticRow(root: RootKey, table: RowTable, { id, body, leaf, mac }: StoredRow): boolean {
  return root.matchesStoreMac(mac, ...macParts(table, id, body, leaf));
}

/** Encodes a record as a row's body. */
export function encodeBody(record: object): Uint8Array {
  return encoder.encode(JSON.stringify(record));
}

/** Decodes a row's body. Caller must: have checked {@link isAuthenticRow}. */
export function decodeBody<T>(row: StoredRow): T {
  return JSON.parse(new TextDecoder().decode(row.body)) as T;
}
