import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import {
  decodeRequest,
  decodeResponse,
  decodeTtlv,
  encodeRequest,
  encodeResponse,
  encodeTtlv,
  type RequestItem,
  type RequestMessage,
  readJson,
  readRequest,
  readResponse,
  readXml,
  TAG,
  type Ttlv,
  TYPE,
  tagName,
  writeJson,
  writeRequest,
  writeResponse,
  writeXml,
} from "./index.ts";

const folder = process.env.HOLDFAST_VECTORS ?? fileURLToPath(new URL("../../../../shared/vectors", import.meta.url));
const present = existsSync(`${folder}/kmip`);
if (!present) console.info("kmip vectors skipped: no vectors");

/** What the published cases leave to the run: values of no importance here, of the right form. */
const PLACEHOLDERS: readonly (readonly [RegExp, string])[] = [
  [/(type="DateTime" value=")\$NOW[^"]*/g, "$12012-04-27T08:14:39+00:00"],
  [/(type="ByteString" value=")\$[A-Z_0-9]+/g, "$100112233445566778899aabbccddeeff"],
];
const COMMENT = /<!--.*?-->/gs;
/** Published line breaks inside a name: `Cryptographic   Usage Mask`. */
const BROKEN_NAME = /(<AttributeName type="TextString" value="[^"]*?)\s{2,}/g;

interface Case {
  readonly file: string;
  readonly at: number;
  readonly kind: "RequestMessage" | "ResponseMessage";
  readonly xml: string;
}

function* publishedCases(): Generator<Case> {
  for (const version of ["v1.0", "v1.4", "v2.1"]) {
    for (const file of readdirSync(`${folder}/kmip/${version}`).filter((name) => name.endsWith(".xml"))) {
      let text = readFileSync(`${folder}/kmip/${version}/${file}`, "utf8")
        .replaceAll(COMMENT, "")
        .replaceAll(BROKEN_NAME, "$1 ");
      for (const [pattern, value] of PLACEHOLDERS) text = text.replaceAll(pattern, value);
      const found = text.matchAll(/<(RequestMessage|ResponseMessage)>.*?<\/\1>/gs);
      for (const [at, [xml, kind]] of [...found].entries()) {
        yield { file: `${version}/${file}`, at, kind: kind as Case["kind"], xml };
      }
    }
  }
}

/** An XML text as the facts it states, one an element: white space between words as one, an empty element as two tags. */
function facts(xml: string): string[] {
  const elements = xml.matchAll(/<(\/?)(\w+)([^>]*?)\s*(\/?)>/g);
  return [...elements].flatMap(([, close, name, rest = "", empty]) => {
    const type = /type="([^"]*)"/.exec(rest)?.[1] ?? "";
    const value = /value="([^"]*)"/.exec(rest)?.[1]?.split(/\s+/).join(" ") ?? "";
    const fact = `${close}${name} ${type} ${canonical(type, value)}`;
    return empty && type === "" ? [fact, `/${fact}`] : [fact];
  });
}

function canonical(type: string, value: string): string {
  if (type === "DateTime") return new Date(value).toISOString();
  if (type === "Integer") return value.split(" ").sort().join(" ");
  return type === "ByteString" || type === "BigInteger" ? value.toLowerCase() : value;
}

/** A tree with the fields of every structure in order of their tags, for messages that do not keep the tables' order. */
function sorted(item: Ttlv): Ttlv {
  if (item.type !== TYPE.Structure) return item;
  const value = item.value.map(sorted).sort((one, other) => one.tag - other.tag);
  return { ...item, value };
}

function throughTypes(kind: Case["kind"], tree: Ttlv): Ttlv {
  if (kind === "ResponseMessage") return writeResponse(readResponse(tree, { unknownFields: "refuse" }));
  const message = readRequest(tree);
  const refusals = message.items.map(({ refusal }) => refusal?.message).filter((each) => each !== undefined);
  expect(refusals).toEqual([]);
  return writeRequest(message as RequestMessage<RequestItem>);
}

describe.runIf(present)("published vectors", () => {
  const cases = present ? [...publishedCases()] : [];

  test("every OASIS message goes from XML to bytes, XML and JSON and back", () => {
    for (const { file, at, xml } of cases) {
      const tree = readXml(xml);
      const bytes = encodeTtlv(tree);
      const back = decodeTtlv(bytes);
      expect(encodeTtlv(back), `${file} ${at}`).toEqual(bytes);
      expect(facts(writeXml(back)), `${file} ${at}`).toEqual(facts(xml));
      expect(encodeTtlv(readXml(writeXml(back))), `${file} ${at}`).toEqual(bytes);
      expect(encodeTtlv(readJson(writeJson(back))), `${file} ${at}`).toEqual(bytes);
    }
    console.info(`OASIS messages through all three encodings: ${cases.length}`);
    expect(cases.length).toBeGreaterThan(0);
  });

  test("every OASIS message goes through its types and comes out the same", () => {
    const counts = { RequestMessage: 0, ResponseMessage: 0, reordered: 0, operations: new Set<string>() };
    for (const { file, at, kind, xml } of cases) {
      const bytes = encodeTtlv(readXml(xml));
      const tree = decodeTtlv(bytes);
      const written = throughTypes(kind, tree);
      if (!encodeTtlv(written).equals(bytes)) {
        expect(writeXml(sorted(written)), `${file} ${at}`).toBe(writeXml(sorted(tree)));
        counts.reordered += 1;
      }
      counts[kind] += 1;
      for (const name of xml.matchAll(/<Operation type="Enumeration" value="(\w+)"/g))
        counts.operations.add(name[1] ?? "");
    }
    const { operations, ...numbers } = counts;
    console.info(`OASIS messages through types: ${JSON.stringify(numbers)}, ${operations.size} operations named`);
    expect(counts.RequestMessage).toBeGreaterThan(0);
  });

  test("every captured message decodes and encodes to the same bytes", () => {
    let count = 0;
    for (const file of ["ceph-rgw", "libkmip-demos", "mongodb-csfle"]) {
      const { messages } = JSON.parse(readFileSync(`${folder}/kmip/captured/${file}.json`, "utf8"));
      for (const { hex, direction } of messages as { hex: string; direction: string }[]) {
        const bytes = Buffer.from(hex, "hex");
        const again =
          direction === "request"
            ? encodeRequest(decodeRequest(bytes) as RequestMessage<RequestItem>)
            : encodeResponse(decodeResponse(bytes, { unknownFields: "refuse" }));
        expect(again.toString("hex"), `${file} ${count}`).toBe(hex);
        count += 1;
      }
    }
    console.info(`captured messages: ${count}`);
    expect(count).toBeGreaterThan(0);
  });

  test("every element of the published messages is a tag of the tables", () => {
    const names = new Set(cases.flatMap(({ xml }) => [...xml.matchAll(/<(\w+)/g)].map(([, name]) => name ?? "")));
    expect([...names].filter((name) => !Object.hasOwn(TAG, name))).toEqual([]);
    expect(tagName(TAG.RequestMessage)).toBe("RequestMessage");
  });
});
