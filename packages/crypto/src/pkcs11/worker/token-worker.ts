// The thread that talks to the PKCS#11 module, so that a module that hangs never holds the agent up for longer than its
// patience lasts (token.ts). One question at a time; making pairs goes on beside the others.
import { createRequire } from "node:module";
import { type MessagePort, workerData } from "node:worker_threads";
import type { Cryptoki } from "../cryptoki.ts";
import { HsmError } from "../hsm-error.ts";
import type { TokenAnswer, TokenCalls, TokenFacts, TokenOp, TokenQuestion } from "../request.ts";
import { TokenConnection } from "./connection.ts";
import { TokenObjects } from "./objects.ts";
import { TokenOperations } from "./operations.ts";
import { asRefusal } from "./token-fault.ts";

const { port, bell } = workerData as { port: MessagePort; bell: Int32Array<SharedArrayBuffer> };

interface Opened {
  readonly connection: TokenConnection;
  readonly objects: TokenObjects;
  readonly operations: TokenOperations;
}
let opened: Opened | null = null;

type Calls = {
  [Op in TokenOp]: (ask: TokenCalls[Op]["ask"]) => TokenCalls[Op]["answer"] | Promise<TokenCalls[Op]["answer"]>;
};

const CALLS: Calls = {
  open,
  probe: () => present().connection.probe(),
  find: (ask) => present().objects.find(ask),
  list: (ask) => present().objects.list(ask),
  makeSecret: (ask) => present().objects.makeSecret(ask),
  makePair: (ask) => present().objects.makePair(ask),
  destroy: (ask) => present().objects.destroy(ask),
  encrypt: (ask) => present().operations.encrypt(ask),
  decrypt: (ask) => present().operations.decrypt(ask),
  sign: (ask) => present().operations.sign(ask),
  wrap: (ask) => present().operations.wrap(ask),
  unwrap: (ask) => present().operations.unwrap(ask),
  derive: (ask) => present().operations.derive(ask),
  close: ({ finalize }) => {
    opened?.connection.close(finalize);
    opened = null;
    return null;
  },
};

function open({ binding, module, pin, ...options }: TokenCalls["open"]["ask"]): TokenFacts {
  const cryptoki = loadModule(binding, module);
  const connection = new TokenConnection({
    ...options,
    cryptoki,
    pin: pin === null ? null : Buffer.from(pin.buffer, pin.byteOffset, pin.byteLength),
  });
  const objects = new TokenObjects(connection);
  const facts = connection.connect();
  opened = { connection, objects, operations: new TokenOperations(connection, objects) };
  return facts;
}

function loadModule(binding: string, module: string): Cryptoki {
  let cryptoki: Cryptoki;
  try {
    const { PKCS11 } = createRequire(import.meta.url)(binding) as { PKCS11: new () => Cryptoki };
    cryptoki = new PKCS11();
  } catch {
    throw new HsmError("E_HSM_MODULE", "The PKCS#11 binding is not installed here.");
  }
  try {
    cryptoki.load(module);
    return cryptoki;
  } catch {
    throw new HsmError("E_HSM_MODULE", "The PKCS#11 module cannot be loaded.", { module });
  }
}

function present(): Opened {
  if (opened === null) throw new HsmError("E_HSM_GONE");
  return opened;
}

async function answer({ n, op, ask }: TokenQuestion): Promise<void> {
  let said: TokenAnswer;
  try {
    const given = (CALLS[op] as (ask: unknown) => unknown)(ask);
    said = { n, value: given instanceof Promise ? await given : given };
  } catch (cause) {
    const { code, message, detail } = asRefusal(cause);
    said = { n, refused: { code: code as NonNullable<TokenAnswer["refused"]>["code"], message, detail } };
  }
  port.postMessage(said);
  Atomics.add(bell, 0, 1);
  Atomics.notify(bell, 0);
}

port.on("message", (question: TokenQuestion) => void answer(question));
