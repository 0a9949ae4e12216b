import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EnrolledClient, KmipAgent } from "./support/kmip-agent.ts";
import { PYKMIP, play, type Seen, sampleMaterial } from "./support/pykmip.ts";

const PLAINTEXT = Buffer.from("what the application keeps").toString("hex");
const SYMMETRIC = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString("hex");
/** HMAC-SHA-256 of `data` under that key. */
const MAC = "9dd78fa36b26c332831fb2809d0ebb4398009accfaebbe45763a0459a214486f";
/** What is derived depends on a key that is another one each time. */
const DERIVED_HEX_LENGTH = 32;

let agent: KmipAgent;
let app: EnrolledClient;
let material: Readonly<Record<string, string>>;

describe.skipIf(PYKMIP === undefined)("PyKMIP's client", () => {
  beforeAll(async () => {
    agent = await KmipAgent.start();
    app = await agent.enrolOwner("app");
    material = sampleMaterial(app.pem.cert);
  });
  afterAll(() => agent?.close());

  describe.each(["1.0", "1.1", "1.2", "1.3", "1.4", "2.0"])("in KMIP %s", (version) => {
    /** 1.2 brought the cryptographic operations. */
    const encrypts = version >= "1.2";
    let seen: Record<string, Seen>;
    beforeAll(async () => {
      const owner = await agent.enrolOwner(`app-${version}`);
      const clients = { app: owner.files };
      seen = await play({ scene: "operations", version, port: agent.port, clients, given: { material } });
    });
    const value = (step: string) => {
      expect(seen[step], step).toMatchObject({ ok: true });
      return seen[step]?.value;
    };
    const refused = (step: string) => {
      expect(seen[step], step).toMatchObject({ ok: false, kind: "KmipOperationFailure" });
      return seen[step]?.reason;
    };

    it("makes a key, finds it by its exact name and by no other", () => {
      expect(value("locate by name")).toEqual([value("create")]);
      expect(value("locate by another name")).toEqual([]);
    });

    it("gets a key that is not active yet", () => {
      expect(value("get before activation")).toMatchObject({ class: "SymmetricKey", cryptographic_length: 256 });
      value("activate");
      refused("activate twice");
    });

    it.runIf(encrypts)("encrypts with an active key only, under a vector that the server draws", () => {
      refused("encrypt before activation");
      expect(value("encrypt")[1]).toMatch(/^[0-9a-f]{32}$/);
      expect(value("decrypt")).toBe(PLAINTEXT);
    });

    it.runIf(encrypts)("is refused a vector of its own, where the administrators have not allowed that", () => {
      expect(refused("encrypt under a vector of its own")).toMatch(/INVALID_FIELD|BAD_CRYPTOGRAPHIC_PARAMETERS/);
    });

    it.runIf(encrypts)("decrypts with a revoked key what it encrypted before, and encrypts nothing more", () => {
      refused("encrypt after revocation");
      expect(value("decrypt after revocation")).toBe(PLAINTEXT);
    });

    it.skipIf(encrypts)("is told that this version has no Encrypt", () => {
      expect(refused("encrypt")).toBe("OPERATION_NOT_SUPPORTED");
    });

    it("revokes a key before it destroys it", () => {
      refused("destroy while active");
      value("revoke");
      value("destroy");
      refused("get after destruction");
      value("revoke as compromised");
      expect(value("state of the compromised")).toEqual({ State: ["COMPROMISED"] });
    });

    it("re-keys: the name goes to the new key", () => {
      expect(value("attributes of the new")).toMatchObject({ Name: ["life"] });
      expect(value("attributes of the re-keyed")).not.toHaveProperty("Name");
    });

    it("checks what a key may be used for", () => {
      expect(value("check")).toBe(value("create"));
      // Its client reads a payload where a failed operation has none, and stops there; what matters is that it stops.
      expect(seen["check of a use it has not"]).toMatchObject({ ok: false });
    });

    it.each(["SymmetricKey", "PublicKey", "PrivateKey", "Certificate", "SecretData", "OpaqueObject", "SplitKey"])(
      "registers a %s, gets it back byte for byte and destroys it",
      (kind) => {
        value(`register ${kind}`);
        const given: Record<string, string> = {
          SymmetricKey: SYMMETRIC,
          PublicKey: material.publicKey as string,
          PrivateKey: material.privateKey as string,
          Certificate: material.certificate as string,
          SecretData: Buffer.from("a password").toString("hex"),
          OpaqueObject: Buffer.from("any bytes").toString("hex"),
          SplitKey: "00".repeat(16),
        };
        expect(value(`get ${kind}`)).toMatchObject({ value: given[kind] });
        expect(value(`attributes of ${kind}`)).toMatchObject({ Name: [expect.stringContaining("registered")] });
        value(`destroy ${kind}`);
      },
    );

    it("makes an RSA pair and gets both halves", () => {
      expect(value("get of a public key")).toMatchObject({ class: "PublicKey", cryptographic_length: 2048 });
      expect(value("get of a private key")).toMatchObject({ class: "PrivateKey", cryptographic_length: 2048 });
    });

    it.runIf(encrypts)("signs with one half of a pair and verifies with the other", () => {
      value("sign");
      expect(value("signature_verify")).toBe("VALID");
      expect(value("signature_verify of other data")).toBe("INVALID");
    });

    it("derives a key", () => {
      expect(value("get of the derived").value).toHaveLength(DERIVED_HEX_LENGTH);
    });

    it.runIf(encrypts)("authenticates data as HMAC-SHA-256 does", () => {
      expect(value("mac")[1]).toBe(MAC);
    });

    it("reads attributes, all of them or by name, and an absent one is no error", () => {
      expect(value("get_attributes")).toMatchObject({
        Name: ["first name"],
        "Object Type": ["SYMMETRIC_KEY"],
        "Cryptographic Algorithm": ["AES"],
        "Cryptographic Length": [256],
        State: ["PRE_ACTIVE"],
      });
      expect(value("get_attributes by name")).toEqual({
        Name: ["first name"],
        State: ["PRE_ACTIVE"],
        "Cryptographic Length": [256],
      });
      if (version < "2") expect(value("get_attributes that are absent")).toEqual({});
      expect(value("get_attribute_list")).toEqual(expect.arrayContaining(["Name", "State", "Unique Identifier"]));
    });

    it("changes a name and deletes it", () => {
      value("modify_attribute");
      value("delete_attribute");
      expect(value("get_attributes after deletion")).toEqual({});
    });

    it.runIf(version >= "2")("sets an attribute", () => {
      value("set_attribute");
      expect(value("get_attributes that were set")).toEqual({ "Contact Information": ["the database team"] });
    });

    it("asks what the server can do and which versions it speaks", () => {
      expect(value("query").operations).toEqual(
        expect.arrayContaining(["Operation.CREATE", "Operation.GET", "Operation.QUERY"]),
      );
      if (version >= "1.1")
        expect(value("discover_versions")).toEqual(["2.1", "2.0", "1.4", "1.3", "1.2", "1.1", "1.0"]);
    });

    it("learns of an object that never was that it is not found", () => {
      expect(refused("get of what never was")).toMatch(/NOT_FOUND/);
    });
  });
});
