import { BlockList, isIP, isIPv4 } from "node:net";

/** IPv4 that is not the public Internet (IANA's special-purpose registry), and clouds' services on public addresses. */
const NOT_PUBLIC: readonly (readonly [string, number])[] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10], // carriers' NAT; a cloud's metadata at 100.100.100.200
  ["127.0.0.0", 8],
  ["168.63.129.16", 32], // a cloud's platform service
  ["169.254.0.0", 16], // link-local; metadata at 169.254.169.254
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Inside global unicast, what is a tunnel to an IPv4 address, a test, or documentation. */
const NOT_PUBLIC_6: readonly (readonly [string, number])[] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const blocked = new BlockList();
for (const [network, prefix] of NOT_PUBLIC) blocked.addSubnet(network, prefix, "ipv4");
for (const [network, prefix] of NOT_PUBLIC_6) blocked.addSubnet(network, prefix, "ipv6");
/** All that is routed publicly; loopback, link-local, unique local, mapped, NAT64 and multicast lie outside. */
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Whether an address is one of the public Internet. What is no address at all is not. */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !blocked.check(address, "ipv4");
  return isIP(address) === 6 && globalUnicast.check(address, "ipv6") && !blocked.check(address, "ipv6");
}
