import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { exportComponents, exportMaterial } from "../egress.ts";
import type { MaterialAttributes } from "../handle/key-handle.ts";
import type { MaterialFormat } from "../policy/algorithm.ts";
import { attributesOf, privateKey, publicKey, secretData, secretKey, TEST_ID } from "../testing/test-keys.ts";
import { codeOf, hex } from "../testing/vector-sets.ts";
import { exportPublic, importMaterial } from "./import-material.ts";
import { importTransparent } from "./import-transparent.ts";
import { digestOfHighEntropyMaterial } from "./material-digest.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const der = (key: typeof rsa.privateKey, type: "pkcs1" | "pkcs8" | "sec1" | "spki") =>
  key.export({ format: "der", type: type as "pkcs8" });
/** Self-signed ECDSA P-256, made for this test. */
const CERTIFICATE =
  "MIIBhzCCAS2gAwIBAgIUXN3veczj3OwjjbkAgmEO+FUNZVEwCgYIKoZIzj0EAwIwGDEWMBQGA1UEAwwNaG9sZGZhc3QtdGVzdDAgFw0yNjExMjUxOTMxMDZaGA8yMTI2MTEwMTE5MzEwNlowGDEWMBQGA1UEAwwNaG9sZGZhc3QtdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF10fhB8Oz4gKFnbsOapNtT4eoCbTOmxsH9dewSHQTgLR1ZWzlBotIN9R4UlLQMXJtdYRume6xTtm6w7gUI9T+SjUzBRMB0GA1UdDgQWBBQpNpesddqTCgpuGaqI65ZF02DMHDAfBgNVHSMEGDAWgBQpNpesddqTCgpuGaqI65ZF02DMHDAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIAiaFB5FyFSg2aaahpqiRQ00cQymLDhLAT34LI3HvWW5AiEAzgj0Hz627z4G98PtB5wz+rjpcKC6xmeGgfkjWkfshdA=";
const kept = (type: MaterialAttributes["type"], algorithm: string | null, usages: MaterialAttributes["usages"] = []) =>
  ({ id: TEST_ID, type, algorithm, usages, extractable: true }) as const;

