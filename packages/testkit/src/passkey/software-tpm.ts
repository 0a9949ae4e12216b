import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { der, derObjectId } from "../keys/der.ts";
import type { SoftwareKey } from "../keys/software-key.ts";
import { type Statement, statementOf } from "./attestation-object.ts";
import { extension, type MakerKnobs, SoftwareMaker } from "./software-maker.ts";

/** The lies of a TPM, or of whoever has it sign. */
export interface TpmKnobs extends MakerKnobs {
  readonly attributes?: number;
  /** Another key stands in what the TPM certifies. */
  readonly certified?: SoftwareKey;
  /** Another registration stands in it. */
  readonly extraData?: Uint8Array;
  readonly kind?: "certify" | "quote";
  readonly certInfo?: (bytes: Uint8Array) => Uint8Array;
}

/** The model of passkeys that Windows keeps in a TPM. */
export const TPM_MODEL = hexToBytes("08987058cadc4b81b6e130de50dcbe96");
const INSIDE = 0x0004_0472;

/** A TPM whose attestation key vouches for keys beside it. Its passkeys are ES256. */
export class SoftwareTpm extends SoftwareMaker {
  readonly #knobs: TpmKnobs;

  constructor(seed: string, knobs: TpmKnobs = {}) {
    const about = (id: string, value: string) =>
      der(0x31, der(0x30, derObjectId(id), der(0x0c, [...Buffer.from(value, "ascii")])));
    const names = der(
      0x30,
      about("2.23.133.2.1", "id:4B454C50"),
      about("2.23.133.2.2", "K1"),
      about("2.23.133.2.3", "id:1"),
    );
    const extensions = [
      extension("2.5.29.17", der(0x30, der(0xa4, names)), true),
      extension("2.5.29.37", der(0x30, derObjectId("2.23.133.8.3"))),
    ];
    super(seed, { subject: null, model: null, extensions, aaguid: new Uint8Array(TPM_MODEL), ...knobs });
    this.#knobs = knobs;
  }

  override attest(signed: Uint8Array, passkey: SoftwareKey): Statement {
    const { attributes = INSIDE, certified = passkey, kind = "certify", certInfo: change, statement } = this.#knobs;
    const pubArea = publicArea(passkey, attributes);
    const extraData = this.#knobs.extraData ?? sha256(signed);
    const body = kind === "certify" ? certifyBody(publicArea(certified, attributes)) : quoteBody();
    const honest = attest(kind, extraData, body);
    const certInfo = change ? change(honest) : honest;
    const members = { alg: -7, sig: this.sign(certInfo), ver: "2.0", x5c: this.chain, pubArea, certInfo };
    return statementOf("tpm", statement?.(members) ?? members);
  }

  /** A quote of the TPM's state over qualifying data, as `tpm2_quote` writes it, and its signature. */
  quote(qualifying: Uint8Array): { readonly message: Uint8Array; readonly signature: Uint8Array } {
    const message = attest("quote", qualifying, quoteBody());
    const raw = (this.knobs.signer ?? this.key).sign(message);
    const [r, s] = [raw.subarray(0, 32), raw.subarray(32)];
    return { message, signature: concatBytes(hexToBytes("0018000b"), sized(r), sized(s)) };
  }
}

function attest(kind: "certify" | "quote", extraData: Uint8Array, body: Uint8Array): Uint8Array {
  const head = hexToBytes(`ff544347${kind === "certify" ? "8017" : "8018"}`);
  const signer = concatBytes(hexToBytes("000b"), new Uint8Array(32).fill(7));
  return concatBytes(head, sized(signer), sized(extraData), new Uint8Array(17 + 8), body);
}

function certifyBody(pubArea: Uint8Array): Uint8Array {
  const name = concatBytes(hexToBytes("000b"), sha256(pubArea));
  return concatBytes(sized(name), sized(name));
}

/** Registers 0 to 7 of the SHA-256 bank. */
function quoteBody(): Uint8Array {
  return concatBytes(hexToBytes("00000001000b03ff0000"), sized(new Uint8Array(32).fill(9)));
}

function publicArea(key: SoftwareKey, attributes: number): Uint8Array {
  const flags = new Uint8Array(4);
  new DataView(flags.buffer).setUint32(0, attributes);
  const [x, y] = [key.cose.slice(-67, -35), key.cose.slice(-32)];
  return concatBytes(
    hexToBytes("0023000b"),
    flags,
    hexToBytes("0000001000100003"),
    hexToBytes("0010"),
    sized(x),
    sized(y),
  );
}

function sized(bytes: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(bytes.length >> 8, bytes.length & 255), bytes);
}
