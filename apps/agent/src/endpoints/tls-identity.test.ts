import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SERVER_CERTIFICATE_SECONDS } from "../clients/authority.ts";
import { silentLogger } from "../logger.ts";
import { openTestDomain, type TestDomain } from "../operations/testing/open-test-domain.ts";
import { TLS_CONTEXT } from "./tls-context.ts";
import { TlsIdentity } from "./tls-identity.ts";

let domain: TestDomain;
beforeAll(async () => {
  domain = await openTestDomain();
});
afterAll(() => domain.close());

test("a listener's own certificate is made anew when half of its time is over, without dropping connections", async () => {
  const server = createServer(TLS_CONTEXT, (socket) => socket.pipe(socket));
  const shown: number[] = [];
  const identity = new TlsIdentity({
    ...{ server, listener: "kmip", names: ["localhost"], logger: silentLogger, companyCa: "" },
    shown: (notAfter) => shown.push(notAfter),
  });
  let now = domain.guard.time();
  await identity.follow({ ...domain, guard: { time: () => now } } as unknown as TestDomain);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const open = async (): Promise<TLSSocket> => {
    const { port } = server.address() as AddressInfo;
    const socket = connect({ host: "127.0.0.1", port, ca: domain.authority.caPem, servername: "localhost" });
    await once(socket, "secureConnect");
    return socket;
  };
  const first = await open();
  const notAfter = shown[0] ?? 0;
  now = notAfter - SERVER_CERTIFICATE_SECONDS / 2 - 1;
  await identity.look();
  expect(shown).toHaveLength(1);
  now += 1;
  await identity.look();
  expect(shown).toHaveLength(2);
  const second = await open();
  const serial = (socket: TLSSocket): string => socket.getPeerCertificate().serialNumber;
  expect(serial(second)).not.toBe(serial(first));
  for (const each of [first, second]) {
    const answer = once(each, "data");
    each.write("still here");
    expect(String((await answer)[0])).toBe("still here");
    each.destroy();
  }
  identity.close();
  server.close();
});
