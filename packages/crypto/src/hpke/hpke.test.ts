import { createDecipheriv, createHmac, createPublicKey, diffieHellman } from "node:crypto";
import { describe, expect, test } from "vitest";
import { randomBytes } from "../random/random-bytes.ts";
import { hpkeOpen, hpkeSeal } from "./hpke.ts";
import { generateRecipientKey, type RecipientHandle, runtimeRecipientKeyOf } from "./recipient-handle.ts";
import { openStream, STREAM_CHUNK_BYTES, STREAM_HEAD_BYTES, sealStream } from "./sealed-stream.ts";

const info = Buffer.from("info");
const aad = Buffer.from("aad");

describe("HPKE", () => {
  test("opens under the same recipient, info and aad, and under nothing else", async () => {
    const recipient = generateRecipientKey();
    const sealed = await hpkeSeal(recipient.publicKey, info, aad, Buffer.from("secret"));
    expect((await hpkeOpen(recipient, sealed, info, aad)).toString()).toBe("secret");
    const changedEnc = new Uint8Array(sealed.enc);
    changedEnc[40] = (changedEnc[40] ?? 0) ^ 1;
    for (const attempt of [
      () => hpkeOpen(generateRecipientKey(), sealed, info, aad),
      () => hpkeOpen(recipient, sealed, Buffer.from("other"), aad),
      () => hpkeOpen(recipient, sealed, info, Buffer.from("other")),
      () => hpkeOpen(recipient, { ...sealed, enc: changedEnc }, info, aad),
      () => hpkeOpen(recipient, { ...sealed, enc: sealed.enc.subarray(1) }, info, aad),
      () => hpkeOpen(recipient, { ...sealed, ct: sealed.ct.subarray(1) }, info, aad),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "E_DECRYPT" });
    }
  });

  test("is RFC 9180 base mode as computed a second time from the text of the standard", async () => {
    const recipient = generateRecipientKey();
    const sealed = await hpkeSeal(recipient.publicKey, info, aad, Buffer.from("secret"));
    expect(openByTheBook(recipient, sealed.enc, sealed.ct).toString()).toBe("secret");
  });

  test("sends to no point off the curve and no other encoding", async () => {
    const off = Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]);
    const compressed = Buffer.concat([Buffer.of(2), Buffer.from(generateRecipientKey().publicKey.subarray(1, 33))]);
    for (const key of [off, compressed, Buffer.alloc(65), Buffer.alloc(0), "x" as never]) {
      await expect(hpkeSeal(key, info, aad, Buffer.from("secret"))).rejects.toMatchObject({ code: "E_CRYPTO_KEY" });
    }
  });

  test("opens nothing once the recipient key was zeroised", async () => {
    const recipient = generateRecipientKey();
    const sealed = await hpkeSeal(recipient.publicKey, info, aad, Buffer.from("secret"));
    recipient.zeroize();
    await expect(hpkeOpen(recipient, sealed, info, aad)).rejects.toMatchObject({ code: "E_CRYPTO_DESTROYED" });
  });
});

