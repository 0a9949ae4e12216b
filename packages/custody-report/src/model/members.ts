import { ReportError } from "../errors.ts";

/** An object's members and where it stands. */
export type Members = { readonly path: string; readonly of: Readonly<Record<string, unknown>> };

/**
 * Reads an object that has exactly these members.
 *
 * @throws {@link ReportError} `V_MALFORMED`
 */
export function exactMembers(value: unknown, path: string, names: readonly string[]): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(path, "is not an object");
  const given = Object.keys(value);
  const unknown = given.find((name) => !names.includes(name));
  if (unknown !== undefined) throw malformed(`${path}.${unknown.slice(0, 40)}`, "is not known here");
  const missing = names.find((name) => !given.includes(name));
  if (missing !== undefined) throw malformed(`${path}.${missing}`, "is missing");
  return { path, of: value as Members["of"] };
}

/** A string in its form. @throws {@link ReportError} `V_MALFORMED` */
export function textMember({ path, of }: Members, name: string, pattern: RegExp): string {
  const value = of[name];
  if (typeof value !== "string" || !pattern.test(value)) throw malformed(`${path}.${name}`, "is not in its form");
  return value;
}

/** Unix seconds. @throws {@link ReportError} `V_MALFORMED` */
export function timeMember({ path, of }: Members, name: string): number {
  const value = of[name];
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0 || value > 253_402_300_799) {
    throw malformed(`${path}.${name}`, "is not a time");
  }
  return value;
}

/** A list. @throws {@link ReportError} `V_MALFORMED` */
export function listMember({ path, of }: Members, name: string): readonly unknown[] {
  const value = of[name];
  if (!Array.isArray(value)) throw malformed(`${path}.${name}`, "is not a list");
  return value;
}

/** A refusal at a place of the bundle. */
export function malformed(path: string, problem: string): ReportError {
  return new ReportError("V_MALFORMED", `${path} ${problem}.`, { path });
}
