import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import {
  type HostFacts,
  keepMemoryOutOfCoreDumps,
  readHostFacts,
  readMount,
  type StorageFacts,
} from "../self-check/host-facts.ts";
import { bootstrapChecks, type SeenClient } from "./bootstrap-checks.ts";
import { hostChecks } from "./host-checks.ts";

const DISK: StorageFacts = { device: 1, type: "ext4", source: "/dev/sda1", encrypted: false, hosts: [] };
const NFS: StorageFacts = { device: 2, type: "nfs4", source: "filer7:/kms", encrypted: false, hosts: ["filer7"] };
const LUKS: StorageFacts = { device: 3, type: "ext4", source: "/dev/mapper/data", encrypted: true, hosts: [] };
const HOST: HostFacts = {
  storageOf: () => DISK,
  addresses: ["127.0.0.1", "10.1.2.3"],
  machine: "Dell Inc. PowerEdge R650",
  coreDump: "none",
  swappedKiB: 0,
  openSwap: [],
  ptraceScope: 1,
};

interface Given {
  readonly data?: StorageFacts;
  readonly kek?: StorageFacts;
  readonly clients?: readonly SeenClient[];
  readonly machine?: string;
  readonly urls?: readonly (string | null)[];
}

/** Name and result of what is found. */
function found({ data = DISK, kek = { ...DISK, device: 9 }, clients = [], machine = HOST.machine, urls = [] }: Given) {
  const storageOf = (path: string) => (path === "/data" ? data : kek);
  const parts = { dataDirectory: "/data", kek: { kind: "file", path: "/kek" } as const, clients, urls };
  return bootstrapChecks({ ...parts, host: { ...HOST, storageOf, machine } }).map(
    ({ name, result }) => `${result} ${name}`,
  );
}

describe("a circle is found", () => {
  test.each<[string, Given, string]>([
    [
      "the data folder on a filer that is a client, by address",
      { data: { ...NFS, hosts: ["10.9.9.9"] }, clients: [{ label: "x", from: "10.9.9.9" }] },
      "bad",
    ],
    [
      "the data folder on a filer that is a client, by name",
      { data: NFS, clients: [{ label: "NetApp filer7", from: null }] },
      "bad",
    ],
    ["the key-encryption key's file on such a filer", { kek: NFS, clients: [{ label: "filer7", from: null }] }, "bad"],
    [
      "the data folder on a filer that may be one",
      { data: NFS, clients: [{ label: "shop", from: "10.0.0.1" }] },
      "warning",
    ],
    [
      "an encrypted disk here, and a client from here",
      { data: LUKS, clients: [{ label: "clevis", from: "10.1.2.3" }] },
      "warning",
    ],
    [
      "the same from the loopback, written for IPv6",
      { data: LUKS, clients: [{ label: "d", from: "::ffff:127.0.0.1" }] },
      "warning",
    ],
    [
      "a virtual machine whose hypervisor is a client",
      { machine: "VMware, Inc. VMware20,1", clients: [{ label: "vCenter Zürich", from: null }] },
      "warning",
    ],
  ])("%s", (_what, given, result) => {
    expect(found(given)).toContain(`${result} bootstrap loop`);
  });

  test.each<[string, Given]>([
    ["nothing remote, nothing encrypted", { clients: [{ label: "shop", from: "127.0.0.1" }] }],
    [
      "an encrypted disk, and clients from elsewhere only",
      { data: LUKS, clients: [{ label: "shop", from: "10.9.9.9" }] },
    ],
    ["a virtual machine, and other clients", { machine: "VMware, Inc.", clients: [{ label: "shop", from: null }] }],
  ])("and is not where there is none: %s", (_what, given) => {
    expect(found(given)).toEqual(["good bootstrap loop"]);
  });
});

test("a key-encryption key on the data folder's own file system, and listening by a name, are said", () => {
  expect(found({ kek: DISK })).toContain("warning key-encryption key's place");
  expect(found({ urls: ["https://kms.example:7443", "https://127.0.0.1:7443", "https://[::1]:1", null] })).toContain(
    "warning names at start",
  );
  expect(found({ urls: ["https://127.0.0.1:7443", "http://agent.localhost:7400"] })).toEqual(["good bootstrap loop"]);
});

test("mounts are read as the kernel writes them, spaces in names included", () => {
  const line = "98 27 0:44 / /srv/my\\040keys rw,relatime shared:1 - nfs4 filer7:/vol\\040one rw,vers=4.2";
  expect(readMount(line)).toEqual({ point: "/srv/my keys", type: "nfs4", source: "filer7:/vol one" });
});

test("this host's own facts are measured: a core file holds none of this process once that is asked for", () => {
  expect(readHostFacts().storageOf(tmpdir())?.device).toBeTypeOf("number");
  expect(readHostFacts().storageOf("/no/such/folder")).toBeNull();
  expect(keepMemoryOutOfCoreDumps(writeFileSync)).toBe(true);
  expect(readHostFacts().coreDump).toBe("none");
});

test("what lets memory reach a disk or another process is named, as bad where it has happened", () => {
  const results = (host: Partial<HostFacts>) => hostChecks({ ...HOST, ...host }).map(({ result }) => result);
  expect(results({})).toEqual(["good", "good", "good"]);
  expect(results({ coreDump: "some", openSwap: ["/swapfile"], ptraceScope: 0 })).toEqual([
    "warning",
    "warning",
    "warning",
  ]);
  expect(results({ coreDump: "unknown", openSwap: ["/swapfile"], swappedKiB: 4, ptraceScope: null })).toEqual([
    "warning",
    "bad",
    "warning",
  ]);
});