describe("a sealed stream", () => {
  const recipient = generateRecipientKey();
  const seal = (data: Uint8Array) => collect(sealStream([data], recipient.publicKey, info));
  const open = (data: Uint8Array, to = recipient, bound = info) => collect(openStream([data], to, bound));

  test.each([0, 1, STREAM_CHUNK_BYTES - 1, STREAM_CHUNK_BYTES, STREAM_CHUNK_BYTES + 1, 3 * STREAM_CHUNK_BYTES])(
    "gives back %i bytes however they are cut",
    async (size) => {
      const data = size === 0 ? Buffer.alloc(0) : randomBytes(size);
      const sealed = await collect(sealStream(cut(data, 10_007), recipient.publicKey, info));
      expect(await collect(openStream(cut(sealed, 999), recipient, info))).toEqual(data);
    },
  );

  test("is refused cut off anywhere, also at a chunk's end", async () => {
    const sealed = await seal(randomBytes(2 * STREAM_CHUNK_BYTES + 10));
    const chunk = STREAM_CHUNK_BYTES + 16;
    for (const length of [
      0,
      10,
      STREAM_HEAD_BYTES,
      STREAM_HEAD_BYTES + chunk,
      STREAM_HEAD_BYTES + 2 * chunk,
      sealed.byteLength - 1,
    ]) {
      await expect(open(sealed.subarray(0, length))).rejects.toMatchObject({ code: "E_DECRYPT" });
    }
  });

  test("is refused with chunks exchanged, repeated, removed or added", async () => {
    const sealed = await seal(randomBytes(3 * STREAM_CHUNK_BYTES));
    const head = sealed.subarray(0, STREAM_HEAD_BYTES);
    const [a, b, c] = [0, 1, 2].map((n) => {
      const start = STREAM_HEAD_BYTES + n * (STREAM_CHUNK_BYTES + 16);
      return sealed.subarray(start, start + STREAM_CHUNK_BYTES + 16);
    }) as [Buffer, Buffer, Buffer];
    expect(await open(Buffer.concat([head, a, b, c]))).toHaveLength(3 * STREAM_CHUNK_BYTES);
    for (const order of [
      [b, a, c],
      [a, a, b, c],
      [a, c],
      [b, c],
      [a, b, c, c],
      [a, b, c, Buffer.alloc(16)],
      [a, b, c, Buffer.alloc(1)],
    ]) {
      await expect(open(Buffer.concat([head, ...order]))).rejects.toMatchObject({ code: "E_DECRYPT" });
    }
  });

  test("is refused with a byte changed in head or chunks, for another recipient or purpose", async () => {
    const sealed = await seal(Buffer.from("content"));
    for (let at = 0; at < sealed.byteLength; at += 1) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      await expect(open(changed)).rejects.toMatchObject({ code: "E_DECRYPT" });
    }
    await expect(open(sealed, generateRecipientKey())).rejects.toMatchObject({ code: "E_DECRYPT" });
    await expect(open(sealed, recipient, Buffer.from("other"))).rejects.toMatchObject({ code: "E_DECRYPT" });
  });
});

async function collect(parts: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

function* cut(data: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < data.byteLength; at += size) yield data.subarray(at, at + size);
}

/** RFC 9180 sections 4 to 5, written out for DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, mode_base. */
function openByTheBook(recipient: RecipientHandle, enc: Uint8Array, ct: Uint8Array): Buffer {
  const hmac = (key: Uint8Array, data: Uint8Array) => createHmac("sha256", key).update(data).digest();
  const extract = (suite: Buffer, salt: Uint8Array, label: string, ikm: Uint8Array) =>
    hmac(
      salt.byteLength === 0 ? Buffer.alloc(32) : salt,
      Buffer.concat([Buffer.from("HPKE-v1"), suite, Buffer.from(label), ikm]),
    );
  const expand = (suite: Buffer, prk: Uint8Array, label: string, context: Uint8Array, length: number) =>
    hmac(
      prk,
      Buffer.concat([Buffer.of(0, length), Buffer.from("HPKE-v1"), suite, Buffer.from(label), context, Buffer.of(1)]),
    ).subarray(0, length);
  const none = Buffer.alloc(0);
  const kem = Buffer.from([...Buffer.from("KEM"), 0, 0x10]);
  const suite = Buffer.from([...Buffer.from("HPKE"), 0, 0x10, 0, 1, 0, 2]);

  const spki = Buffer.concat([Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex"), enc]);
  const dh = diffieHellman({
    privateKey: runtimeRecipientKeyOf(recipient),
    publicKey: createPublicKey({ key: spki, format: "der", type: "spki" }),
  });
  const shared = expand(
    kem,
    extract(kem, none, "eae_prk", dh),
    "shared_secret",
    Buffer.concat([enc, recipient.publicKey]),
    32,
  );
  const context = Buffer.concat([
    Buffer.of(0),
    extract(suite, none, "psk_id_hash", none),
    extract(suite, none, "info_hash", info),
  ]);
  const secret = extract(suite, shared, "secret", none);
  const decipher = createDecipheriv(
    "aes-256-gcm",
    expand(suite, secret, "key", context, 32),
    expand(suite, secret, "base_nonce", context, 12),
  );
  decipher.setAAD(aad);
  decipher.setAuthTag(ct.subarray(-16));
  return Buffer.concat([decipher.update(ct.subarray(0, -16)), decipher.final()]);
}
