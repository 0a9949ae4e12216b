import { afterEach, describe, expect, test } from "vitest";
import { type MailReceiver, makeLoopbackIdentity, startMailReceiver } from "../testing/index.ts";
import { findMailServer, isMailAddress, type MailServer } from "./mail-server.ts";
import { sendMail } from "./send-mail.ts";

const identity = makeLoopbackIdentity();
const message = { id: "n_1", to: "anna@example.com", subject: "Holdfast: A test (Zürich)", text: "One line.\n" };
let receiver: MailReceiver | null = null;

afterEach(() => receiver?.close());

async function serverFor(options: Parameters<typeof startMailReceiver>[1], more: Partial<MailServer> = {}) {
  receiver = await startMailReceiver(identity, options);
  const place = { host: "localhost", port: receiver.port, implicitTls: false, from: "holdfast@example.com" };
  return { receiver, server: { ...place, ca: identity.cert, ...more } };
}

describe("a mail", () => {
  test("is sent under TLS, with name and password where there are any", async () => {
    const { receiver, server } = await serverFor({ password: "word" }, { user: "holdfast", password: "word" });
    await sendMail(message, server);
    expect(receiver.logins).toEqual([{ user: "holdfast", secure: true }]);
    expect(receiver.received).toMatchObject([{ to: ["anna@example.com"], from: "holdfast@example.com", secure: true }]);
    expect(receiver.received[0]?.source).toContain("Message-ID: <n_1@example.com>");
  });

  test("is not sent, nor a password, to a server that does not offer STARTTLS", async () => {
    const { receiver, server } = await serverFor(
      { starttls: false, password: "word" },
      { user: "holdfast", password: "word" },
    );
    await expect(sendMail(message, server)).rejects.toMatchObject({ code: "C_TLS" });
    expect({ received: receiver.received, logins: receiver.logins }).toEqual({ received: [], logins: [] });
  });

  test("is not sent to a server whose certificate does not hold", async () => {
    const { receiver, server } = await serverFor({}, { ca: undefined });
    await expect(sendMail(message, server)).rejects.toMatchObject({ code: "C_TLS" });
    expect(receiver.received).toEqual([]);
  });

  test("that the server refuses says so", async () => {
    const { server } = await serverFor({ password: "word" }, { user: "holdfast", password: "other" });
    await expect(sendMail(message, server)).rejects.toMatchObject({ code: "C_MAIL" });
  });

  test("to a server that is not there says so", async () => {
    const { receiver, server } = await serverFor({});
    await receiver.close();
    await expect(sendMail(message, server)).rejects.toMatchObject({ code: "C_UNREACHABLE" });
  });

  test.each([
    "anna@example.com\r\nBcc: eve@example.com",
    "anna@example.com, eve@example.com",
    "Anna <anna@example.com>",
    '"a b"@example.com',
    "anna@example..com",
    "anna@@example.com",
    "anna",
    "",
  ])("is addressed to one plain address, not to %j", async (to) => {
    expect(isMailAddress(to)).toBe(false);
    const { receiver, server } = await serverFor({});
    await expect(sendMail({ ...message, to }, server)).rejects.toMatchObject({ code: "C_MAIL" });
    expect(receiver.received).toEqual([]);
  });
});

describe("a mail server's address", () => {
  test.each([
    ["smtp://mail.example.com", { host: "mail.example.com", port: 587, implicitTls: false }],
    ["smtps://ann%40x@mail.example.com", { host: "mail.example.com", port: 465, implicitTls: true, user: "ann@x" }],
    ["smtp://[::1]:2525", { host: "::1", port: 2525, implicitTls: false }],
  ])("%s is read", (text, server) => {
    expect(findMailServer(text)).toEqual(server);
  });

  test.each([
    "smtp://a:word@mail.example.com",
    "http://mail.example.com",
    "mail.example.com",
    "smtp://mail.example.com/x",
  ])("%s is not taken", (text) => {
    expect(findMailServer(text)).toBeNull();
  });
});
