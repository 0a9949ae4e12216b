import { HsmError } from "./hsm-error.ts";

/** A token or an object in it, as RFC 7512 names them. What is absent is not asked for. */
export interface Pkcs11Uri {
  readonly token?: string;
  readonly serial?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly slotId?: number;
  readonly object?: string;
  /** CKA_ID. */
  readonly id?: Uint8Array;
  readonly type?: "secret-key" | "private" | "public" | "cert" | "data";
  /** File of the vendor's module. */
  readonly modulePath?: string;
  /** Name of the module where only the system knows its path. */
  readonly moduleName?: string;
  /** File that holds the PIN. */
  readonly pinFile?: string;
}

const PATH = new Set(["token", "serial", "manufacturer", "model", "slot-id", "object", "id", "type"]);
const QUERY = new Set(["module-path", "module-name", "pin-source"]);
const TYPES: readonly string[] = ["secret-key", "private", "public", "cert", "data"];
/** pk11-pchar and pk11-qchar without percent-encoding. @see RFC 7512 section 2.3 */
const PATH_VALUE = /^(?:[A-Za-z0-9\-._~:[\]@!$'()*+,=&]|%[0-9A-Fa-f]{2})*$/;
const QUERY_VALUE = /^(?:[A-Za-z0-9\-._~:[\]@!$'()*+,=/?|]|%[0-9A-Fa-f]{2})*$/;
const MAX_BYTES = 4096;
/** CK_TOKEN_INFO's fixed fields. @see PKCS#11 v3.0 section 3.2 */
const MAX_LENGTHS: Readonly<Record<string, number>> = { token: 32, manufacturer: 32, model: 16, serial: 16 };

/**
 * Reads a PKCS#11 URI strictly: every attribute known, none twice, none empty.
 *
 * A PIN in the URI (`pin-value`) is refused, because command lines and their histories are read by others; `pin-source`
 * names a file. Attributes about the library are refused, because a module is named by its path or name.
 *
 * @throws {@link HsmError} `E_HSM_URI`
 * @see RFC 7512 sections 2.3 to 2.6
 */
export function parsePkcs11Uri(text: string): Pkcs11Uri {
  if (typeof text !== "string" || text.length > MAX_BYTES || !text.startsWith("pkcs11:"))
    throw refused("It begins with 'pkcs11:' and has at most 4096 characters.");
  const [path = "", query, ...more] = text.slice(7).split("?");
  const rest = more.length === 0 ? query : `${query}?${more.join("?")}`;
  const pathParts = readParts(path, ";", PATH, PATH_VALUE);
  const queryParts = readParts(rest ?? "", "&", QUERY, QUERY_VALUE);
  const texts = (names: readonly string[]) =>
    Object.fromEntries(names.flatMap((name) => (pathParts.has(name) ? [[name, textOf(name, pathParts)]] : [])));
  return {
    ...texts(["token", "serial", "manufacturer", "model", "object"]),
    ...(pathParts.has("id") ? { id: pathParts.get("id") as Buffer } : {}),
    ...(pathParts.has("slot-id") ? { slotId: slotIdOf(pathParts) } : {}),
    ...(pathParts.has("type") ? { type: typeOf(pathParts) } : {}),
    ...moduleOf(queryParts),
    ...(queryParts.has("pin-source") ? { pinFile: pinFileOf(queryParts) } : {}),
  };
}

function readParts(text: string, separator: string, known: ReadonlySet<string>, value: RegExp): Map<string, Buffer> {
  const parts = new Map<string, Buffer>();
  if (text === "") return parts;
  for (const part of text.split(separator)) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    const encoded = at < 0 ? "" : part.slice(at + 1);
    if (name === "pin-value") throw refused("A PIN does not stand in a URI: name a file, pin-source=file:/…");
    if (!known.has(name)) throw refused(`'${printable(name)}' is no attribute that is known here.`);
    if (parts.has(name)) throw refused(`${name} stands there twice.`);
    if (encoded === "" || !value.test(encoded)) throw refused(`${name} has a character that must be percent-encoded.`);
    parts.set(name, percentDecoded(encoded));
  }
  return parts;
}

function percentDecoded(encoded: string): Buffer {
  const bytes: number[] = [];
  for (let at = 0; at < encoded.length; at += 1) {
    if (encoded[at] !== "%") bytes.push(encoded.charCodeAt(at));
    else {
      bytes.push(Number.parseInt(encoded.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return Buffer.from(bytes);
}

function textOf(name: string, parts: ReadonlyMap<string, Buffer>): string {
  const bytes = parts.get(name) ?? Buffer.alloc(0);
  const most = MAX_LENGTHS[name] ?? 256;
  const text = bytes.toString("utf8");
  if (bytes.byteLength > most || !Buffer.from(text, "utf8").equals(bytes) || /\p{Cc}/u.test(text))
    throw refused(`${name} is UTF-8 of at most ${most} bytes.`);
  return text;
}

function slotIdOf(parts: ReadonlyMap<string, Buffer>): number {
  const text = textOf("slot-id", parts);
  const number = Number(text);
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || !Number.isSafeInteger(number)) throw refused("slot-id is a number.");
  return number;
}

function typeOf(parts: ReadonlyMap<string, Buffer>): NonNullable<Pkcs11Uri["type"]> {
  const text = textOf("type", parts);
  if (!TYPES.includes(text)) throw refused(`type is one of ${TYPES.join(", ")}.`);
  return text as NonNullable<Pkcs11Uri["type"]>;
}

function moduleOf(parts: ReadonlyMap<string, Buffer>): Pick<Pkcs11Uri, "modulePath" | "moduleName"> {
  const path = parts.has("module-path") ? textOf("module-path", parts) : undefined;
  const name = parts.has("module-name") ? textOf("module-name", parts) : undefined;
  if (path !== undefined && name !== undefined) throw refused("module-path and module-name exclude each other.");
  if (path !== undefined && !path.startsWith("/")) throw refused("module-path is an absolute path.");
  if (name !== undefined && !/^[A-Za-z0-9._-]{1,64}$/.test(name)) throw refused("module-name is a plain name.");
  return { ...(path === undefined ? {} : { modulePath: path }), ...(name === undefined ? {} : { moduleName: name }) };
}

/** `file:/path`, `file:///path` or an absolute path. @see RFC 7512 section 2.4; RFC 8089 */
function pinFileOf(parts: ReadonlyMap<string, Buffer>): string {
  const text = textOf("pin-source", parts);
  const path = text.replace(/^file:(?:\/\/(?=\/))?/, "");
  if (!path.startsWith("/") || text.startsWith("|")) throw refused("pin-source names a file: file:/path.");
  return path;
}

function printable(name: string): string {
  return name.replace(/[^A-Za-z0-9-]/g, "?").slice(0, 32);
}

function refused(what: string): HsmError {
  return new HsmError("E_HSM_URI", `The PKCS#11 URI is not acceptable. ${what}`);
}
