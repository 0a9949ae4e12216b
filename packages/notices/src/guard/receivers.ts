import { BlockList, isIP } from "node:net";
import { isPublicAddress } from "./public-address.ts";

/** Which addresses a receiver may have. */
export interface Receivers {
  permits(address: string): boolean;
}

/** Any address: for a host whose own administrator names the receiver. */
export const ANY_RECEIVER: Receivers = { permits: (address) => isIP(address) !== 0 };

/**
 * The public Internet, and the networks that the operator permits besides.
 *
 * @param networks - Such as `10.20.0.0/16`; a lone address is itself.
 * @returns null when one of them is no network
 */
export function publicReceivers(networks: readonly string[] = []): Receivers | null {
  const permitted = new BlockList();
  for (const network of networks) {
    const [address = "", prefix = ""] = network.split("/");
    const family = isIP(address);
    const length = prefix === "" && !network.includes("/") ? bitsOf(family) : Number(prefix);
    if (family === 0 || prefix.length > 3 || !Number.isInteger(length) || length < 1 || length > bitsOf(family))
      return null;
    permitted.addSubnet(address, length, family === 4 ? "ipv4" : "ipv6");
  }
  return {
    permits(address) {
      const family = isIP(address);
      if (family === 0 || address.includes("%")) return false;
      return isPublicAddress(address) || permitted.check(address, family === 4 ? "ipv4" : "ipv6");
    },
  };
}

function bitsOf(family: number): number {
  return family === 4 ? 32 : 128;
}
