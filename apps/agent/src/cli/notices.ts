import { NOTICE_ERROR_CODES, noticeErrorText } from "@holdfast/notices";
import { COMMON_OPTIONS, type Command } from "./command.ts";
import { readNamedFile, readSecretFile } from "./named-file.ts";
import { showTime, table } from "./output.ts";

interface NoticesView {
  webhook: { to: string; previousUntil: number | null } | null;
  mail: { server: string; port: number; from: string; to: string[] } | null;
  names: boolean;
  deliveries: DeliveryView[];
}

interface DeliveryView {
  kind: string;
  at: number;
  to: string;
  state: string;
  tries: number;
  code: string | null;
  nextAt: number | null;
}

export const noticesSet: Command = {
  usage:
    "[--webhook URL] [--new-secret] [--smtp smtp[s]://[USER@]HOST[:PORT] --from ADDRESS --to ADDRESS… [--smtp-password-file FILE]] [--ca FILE] [--names on|off]",
  options: {
    ...COMMON_OPTIONS,
    webhook: { type: "string" },
    "new-secret": { type: "boolean" },
    smtp: { type: "string" },
    "smtp-password-file": { type: "string" },
    from: { type: "string" },
    to: { type: "string", multiple: true },
    ca: { type: "string" },
    names: { type: "string" },
  },
  async run({ admin, args, out }) {
    const names = args.find("names");
    if (names !== undefined && names !== "on" && names !== "off") throw args.usageError("--names is on or off.");
    const smtp = args.find("smtp");
    const passwordFile = args.find("smtp-password-file");
    const ca = args.find("ca");
    const answer = await admin().post<NoticesView & { secret: string | null }>("/v1/notices/set", {
      ...given("webhook", args.find("webhook")),
      ...(args.flag("new-secret") ? { newSecret: true } : {}),
      ...(smtp === undefined ? {} : { smtp, from: args.get("from"), to: args.all("to") }),
      ...(passwordFile === undefined
        ? {}
        : {
            password: readSecretFile(passwordFile)
              .toString("utf8")
              .replace(/\r?\n$/, ""),
          }),
      ...(ca === undefined ? {} : { ca: readNamedFile(ca).toString("utf8") }),
      ...(names === undefined ? {} : { names: names === "on" }),
    });
    const secret = answer.secret === null ? "" : `\nThe webhook's secret, shown once:\n  ${answer.secret}\n`;
    out.result(answer, `${receiversText(answer)}${secret}\nTry it: holdfast-agent notices test`);
    return 0;
  },
};

export const noticesShow: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const view = await admin().get<NoticesView>("/v1/notices");
    out.result(view, () =>
      [receiversText(view), deliveriesText(view.deliveries)].filter((text) => text !== "").join("\n\n"),
    );
    return 0;
  },
};

export const noticesTest: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    const { deliveries } = await admin().post<{ deliveries: DeliveryView[] }>("/v1/notices/test", {});
    out.result({ deliveries }, () =>
      deliveries.length === 0 ? "No receiver is set: holdfast-agent notices set" : deliveriesText(deliveries),
    );
    return deliveries.length > 0 && deliveries.every(({ state }) => state === "delivered") ? 0 : 1;
  },
};

export const noticesOff: Command = {
  usage: "",
  options: COMMON_OPTIONS,
  async run({ admin, out }) {
    await admin().post("/v1/notices/off", {});
    out.result({ webhook: null, mail: null }, "This key server tells nobody by itself any more.");
    return 0;
  },
};

function given(name: string, value: string | undefined): Record<string, string> {
  return value === undefined ? {} : { [name]: value };
}

function receiversText({ webhook, mail, names }: NoticesView): string {
  if (webhook === null && mail === null) return "This key server tells nobody by itself: holdfast-agent notices set";
  const lines = [
    ...(webhook === null ? [] : [`Webhook  ${webhook.to}`]),
    ...(webhook?.previousUntil
      ? [`         signed with the secret before as well until ${showTime(webhook.previousUntil)}`]
      : []),
    ...(mail === null ? [] : [`Mail     ${mail.to.join(", ")} by ${mail.server}:${mail.port}`]),
    `Names    ${names ? "keys and clients are named" : "ids only"}`,
  ];
  return lines.join("\n");
}

function deliveriesText(deliveries: readonly DeliveryView[]): string {
  if (deliveries.length === 0) return "";
  const rows = deliveries.map(({ at, kind, to, state, tries, code, nextAt }) => [
    showTime(at),
    kind,
    to,
    state === "dead" ? "given up" : state,
    String(tries),
    [code ?? "", nextAt === null || tries === 0 ? "" : `again ${showTime(nextAt)}`]
      .filter((text) => text !== "")
      .join(", "),
  ]);
  const codes = [...new Set(deliveries.flatMap(({ code }) => (code === null ? [] : [code])))];
  const why = codes.flatMap((code) => {
    const known = NOTICE_ERROR_CODES.find((each) => each === code);
    return known === undefined ? [] : [`${code}: ${noticeErrorText[known].what} ${noticeErrorText[known].next}`];
  });
  return [table(["WHEN", "NOTICE", "TO", "STATE", "TRIES", "WHY"], rows), ...why].join("\n");
}
