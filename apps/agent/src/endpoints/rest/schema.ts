import { isPlainText } from "@holdfast/protocol";
import { RestError } from "./errors.ts";

/** A JSON Schema (2020-12), as OpenAPI 3.1 takes it. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/**
 * One part of a request or an answer: how it is read, and how it is described. Both come from one place, so that what is
 * documented is what is checked.
 */
export interface Schema<T> {
  readonly json: JsonSchema;
  readonly optional?: true;
  /** @throws {@link RestError} `E_SCHEMA` naming the place, never the value */
  read(value: unknown, path: string): T;
}

/** A member that may be left out. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly optional: true;
}

/** The type that a schema reads. */
type Infer<S> = S extends Schema<infer T> ? T : never;

type Shape = Readonly<Record<string, Schema<unknown>>>;
type OptionalNames<S extends Shape> = { [K in keyof S]: S[K] extends OptionalSchema<unknown> ? K : never }[keyof S];
type InferShape<S extends Shape> = { readonly [K in Exclude<keyof S, OptionalNames<S>>]: Infer<S[K]> } & {
  readonly [K in OptionalNames<S>]?: Infer<S[K]> | undefined;
};

export function optional<T>(schema: Schema<T>): OptionalSchema<T> {
  return { ...schema, optional: true };
}

/** Adds what a person wants to know. */
export function described<S extends Schema<unknown>>(schema: S, description: string): S {
  return { ...schema, json: { ...schema.json, description } };
}

/** An object with exactly these members. */
export function object<S extends Shape>(shape: S): Schema<InferShape<S>> {
  const names = Object.keys(shape);
  const required = names.filter((name) => shape[name]?.optional !== true);
  return {
    json: {
      type: "object",
      properties: Object.fromEntries(names.map((name) => [name, shape[name]?.json])),
      ...(required.length === 0 ? {} : { required }),
      additionalProperties: false,
    },
    read(value, path) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(path, "is not an object");
      const given = value as Readonly<Record<string, unknown>>;
      for (const name in given) {
        if (!Object.hasOwn(shape, name)) throw refuseMember(path, name, names);
      }
      const copy: Record<string, unknown> = {};
      for (const name of names) {
        const schema = shape[name] as Schema<unknown>;
        const found = Object.hasOwn(given, name) ? given[name] : undefined;
        if (found !== undefined) copy[name] = schema.read(found, member(path, name));
        else if (schema.optional !== true) throw refuse(member(path, name), "is missing");
      }
      return copy as InferShape<S>;
    },
  };
}

/** One of two objects: the one with the member `by`, or the one without. */
export function either<A, B>(by: string, having: Schema<A>, lacking: Schema<B>): Schema<A | B> {
  return {
    json: { oneOf: [lacking.json, having.json] },
    read(value, path) {
      const has = typeof value === "object" && value !== null && Object.hasOwn(value, by);
      return has ? having.read(value, path) : lacking.read(value, path);
    },
  };
}

export function list<T>(item: Schema<T>, least: number, most: number): Schema<readonly T[]> {
  return {
    json: { type: "array", items: item.json, minItems: least, maxItems: most },
    read(value, path) {
      if (!Array.isArray(value)) throw refuse(path, "is not a list");
      if (value.length < least || value.length > most) throw refuse(path, `does not have ${least} to ${most} items`);
      return value.map((one, index) => item.read(one, `${path}[${index}]`));
    },
  };
}

/** A list of words in which none comes twice. */
export function wordSet<const T extends string>(...words: readonly T[]): Schema<readonly T[]> {
  const items = list(word(...words), 1, words.length);
  return {
    json: { ...items.json, uniqueItems: true },
    read(value, path) {
      const read = items.read(value, path);
      if (new Set(read).size !== read.length) throw refuse(path, "holds a word twice");
      return read;
    },
  };
}

export function word<const T extends string>(...words: readonly T[]): Schema<T> {
  return {
    json: { type: "string", enum: words },
    read(value, path) {
      if (typeof value !== "string" || !(words as readonly string[]).includes(value))
        throw refuse(path, `is none of ${words.join(", ")}`);
      return value as T;
    },
  };
}

export function text(pattern: RegExp, expected: string): Schema<string> {
  return {
    json: { type: "string", pattern: pattern.source },
    read(value, path) {
      if (typeof value !== "string" || !pattern.test(value)) throw refuse(path, `is not ${expected}`);
      return value;
    },
  };
}

/** Text of a number of UTF-16 units, without controls and in one normal form (NFC). */
export function plainText(least: number, most: number): Schema<string> {
  return {
    json: { type: "string", minLength: least, maxLength: most },
    read(value, path) {
      if (typeof value !== "string" || value.length < least || value.length > most || !isPlainText(value))
        throw refuse(path, `is not plain text of ${least} to ${most} characters`);
      return value;
    },
  };
}

/** Standard base64, read as it stands: its bytes are decoded where they are used. */
export const base64: Schema<string> = {
  json: { type: "string", contentEncoding: "base64" },
  read(value, path) {
    if (typeof value !== "string") throw refuse(path, "is not a string");
    return value;
  },
};

export const boolean: Schema<boolean> = {
  json: { type: "boolean" },
  read(value, path) {
    if (typeof value !== "boolean") throw refuse(path, "is not true or false");
    return value;
  },
};

export function integer(least: number, most: number): Schema<number> {
  return {
    json: { type: "integer", minimum: least, maximum: most },
    read(value, path) {
      if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most)
        throw refuse(path, `is not an integer from ${least} to ${most}`);
      return value;
    },
  };
}

/** A number in a query: digits only. */
export function digits(least: number, most: number): Schema<number> {
  const number = integer(least, most);
  return {
    json: number.json,
    read(value, path) {
      if (typeof value !== "string" || !/^(?:0|[1-9]\d{0,15})$/.test(value))
        throw refuse(path, "is not a whole number");
      return number.read(Number(value), path);
    },
  };
}

/** What may also be null; of answers only. */
export function orNull<T>(schema: Schema<T>): Schema<T | null> {
  return {
    json: { anyOf: [schema.json, { type: "null" }] },
    read: (value, path) => (value === null ? null : schema.read(value, path)),
  };
}

/** Values by names that nobody fixed; of answers only. */
export function record<T>(value: Schema<T>): Schema<Readonly<Record<string, T>>> {
  return {
    json: { type: "object", additionalProperties: value.json },
    read(given, path) {
      if (typeof given !== "object" || given === null || Array.isArray(given)) throw refuse(path, "is not an object");
      return Object.fromEntries(
        Object.entries(given).map(([name, each]) => [name, value.read(each, member(path, name))]),
      );
    },
  };
}

function refuse(path: string, problem: string): RestError {
  const place = path === "" ? "The body" : path;
  return new RestError("E_SCHEMA", `${place} ${problem}.`, path === "" ? {} : { path });
}

function refuseMember(path: string, name: string, names: readonly string[]): RestError {
  const place = path === "" ? "the body" : path;
  const which = names.length === 0 ? "it takes none" : `it takes ${names.join(", ")}`;
  const what = `There is no member "${printable(name)}" in ${place}: ${which}.`;
  return new RestError("E_SCHEMA", what, { path: member(path, printable(name)) });
}

function member(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

/** A name that somebody else chose, fit to be shown. */
function printable(name: string): string {
  return name.slice(0, 64).replace(/[^\x20-\x7e]/g, "?");
}
