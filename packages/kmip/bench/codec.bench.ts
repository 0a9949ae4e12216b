// What decoding and encoding cost: npm run bench measures the whole way, this only the codec.
//   node packages/kmip/bench/codec.bench.ts
import {
  decodeRequest,
  decodeResponse,
  ENUM,
  encodeRequest,
  encodeResponse,
  type RequestItem,
  type RequestMessage,
  type ResponseMessage,
} from "../src/index.ts";

const id = "k_aaaaaaaaaaaaaaaaaaaaaaaaaa";
const request: RequestMessage<RequestItem> = {
  version: "1.4",
  header: {},
  items: [
    {
      operation: "Encrypt",
      payload: {
        uniqueIdentifier: id,
        cryptographicParameters: { blockCipherMode: ENUM.BlockCipherMode.GCM, randomIv: true, tagLength: 16 },
        data: Buffer.alloc(64, 1),
      },
    },
  ],
};
const response: ResponseMessage = {
  version: "1.4",
  header: { timeStamp: 1_795_488_804 },
  items: [
    {
      operation: "Encrypt",
      resultStatus: ENUM.ResultStatus.Success,
      payload: {
        uniqueIdentifier: id,
        data: Buffer.alloc(64, 2),
        ivCounterNonce: Buffer.alloc(12, 3),
        authenticatedEncryptionTag: Buffer.alloc(16, 4),
      },
    },
  ],
};
const requestBytes = encodeRequest(request);
const responseBytes = encodeResponse(response);

function microseconds(run: () => unknown): number {
  const rounds = 200_000;
  for (let round = 0; round < rounds; round++) run();
  const best: number[] = [];
  for (let attempt = 0; attempt < 5; attempt++) {
    const from = process.hrtime.bigint();
    for (let round = 0; round < rounds; round++) run();
    best.push(Number(process.hrtime.bigint() - from) / rounds / 1000);
  }
  return Math.min(...best);
}

const rows: readonly (readonly [string, () => unknown])[] = [
  [`decode request, Encrypt 64 B (${requestBytes.length} B)`, () => decodeRequest(requestBytes)],
  [`encode response, Encrypt 64 B (${responseBytes.length} B)`, () => encodeResponse(response)],
  ["both, a server's part", () => [decodeRequest(requestBytes), encodeResponse(response)]],
  ["encode request", () => encodeRequest(request)],
  ["decode response", () => decodeResponse(responseBytes)],
];
for (const [name, run] of rows) console.log(`${microseconds(run).toFixed(2).padStart(7)} µs  ${name}`);
