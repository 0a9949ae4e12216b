import { decodeResponse, ENUM, encodeRequest, type OperationName, type RequestPayload } from "@holdfast/kmip";
import type { ActAnswer } from "../../../admin/answers.ts";
import type { AdminClient } from "../../../cli/admin-client.ts";
import { KmipTestConnection } from "../../../endpoints/kmip/testing/kmip-client.ts";
import { RestClient } from "../../../endpoints/rest/testing/rest-client.ts";
import type { KeyBook } from "./key-book.ts";

/** A client's files. */
export interface Files {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Where the agent is at present. */
export interface Place {
  readonly rest: string;
  readonly kmip: string;
  readonly admin: AdminClient;
}

/** An agent that refuses what its table of states permits; not one that is gone. */
export class Unexpected extends Error {}

/** A ciphertext that was answered, and what it opens to. */
export interface Sealed {
  readonly ciphertext: string;
  readonly plaintext: string;
}

const GONE = /ECONN|EPIPE|socket hang up|E_NOT_RUNNING|E_ANSWER|closed/;

/** Goes on until the agent is gone. @throws {@link Unexpected} */
export async function untilGone(step: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      await step();
    } catch (error) {
      if (error instanceof Unexpected) throw error;
      const { code, message } = error as { code?: string; message: string };
      if (GONE.test(`${code ?? ""} ${message}`)) return;
      throw new Unexpected(`${code ?? ""} ${message}`);
    }
  }
}

/** Commands of the local administrator, as the command line gives them, on one key after the other through its whole life. */
export function commandLineLoad({ admin }: Place, book: KeyBook, name: string): () => Promise<void> {
  let count = 0;
  const act = async (verb: string, key: string | null, args: object = {}): Promise<ActAnswer> => {
    const body = { act: verb, args, reason: "", wait: false, ...(key === null ? {} : { key }) };
    const answer = await admin.post<ActAnswer>("/v1/act", body);
    if (answer.outcome !== "applied") throw new Unexpected(`${verb}: ${answer.code} ${answer.what}`);
    return answer;
  };
  return async () => {
    count += 1;
    const label = `${name} ${count}`;
    const item = { label, algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false };
    const made = await act("key.create", null, { items: [item] });
    const id = made.keys?.[0]?.keyId ?? "";
    book.made(id, "active", label);
    const step = (verb: string, to: object, args: object = {}) => book.change(id, to, () => act(verb, id, args));
    await step("key.rotate", { version: book.versionOf(id) + 1 });
    await step("key.label", { label: `${label} renamed` }, { label: `${label} renamed` });
    await step("key.suspend", { state: "suspended" });
    await step("key.resume", { state: "active" });
    await step("key.rotate", { version: book.versionOf(id) + 1 });
    await step("key.deactivate", { state: "deactivated" });
    if (count % 3 === 0) await step("key.compromise", { state: "compromised" });
    await step("key.destroy", { state: count % 3 === 0 ? "destroyed-compromised" : "destroyed" });
  };
}

/** An application over REST: it makes keys and encrypts with them. */
export function restLoad({ rest }: Place, files: Files, book: KeyBook, sealed: Sealed[]): () => Promise<void> {
  const client = new RestClient(rest, files);
  const ask = async (path: string, body: object) => {
    const { status, json } = await client.post(path, body);
    if (status >= 400) throw new Unexpected(`${path}: ${json?.code}`);
    return json;
  };
  return async () => {
    const { keyId } = await ask("/v1/keys", { name: "app", algorithm: "AES-256", usage: ["encrypt", "decrypt"] });
    book.made(keyId, "active", null);
    const plaintext = Buffer.from(`sealed under ${keyId}`).toString("base64");
    for (let each = 0; each < 3; each += 1) {
      const { ciphertext } = await ask(`/v1/keys/${keyId}/encrypt`, { plaintext });
      sealed.push({ ciphertext, plaintext });
    }
  };
}

/** Whether everything that was answered still opens. */
export async function opens({ rest }: Place, files: Files, sealed: readonly Sealed[]): Promise<number> {
  const client = new RestClient(rest, files);
  let shut = 0;
  for (const { ciphertext, plaintext } of sealed) {
    const { json } = await client.post("/v1/decrypt", { ciphertext });
    if (json?.plaintext !== plaintext) shut += 1;
  }
  client.close();
  return shut;
}

/** A product over KMIP: create, activate, revoke, destroy. */
export async function kmipLoad({ kmip }: Place, files: Files, book: KeyBook): Promise<() => Promise<void>> {
  const connection = await KmipTestConnection.open(kmip, files);
  const ask = async <O extends OperationName>(operation: O, payload: RequestPayload<O>): Promise<string> => {
    const items = [{ operation, payload }];
    const answer = await connection.ask(encodeRequest({ version: "2.1", header: {}, items } as never));
    if (answer === null) throw new Error("closed");
    const [item] = decodeResponse(answer).items;
    if (item?.resultStatus !== ENUM.ResultStatus.Success)
      throw new Unexpected(`${operation}: ${item?.resultReason} ${item?.resultMessage}`);
    return (item.payload as { uniqueIdentifier?: string } | undefined)?.uniqueIdentifier ?? "";
  };
  return async () => {
    const id = await ask("Create", {
      objectType: ENUM.ObjectType.SymmetricKey,
      attributes: [
        { name: "CryptographicAlgorithm", value: ENUM.CryptographicAlgorithm.AES },
        { name: "CryptographicLength", value: 256 },
        { name: "CryptographicUsageMask", value: 12 },
      ],
    } as never);
    const uniqueIdentifier = id;
    book.made(id, "pre-active", null);
    const revocationReason = { revocationReasonCode: ENUM.RevocationReasonCode.CessationOfOperation };
    await book.change(id, { state: "active" }, () => ask("Activate", { uniqueIdentifier }));
    await book.change(id, { state: "deactivated" }, () =>
      ask("Revoke", { uniqueIdentifier, revocationReason } as never),
    );
    await book.change(id, { state: "destroyed" }, () => ask("Destroy", { uniqueIdentifier }));
  };
}
