import { childOf, textOf, type XmlItem } from "./xml-item.ts";

/** Operations that make keys here: what such keys give cannot be what a case shows. */
const MAKING: ReadonlySet<string> = new Set(["Create", "CreateKeyPair", "ReKey", "ReKeyKeyPair", "CreateSplitKey"]);
const IDENTIFIER = /^(?:PrivateKey|PublicKey)?UniqueIdentifier$/;

/** What a run of a case has learned: values of its placeholders, and what stands here for what was published. */
export class CaseMemory {
  readonly #placeholders = new Map<string, string>();
  readonly #published = new Map<string, string>();
  readonly #made: Set<string>;
  readonly #told = new Map<string, string[]>();
  readonly #sent = new Set<string>();
  readonly #version = new Map<string, string>();
  #randomIv = false;

  /** @param made - Identifiers of what was made by any case so far: some go on where others end. */
  constructor(made: Set<string>) {
    this.#made = made;
  }

  /** Remembers what an answer told: a later request may mean it by its field's name. */
  note(item: XmlItem): void {
    for (const { name, value } of childOf(item, "ResponsePayload")?.children ?? []) {
      if (value === undefined) continue;
      const key = name.toLowerCase();
      this.#told.set(key, [...(this.#told.get(key) ?? []), value]);
    }
  }

  /** The value of a placeholder, given by the first answer that has it. @returns whether it is that value */
  bind(placeholder: string, value: string): boolean {
    const before = this.#placeholders.get(placeholder);
    if (before === undefined) this.#placeholders.set(placeholder, value);
    return before === undefined || before === value;
  }

  /** Notes that something here is not what was published: later requests mean what is here. */
  stands(published: string, value: string): void {
    this.#published.set(published, value);
  }

  /** Whether a value was said by a request: then the answer says the same. */
  wasSent(value: string): boolean {
    return this.#sent.has(value);
  }

  /** Whether an object was made here. */
  isMade(identifier: string | undefined): boolean {
    return identifier !== undefined && this.#made.has(identifier);
  }

  /** Learns of the objects that an answer tells of. */
  learn(item: XmlItem): void {
    if (!MAKING.has(textOf(item, "Operation") ?? "")) return;
    for (const { name, value } of childOf(item, "ResponsePayload")?.children ?? [])
      if (IDENTIFIER.test(name) && value !== undefined) this.#made.add(value);
  }

  /** Whether what an operation gives differs each time, as the parameters that were sent say. */
  isRandomized(operation: string): boolean {
    const randomizing = operation === "Sign" ? ["PSS", "ECDSA", "EC"] : ["OAEP", "PKCS1v1_5", "PKCS1v1.5"];
    if (randomizing.some((each) => this.#sent.has(each))) return true;
    return operation === "Encrypt" && this.#randomIv;
  }

  /** An answer is in the version of its request: the part of it that a field holds. @see KMIP 1.4 section 6.1 */
  answeredVersion(field: string): string | undefined {
    return this.#version.get(field);
  }

  /** A request with values for its placeholders, at a moment in Unix seconds. */
  fill(request: string, now: number): string {
    for (const [, field = "", value = ""] of request.matchAll(/<(ProtocolVersionM\w+)[^>]*value="(\d+)"/g))
      if (!request.includes('"DiscoverVersions"')) this.#version.set(field, value);
    if (/<RandomIV[^>]*value="true"/.test(request)) this.#randomIv = true;
    return request.replaceAll(/value="([^"]*)"/g, (whole, value: string) => {
      const filled = this.#valueOf(value, now);
      if (!value.startsWith("$")) this.#sent.add(value);
      return filled === undefined ? whole : `value="${filled}"`;
    });
  }

  #valueOf(value: string, now: number): string | undefined {
    const [, sign, seconds] = /^\$NOW(?:\s*([+-])\s*(\d+))?$/.exec(value) ?? [];
    if (value.startsWith("$NOW"))
      return new Date((now + (sign === "-" ? -1 : 1) * Number(seconds ?? 0)) * 1000).toISOString();
    return this.#placeholders.get(value) ?? this.#published.get(value) ?? this.#toldAs(value);
  }

  /** `$DATA_1` is the second Data that was told, `$IV_COUNTER_NONCE` the last such. */
  #toldAs(placeholder: string): string | undefined {
    const [, field = "", index] = /^\$([A-Z_]+?)(?:_(\d+))?$/.exec(placeholder) ?? [];
    const told = this.#told.get(field.replaceAll("_", "").toLowerCase());
    return index === undefined ? told?.at(-1) : told?.[Number(index)];
  }
}
