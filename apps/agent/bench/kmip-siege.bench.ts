// What a client of KMIP notices while others misuse the port: connections that say nothing, that drip, that stop within
// their handshake, that announce giants, that speak HTTP.
//   node apps/agent/bench/kmip-siege.bench.ts [seconds each]
import { fork } from "node:child_process";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { fileURLToPath } from "node:url";
import { activate, createKey, encrypt, payloadIn } from "./kmip-frames.ts";
import { askOnce, type KmipTarget, measureRequests } from "./kmip-load.ts";

const seconds = Number(process.argv[2] ?? 15);
const MANY = 200;
/** Opened each tenth of a second at most: handshakes cost this process as much as the server. */
const AT_A_TIME = 5;

const child = fork(fileURLToPath(new URL("./kmip-agent.ts", import.meta.url)), {
  stdio: ["ignore", "ignore", "inherit", "ipc"],
});
const target = (await new Promise((resolve) => child.once("message", resolve))) as KmipTarget;
const open = new Set<Socket>();
let [opened, ended] = [0, 0];

const tcp = (): Socket => kept(connectTcp(target.port, "127.0.0.1"));
const tls = (): TLSSocket => {
  const { port, cert, key, ca } = target;
  return kept(connectTls({ host: "127.0.0.1", port, cert, key, ca }));
};
const HELLO = Buffer.from("16030102000100", "hex");
const GIANT = Buffer.from("42007801ffffffff", "hex");
const BEGUN = Buffer.from("4200780100001000", "hex");

const SIEGES: readonly (readonly [title: string, each: () => void])[] = [
  ["nobody else", () => {}],
  ["connections that say nothing", () => tcp()],
  ["half a TLS handshake", () => tcp().write(HELLO)],
  ["clients that drip a byte a second", () => dripping()],
  ["clients that announce 4 GiB", () => tls().write(GIANT)],
  ["clients that speak HTTP", () => tls().write("GET / HTTP/1.1\r\nHost: kms\r\n\r\n")],
  ["HTTP without TLS", () => tcp().write("GET / HTTP/1.1\r\n\r\n")],
];

try {
  const { uniqueIdentifier } = payloadIn<"Create">(await askOnce(target, createKey()));
  await askOnce(target, activate(String(uniqueIdentifier)));
  const request = encrypt(String(uniqueIdentifier));
  console.log(
    `up to ${MANY} open, ${AT_A_TIME * 10} a second more; a client on 8 connections meanwhile, ${seconds} s each.\n`,
  );
  console.log("| who else is there | opened | closed by the server | requests a second | p50 µs | p99 µs |");
  console.log("|---|--:|--:|--:|--:|--:|");
  for (const [title, each] of SIEGES) {
    [opened, ended] = [0, 0];
    const more = setInterval(() => {
      for (let n = 0; n < AT_A_TIME && open.size < MANY; n += 1) each();
    }, 100);
    const {
      requests,
      seconds: took,
      p50Micros,
      p99Micros,
    } = await measureRequests(target, {
      ...{ request, connections: 8, seconds },
    });
    clearInterval(more);
    const cells = [title, opened, ended, (requests / took).toFixed(0), p50Micros.toFixed(0), p99Micros.toFixed(0)];
    console.log(`| ${cells.join(" | ")} |`);
    const left = [...open];
    open.clear(); // they are ended here, not by the server
    for (const socket of left) socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
} finally {
  child.disconnect();
}

function kept<S extends Socket>(socket: S): S {
  opened += 1;
  open.add(socket);
  socket.on("error", () => {});
  socket.once("close", () => {
    if (open.delete(socket)) ended += 1;
  });
  socket.resume();
  return socket;
}

function dripping(): void {
  const socket = tls();
  socket.write(BEGUN);
  const drip = setInterval(() => socket.writable && socket.write(Buffer.alloc(1)), 1000);
  socket.once("close", () => clearInterval(drip));
}
