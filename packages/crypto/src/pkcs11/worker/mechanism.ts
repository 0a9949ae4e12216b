import { CKM, type CkMechanism } from "../cryptoki.ts";
import type { MechanismCall } from "../request.ts";

/** Kinds of parameters as the binding numbers them (CK_PARAMS_…). */
const PARAMS = { gcm: 3, oaep: 4, pss: 5, ecdh: 6 } as const;
const CKZ_DATA_SPECIFIED = 1;
const CKD_NULL = 1;
const COUNTER_BITS = 128n;

/** A mechanism as the binding takes it. */
export function mechanismOf(call: MechanismCall): CkMechanism {
  switch (call.kind) {
    case "plain":
      return { mechanism: call.mechanism };
    case "iv":
      return { mechanism: call.mechanism, parameter: Buffer.from(call.iv) };
    case "ctr":
      return { mechanism: CKM.aesCtr, parameter: counterParameter(call.counter) };
    case "gcm": {
      const { iv, aad, tagBits } = call;
      const parameter = { type: PARAMS.gcm, iv: Buffer.from(iv), ivBits: iv.byteLength * 8, tagBits };
      return {
        mechanism: CKM.aesGcm,
        parameter: aad.byteLength === 0 ? parameter : { ...parameter, aad: Buffer.from(aad) },
      };
    }
    case "oaep": {
      const parameter = { type: PARAMS.oaep, hashAlg: call.hash, mgf: call.mgf, source: CKZ_DATA_SPECIFIED };
      return {
        mechanism: CKM.rsaOaep,
        parameter: call.label.byteLength === 0 ? parameter : { ...parameter, sourceData: Buffer.from(call.label) },
      };
    }
    case "pss":
      return {
        mechanism: CKM.rsaPss,
        parameter: { type: PARAMS.pss, hashAlg: call.hash, mgf: call.mgf, saltLen: call.saltBytes },
      };
  }
}

/** ECDH that gives the shared secret as it is; derivation is done outside. */
export function agreement(point: Uint8Array): CkMechanism {
  return {
    mechanism: CKM.ecdh1Derive,
    parameter: { type: PARAMS.ecdh, kdf: CKD_NULL, publicData: Buffer.from(point) },
  };
}

/** CK_AES_CTR_PARAMS: CK_ULONG of the counter's bits, then the block, as a 64-bit machine lays it out. */
function counterParameter(counter: Uint8Array): Buffer {
  const parameter = Buffer.alloc(24);
  parameter.writeBigUInt64LE(COUNTER_BITS, 0);
  parameter.set(counter, 8);
  return parameter;
}
