import type { GrantOperation } from "@holdfast/protocol";

/** What a client can be. */
export type ClientKindName =
  | "rest"
  | "mysql"
  | "percona"
  | "mongodb"
  | "mongodb-delegated"
  | "vsphere"
  | "ceph"
  | "kmip";

/** A kind of client: what it is, and the grants that it needs and no more. */
export interface ClientKind {
  readonly value: ClientKindName;
  readonly title: string;
  readonly detail: string;
  /** What it is called in a sentence. */
  readonly product: string;
  readonly placeholder: string;
  readonly kmip: boolean;
  readonly ops: readonly GrantOperation[];
  /** Keys it makes itself, or those of a group that this names. */
  readonly keys: { readonly kind: "own" } | { readonly kind: "group"; readonly group: string };
  /** What `holdfast-agent client rotate --format` calls the product's form of the files; null where they stay as they are. */
  readonly format: string | null;
}

const OWN = { kind: "own" } as const;

/** The kinds, as products ask for their keys: one that only registers keys is not let create any, and so on. */
export const CLIENT_KINDS: readonly ClientKind[] = [
  {
    ...{ value: "rest", title: "Application (REST)", product: "an application", placeholder: "billing-api" },
    detail: "Your own program: it calls the key server over HTTPS, and keys stay inside.",
    ...{ kmip: false, ops: ["decrypt", "encrypt", "locate"], keys: { kind: "group", group: "default" }, format: null },
  },
  {
    ...{ value: "mysql", title: "MySQL Enterprise (KMIP)", product: "MySQL Enterprise", placeholder: "mysql-orders" },
    detail: "keyring_okv or component_keyring_kmip. Each server is a client of its own.",
    ops: ["activate", "attributes", "create", "destroy", "get", "locate", "revoke"],
    ...{ kmip: true, keys: OWN, format: "mysql" },
  },
  {
    ...{ value: "percona", title: "Percona Server, pg_tde (KMIP)", product: "Percona or pg_tde" },
    ...{
      placeholder: "percona-orders",
      detail: "component_keyring_kmip and pg_tde: they bring keys that they made along.",
    },
    ops: ["activate", "attributes", "create", "destroy", "get", "import", "locate", "revoke"],
    ...{ kmip: true, keys: OWN, format: "percona" },
  },
  {
    ...{ value: "mongodb", title: "MongoDB (KMIP)", product: "MongoDB", placeholder: "mongod-orders" },
    detail: "Encryption at rest, also Percona's, and client-side field encryption with keys in its drivers.",
    ops: ["activate", "create", "get", "import", "locate"],
    ...{ kmip: true, keys: OWN, format: "mongodb" },
  },
  {
    ...{ value: "mongodb-delegated", title: "MongoDB field encryption, delegated (KMIP)", placeholder: "orders-csfle" },
    ...{ product: "MongoDB, delegated" },
    detail: "Drivers have the key server encrypt for them: the key never leaves it.",
    ops: ["activate", "create", "decrypt", "encrypt"],
    ...{ kmip: true, keys: OWN, format: "mongodb" },
  },
  {
    ...{ value: "vsphere", title: "vSphere, vSAN (KMIP)", product: "vSphere", placeholder: "vcenter" },
    detail: "A standard key provider of vCenter: encrypted machines and vSAN.",
    ops: ["activate", "attributes", "create", "get", "locate"],
    ...{ kmip: true, keys: OWN, format: "vcenter" },
  },
  {
    ...{ value: "ceph", title: "Ceph (KMIP)", product: "Ceph", placeholder: "ceph-rgw" },
    detail: "RADOS Gateway only finds keys by name and takes them; another client makes them in its group.",
    ops: ["get", "locate"],
    ...{ kmip: true, keys: { kind: "group", group: "ceph" }, format: "ceph" },
  },
  {
    ...{ value: "kmip", title: "Other KMIP product", product: "another KMIP product", placeholder: "backup-array" },
    detail: "Storage, backup, firewalls: the whole life of keys that it makes or brings along.",
    ops: ["activate", "attributes", "create", "destroy", "get", "import", "locate", "revoke"],
    ...{ kmip: true, keys: OWN, format: null },
  },
];

/** The kind of that name; an application where there is none. */
export function clientKind(name: string | null): ClientKind {
  const [application] = CLIENT_KINDS as readonly [ClientKind, ...ClientKind[]];
  return CLIENT_KINDS.find(({ value }) => value === name) ?? application;
}

/** Whether what a client may is what products that speak KMIP need: it keeps or takes keys. */
export function speaksKmip(grants: readonly { readonly ops: readonly string[] }[]): boolean {
  return grants.some(({ ops }) =>
    ["all", "get", "import", "attributes", "activate"].some((each) => ops.includes(each)),
  );
}
