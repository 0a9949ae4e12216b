import { HttpRefusal } from "./http-refusal.ts";

type Body = Readonly<Record<string, unknown>>;

/** Refuses members that a call does not have. @throws {@link HttpRefusal} `E_SCHEMA` */
export function onlyFields(body: Body, names: readonly string[]): void {
  const unknown = Object.keys(body).find((name) => !names.includes(name));
  if (unknown !== undefined) throw schema(`There is no member ${JSON.stringify(unknown.slice(0, 40))} here.`);
}

/** A text member. @throws {@link HttpRefusal} `E_SCHEMA` */
export function textField(body: Body, name: string, maxLength = 4096): string {
  const value = body[name];
  if (typeof value !== "string" || value.length > maxLength)
    throw schema(`${name} is not a text of at most ${maxLength} characters.`);
  return value;
}

/** A text member that may be absent. @throws {@link HttpRefusal} `E_SCHEMA` */
export function findTextField(body: Body, name: string, maxLength = 4096): string | undefined {
  return body[name] === undefined ? undefined : textField(body, name, maxLength);
}

/** A member that is an object. @throws {@link HttpRefusal} `E_SCHEMA` */
export function objectField(body: Body, name: string): Body {
  const value = body[name];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw schema(`${name} is not an object.`);
  return value as Body;
}

/** A member that is true, false or absent. @throws {@link HttpRefusal} `E_SCHEMA` */
export function flagField(body: Body, name: string): boolean {
  const value = body[name] ?? false;
  if (typeof value !== "boolean") throw schema(`${name} is neither true nor false.`);
  return value;
}

/** A member that is a list of texts. @throws {@link HttpRefusal} `E_SCHEMA` */
export function textsField(body: Body, name: string, most: number): string[] {
  const value = body[name];
  const good =
    Array.isArray(value) && value.length > 0 && value.length <= most && value.every((each) => typeof each === "string");
  if (!good) throw schema(`${name} is not a list of 1 to ${most} texts.`);
  return value;
}

function schema(what: string): HttpRefusal {
  return new HttpRefusal(400, "E_SCHEMA", what);
}
