import { BlockList } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isInNetwork, network } from "./network.ts";

const isNetwork = (text: string): boolean => {
  try {
    network.read(text, "network");
    return true;
  } catch {
    return false;
  }
};

describe("a network", () => {
  test.each(["10.0.0.0/8", "192.0.2.7/32", "2001:db8::/32", "2001:db8::1/128", "fd00::/16", "2001:db8:0:1::/64"])(
    "is taken in its one spelling: %s",
    (text) => expect(isNetwork(text)).toBe(true),
  );

  test.each([
    ...[
      "",
      "10.0.0.0",
      "10.0.0.0/7",
      "10.0.0.0/33",
      "10.0.0.1/8",
      "10.0.0/8",
      "010.0.0.0/8",
      "10.0.0.0/08",
      "256.0.0.0/8",
    ],
    ...["::/0", "2001:db8::/15", "2001:DB8::/32", "2001:db8:0:0::/32", "2001:0db8::/32", "2001:db8::1/32", "1::2::/64"],
    ...[
      "::ffff:10.0.0.0/104",
      "fe80::1%eth0/128",
      "10.0.0.0/8/8",
      " 10.0.0.0/8",
      "2001:db8:0:0:0:0:0:0/32",
      "::1/+128",
    ],
  ])("is refused in another: %s", (text) => expect(isNetwork(text)).toBe(false));

  test("holds the addresses that another implementation says, of either kind and mapped", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, fc.integer({ min: 8, max: 32 }), (a, b, c, prefix) => {
        const address = `${a}.${b}.${c}.77`;
        const list = new BlockList();
        const base = `10.${b & 0xf0}.0.0`;
        fc.pre(prefix <= 12);
        list.addSubnet(base, 12);
        expect(isInNetwork(address, `${base}/12`)).toBe(list.check(address));
        expect(isInNetwork(`::ffff:${address}`, `${base}/12`)).toBe(list.check(address));
      }),
    );
    const six = new BlockList();
    six.addSubnet("2001:db8:7::", 48, "ipv6");
    for (const address of ["2001:db8:7::1", "2001:DB8:7:ffff::", "2001:db8:8::", "::1", "2001:db8:7:0:0:0:0:9"])
      expect(isInNetwork(address, "2001:db8:7::/48")).toBe(six.check(address, "ipv6"));
  });

  test("holds nothing that is no address, and none of the other kind", () => {
    for (const address of ["", "10.0.0", "localhost", "10.0.0.1/8", "::ffff:10.0.0.1", "fe80::1%eth0"])
      expect(isInNetwork(address, "2001:db8::/32")).toBe(false);
    expect(isInNetwork("2001:db8::1", "10.0.0.0/8")).toBe(false);
    expect(isInNetwork("10.0.0.1", "everything")).toBe(false);
  });
});
