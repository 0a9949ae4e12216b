import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CryptoError } from "../errors.ts";
import { parsePkcs11Uri } from "./pkcs11-uri.ts";

describe("a PKCS#11 URI", () => {
  test("is read whole: token, object, module and the file of the PIN", () => {
    const text =
      "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;serial=ab12;manufacturer=Snake%20Oil;model=1.0;slot-id=327;object=my-kek;id=%69%95%3E%5C%F4;type=secret-key?module-path=/usr/lib/x.so&pin-source=file:/etc/pin";
    expect(parsePkcs11Uri(text)).toEqual({
      token: "The Software PKCS#11 Softtoken",
      serial: "ab12",
      manufacturer: "Snake Oil",
      model: "1.0",
      slotId: 327,
      object: "my-kek",
      id: Buffer.from("69953e5cf4", "hex"),
      type: "secret-key",
      modulePath: "/usr/lib/x.so",
      pinFile: "/etc/pin",
    });
    expect(parsePkcs11Uri("pkcs11:")).toEqual({});
    expect(parsePkcs11Uri("pkcs11:?module-name=softhsm2")).toEqual({ moduleName: "softhsm2" });
    for (const source of ["file:///etc/pin", "file:/etc/pin", "/etc/pin"])
      expect(parsePkcs11Uri(`pkcs11:?pin-source=${source}`)).toEqual({ pinFile: "/etc/pin" });
  });

  test.each([
    ["another scheme", "pkcs12:token=a"],
    ["capitals", "PKCS11:token=a"],
    ["an unknown attribute", "pkcs11:tokn=a"],
    ["a vendor's attribute", "pkcs11:x-shade=1"],
    ["an attribute of the query in the path", "pkcs11:module-path=/a"],
    ["one of the path in the query", "pkcs11:?token=a"],
    ["an attribute twice", "pkcs11:token=a;token=b"],
    ["an empty value", "pkcs11:token="],
    ["no value", "pkcs11:token"],
    ["an empty attribute", "pkcs11:token=a;"],
    ["a blank that is not encoded", "pkcs11:token=a b"],
    ["a wrong escape", "pkcs11:token=%zz"],
    ["bytes that are no UTF-8", "pkcs11:token=%ff%fe"],
    ["a control character", "pkcs11:token=a%0ab"],
    ["a label longer than a token has", `pkcs11:token=${"a".repeat(33)}`],
    ["a serial number longer than a token has", `pkcs11:serial=${"a".repeat(17)}`],
    ["a slot that is no number", "pkcs11:slot-id=0x1"],
    ["a type that there is not", "pkcs11:type=secret"],
    ["two modules", "pkcs11:?module-path=/a&module-name=b"],
    ["a module by a relative path", "pkcs11:?module-path=a.so"],
    ["a module name with a path in it", "pkcs11:?module-name=..%2Fa"],
    ["a PIN from a program", "pkcs11:?pin-source=%7C/usr/bin/pin"],
    ["a PIN from elsewhere", "pkcs11:?pin-source=https://pins.example"],
    ["the library's own attributes", "pkcs11:library-version=3"],
  ])("is refused with %s", (_, text) => {
    expect(() => parsePkcs11Uri(text)).toThrowError(expect.objectContaining({ code: "E_HSM_URI" }));
  });

  test("is refused with a PIN in it, and the refusal does not repeat the PIN", () => {
    const refusal = (() => {
      try {
        return parsePkcs11Uri("pkcs11:token=a?pin-value=31415926");
      } catch (error) {
        return error as Error;
      }
    })();
    expect(refusal).toMatchObject({ code: "E_HSM_URI", message: expect.stringContaining("pin-source") });
    expect(JSON.stringify([refusal, String(refusal)])).not.toContain("31415926");
  });

  test("of any characters is read or refused by our own error", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (rest) => {
        try {
          parsePkcs11Uri(`pkcs11:${rest}`);
        } catch (error) {
          expect(error).toBeInstanceOf(CryptoError);
        }
      }),
    );
  });
});
