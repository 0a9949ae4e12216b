import type { RootKey } from "@holdfast/crypto";
import type { RowTable, StoredRow } from "./store.ts";

const encoder = new TextEncoder();

const HEAD_BYTES = 20;

/** The injective encoding that a row's MAC covers: lengths of table, id and body, the leaf's index, then the three. */
function macInput(table: RowTable, id: string, body: Uint8Array, leaf: number): Uint8Array {
  const idBytes = Buffer.byteLength(id);
  const bodyAt = HEAD_BYTES + table.length + idBytes;
  const input = Buffer.allocUnsafe(bodyAt + body.length);
  input.writeUInt32BE(table.length, 0);
  input.writeUInt32BE(idBytes, 4);
  input.writeUInt32BE(body.length, 8);
  input.writeUInt32BE(Math.floor(leaf / 2 ** 32), 12);
  input.writeUInt32BE(leaf % 2 ** 32, 16);
  input.write(table, HEAD_BYTES, "latin1");
  input.write(id, HEAD_BYTES + table.length, "utf8");
  input.set(body, bodyAt);
  return input;
}

/** Makes a row that only the holder of the root key can make. */
export function sealRow(root: RootKey, table: RowTable, row: Omit<StoredRow, "mac">): StoredRow {
  return { ...row, mac: root.storeMac(macInput(table, row.id, row.body, row.leaf)) };
}

/** Whether this agent wrote exactly this row at some time; not whether it is the newest one. */
export function isAuthenticRow(root: RootKey, table: RowTable, { id, body, leaf, mac }: StoredRow): boolean {
  if (!Number.isSafeInteger(leaf) || leaf < 0) return false;
  return root.matchesStoreMac(mac, macInput(table, id, body, leaf));
}

/** Encodes a record as a row's body. */
export function encodeBody(record: object): Uint8Array {
  return encoder.encode(JSON.stringify(record));
}

/** Decodes a row's body. Caller must: have checked {@link isAuthenticRow}. */
export function decodeBody<T>(row: StoredRow): T {
  const { buffer, byteOffset, byteLength } = row.body;
  return JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString()) as T;
}
