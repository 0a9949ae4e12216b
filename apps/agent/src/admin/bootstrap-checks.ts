import type { KekSource } from "../custody/kek-source.ts";
import type { HostFacts, StorageFacts } from "../self-check/host-facts.ts";
import type { DoctorCheck } from "./answers.ts";

/** A client, and where it was last seen since the start. */
export interface SeenClient {
  readonly label: string;
  readonly from: string | null;
}

/** What the agent needs to start, and who needs the agent. */
export interface BootstrapParts {
  readonly host: HostFacts;
  readonly dataDirectory: string;
  readonly kek: KekSource;
  readonly clients: readonly SeenClient[];
  /** Addresses at which it serves, as URLs; null for what is off. */
  readonly urls: readonly (string | null)[];
}

/**
 * Looks for circles: what the agent needs to start lying on what its own keys open. Off together, neither comes back.
 *
 * It sees mounts, block devices, addresses and names; what a client's keys are for, only the client knows. So a circle is
 * named where it is certain, and asked about where it is possible.
 */
export function bootstrapChecks(parts: BootstrapParts): DoctorCheck[] {
  const { host, dataDirectory, kek } = parts;
  const data = host.storageOf(dataDirectory);
  const kekPath = kek.kind === "file" ? kek.path : null;
  const kekStorage = kekPath === null ? null : host.storageOf(kekPath);
  const found = [
    ...storageChecks("The data folder", data, parts),
    ...(kekStorage !== null && kekStorage.device !== data?.device
      ? storageChecks("The key-encryption key's file", kekStorage, parts)
      : []),
    ...sameDisk(data, kekStorage),
    ...machineChecks(parts),
    ...nameChecks(parts),
  ];
  const circles = found.filter(({ name }) => name === LOOP);
  return circles.length > 0 ? found : [{ name: LOOP, result: "good", what: NOTHING_FOUND }, ...found];
}

const LOOP = "bootstrap loop";
const NOTHING_FOUND = "Nothing was found that the agent needs to start and that its own keys open.";
const APART =
  "Move what the agent needs to storage whose keys are kept elsewhere, or give that storage another key server; try a cold start.";

function storageChecks(what: string, storage: StorageFacts | null, { host, clients }: BootstrapParts): DoctorCheck[] {
  if (storage === null) return [];
  if (storage.hosts.length > 0) {
    const known = clients.find(({ label, from }) =>
      storage.hosts.some((name) => from === name || mentions(label, name)),
    );
    const where = `${what} lies on ${storage.hosts.join(", ")} (${storage.type})`;
    return known === undefined
      ? [loop("warning", `${where}: if that storage has its keys here, neither starts without the other.`)]
      : [loop("bad", `${where}, and its client ${known.label} has keys here: neither starts without the other.`)];
  }
  if (!storage.encrypted) return [];
  const here = clients.find(({ from }) => from !== null && isHere(from, host));
  const where = `${what} lies on an encrypted disk of this machine (${storage.source})`;
  if (here === undefined) return [];
  return [
    loop(
      "warning",
      `${where}, and ${here.label} asks for keys from this machine: if they open that disk, it stays shut.`,
    ),
  ];
}

function sameDisk(data: StorageFacts | null, kek: StorageFacts | null): DoctorCheck[] {
  if (data === null || kek === null || data.device !== kek.device) return [];
  return [
    {
      name: "key-encryption key's place",
      result: "warning",
      what: "The key-encryption key's file lies on the same file system as the data folder: who copies that disk has both.",
      next: "Move it: `holdfast-agent rekey --unseal file:/another/disk/name.kek`, or unseal in another way (docs/operate/unseal.md).",
    },
  ];
}

const HYPERVISORS: readonly (readonly [RegExp, RegExp])[] = [
  [/vmware/i, /vcenter|vsphere|vsan|esxi?\b/i],
  [/nutanix/i, /nutanix|prism/i],
];

/** A virtual machine whose hypervisor's disks are encrypted with keys that are in the virtual machine. */
function machineChecks({ host, clients }: BootstrapParts): DoctorCheck[] {
  return HYPERVISORS.flatMap(([machine, label]) => {
    const client = machine.test(host.machine) ? clients.find((each) => label.test(each.label)) : undefined;
    if (client === undefined) return [];
    return [
      loop(
        "warning",
        `This is a virtual machine (${host.machine}), and ${client.label} has keys here: on storage that they encrypt it never starts.`,
      ),
    ];
  });
}

/** Names that have to be resolved before the agent can listen. */
function nameChecks({ urls }: BootstrapParts): DoctorCheck[] {
  const names = urls.flatMap((url) => (url === null ? [] : [new URL(url).hostname])).filter((name) => !isLiteral(name));
  if (names.length === 0) return [];
  return [
    {
      name: "names at start",
      result: "warning",
      what: `The agent listens by name (${[...new Set(names)].join(", ")}): it starts only where that name is resolved.`,
      next: "Listen at an address, or keep the name in /etc/hosts: a name service may need keys of this agent to start.",
    },
  ];
}

function loop(result: "warning" | "bad", what: string): DoctorCheck {
  return { name: LOOP, result, what, next: APART };
}

function mentions(label: string, host: string): boolean {
  const [first = ""] = host.split(".");
  return first.length > 2 && label.toLowerCase().includes(first.toLowerCase());
}

function isHere(address: string, { addresses }: HostFacts): boolean {
  const plain = address.replace(/^::ffff:/, "");
  return plain === "::1" || plain.startsWith("127.") || addresses.includes(plain);
}

function isLiteral(name: string): boolean {
  return /^[\d.]+$/.test(name) || name.startsWith("[") || name === "localhost" || name.endsWith(".localhost");
}
