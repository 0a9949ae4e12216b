import { type BackupDestination, type BackupPolicy, backupPolicyArgs, ProtocolError } from "@holdfast/protocol";

/** Kinds of destinations, each with what a person has to know of it. */
export const PLACE_KINDS = [
  {
    value: "directory",
    title: "A folder",
    detail: "Another disk, or one of another machine that is mounted on the key server.",
  },
  {
    value: "sftp",
    title: "An SFTP server",
    detail: "Reached by the key server's own OpenSSH; only the server with the key you name.",
  },
  {
    value: "s3",
    title: "An S3 store",
    detail: "Amazon's or one that speaks like it; it can lock backups against removal.",
  },
] as const;

export type PlaceKind = (typeof PLACE_KINDS)[number]["value"];

/** What a person types about a destination: all of it text. */
export type PlaceForm = Readonly<Record<string, string>>;

/** A field of a destination. */
export interface PlaceField {
  readonly name: string;
  readonly label: string;
  readonly hint?: string;
  readonly placeholder: string;
  readonly optional?: boolean;
  readonly number?: boolean;
}

const ON_HOST = "A path on the key server's machine. The secret itself never comes here.";

export const PLACE_FIELDS: Readonly<Record<PlaceKind, readonly PlaceField[]>> = {
  directory: [
    { name: "name", label: "Name", placeholder: "disk" },
    { name: "path", label: "Folder", hint: "It has to be there already.", placeholder: "/mnt/backup" },
  ],
  sftp: [
    { name: "name", label: "Name", placeholder: "vault" },
    { name: "host", label: "Host", placeholder: "backup.example" },
    { name: "port", label: "Port", placeholder: "22", number: true },
    { name: "user", label: "User", placeholder: "holdfast" },
    { name: "path", label: "Folder there", placeholder: "/srv/holdfast" },
    {
      name: "hostKey",
      label: "Its host key",
      hint: "Type and key, as ssh-keyscan prints them.",
      placeholder: "ssh-ed25519 AAAA…",
    },
    { name: "identity", label: "Private key's file", hint: ON_HOST, placeholder: "/etc/holdfast/backup.key" },
  ],
  s3: [
    { name: "name", label: "Name", placeholder: "store" },
    { name: "endpoint", label: "Address", placeholder: "https://s3.eu-central-1.amazonaws.com" },
    { name: "region", label: "Region", placeholder: "eu-central-1" },
    { name: "bucket", label: "Bucket", placeholder: "holdfast-backups" },
    { name: "prefix", label: "Prefix (optional)", placeholder: "production/", optional: true },
    { name: "credentials", label: "Credentials' file", hint: ON_HOST, placeholder: "/etc/holdfast/s3.json" },
    {
      name: "ca",
      label: "Authority's certificate (optional)",
      hint: ON_HOST,
      placeholder: "/etc/holdfast/ca.pem",
      optional: true,
    },
    { name: "lockDays", label: "Locked for days (optional)", placeholder: "30", optional: true, number: true },
  ],
};

/** A destination as it is signed, or what is wrong with it by field. */
export type ReadPlace =
  | { readonly place: BackupDestination; readonly errors?: undefined }
  | { readonly place?: undefined; readonly errors: Readonly<Record<string, string>> };

/** Reads what was typed as the key server would. */
export function readPlace(kind: PlaceKind, form: PlaceForm, taken: readonly string[]): ReadPlace {
  const fields = PLACE_FIELDS[kind].map(({ name, optional, number, placeholder }) => {
    const typed = (form[name] ?? "").trim();
    const text = typed === "" && !optional && name === "port" ? placeholder : typed;
    if (text === "") return [name, undefined] as const;
    return [name, number ? Number(text) : text] as const;
  });
  const candidate = { kind, ...Object.fromEntries(fields) };
  if (taken.includes(form["name"]?.trim() ?? "")) return { errors: { name: "Another destination has this name." } };
  const wrong = firstError({ destinations: [candidate], intervalSec: 86_400, keep: { last: 1, days: 0 } });
  return wrong === null ? { place: candidate as BackupDestination } : { errors: wrong };
}

/** A policy of these parts; null where the key server would refuse it. */
export function policyOf(
  destinations: readonly BackupDestination[],
  { every, last, days }: { readonly every: string; readonly last: string; readonly days: string },
): BackupPolicy | null {
  const policy = {
    destinations,
    intervalSec: Number(every) * 86_400,
    keep: { last: Number(last), days: Number(days) },
  };
  return destinations.length > 0 && firstError(policy) === null ? policy : null;
}

function firstError(policy: unknown): Readonly<Record<string, string>> | null {
  try {
    backupPolicyArgs.read({ policy }, "args");
    return null;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    const path = String(error.detail["path"] ?? "");
    const field = path.slice(path.lastIndexOf(".") + 1);
    return { [field]: `It ${error.message.slice(path.length).trim()}` };
  }
}
