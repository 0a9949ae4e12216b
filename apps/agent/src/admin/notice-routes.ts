import { findMailServer, findReceiverUrl, isMailAddress, makeWebhookSecret, receiverName } from "@holdfast/notices";
import { findTextField, flagField, textField, textsField } from "../json-http/fields.ts";
import { HttpRefusal } from "../json-http/http-refusal.ts";
import type { AgentNotices } from "../notices/agent-notices.ts";
import type { Delivery } from "../notices/notice-box.ts";
import type { NoticeConfig } from "../notices/notice-config.ts";
import type { DoctorCheck } from "./answers.ts";
import { good, warning } from "./check-words.ts";

const OVERLAP_SECONDS = 86_400;
const LONGEST_PEM = 262_144;
const MOST_ADDRESSES = 10;

type Body = Readonly<Record<string, unknown>>;

/** Members of a call that sets receivers. What is left out stays as it is. */
export const NOTICE_FIELDS = ["webhook", "newSecret", "smtp", "password", "from", "to", "ca", "names"];

/** Where notices go, without secrets, and what became of the last ones. */
export function noticesView(notices: AgentNotices) {
  const { webhook, mail, names } = notices.config;
  return {
    webhook:
      webhook === null
        ? null
        : { to: `${receiverName(webhook.url)}/…`, previousUntil: webhook.previous?.until ?? null },
    mail:
      mail === null ? null : { server: mail.server.host, port: mail.server.port, from: mail.server.from, to: mail.to },
    names,
    deliveries: notices.last().map(showDelivery),
  };
}

/** One delivery, without what it tells. */
export function showDelivery({ notice, to, state, tries, code, nextAt, triedAt }: Delivery) {
  const { id, kind, at } = notice;
  return { id, kind, at, to, state, tries, code, triedAt, nextAt: state === "waiting" ? nextAt : null };
}

/** Whether this key server has anybody to tell by itself. */
export function tellsPeople({ config: { webhook, mail } }: Pick<AgentNotices, "config">): boolean {
  return webhook !== null || mail !== null;
}

/** What of the last notices reached nobody. Nothing where no receiver is set: that is anybody's choice. */
export function noticeChecks(notices: AgentNotices): DoctorCheck[] {
  const dead = notices.last().filter(({ state }) => state === "dead");
  if (!tellsPeople(notices)) return [];
  if (dead.length === 0) return [good("notices", "This key server tells its people by itself.")];
  const what = `Notices that were given up: ${dead.length} (${[...new Set(dead.map(({ code }) => code))].join(", ")}).`;
  return [warning("notices", what, "See `holdfast-agent notices show`, and try with `holdfast-agent notices test`.")];
}

/** Sets receivers; a webhook's secret is told once. @throws {@link HttpRefusal} `E_SCHEMA` */
export function setNotices(notices: AgentNotices, body: Body, now: number) {
  const before = notices.config;
  const webhook = readWebhook(before.webhook, body, now);
  const names = body["names"] === undefined ? before.names : flagField(body, "names");
  const ca = findTextField(body, "ca", LONGEST_PEM) ?? before.ca;
  notices.configure({ ver: 1, webhook, mail: readMail(before.mail, body), ca, names });
  const isNew = webhook !== null && webhook.secret !== before.webhook?.secret;
  return { ...noticesView(notices), secret: isNew ? webhook.secret : null };
}

function readWebhook(before: NoticeConfig["webhook"], body: Body, now: number): NoticeConfig["webhook"] {
  const url = findTextField(body, "webhook", 2048) ?? before?.url;
  if (url === undefined) return null;
  if (findReceiverUrl(url, { loopbackHttp: true }) === null)
    throw new HttpRefusal(
      400,
      "E_SCHEMA",
      "webhook is https without name and password in it, or http to this machine.",
    );
  if (before !== null && !flagField(body, "newSecret")) return { ...before, url };
  const previous = before === null ? null : { secret: before.secret, until: now + OVERLAP_SECONDS };
  return { url, secret: makeWebhookSecret(), previous };
}

function readMail(before: NoticeConfig["mail"], body: Body): NoticeConfig["mail"] {
  const smtp = findTextField(body, "smtp", 1024);
  if (smtp === undefined) return before;
  const place = findMailServer(smtp);
  if (place === null) throw new HttpRefusal(400, "E_SCHEMA", "smtp is smtp://[USER@]HOST[:PORT], or smtps://….");
  const password = findTextField(body, "password", 4096);
  if (place.user !== undefined && password === undefined)
    throw new HttpRefusal(400, "E_SCHEMA", "password is missing.");
  const from = textField(body, "from", 254);
  const to = textsField(body, "to", MOST_ADDRESSES);
  for (const address of [from, ...to])
    if (!isMailAddress(address)) throw new HttpRefusal(400, "E_SCHEMA", "from and to are plain mail addresses.");
  return { server: { ...place, from, ...(password === undefined ? {} : { password }) }, to };
}
