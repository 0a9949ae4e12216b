import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { publicReceivers, type Receivers } from "../guard/receivers.ts";
import { makeLoopbackIdentity, startWebhookReceiver, type WebhookReceiver } from "../testing/index.ts";
import { postWebhook } from "./post-webhook.ts";
import { findReceiverUrl } from "./receiver-url.ts";
import { makeWebhookSecret } from "./sign-webhook.ts";

const identity = makeLoopbackIdentity();
const secret = makeWebhookSecret();
const message = { id: "n_1", body: '{"type":"notices.test","ver":1}' };
const PUBLIC = publicReceivers() as Receivers;
const HERE = publicReceivers(["127.0.0.0/8"]) as Receivers;
let receiver: WebhookReceiver;

beforeAll(async () => {
  receiver = await startWebhookReceiver(identity);
});
beforeEach(() => {
  receiver.answer = 204;
  receiver.received.length = 0;
});
afterAll(() => receiver.close());

const now = () => Math.floor(Date.now() / 1000);
const post = (url: string, receivers: Receivers, more: object = {}) =>
  postWebhook(message, { url: new URL(url), secrets: [secret], receivers, ca: identity.cert, ...more }, now());

describe("a webhook", () => {
  test("is verified by the reference library of Standard Webhooks", async () => {
    expect(await post(`https://localhost:${receiver.port}/hook?x=1`, HERE)).toEqual({ status: 204 });
    const [{ body, headers, path }] = receiver.received as [WebhookReceiver["received"][number]];
    expect(path).toBe("/hook?x=1");
    expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(message.body));
    expect(() => new Webhook(makeWebhookSecret()).verify(body, headers)).toThrow();
    expect(() => new Webhook(secret).verify(`${body} `, headers)).toThrow();
  });

  test("is verified by the old and by the new secret while both are good", async () => {
    const older = makeWebhookSecret();
    await post(`https://localhost:${receiver.port}/`, HERE, { secrets: [secret, older] });
    const [{ body, headers }] = receiver.received as [WebhookReceiver["received"][number]];
    for (const each of [secret, older]) expect(new Webhook(each).verify(body, headers)).toBeTruthy();
  });

  test.each([
    [301, "C_REDIRECT"],
    [410, "C_GONE"],
    [500, "C_STATUS"],
  ])("that is answered with %i is not delivered: %s", async (status, code) => {
    receiver.answer = status;
    await expect(post(`https://localhost:${receiver.port}/`, HERE)).rejects.toMatchObject({ code, detail: { status } });
  });

  test("goes to nobody whose certificate does not hold", async () => {
    const open = post(`https://localhost:${receiver.port}/`, HERE, { ca: undefined });
    await expect(open).rejects.toMatchObject({ code: "C_TLS" });
    expect(receiver.received).toEqual([]);
  });

  test("is given up when the receiver keeps silent", async () => {
    const { createServer } = await import("node:net");
    const silent = createServer(() => undefined);
    const port = await new Promise<number>((resolve) => {
      silent.listen(0, "127.0.0.1", () => resolve((silent.address() as { port: number }).port));
    });
    const open = post(`https://127.0.0.1:${port}/`, HERE, { timeoutMs: 200 });
    await expect(open).rejects.toMatchObject({ code: "C_TIMEOUT" });
    silent.close();
  });
});

describe("row 89: a webhook that points inside", () => {
  test.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://100.100.100.200/",
    "https://168.63.129.16/",
    "https://169.254.169.254/latest/meta-data/",
    "https://172.31.255.255/",
    "https://192.168.1.1/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[::ffff:8.8.8.8]/",
    "https://[64:ff9b::a9fe:a9fe]/",
    "https://[64:ff9b:1::a00:1]/",
    "https://[2002:a00:1::]/",
    "https://[2001:0:a00:1::]/",
    "https://[fd00:ec2::254]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[ff02::1]/",
  ])("%s is refused before anything is sent", async (url) => {
    await expect(post(url, PUBLIC)).rejects.toMatchObject({ code: "C_SSRF" });
  });

  test.each([
    [["127.0.0.1"]],
    [["93.184.215.14", "10.0.0.1"]],
    [["2606:2800:21f:cb07::1", "::ffff:127.0.0.1"]],
    [["fe80::1%eth0"]],
  ])("by a name that resolves to %j is refused", async (addresses) => {
    const resolve = async () => addresses;
    await expect(post("https://receiver.example/", PUBLIC, { resolve })).rejects.toMatchObject({ code: "C_SSRF" });
  });

  test("by a name that changes what it resolves to is connected to what was looked at, and nothing else", async () => {
    const answers = [["127.0.0.1"], ["10.0.0.1"]];
    const resolve = async () => answers.shift() ?? [];
    await post(`https://receiver.example:${receiver.port}/`, HERE, { resolve });
    expect(receiver.received).toHaveLength(1);
    expect(answers).toEqual([["10.0.0.1"]]);
  });

  test("is refused at the connection as well, whoever let the address through", async () => {
    let asked = 0;
    const receivers: Receivers = { permits: () => asked++ === 0 };
    await expect(post(`https://127.0.0.1:${receiver.port}/`, receivers)).rejects.toMatchObject({ code: "C_SSRF" });
    expect({ asked, received: receiver.received }).toEqual({ asked: 2, received: [] });
  });

  test("by a redirect is not followed", async () => {
    receiver.answer = { redirect: `https://localhost:${receiver.port}/inside` };
    await expect(post(`https://localhost:${receiver.port}/`, HERE)).rejects.toMatchObject({ code: "C_REDIRECT" });
    expect(receiver.received.map(({ path }) => path)).toEqual(["/"]);
  });

  test.each([
    "http://receiver.example/",
    "https://user@receiver.example/",
    "https://user:word@receiver.example/",
    "https://receiver.example/#x",
    "file:///etc/passwd",
    "gopher://receiver.example/",
    "//receiver.example/",
    "",
  ])("by the address %j is not taken", (url) => {
    expect(findReceiverUrl(url)).toBeNull();
  });

  test("honest receivers are permitted: public addresses, and networks that the operator names", () => {
    for (const address of ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
      expect(PUBLIC.permits(address), address).toBe(true);
    expect(publicReceivers(["10.20.0.0/16"])?.permits("10.20.1.2")).toBe(true);
    expect(publicReceivers(["10.20.0.0/16"])?.permits("10.21.1.2")).toBe(false);
    expect(publicReceivers(["fd12::/16"])?.permits("fd12::1")).toBe(true);
    expect(findReceiverUrl("https://receiver.example:8443/x?y=z")?.port).toBe("8443");
  });

  test.each(["10.0.0.0/0", "10.0.0.0/33", "10.0.0.0/", "example.com", "10.0.0.0/8x", ""])(
    "%j is no network",
    (text) => {
      expect(publicReceivers([text])).toBeNull();
    },
  );
});
