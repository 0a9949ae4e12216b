import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A column as `prisma/models` declares it. */
interface ModelColumn {
  readonly column: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly isList: boolean;
  readonly native: string | null;
}

/** A table as `prisma/models` declares it. */
export interface Model {
  readonly name: string;
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly ModelColumn[];
  /** Columns of its primary key, in order. */
  readonly key: readonly string[];
}

const FOLDER = join(import.meta.dirname, "../../../../prisma/models");

/** Reads the models from their own files, for tests that compare them with the database. */
export function readModels(): Model[] {
  const text = readdirSync(FOLDER)
    .sort()
    .map((file) => readFileSync(join(FOLDER, file), "utf8"))
    .join("\n");
  const names = new Set([...text.matchAll(/^model (\w+) \{/gm)].map((match) => match[1]));
  return [...text.matchAll(/^model (\w+) \{\n([\s\S]*?)^\}/gm)].map(([, name = "", body = ""]) => {
    const lines = body.split("\n").map((line) => line.trim());
    const fields = lines.flatMap((line) => readField(line, names));
    const columnOf = new Map(fields.map((field) => [field.field, field.column]));
    const whole = /@@id\(\[([^\]]+)\]\)/
      .exec(body)?.[1]
      ?.split(",")
      .map((field) => field.trim());
    const key = (whole ?? fields.filter((field) => field.isId).map((field) => field.field)).map(
      (field) => columnOf.get(field) ?? field,
    );
    return {
      name,
      schema: /@@schema\("(\w+)"\)/.exec(body)?.[1] ?? "",
      table: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? name,
      columns: fields.map(({ column, type, isRequired, isList, native }) => ({
        column,
        type,
        isRequired,
        isList,
        native,
      })),
      key,
    };
  });
}

function readField(line: string, models: ReadonlySet<string | undefined>) {
  const match = /^(\w+)\s+(\w+)(\[\])?(\?)?(?:\s+(.*))?$/.exec(line);
  if (!match || line.startsWith("//")) return [];
  const [, field = "", type = "", list, optional, attributes = ""] = match;
  if (models.has(type)) return [];
  return [
    {
      field,
      column: /(?<!@)@map\("(\w+)"\)/.exec(attributes)?.[1] ?? field,
      type,
      isRequired: optional === undefined,
      isList: list !== undefined,
      isId: /@id\b/.test(attributes),
      native: /@db\.(\w+)/.exec(attributes)?.[1] ?? null,
    },
  ];
}
