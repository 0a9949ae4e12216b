import { encodeBase64url, findBase64url } from "../encoding/base64url.ts";
import { sha256 } from "../encoding/hash.ts";
import { ProtocolError } from "../errors.ts";
import { group } from "../schema/fields.ts";
import { array, type Infer, integer, literal, object, oneOf, optional, type Schema, text } from "../schema/schema.ts";

const DAY = 86_400;

const PATH = /^(?:\/[A-Za-z0-9_@+=,-][A-Za-z0-9._@+=,-]*){1,32}$/;
const FOLDER = /^(?:[A-Za-z0-9_@+=,-][A-Za-z0-9._@+=,-]*\/){1,16}$/;
const HOST = /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/;
const ADDRESS_V6 = /^[0-9a-f:]{2,39}$/;
const USER = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/;
const HOST_KEY = /^(?:ssh-ed25519|ecdsa-sha2-nistp(?:256|384|521)|ssh-rsa) [A-Za-z0-9+/]{40,1500}={0,2}$/;
const REGION = /^[a-z0-9][a-z0-9-]{0,31}$/;
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const ENDPOINT =
  /^https:\/\/[A-Za-z0-9.-]{1,253}(?::[0-9]{1,5})?$|^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::[0-9]{1,5})?$/;

/** A path on the agent's own host, or on the machine that keeps backups: absolute, of plain characters, without dots before a name. */
const path = text((value) => value.length <= 400 && PATH.test(value), "an absolute path of plain characters");

const directory = object({ kind: literal("directory"), name: group, path });

const sftp = object({
  kind: literal("sftp"),
  name: group,
  host: text((value) => HOST.test(value) || ADDRESS_V6.test(value), "a host name or address"),
  port: integer(1, 65_535),
  user: text((value) => USER.test(value), "a user's name"),
  path,
  /** The server's public key, as `ssh-keyscan` prints it; no other server is talked to. */
  hostKey: text((value) => HOST_KEY.test(value), "a public host key"),
  /** Where on the agent's host the private key lies. */
  identity: path,
});

const s3 = object({
  kind: literal("s3"),
  name: group,
  endpoint: text((value) => ENDPOINT.test(value), "an https address without a path"),
  region: text((value) => REGION.test(value), "a region"),
  bucket: text((value) => BUCKET.test(value) && !value.includes(".."), "a bucket's name"),
  /** What names begin with; absent: nothing. */
  prefix: optional(text((value) => value.length <= 200 && FOLDER.test(value), "a prefix that ends with a slash")),
  /** Where on the agent's host access key and secret lie. */
  credentials: path,
  /** Where on the agent's host the certificate of the store's own authority lies; absent: a public one. */
  ca: optional(path),
  /** The store refuses to remove a backup before so many days. */
  lockDays: optional(integer(1, 3650)),
});

const destination = oneOf("kind", { directory, sftp, s3 });

const policy = object({
  destinations: array(destination, 1, 8),
  intervalSec: integer(DAY, 366 * DAY),
  /** A backup is removed when it is neither among the newest `last` nor younger than `days`. */
  keep: object({ last: integer(1, 1000), days: integer(0, 3650) }),
});

/** Where backups go. What opens a destination lies in a file on the agent's host, which only its path names. */
export type BackupDestination = Infer<typeof destination>;
/** When and where an agent backs up alone. Who can open its backups is decided elsewhere, and stays so. */
export type BackupPolicy = Infer<typeof policy>;

/** A policy for backups; two destinations never have one name. */
export const backupPolicySchema: Schema<BackupPolicy> = {
  read(value, at) {
    const read = policy.read(value, at);
    const names = new Set(read.destinations.map(({ name }) => name));
    if (names.size !== read.destinations.length)
      throw new ProtocolError("E_SCHEMA", "Two destinations have one name.", { path: `${at}.destinations` });
    return read;
  },
};

/** Arguments of backup.policy: a policy, or nothing to end it. */
export const backupPolicyArgs = object({ policy: optional(backupPolicySchema) });

/** Where a destination is, in a few words. */
export function describeDestination(to: BackupDestination): string {
  switch (to.kind) {
    case "directory":
      return `the folder ${to.path} on the key server's host`;
    case "sftp":
      return `${to.path} on ${to.host} by SFTP`;
    case "s3":
      return `bucket ${to.bucket} at ${to.endpoint.replace(/^https?:\/\//, "")}${to.lockDays === undefined ? "" : `, locked there for ${to.lockDays} days`}`;
  }
}

/** The same with all that decides who gets backups there: whom it logs in as, which server alone is talked to, whose word counts. */
export function describeDestinationWhole(to: BackupDestination): string {
  switch (to.kind) {
    case "directory":
      return describeDestination(to);
    case "sftp":
      return `${to.path} on ${to.host}, port ${to.port}, by SFTP, as the user ${to.user} with the private key ${to.identity}, only to the server whose ${hostKeyText(to.hostKey)}`;
    case "s3": {
      const prefix = to.prefix === undefined ? "" : `, names beginning with ${to.prefix}`;
      const locked = to.lockDays === undefined ? "" : `, locked there for ${to.lockDays} days`;
      const authority = to.ca === undefined ? "" : `, trusting the authority in ${to.ca}`;
      return `bucket ${to.bucket}${prefix}, at ${to.endpoint}, region ${to.region}${locked}, with the access key in ${to.credentials}${authority}`;
    }
  }
}

/** A host key as `ssh-keygen -lf` shows it, for people to compare. */
function hostKeyText(hostKey: string): string {
  const [kind = "", body = ""] = hostKey.split(" ");
  const bytes = findBase64url(body.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""));
  if (bytes === null) return `host key is ${hostKey}`;
  return `${kind} key is SHA256:${encodeBase64url(sha256(bytes)).replaceAll("-", "+").replaceAll("_", "/")}`;
}
