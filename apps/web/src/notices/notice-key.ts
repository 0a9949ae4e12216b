import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { makeWebhookSecret } from "@holdfast/notices";
import { NoticeSettingError } from "./notice-settings.ts";

const KEY_BYTES = 32;
const CODE_DIGITS = 8;

/** What secrets are derived from a channel by. */
export interface KeyedChannel {
  readonly id: string;
  readonly generation: number;
  readonly previousUntil: Date | null;
}

/**
 * The key that webhooks' secrets and confirmation codes are derived from. It is kept in a file beside the servers, so that
 * a copy of the database signs nothing.
 */
export class NoticeKey {
  readonly #key: Uint8Array;

  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Reads the key, or makes one on the first start. @throws {@link NoticeSettingError} */
  static open(file: string): NoticeKey {
    if (!existsSync(file)) make(file);
    if ((statSync(file).mode & 0o077) !== 0) throw new NoticeSettingError("HOLDFAST_NOTICE_KEY_FILE");
    const key = Buffer.from(readFileSync(file, "utf8").trim(), "base64url");
    if (key.length !== KEY_BYTES) throw new NoticeSettingError("HOLDFAST_NOTICE_KEY_FILE");
    return new NoticeKey(key);
  }

  /** The secret of a webhook's newest generation. */
  secretOf({ id, generation }: Pick<KeyedChannel, "id" | "generation">): string {
    return makeWebhookSecret(this.#derive(`webhook ${id} ${generation}`));
  }

  /** All secrets that sign now, newest first. */
  secretsOf(channel: KeyedChannel, now: Date): string[] {
    const { id, generation, previousUntil } = channel;
    const hasPrevious = previousUntil !== null && previousUntil > now && generation > 1;
    return [this.secretOf(channel), ...(hasPrevious ? [this.secretOf({ id, generation: generation - 1 })] : [])];
  }

  /** What the owner of a mail address reads there and types here. */
  codeOf(channelId: string): string {
    const number = Buffer.from(this.#derive(`confirm ${channelId}`)).readUIntBE(0, 6) % 10 ** CODE_DIGITS;
    return String(number).padStart(CODE_DIGITS, "0");
  }

  isCodeOf(channelId: string, code: string): boolean {
    const [right, given] = [Buffer.from(this.codeOf(channelId)), Buffer.from(code)];
    return right.length === given.length && timingSafeEqual(right, given);
  }

  #derive(purpose: string): Uint8Array {
    return createHmac("sha256", this.#key).update(`holdfast/notices/v1 ${purpose}`).digest();
  }
}

/** Whole or not at all, and one for all processes that start at the same time. */
function make(file: string): void {
  const fresh = `${file}.${process.pid}.new`;
  const opened = openSync(fresh, "w", 0o600);
  writeSync(opened, `${randomBytes(KEY_BYTES).toString("base64url")}\n`);
  fsyncSync(opened);
  closeSync(opened);
  try {
    linkSync(fresh, file);
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  } finally {
    rmSync(fresh);
  }
}
