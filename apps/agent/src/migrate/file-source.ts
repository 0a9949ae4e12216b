import { basename } from "node:path";
import { describeFound, type ImportSettings } from "../transfer/describe-found.ts";
import { problemsOf } from "../transfer/problems-of.ts";
import { type KeyFileHints, readKeys } from "../transfer/read-keys.ts";
import type { KeySource, SourceKey, SourceMaterial } from "./key-source.ts";

/** Keys of a file, each under a foreign name of the file and its own: what is moved is not moved twice. */
export class FileSource implements KeySource {
  readonly protocol = "a file";
  readonly name: string;
  readonly #bytes: Buffer;
  readonly #hints: KeyFileHints;
  readonly #settings: ImportSettings;
  #found: readonly SourceMaterial[] | null = null;

  constructor(path: string, bytes: Buffer, hints: KeyFileHints, settings: ImportSettings) {
    this.name = basename(path);
    this.#bytes = bytes;
    this.#hints = hints;
    this.#settings = settings;
  }

  async list(): Promise<SourceKey[]> {
    const keys = await this.#keys();
    const problems = problemsOf(keys.map(({ key }) => key));
    return keys.map(({ key }, at) => ({
      ...{ refused: problems[at] ?? null, alias: { alias: key.alias, group: key.group } },
      ...{ id: key.foreign?.[0] ?? key.label, label: key.label, stays: null, left: [] },
      kind: key.algorithm ?? key.type,
    }));
  }

  async read({ id }: SourceKey): Promise<SourceMaterial | string> {
    const found = (await this.#keys()).find(({ key }) => key.foreign?.[0] === id);
    return found ?? "it is not in the file any more";
  }

  async #keys(): Promise<readonly SourceMaterial[]> {
    if (this.#found !== null) return this.#found;
    const found = await readKeys(this.#bytes, this.#hints);
    const names = new Set<string>();
    this.#found = found.map((each, at) => {
      const place = { at, of: found.length, file: this.name.replace(/\.[^.]+$/, ""), alone: found.length === 1 };
      const key = describeFound(each, this.#settings, place);
      const id = freeId(`file:${this.name}/${key.label}`.slice(0, 240), names);
      return { key: { ...key, foreign: [id, ...(key.foreign ?? [])] }, versions: [each.material] };
    });
    return this.#found;
  }
}

function freeId(base: string, taken: Set<string>): string {
  let id = base;
  for (let number = 2; taken.has(id); number += 1) id = `${base} ${number}`;
  taken.add(id);
  return id;
}
