import { readFileSync } from "node:fs";
import { findMailServer, isMailAddress, type MailServer, publicReceivers, type Receivers } from "@holdfast/notices";
import { HoldfastError } from "@holdfast/protocol";

/** What a control plane is told of how its notices leave. */
export interface NoticeSettings {
  readonly keyFile: string;
  /** Where pages are, for links in notices. */
  readonly origin: string;
  /** Which addresses webhooks may have. */
  readonly receivers: Receivers;
  /** PEM of authorities that are trusted besides the public ones. */
  readonly ca: string | undefined;
  /** The operator's mail server; null where there is none, and nobody is offered mail. */
  readonly mail: MailServer | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** A setting that cannot be used; its name is in `detail`. */
export class NoticeSettingError extends HoldfastError<"CONFIGURATION"> {
  readonly code = "CONFIGURATION";
  override readonly detail: Readonly<Record<string, string | number>>;

  constructor(setting: string) {
    super(`The setting ${setting} cannot be used.`);
    this.name = "NoticeSettingError";
    this.detail = { setting };
  }
}

/**
 * Reads the settings of notices; null without HOLDFAST_NOTICE_KEY_FILE, where there are none.
 *
 * @throws {@link NoticeSettingError} naming the setting
 * @see docs/operate/notices.md
 */
export function readNoticeSettings(env: Environment): NoticeSettings | null {
  const keyFile = env["HOLDFAST_NOTICE_KEY_FILE"];
  if (!keyFile) return null;
  const origin = env["HOLDFAST_ORIGIN"] ?? "";
  if (!URL.canParse(origin)) throw new NoticeSettingError("HOLDFAST_ORIGIN");
  const networks = (env["HOLDFAST_NOTICE_PRIVATE_RECEIVERS"] ?? "").split(",").map((each) => each.trim());
  const receivers = publicReceivers(networks.filter((each) => each !== ""));
  if (receivers === null) throw new NoticeSettingError("HOLDFAST_NOTICE_PRIVATE_RECEIVERS");
  const ca = readFile(env, "HOLDFAST_NOTICE_CA_FILE");
  return { keyFile, origin: new URL(origin).origin, receivers, ca, mail: readMailServer(env, ca) };
}

function readMailServer(env: Environment, ca: string | undefined): MailServer | null {
  const url = env["HOLDFAST_SMTP_URL"];
  if (!url) return null;
  const place = findMailServer(url);
  if (place === null) throw new NoticeSettingError("HOLDFAST_SMTP_URL");
  const from = env["HOLDFAST_SMTP_FROM"] ?? "";
  if (!isMailAddress(from)) throw new NoticeSettingError("HOLDFAST_SMTP_FROM");
  const password = readFile(env, "HOLDFAST_SMTP_PASSWORD_FILE")?.replace(/\r?\n$/, "");
  if (place.user !== undefined && password === undefined) throw new NoticeSettingError("HOLDFAST_SMTP_PASSWORD_FILE");
  return { ...place, from, ca, password };
}

function readFile(env: Environment, setting: string): string | undefined {
  const path = env[setting];
  if (!path) return undefined;
  try {
    return readFileSync(path, "utf8");
  } catch {
    throw new NoticeSettingError(setting);
  }
}
