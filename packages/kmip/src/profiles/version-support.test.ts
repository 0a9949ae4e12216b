import { describe, expect, test } from "vitest";
import { attributeRule } from "../attributes/attribute-rules.ts";
import { ATTRIBUTE_NAMES, hasAttribute } from "../attributes/attribute-table.ts";
import { OPERATION_NAMES, operationNumbered } from "../payloads/operations.ts";
import { ENUM } from "../tags/enumeration-table.ts";
import { MASK } from "../tags/mask-table.ts";
import { tagNamed, tagTitle } from "../tags/names.ts";
import { TAG } from "../tags/tag-table.ts";
import { bitsIn, hasTag, hasValue } from "../tags/versions.ts";
import { KMIP_VERSIONS } from "../version.ts";
import { discoveredVersions, objectTypesIn, operationsIn } from "./version-support.ts";

describe("the tables of the specification", () => {
  test("have payloads for every operation, and no other", () => {
    expect([...OPERATION_NAMES].sort()).toEqual(Object.keys(ENUM.Operation).sort());
    for (const name of OPERATION_NAMES) expect(operationNumbered(ENUM.Operation[name])).toBe(name);
    expect(operationNumbered(0)).toBeNull();
  });

  test("count the operations of each version, without the two that servers ask of clients", () => {
    expect(KMIP_VERSIONS.map((version) => operationsIn(version).length)).toEqual([26, 28, 39, 39, 41, 51, 57]);
  });

  test("have a rule for an attribute in exactly the versions that have the attribute", () => {
    const odd = ATTRIBUTE_NAMES.flatMap((name) =>
      KMIP_VERSIONS.filter((v) => hasAttribute(v, name) !== (attributeRule(v, name) !== null)).map(
        (v) => `${name} ${v}`,
      ),
    );
    expect(odd).toEqual([]);
  });

  test("say what a client may do with an attribute", () => {
    expect(attributeRule("1.4", "State")).toMatchObject({
      setByClient: false,
      modifiableByClient: "no",
      alwaysHasValue: "yes",
    });
    expect(attributeRule("1.4", "Name")).toMatchObject({
      setByClient: true,
      deletableByClient: "yes",
      multipleInstances: "yes",
    });
    expect(attributeRule("1.0", "ActivationDate")?.modifiableByClient).toBe("conditional");
    expect(attributeRule("1.0", "Fresh")).toBeNull();
    expect(attributeRule("1.4", "ProcessStartDate")?.appliesTo).toEqual(["SymmetricKey", "SplitKey", "Template"]);
    expect(attributeRule("1.4", "CryptographicDomainParameters")?.appliesTo).toEqual([
      "PrivateKey",
      "PublicKey",
      "Template",
    ]);
  });

  test("know when a tag, a value and a bit came and went", () => {
    expect([hasTag("1.0", TAG.Fresh), hasTag("1.1", TAG.Fresh), hasTag("2.0", TAG.TemplateAttribute)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(hasTag("1.0", 0x540001)).toBe(true);
    expect(hasValue("1.1", "Operation", ENUM.Operation.Encrypt)).toBe(false);
    expect(hasValue("1.0", "ObjectType", 0x80000001)).toBe(true);
    expect(hasValue("2.1", "KeyFormatType", ENUM.KeyFormatType.TransparentECDSAPublicKey)).toBe(false);
    const { Encrypt, Export, Authenticate } = MASK.CryptographicUsageMask;
    expect(bitsIn("2.1", "CryptographicUsageMask", Encrypt | Export)).toBe(Encrypt);
    expect(bitsIn("1.4", "CryptographicUsageMask", Encrypt | Authenticate)).toBe(Encrypt);
  });

  test("write titles as the attribute names of 1.x", () => {
    const titles = (
      ["CryptographicUsageMask", "X_509CertificateIdentifier", "PKCS_12FriendlyName", "Name"] as const
    ).map(tagTitle);
    expect(titles).toEqual([
      "Cryptographic Usage Mask",
      "X.509 Certificate Identifier",
      "PKCS#12 Friendly Name",
      "Name",
    ]);
    expect(tagNamed("constructor")).toBeNull();
  });
});

describe("the answers of Query and Discover Versions", () => {
  test("name the object types of the version", () => {
    expect(objectTypesIn("1.0")).toContain("Template");
    expect(objectTypesIn("1.0")).not.toContain("PGPKey");
    expect(objectTypesIn("2.1")).not.toContain("Template");
  });

  test("give every version newest first, or those of the client's list in its order", () => {
    expect(discoveredVersions([])[0]).toEqual({ major: 2, minor: 1 });
    const asked = [
      { major: 9, minor: 9 },
      { major: 1, minor: 0 },
      { major: 1, minor: 4 },
    ];
    expect(discoveredVersions(asked)).toEqual(asked.slice(1));
    expect(discoveredVersions(asked, ["1.0"])).toEqual([{ major: 1, minor: 0 }]);
  });
});
