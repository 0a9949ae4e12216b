import { createPrivateKey, randomBytes, X509Certificate } from "node:crypto";
import type { IssuedFile } from "../admin/answers.ts";
import { encodeJks } from "../clients/jks.ts";
import { encodePkcs12 } from "../clients/pkcs12.ts";

/** What an application was issued, and where the key server is for it. */
export interface ClientMaterial {
  readonly label: string;
  /** PEM. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  readonly server: { readonly host: string; readonly port: number };
}

/** Credentials in the form that one product takes. */
export interface ClientFormat {
  readonly summary: string;
  /** Every file that `files` makes. */
  readonly names: readonly string[];
  readonly files: (material: ClientMaterial) => readonly IssuedFile[];
  /** Whether it is a key store, of which each renewal makes every file anew. */
  readonly isStore?: boolean;
  /** What a person does with them. @param folder - Where they were written. */
  readonly steps: (material: Pick<ClientMaterial, "server">, folder: string) => readonly string[];
}

/** Files of every format but those with a store of their own. */
const PEM_FILES = ["client.crt", "client.key", "ca.crt"] as const;
const pemFiles = ({ certificate, key, ca }: ClientMaterial): IssuedFile[] => [
  file("client.crt", certificate),
  file("client.key", key),
  file("ca.crt", ca),
];

const KEEP_KEY = "Copy over a channel you trust, readable by the database's user only (0600); then remove them here.";

const RENEWALS =
  "Keep client.crt, client.key and ca.crt where `holdfast-agent client rotate` will renew them; it makes the store anew if it lies beside them, else with --out DIR and --format.";

/** How credentials can be written, by name. */
export const CLIENT_FORMATS: Readonly<Record<string, ClientFormat>> = {
  pem: {
    summary: "PEM files",
    names: PEM_FILES,
    files: pemFiles,
    steps: () => [],
  },
  mongodb: {
    summary: "MongoDB Enterprise: certificate and key in one PEM, and a piece of mongod.conf",
    names: ["mongodb-kmip.pem", "ca.crt", "mongod-kmip.conf"],
    files: (material) => [
      file("mongodb-kmip.pem", `${material.certificate}${material.key}`),
      file("ca.crt", material.ca),
      file("mongod-kmip.conf", mongodConf(material)),
    ],
    steps: (_material, folder) => [
      `Copy ${folder}/mongodb-kmip.pem and ca.crt to /etc/mongod-kmip/ on the database server. ${KEEP_KEY}`,
      "Put mongod-kmip.conf into mongod.conf; encryption is chosen when the data folder is new and empty.",
      "Start mongod. Percona Server for MongoDB takes the same lines.",
    ],
  },
  percona: {
    summary: "Percona Server for MySQL: PEM files and component_keyring_kmip.cnf",
    names: [...PEM_FILES, "component_keyring_kmip.cnf", "mysqld.my"],
    files: (material) => [
      ...pemFiles(material),
      json("component_keyring_kmip.cnf", {
        server_addr: material.server.host,
        server_port: String(material.server.port),
        client_ca: "/etc/mysql/kmip/client.crt",
        client_key: "/etc/mysql/kmip/client.key",
        server_ca: "/etc/mysql/kmip/ca.crt",
      }),
      json("mysqld.my", { read_local_manifest: false, components: "file://component_keyring_kmip" }),
    ],
    steps: (_material, folder) => [
      `Copy ${folder}/client.crt, client.key and ca.crt to /etc/mysql/kmip/ on the database server. ${KEEP_KEY}`,
      "Copy component_keyring_kmip.cnf to the folder of the server's plugins, and mysqld.my beside the mysqld program.",
      "Start mysqld: SELECT * FROM performance_schema.keyring_component_status; says Active.",
    ],
  },
  mysql: {
    summary: "MySQL Enterprise: the folder that keyring_okv_conf_dir names",
    names: ["okvclient.ora", "CA.pem", "cert.pem", "key.pem"],
    files: ({ certificate, key, ca, server }) => [
      file("okvclient.ora", `SERVER=${server.host}:${server.port}\nSTANDBY_SERVER=${server.host}:${server.port}\n`),
      file("CA.pem", ca),
      file("cert.pem", certificate),
      file("key.pem", key),
    ],
    steps: (_material, folder) => [
      `Copy ${folder}/okvclient.ora to /usr/local/mysql/mysql-keyring-okv/ on the database server, and CA.pem, cert.pem and key.pem to its folder ssl. ${KEEP_KEY}`,
      "Set early-plugin-load=keyring_okv.so and keyring_okv_conf_dir=/usr/local/mysql/mysql-keyring-okv in my.cnf, and start mysqld.",
      "Every server needs a client of its own.",
    ],
  },
  vcenter: {
    summary: "VMware vCenter: the files its dialogs upload",
    names: ["kms-certificate.pem", "kms-private-key.pem", "key-server-ca.pem"],
    files: ({ certificate, key, ca }) => [
      file("kms-certificate.pem", certificate),
      file("kms-private-key.pem", key),
      file("key-server-ca.pem", ca),
    ],
    steps: ({ server }, folder) => [
      `vCenter, Configure, Key Providers: add a standard key provider with ${server.host}, port ${server.port}; leave user and password empty.`,
      `Establish Trust, Make KMS trust vCenter, KMS certificate and private key: upload ${folder}/kms-certificate.pem and kms-private-key.pem.`,
      "Establish Trust, Make vCenter trust KMS: compare the certificate that is shown, or upload key-server-ca.pem.",
      "Then remove the private key here.",
    ],
  },
  ceph: {
    summary: "Ceph RADOS Gateway: PEM files and a piece of ceph.conf",
    names: [...PEM_FILES, "ceph-kmip.conf"],
    files: (material) => [...pemFiles(material), file("ceph-kmip.conf", cephConf(material))],
    steps: (_material, folder) => [
      `Copy ${folder}/client.crt, client.key and ca.crt to /etc/ceph/kmip/ on every gateway. ${KEEP_KEY}`,
      "Put ceph-kmip.conf into the gateway's section of ceph.conf, and restart the gateway.",
    ],
  },
  pykmip: {
    summary: "PyKMIP's client: PEM files and pykmip.conf",
    names: [...PEM_FILES, "pykmip.conf"],
    files: (material) => [...pemFiles(material), file("pykmip.conf", pykmipConf(material))],
    steps: (_material, folder) => [`Copy ${folder}/pykmip.conf and the files it names to /etc/pykmip/. ${KEEP_KEY}`],
  },
  pkcs12: {
    summary: "one PKCS#12 file with its password beside it",
    names: ["client.p12", "client.p12.password", ...PEM_FILES],
    isStore: true,
    files: (material) => {
      const { password, key, certificate, authorities } = parsed(material);
      const identity = { key, certificate };
      const store = encodePkcs12({ password, name: material.label, identity, authorities });
      return [bytes("client.p12", store), file("client.p12.password", password), ...pemFiles(material)];
    },
    steps: () => [
      "Import client.p12 with the password in client.p12.password, then remove both files.",
      RENEWALS,
      "The authority's certificate is in it and, for programs that want it apart, in ca.crt.",
    ],
  },
  jks: {
    summary: "Java key store and trust store (JKS) with their password; Java 8u301 and newer read PKCS#12 as well",
    names: ["keystore.jks", "truststore.jks", "keystore.password", ...PEM_FILES],
    isStore: true,
    files: (material) => {
      const { password, key, certificate, authorities } = parsed(material);
      const identity = { alias: "client", key, chain: [certificate, ...issuerOf(certificate, authorities)] };
      const trusted = authorities.map((each, index) => ({
        alias: index === 0 ? "ca" : `ca${index + 1}`,
        certificate: each,
      }));
      return [
        bytes("keystore.jks", encodeJks({ password, identity, trusted: [] })),
        bytes("truststore.jks", encodeJks({ password, identity: null, trusted })),
        file("keystore.password", password),
        ...pemFiles(material),
      ];
    },
    steps: () => [
      "Give the program keystore.jks and truststore.jks with the password in keystore.password; the key has the same one.",
      "JKS protects the key by its permissions alone: where the program takes PKCS#12, use --format pkcs12.",
      RENEWALS,
    ],
  },
};

function mongodConf({ server }: ClientMaterial): string {
  return [
    "security:",
    "  enableEncryption: true",
    "  kmip:",
    `    serverName: ${server.host}`,
    `    port: ${server.port}`,
    "    clientCertificateFile: /etc/mongod-kmip/mongodb-kmip.pem",
    "    serverCAFile: /etc/mongod-kmip/ca.crt",
    "",
  ].join("\n");
}

function cephConf({ server }: ClientMaterial): string {
  return [
    "rgw crypt s3 kms backend = kmip",
    `rgw crypt kmip addr = ${server.host}:${server.port}`,
    "rgw crypt kmip ca path = /etc/ceph/kmip/ca.crt",
    "rgw crypt kmip client cert = /etc/ceph/kmip/client.crt",
    "rgw crypt kmip client key = /etc/ceph/kmip/client.key",
    "",
  ].join("\n");
}

function pykmipConf({ server }: ClientMaterial): string {
  return [
    "[client]",
    `host=${server.host}`,
    `port=${server.port}`,
    "certfile=/etc/pykmip/client.crt",
    "keyfile=/etc/pykmip/client.key",
    "ca_certs=/etc/pykmip/ca.crt",
    "cert_reqs=CERT_REQUIRED",
    "ssl_version=PROTOCOL_TLS_CLIENT",
    "",
  ].join("\n");
}

/** What stores are made of, under a new password of 128 random bits. */
function parsed({ key, certificate, ca }: ClientMaterial) {
  return {
    password: randomBytes(16).toString("base64url"),
    key: createPrivateKey(key),
    certificate: new X509Certificate(certificate).raw,
    authorities: authoritiesIn(ca),
  };
}

/** The one of several that issued a certificate. */
function issuerOf(certificate: Buffer, authorities: readonly Buffer[]): Buffer[] {
  return authorities
    .filter((each) => new X509Certificate(certificate).checkIssued(new X509Certificate(each)))
    .slice(0, 1);
}

/** The certificates of a PEM file: during a change of authority, and with an installed listener's, there are several. */
function authoritiesIn(pem: string): Buffer[] {
  return pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((each) => each.trim() !== "")
    .map((each) => new X509Certificate(each).raw);
}

function bytes(name: string, content: Uint8Array): IssuedFile {
  return { name, mediaType: "application/octet-stream", base64: Buffer.from(content).toString("base64") };
}

function file(name: string, text: string): IssuedFile {
  return bytes(name, Buffer.from(text, "utf8"));
}

function json(name: string, value: object): IssuedFile {
  return file(name, `${JSON.stringify(value, null, 2)}\n`);
}
