import { describe, expect, test } from "vitest";
import { z } from "zod";
import { appRouter } from "./app-router.ts";

/** Anybody may call these. One more needs a reason, and this line. */
const PUBLIC = ["session.signOut", "signIn.begin", "signIn.finish", "signUp.begin", "signUp.finish"];
/** Subscriptions have no output schema; this one checks each event itself. */
const STREAMS = ["events.stream"];
/** Where any JSON is let through: the export of whole rows. */
const OPEN = ["rows[].*"];

interface Procedure {
  readonly _def: {
    readonly type: string;
    readonly inputs: readonly z.ZodType[];
    readonly output?: z.ZodType;
    readonly middlewares: readonly unknown[];
  };
}

const procedures = Object.entries(appRouter._def.procedures as unknown as Record<string, Procedure>);

/** Places in a schema that take something that was not foreseen. */
function openPlaces(schema: z.ZodType, path = ""): string[] {
  // biome-ignore lint/suspicious/noExplicitAny: zod's definitions are walked, whatever kind they are
  const def = (schema as any)._zod.def;
  const at = (inner: z.ZodType, more = "") => openPlaces(inner, `${path}${more}`);
  switch (def.type) {
    case "object": {
      const own = def.catchall?._zod.def.type === "never" ? [] : [`${path} is open`];
      const dot = path ? "." : "";
      return [
        ...own,
        ...Object.entries(def.shape as Record<string, z.ZodType>).flatMap(([name, inner]) => at(inner, dot + name)),
      ];
    }
    case "optional":
    case "nullable":
    case "default":
      return at(def.innerType);
    case "array":
      return at(def.element, "[]");
    case "union":
      return def.options.flatMap((option: z.ZodType) => at(option));
    case "record":
      return at(def.valueType, ".*");
    case "pipe":
      return isOnlyUnknown(def.in) ? at(def.out) : [...at(def.in), ...at(def.out)];
    case "unknown":
    case "any":
      return OPEN.some((place) => path.endsWith(place)) ? [] : [`${path} is anything`];
    default:
      return [];
  }
}

/** A pipe from anything is as closed as what it pipes into: a closed schema, or the protocol's own reader. */
function isOnlyUnknown(schema: z.ZodType): boolean {
  // biome-ignore lint/suspicious/noExplicitAny: see above
  return (schema as any)._zod.def.type === "unknown";
}

test("this check finds what is open", () => {
  const open = z.strictObject({
    a: z.array(z.object({ b: z.string() })),
    c: z.any(),
    d: z.record(z.string(), z.unknown()),
  });
  expect(openPlaces(open)).toEqual(["a[] is open", "c is anything", "d.* is anything"]);
});

describe("every procedure", () => {
  test("is found", () => {
    expect(procedures.length).toBeGreaterThan(40);
  });

  test.each(procedures)("%s takes nothing that is not foreseen", (_, procedure) => {
    expect(procedure._def.inputs.length).toBeGreaterThan(0);
    expect(procedure._def.inputs.flatMap((schema) => openPlaces(schema))).toEqual([]);
  });

  test.each(procedures)("%s gives nothing that is not foreseen", (path, procedure) => {
    const { output, type } = procedure._def;
    if (STREAMS.includes(path)) expect(type).toBe("subscription");
    else expect(output && openPlaces(output)).toEqual([]);
  });

  test("needs a session, but for the named ones", async () => {
    const context = new Proxy({}, { get: (_, name) => (name === "signedIn" ? async () => null : undefined) });
    // biome-ignore lint/suspicious/noExplicitAny: every procedure is called alike
    const caller = appRouter.createCaller(context as any) as any;
    const open: string[] = [];
    for (const [path] of procedures) {
      const call = path.split(".").reduce((place, name) => place[name], caller);
      const code = await call({}).then(
        () => "OK",
        (error: { code: string }) => error.code,
      );
      if (code !== "UNAUTHORIZED") open.push(path);
    }
    expect(open.sort()).toEqual(PUBLIC);
  });
});
