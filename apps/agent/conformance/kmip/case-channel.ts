import { request } from "node:https";
import { decodeTtlv, encodeTtlv, readJson, readXml, type Ttlv, writeJson, writeXml } from "@holdfast/kmip";
import { KmipTestConnection } from "../../src/endpoints/kmip/testing/kmip-client.ts";
import type { Subject } from "./start-subject.ts";

/** How the messages of a case travel. */
export interface CaseChannel {
  /** @returns null when the connection ended */
  ask(message: Ttlv): Promise<Ttlv | null>;
  close(): void;
}

interface Form {
  readonly type: string;
  write(message: Ttlv): Buffer;
  read(body: Buffer): Ttlv;
}

/** Forms of the profiles that are about how messages travel, by the profile's name. */
const FORMS: Readonly<Record<string, Form>> = {
  "MSGENC-HTTPS": { type: "application/octet-stream", write: encodeTtlv, read: (body) => decodeTtlv(body) },
  "MSGENC-XML": {
    type: "text/xml",
    write: (message) => Buffer.from(writeXml(message)),
    read: (body) => readXml(body.toString()),
  },
  "MSGENC-JSON": {
    type: "application/json",
    write: (message) => Buffer.from(writeJson(message)),
    read: (body) => readJson(body.toString()),
  },
};

/** One connection for one case: of KMIP's own, or HTTPS where the profile is about that. */
export async function openChannel(subject: Subject, profile: string): Promise<CaseChannel> {
  const form = FORMS[profile];
  if (form !== undefined) return { ask: (message) => post(subject, form, message), close() {} };
  const connection = await KmipTestConnection.open(subject.url, subject.client);
  return {
    async ask(message) {
      const answer = await connection.ask(encodeTtlv(message));
      return answer && decodeTtlv(answer);
    },
    close: () => connection.close(),
  };
}

function post({ httpsUrl, client }: Subject, form: Form, message: Ttlv): Promise<Ttlv> {
  const { cert, key, ca } = client;
  return new Promise((resolve, reject) => {
    const headers = { "content-type": form.type };
    const sent = request(httpsUrl, { method: "POST", cert, key, ca, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("error", reject);
      response.on("end", () => {
        try {
          resolve(form.read(Buffer.concat(parts)));
        } catch (cause) {
          reject(cause);
        }
      });
    });
    sent.on("error", reject);
    sent.end(form.write(message));
  });
}
