import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";

/** What a caller waits for, at most. */
export interface AnswerLimits {
  /** From now until the answer's last byte, whatever arrives in between. */
  readonly withinMs: number;
  readonly maxBytes: number;
}

/** A whole answer. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** No whole answer came: `why` says so in words for a person, `code` is the system's where it has one. */
export class NoAnswer extends Error {
  readonly why: string;
  readonly code: string | null;

  constructor(why: string, code: string | null = null) {
    super(why);
    this.name = "NoAnswer";
    this.why = why;
    this.code = code;
  }
}

/**
 * Sends a request and waits for its whole answer, never for ever: neither for one that trickles, nor for a server that
 * switches to another protocol, which Node ends without an error.
 *
 * @param call - Made by `request` of `node:http` or `node:https`, not yet ended.
 * @throws {@link NoAnswer}
 */
export function takeAnswer(
  call: ClientRequest,
  { withinMs, maxBytes }: AnswerLimits,
  body?: Buffer,
): Promise<WholeAnswer> {
  return new Promise((resolve, reject) => {
    const give = (error: unknown): void => {
      reject(faultOf(error));
      call.destroy();
    };
    const timer = setTimeout(() => give(new NoAnswer(`no whole answer within ${withinMs / 1000} s`)), withinMs);
    call.once("close", () => clearTimeout(timer));
    call.on("error", give);
    call.once("upgrade", (_response, socket) => {
      socket.destroy();
      give(new NoAnswer("it switches to another protocol"));
    });
    call.once("response", (response) => void readWhole(response, maxBytes).then(resolve, give));
    call.end(body);
  });
}

async function readWhole(response: IncomingMessage, maxBytes: number): Promise<WholeAnswer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    size += (chunk as Buffer).length;
    if (size > maxBytes) throw new NoAnswer(`its answer is larger than ${sizeText(maxBytes)}`);
    chunks.push(chunk as Buffer);
  }
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
}

function sizeText(bytes: number): string {
  return bytes < 1024 * 1024 ? `${bytes / 1024} KiB` : `${bytes / (1024 * 1024)} MiB`;
}

function faultOf(error: unknown): NoAnswer {
  if (error instanceof NoAnswer) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new NoAnswer(code ?? message, code ?? null);
}
