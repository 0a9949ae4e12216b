/** One element of DER: its tag, its content, and all its bytes. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/** Bytes that are no DER, or other DER than was asked for. It never leaves the folder. */
export class DerFault extends RangeError {}

/** Elements of DER one after the other; lengths in their one form, of at most four bytes. @see ITU-T X.690 section 10 */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The one element that these bytes are. @throws {@link DerFault} */
  static only(bytes: Buffer, tag: number): DerReader {
    const reader = new DerReader(bytes);
    const { content } = reader.take(tag);
    reader.end();
    return new DerReader(content);
  }

  get more(): boolean {
    return this.#at < this.#bytes.length;
  }

  /** The next element's tag; 0 at the end. */
  get tag(): number {
    return this.#bytes[this.#at] ?? 0;
  }

  /** @throws {@link DerFault} where the next element has another tag */
  take(tag: number): DerElement {
    const found = this.next();
    if (found.tag !== tag) throw new DerFault("another element");
    return found;
  }

  /** @throws {@link DerFault} as {@link take} */
  into(tag: number): DerReader {
    return new DerReader(this.take(tag).content);
  }

  /** The next element where it has this tag, else null. */
  find(tag: number): DerElement | null {
    return this.tag === tag && this.more ? this.next() : null;
  }

  next(): DerElement {
    const from = this.#at;
    const tag = this.#bytes[from];
    const first = this.#bytes[from + 1];
    if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f) throw new DerFault("no element");
    let length = first;
    let head = 2;
    if (first >= 0x80) {
      const size = first & 0x7f;
      if (size < 1 || size > 4 || from + 2 + size > this.#bytes.length) throw new DerFault("no length");
      length = this.#bytes.readUIntBE(from + 2, size);
      if (length < 0x80 || (size > 1 && length < 2 ** (8 * (size - 1)))) throw new DerFault("a longer length");
      head = 2 + size;
    }
    const end = from + head + length;
    if (end > this.#bytes.length) throw new DerFault("cut off");
    this.#at = end;
    return { tag, content: this.#bytes.subarray(from + head, end), whole: this.#bytes.subarray(from, end) };
  }

  /** @throws {@link DerFault} where something follows */
  end(): void {
    if (this.more) throw new DerFault("more than was expected");
  }
}

export const SEQUENCE = 0x30;
export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTETS = 0x04;
export const OID = 0x06;
export const ENUMERATED = 0x0a;
export const BOOLEAN = 0x01;
const UTC_TIME = 0x17;
const GENERALIZED_TIME = 0x18;

/** Whether the next element is a time. */
export function isTime(tag: number): boolean {
  return tag === UTC_TIME || tag === GENERALIZED_TIME;
}

/** Unix seconds of a time in the form that certificates have. @throws {@link DerFault} @see RFC 5280 section 4.1.2.5 */
export function readTime({ tag, content }: DerElement): number {
  const text = content.toString("latin1");
  const form = tag === UTC_TIME ? /^(\d{2})(\d{10})Z$/ : tag === GENERALIZED_TIME ? /^(\d{4})(\d{10})Z$/ : null;
  const [, year = "", rest = ""] = form?.exec(text) ?? [];
  if (year === "") throw new DerFault("no time");
  const full = year.length === 4 ? year : `${Number(year) < 50 ? "20" : "19"}${year}`;
  const [month, day, hour, minute, second] = rest.match(/\d\d/g) ?? [];
  const iso = `${full}-${month}-${day}T${hour}:${minute}:${second}`;
  const milliseconds = Date.parse(`${iso}Z`);
  if (Number.isNaN(milliseconds) || !new Date(milliseconds).toISOString().startsWith(iso))
    throw new DerFault("no time");
  return milliseconds / 1000;
}

/** A serial number as two lists can be compared by: lower-case hexadecimal without leading zeros. */
export function serialText(serial: Buffer | string): string {
  const text = typeof serial === "string" ? serial.toLowerCase() : serial.toString("hex");
  return text.replace(/^0+(?=.)/, "");
}