describe("import", () => {
  test.each<[string, "private-key" | "public-key", MaterialFormat, Buffer]>([
    ["RSA-2048", "private-key", "pkcs1", der(rsa.privateKey, "pkcs1")],
    ["RSA-2048", "private-key", "pkcs8", der(rsa.privateKey, "pkcs8")],
    ["RSA", "public-key", "pkcs1", der(rsa.publicKey, "pkcs1")],
    ["RSA", "public-key", "spki", der(rsa.publicKey, "spki")],
    ["EC-P256", "private-key", "sec1", der(ec.privateKey, "sec1")],
    ["EC-P256", "private-key", "pkcs8", der(ec.privateKey, "pkcs8")],
    ["EC-P256", "public-key", "spki", der(ec.publicKey, "spki")],
  ])(
    "takes %s as %s in %s, gives those bytes back, and takes nothing beside them",
    (algorithm, type, format, bytes) => {
      const attributes = attributesOf(algorithm, type);
      expect(exportMaterial(importMaterial(bytes, format, attributes))).toEqual(bytes);
      const odd = [
        Buffer.concat([bytes, Buffer.of(0)]),
        bytes.subarray(0, -1),
        Buffer.concat([Buffer.of(0), bytes]),
        Buffer.alloc(bytes.byteLength),
      ];
      for (const each of odd) expect(codeOf(() => importMaterial(each, format, attributes))).toBe("E_CRYPTO_KEY");
      expect(codeOf(() => importMaterial(bytes, format, { ...attributes, bits: 1 }))).toBe("E_CRYPTO_KEY");
      expect(codeOf(() => importMaterial(bytes, "x509", attributes))).toBe("E_CRYPTO_INPUT");
    },
  );

  test("gives a private key back as it came, also in an encoding nobody would write now", () => {
    const withoutPoint = hex(
      "3041020100301306072a8648ce3d020106082a8648ce3d030107042730250201010420c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    ); // RFC 5915 without the optional public key
    const handle = privateKey("EC-P256", withoutPoint);
    expect(exportMaterial(handle)).toEqual(withoutPoint);
    expect(exportMaterial(handle, "raw").toString("hex")).toMatch(/^c9afa9d8/);
    expect(exportPublic(handle, "raw").toString("hex")).toMatch(/^0460fed4ba/); // RFC 6979 A.2.5
  });

  test("refuses a private key whose parts do not belong together", () => {
    const other = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const forged = Buffer.concat([
      der(ec.privateKey, "sec1").subarray(0, -65),
      der(other.publicKey, "spki").subarray(-65),
    ]);
    expect(codeOf(() => privateKey("EC-P256", forged, "sec1"))).toBe("E_CRYPTO_KEY");
    const numbers = exportComponents(privateKey("RSA", der(rsa.privateKey, "pkcs8")));
    const attributes = attributesOf("RSA", "private-key");
    for (const name of ["d", "p", "q", "dp", "dq", "qi", "n", "e"] as const) {
      const changed = Buffer.from(numbers[name] ?? []);
      changed.writeUInt8(changed.readUInt8(changed.byteLength - 1) ^ 2, changed.byteLength - 1);
      expect(
        codeOf(() => importTransparent({ ...numbers, [name]: changed }, attributes)),
        name,
      ).toBe("E_CRYPTO_KEY");
    }
  });

  test("completes an RSA key from n, e and d alone or from its factors, and refuses one that does not factor", () => {
    const whole = exportComponents(privateKey("RSA", der(rsa.privateKey, "pkcs8")));
    const { n = Buffer.alloc(0), e = Buffer.alloc(0), d = Buffer.alloc(0) } = whole;
    const attributes = attributesOf("RSA-2048", "private-key");
    expect(exportComponents(importTransparent({ n, e, d }, attributes))).toEqual(whole);
    expect(codeOf(() => importTransparent({ n, e, d: Buffer.from(d).fill(7, 0, 9) }, attributes))).toBe("E_CRYPTO_KEY");
    const { p = n, q = n } = whole;
    expect(exportComponents(importTransparent({ n, d, p, q }, attributes))).toEqual(whole);
    expect(exportComponents(importTransparent({ n, e, p, q }, attributes)).n).toEqual(n);
    for (const few of [
      { n, e },
      { n, d },
      { n, p, q },
      { e, d },
    ])
      expect(codeOf(() => importTransparent(few, attributes))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => importTransparent({ n: Buffer.of(15), e: Buffer.of(3), d: Buffer.of(3) }, attributes))).toBe(
      "E_CRYPTO_KEY",
    );
  });

  test("takes elliptic-curve numbers with and without leading zeros, and no point of another key", () => {
    const attributes = attributesOf("EC-P256", "private-key");
    const {
      d = Buffer.alloc(0),
      x = Buffer.alloc(0),
      y = Buffer.alloc(0),
    } = exportComponents(privateKey("EC-P256", der(ec.privateKey, "pkcs8")));
    const point = exportPublic(importTransparent({ d }, attributes), "raw");
    expect(point).toEqual(Buffer.concat([Buffer.of(4), x, y]));
    expect(
      exportPublic(importTransparent({ d: Buffer.concat([Buffer.alloc(3), d]), q: point }, attributes), "raw"),
    ).toEqual(point);
    const other = exportPublic(
      privateKey("EC-P256", der(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, "pkcs8")),
      "raw",
    );
    expect(codeOf(() => importTransparent({ d, q: other }, attributes))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => importTransparent({ d: Buffer.alloc(32) }, attributes))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => importTransparent({ d: Buffer.alloc(33, 0xff) }, attributes))).toBe("E_CRYPTO_KEY");
  });

  test("refuses RSA below 1024 and above 8192 bits, even exponents, and a size that is not the named one", () => {
    const small = generateKeyPairSync("rsa", { modulusLength: 768 });
    expect(codeOf(() => publicKey("RSA", der(small.publicKey, "spki")))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => publicKey("RSA-3072", der(rsa.publicKey, "spki")))).toBe("E_CRYPTO_KEY");
    const { n = Buffer.alloc(0) } = exportComponents(publicKey("RSA", der(rsa.publicKey, "spki")));
    const attributes = attributesOf("RSA", "public-key");
    expect(codeOf(() => importTransparent({ n, e: Buffer.of(4) }, attributes))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => importTransparent({ n: Buffer.alloc(1025, 0xff), e: Buffer.of(1, 0, 1) }, attributes))).toBe(
      "E_CRYPTO_KEY",
    );
    expect(codeOf(() => importTransparent({ n, e: Buffer.of(3) }, attributes))).toBe("ok");
  });

  test("keeps what has no operation here, and gives it out as it came", () => {
    const bytes = Buffer.from("anything at all");
    for (const [type, algorithm, format] of [
      ["opaque", null, "raw"],
      ["secret-data", null, "raw"],
      ["split-key", "AES-256", "raw"],
      ["pgp-key", null, "pgp"],
      ["symmetric-key", "SKIPJACK", "raw"],
      ["private-key", "DSA", "pkcs8"],
    ] as const) {
      const handle = importMaterial(bytes, format, kept(type, algorithm));
      expect(exportMaterial(handle)).toEqual(bytes);
      expect(handle.checkValue()).toBeNull();
      expect(handle.bits).toBe(bytes.byteLength * 8);
    }
    expect(codeOf(() => importMaterial(bytes, "raw", kept("symmetric-key", "AES-265")))).toBe("E_CRYPTO_ALGORITHM");
    expect(codeOf(() => importMaterial(bytes, "x509", kept("certificate", null)))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => importMaterial(Buffer.alloc(0), "raw", kept("opaque", null)))).toBe("E_CRYPTO_INPUT");
    expect(codeOf(() => importMaterial(Buffer.alloc(2 ** 20 + 1), "raw", kept("opaque", null)))).toBe("E_CRYPTO_INPUT");
  });

  test("keeps one X.509 certificate and nothing beside it", () => {
    const bytes = Buffer.from(CERTIFICATE, "base64");
    const handle = importMaterial(bytes, "x509", kept("certificate", "EC-P256"));
    expect(exportMaterial(handle)).toEqual(bytes);
    expect(exportMaterial(handle, "x509")).toEqual(bytes);
    expect(codeOf(() => exportMaterial(handle, "pkcs8"))).toBe("E_CRYPTO_INPUT");
    for (const odd of [Buffer.concat([bytes, Buffer.of(0)]), bytes.subarray(0, -1), Buffer.from(CERTIFICATE)])
      expect(codeOf(() => importMaterial(odd, "x509", kept("certificate", null)))).toBe("E_CRYPTO_KEY");
  });

  test("makes a digest of keys, and none of what may be guessed", () => {
    const key = secretKey("AES-128", Buffer.alloc(16, 1));
    expect(digestOfHighEntropyMaterial(key).byteLength).toBe(32);
    const spki = der(rsa.publicKey, "spki");
    const handle = publicKey("RSA", spki);
    expect(digestOfHighEntropyMaterial(handle, "spki")).not.toEqual(digestOfHighEntropyMaterial(handle, "pkcs1"));
    for (const each of [secretData(Buffer.from("1234")), secretKey("HMAC-SHA256", Buffer.alloc(9, 1))])
      expect(codeOf(() => digestOfHighEntropyMaterial(each))).toBe("E_CRYPTO_USAGE");
  });

  test("makes no weak key out of a public point", () => {
    for (const point of ["00".repeat(32), `01${"00".repeat(31)}`, "ff".repeat(32), "ee".repeat(31)])
      expect(codeOf(() => publicKey("Ed25519", hex(point), "raw"))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => publicKey("EC-P256", Buffer.concat([Buffer.of(4), Buffer.alloc(64, 1)]), "raw"))).toBe(
      "E_CRYPTO_KEY",
    );
    expect(codeOf(() => publicKey("EC-P256", Buffer.of(0), "raw"))).toBe("E_CRYPTO_KEY");
    expect(
      codeOf(() =>
        publicKey("EC-P256", Buffer.concat([hex("3019301306072a8648ce3d020106082a8648ce3d030107"), hex("03020000")])),
      ),
    ).toBe("E_CRYPTO_KEY");
    const hybrid = der(ec.publicKey, "spki");
    hybrid.writeUInt8(6 + (hybrid.readUInt8(hybrid.byteLength - 1) & 1), hybrid.byteLength - 65);
    expect(codeOf(() => publicKey("EC-P256", hybrid))).toBe("E_CRYPTO_KEY");
    expect(codeOf(() => publicKey("EC-P256", hybrid.subarray(-65), "raw"))).toBe("E_CRYPTO_KEY");
    const compressed = exportPublic(privateKey("EC-P256", der(ec.privateKey, "pkcs8")), "raw");
    const short = Buffer.concat([Buffer.of(2 + (compressed.readUInt8(64) & 1)), compressed.subarray(1, 33)]);
    const handle = publicKey("EC-P256", short, "raw");
    expect(exportPublic(handle, "spki")).toEqual(der(ec.publicKey, "spki"));
    expect(exportMaterial(handle)).toEqual(short);
  });
});
