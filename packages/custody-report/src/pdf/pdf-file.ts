import { ReportError } from "../errors.ts";
import { inflate } from "./inflate.ts";
import { latin1 } from "./pdf-signature.ts";

/** Most bytes of one unpacked page or table. */
const MAX_STREAM_BYTES = 64 * 1024 * 1024;
const MAX_OBJECTS = 10_000_000;
/** Longest dictionary read. */
const MAX_DICTIONARY = 4 * 1024 * 1024;

/**
 * The objects of a PDF in the one form in which the agent writes it: one table of references, nothing appended.
 *
 * This is no PDF reader. A file in any other form is refused, so that it shows to a viewer what is read here.
 */
export class PdfFile {
  readonly #bytes: Uint8Array;
  readonly #offsets: readonly number[];
  /** The catalogue's dictionary. */
  readonly catalog: string;

  /** @throws {@link ReportError} `V_PDF_TEXT` */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const [, start = ""] = /\nstartxref\n(\d{1,12})\n%%EOF\n?$/.exec(latin1(bytes.subarray(-64))) ?? [];
    const table = Number(start === "" ? Number.NaN : start);
    if (!Number.isSafeInteger(table) || table >= bytes.length)
      throw unreadable("it does not end in one table of references");
    const [head = "", count = ""] = /^xref\n0 (\d{1,8})\n/.exec(latin1(bytes.subarray(table, table + 32))) ?? [];
    const first = table + head.length;
    if (head === "" || Number(count) > MAX_OBJECTS || first + Number(count) * 20 > bytes.length) {
      throw unreadable("its table of references is not in our form");
    }
    this.#offsets = Array.from({ length: Number(count) }, (_, at) => this.#entry(first + at * 20));
    const trailer = latin1(bytes.subarray(first + Number(count) * 20));
    if (/\/(?:Prev|XRefStm|Encrypt)\b/.test(trailer)) throw unreadable("it has more than one table of references");
    this.catalog = this.dictionary(reference(trailer, "Root"));
  }

  #entry(at: number): number {
    const [, offset = "", kind = ""] =
      /^(\d{10}) \d{5} ([nf]) \n$/.exec(latin1(this.#bytes.subarray(at, at + 20))) ?? [];
    if (kind === "") throw unreadable("its table of references is not in our form");
    return kind === "n" ? Number(offset) : -1;
  }

  /** The text of an object up to its stream or end. @throws {@link ReportError} `V_PDF_TEXT` */
  dictionary(id: number): string {
    return this.#object(id).text;
  }

  /** The unpacked stream of an object. @throws {@link ReportError} `V_PDF_TEXT`, `E_LIMIT` */
  async stream(id: number): Promise<string> {
    const { text, dataAt } = this.#object(id);
    const size = Number(/\n\/Length (\d{1,9})\n/.exec(text)?.[1] ?? Number.NaN);
    if (!Number.isSafeInteger(size) || dataAt === null || !text.includes("\n/Filter /FlateDecode\n")) {
      throw unreadable("a page is not in our form");
    }
    return latin1(await inflate(this.#bytes.subarray(dataAt, dataAt + size), MAX_STREAM_BYTES, "V_PDF_TEXT"));
  }

  #object(id: number): { readonly text: string; readonly dataAt: number | null } {
    const offset = this.#offsets[id] ?? -1;
    const head = `${id} 0 obj\n`;
    if (offset < 0 || offset >= this.#bytes.length) throw unreadable("a reference leads nowhere");
    let window = 4096;
    for (;;) {
      const text = latin1(this.#bytes.subarray(offset, offset + window));
      if (!text.startsWith(head)) throw unreadable("a reference leads elsewhere");
      const end = text.search(/\n>>\n(?:stream|endobj)\n|\]\nendobj\n/);
      if (end >= 0) {
        const dataAt = text.startsWith("\n>>\nstream\n", end) ? offset + end + "\n>>\nstream\n".length : null;
        return { text: text.slice(head.length, end + 1), dataAt };
      }
      if (window >= MAX_DICTIONARY || offset + window >= this.#bytes.length) throw unreadable("an object does not end");
      window *= 4;
    }
  }
}

/** The object that a member of a dictionary refers to. @throws {@link ReportError} `V_PDF_TEXT` */
export function reference(dictionary: string, name: string): number {
  const found = [...dictionary.matchAll(new RegExp(`\\n/${name} (\\d{1,8}) 0 R(?=\\n)`, "g"))];
  if (found.length !== 1) throw unreadable(`it does not name its ${name} once`);
  return Number(found[0]?.[1]);
}

/** A refusal of a PDF that cannot be read back. */
export function unreadable(problem: string): ReportError {
  return new ReportError("V_PDF_TEXT", `The PDF cannot be read back: ${problem}.`);
}
