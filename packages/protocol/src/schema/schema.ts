import { ProtocolError } from "../errors.ts";

/** Reads one kind of value, or refuses it with the place it stands at. */
export interface Schema<T> {
  /**
   * Returns the value in a fresh copy without prototype.
   *
   * @throws {@link ProtocolError} `E_SCHEMA`
   */
  read(value: unknown, path: string): T;
  /** What the value was read as before, where that is known. */
  find?(value: unknown): T | undefined;
}

/** A schema for a member that may be absent. */
export interface OptionalSchema<T> extends Schema<T> {
  readonly optional: true;
}

/** The type that a schema reads. */
export type Infer<S> = S extends Schema<infer T> ? T : never;

type Shape = Readonly<Record<string, Schema<unknown>>>;
type OptionalNames<S extends Shape> = { [K in keyof S]: S[K] extends OptionalSchema<unknown> ? K : never }[keyof S];
type Flat<T> = { [K in keyof T]: T[K] };
/** The object that a shape describes. */
export type InferShape<S extends Shape> = Flat<
  { readonly [K in Exclude<keyof S, OptionalNames<S>>]: Infer<S[K]> } & {
    readonly [K in OptionalNames<S>]?: Infer<S[K]> | undefined;
  }
>;

/** Marks a member that may be absent. */
export function optional<T>(schema: Schema<T>): OptionalSchema<T> {
  return { optional: true, read: (value, path) => schema.read(value, path) };
}

/** An object with exactly these members. */
export function object<S extends Shape>(shape: S): Schema<InferShape<S>> {
  const names = Object.keys(shape);
  return {
    read(value, path) {
      const given = asObject(value, path);
      for (const name of Object.keys(given)) {
        if (!Object.hasOwn(shape, name) && given[name] !== undefined)
          throw refuse(`${path}.${name}`, "is not known here");
      }
      const copy: Record<string, unknown> = Object.create(null);
      for (const name of names) {
        const member = Object.hasOwn(given, name) ? given[name] : undefined;
        const schema = shape[name] as Schema<unknown> & { readonly optional?: true };
        if (member !== undefined) copy[name] = schema.read(member, `${path}.${name}`);
        else if (schema.optional !== true) throw refuse(`${path}.${name}`, "is missing");
      }
      return copy as InferShape<S>;
    },
  };
}

/** One of several objects, told apart by the literal in one member. */
export function oneOf<S extends Readonly<Record<string, Schema<unknown>>>>(
  member: string,
  kinds: S,
): Schema<Infer<S[keyof S]>> {
  return {
    read(value, path) {
      const kind = asObject(value, path)[member];
      if (typeof kind !== "string" || !Object.hasOwn(kinds, kind))
        throw refuse(`${path}.${member}`, "is none of the known");
      return (kinds[kind] as Schema<unknown>).read(value, path) as Infer<S[keyof S]>;
    },
  };
}

/** A list with a smallest and a largest length. */
export function array<T>(item: Schema<T>, least: number, most: number): Schema<readonly T[]> {
  return {
    read(value, path) {
      if (!Array.isArray(value)) throw refuse(path, "is not a list");
      if (value.length < least || value.length > most) throw refuse(path, `does not have ${least} to ${most} items`);
      const items: T[] = [];
      // By index, which sees holes as undefined.
      for (let index = 0; index < value.length; index += 1)
        items.push(item.find?.(value[index]) ?? item.read(value[index], `${path}[${index}]`));
      return items;
    },
  };
}

/** A list in which nothing comes twice. */
export function set<T extends string>(item: Schema<T>, least: number, most: number): Schema<readonly T[]> {
  const list = array(item, least, most);
  return {
    read(value, path) {
      const items = list.read(value, path);
      if (new Set(items).size !== items.length) throw refuse(path, "holds something twice");
      return items;
    },
  };
}

/** Exactly this value. */
export function literal<const T extends string | number | boolean>(only: T): Schema<T> {
  return {
    read(value, path) {
      if (value !== only) throw refuse(path, "is another value than the only one allowed");
      return only;
    },
  };
}

/** One of these words. */
export function word<const T extends string>(...words: readonly T[]): Schema<T> {
  return {
    read(value, path) {
      if (typeof value !== "string" || !(words as readonly string[]).includes(value))
        throw refuse(path, "is none of the known words");
      return value as T;
    },
  };
}

/** True or false. */
export const boolean: Schema<boolean> = {
  read(value, path) {
    if (typeof value !== "boolean") throw refuse(path, "is not true or false");
    return value;
  },
};

/** An integer of a range; the whole range of documents by default. */
export function integer(least = 0, most: number = Number.MAX_SAFE_INTEGER): Schema<number> {
  return {
    read(value, path) {
      if (
        typeof value !== "number" ||
        !Number.isSafeInteger(value) ||
        value < least ||
        value > most ||
        Object.is(value, -0)
      ) {
        throw refuse(path, "is not an integer of its range");
      }
      return value;
    },
  };
}

/** A string that passes a test. */
export function text(is: (value: string) => boolean, expected: string): Schema<string> {
  return {
    read(value, path) {
      if (typeof value !== "string" || !is(value)) throw refuse(path, `is not ${expected}`);
      return value;
    },
  };
}

/** A refusal at a place of a document. */
export function refuse(path: string, problem: string): ProtocolError {
  return new ProtocolError("E_SCHEMA", `${path.slice(0, 120)} ${problem}.`, { path: path.slice(0, 120) });
}

function asObject(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw refuse(path, "is not an object");
  return value as Readonly<Record<string, unknown>>;
}
