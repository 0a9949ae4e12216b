import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { MailServer } from "@holdfast/notices";
import { writeDurably } from "../durable-file.ts";

/** Where this key server sends its notices. Holds secrets of receivers, none of keys; only its own user can read it. */
export interface NoticeConfig {
  readonly ver: 1;
  readonly webhook: { readonly url: string; readonly secret: string; readonly previous: PreviousSecret | null } | null;
  readonly mail: { readonly server: MailServer; readonly to: readonly string[] } | null;
  /** PEM of authorities that are trusted besides the public ones. */
  readonly ca: string | null;
  /** Whether keys and clients are named; otherwise by id only. */
  readonly names: boolean;
}

/** The secret before, which signs as well until then (Unix seconds). */
interface PreviousSecret {
  readonly secret: string;
  readonly until: number;
}

const FILE = "notices.json";

export const NO_NOTICES: NoticeConfig = { ver: 1, webhook: null, mail: null, ca: null, names: true };

/** What the data folder says; nothing where there is no file that can be read. */
export function readNoticeConfig(dataDirectory: string): NoticeConfig {
  try {
    const value = JSON.parse(readFileSync(join(dataDirectory, FILE), "utf8")) as NoticeConfig;
    return value.ver === 1 ? { ...NO_NOTICES, ...value } : NO_NOTICES;
  } catch {
    return NO_NOTICES;
  }
}

export function writeNoticeConfig(dataDirectory: string, config: NoticeConfig): void {
  writeDurably(join(dataDirectory, FILE), `${JSON.stringify(config, null, 2)}\n`);
}

export function removeNoticeConfig(dataDirectory: string): void {
  rmSync(join(dataDirectory, FILE), { force: true });
}
