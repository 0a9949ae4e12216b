import { CKA, CKK, CKM, CKO, type CkAttribute, type CkHandle, type Cryptoki } from "../cryptoki.ts";
import { HsmError } from "../hsm-error.ts";
import type { ObjectFacts, ObjectName, PairForm, PublicNumbers, TokenCalls, TokenUsages } from "../request.ts";
import type { TokenConnection } from "./connection.ts";

const MOST_FOUND = 100;

/** Keys in the token: found, made, described, removed. Handles are remembered until the connection is lost. */
export class TokenObjects {
  readonly #connection: TokenConnection;
  readonly #handles = new Map<string, CkHandle>();

  constructor(connection: TokenConnection) {
    this.#connection = connection;
    connection.onLost = () => this.#handles.clear();
  }

  /** @throws {@link HsmError} `E_HSM_KEY` when there is none, or more than one; what says that the token is gone */
  handle(session: CkHandle, name: ObjectName): CkHandle {
    const key = `${name.class}/${Buffer.from(name.id).toString("hex")}/${name.label}`;
    const known = this.#handles.get(key);
    if (known !== undefined) return known;
    const found = search(this.#connection.cryptoki, session, nameTemplate(name));
    if (found.length !== 1) {
      this.#connection.assertPresent();
      const what = found.length === 0 ? "The token holds no such key." : "The token holds the key more than once.";
      throw new HsmError("E_HSM_KEY", what);
    }
    const [handle] = found as [CkHandle];
    this.#handles.set(key, handle);
    return handle;
  }

  find({ class: kind, id, label }: TokenCalls["find"]["ask"]): ObjectFacts[] {
    return this.#connection.use((session) => {
      const template: CkAttribute[] = [{ type: CKA.class, value: kind }];
      if (id !== undefined) template.push({ type: CKA.id, value: Buffer.from(id) });
      if (label !== undefined) template.push({ type: CKA.label, value: label });
      const found = search(this.#connection.cryptoki, session, template);
      if (found.length === 0) this.#connection.assertPresent();
      return found.map((handle) => this.describe(session, handle));
    });
  }

  /** Every key in the token whose label begins so. */
  list({ labelPrefix }: TokenCalls["list"]["ask"]): ObjectName[] {
    const { cryptoki } = this.#connection;
    return this.#connection.use((session) =>
      [CKO.secretKey, CKO.privateKey, CKO.publicKey].flatMap((kind) =>
        search(cryptoki, session, [
          { type: CKA.class, value: kind },
          { type: CKA.token, value: true },
        ]).flatMap((handle) => {
          const [id, label] = [CKA.id, CKA.label].map((type) => read(cryptoki, session, handle, type));
          const text = label?.toString("utf8") ?? "";
          return text.startsWith(labelPrefix) ? [{ class: kind, id: id ?? Buffer.alloc(0), label: text }] : [];
        }),
      ),
    );
  }

  makeSecret({ id, label, type, bytes, usages }: TokenCalls["makeSecret"]["ask"]): ObjectFacts {
    const mechanism = type === "aes" ? CKM.aesKeyGen : CKM.genericSecretKeyGen;
    const template: CkAttribute[] = [
      { type: CKA.class, value: CKO.secretKey },
      { type: CKA.keyType, value: type === "aes" ? CKK.aes : CKK.generic },
      { type: CKA.valueLen, value: bytes },
      ...keptTemplate(id, label),
      { type: CKA.encrypt, value: usages.encrypt },
      { type: CKA.decrypt, value: usages.decrypt },
      { type: CKA.wrap, value: usages.wrap },
      { type: CKA.unwrap, value: usages.unwrap },
      { type: CKA.sign, value: usages.sign },
      { type: CKA.verify, value: usages.sign },
    ];
    return this.#connection.use((session) => {
      const handle = this.#connection.cryptoki.C_GenerateKey(session, { mechanism }, template);
      return this.#proven(session, handle);
    }, false);
  }

  async makePair({
    id,
    label,
    form,
    usages,
  }: TokenCalls["makePair"]["ask"]): Promise<TokenCalls["makePair"]["answer"]> {
    const { mechanism, publicTemplate } = pairTemplates(form, usages);
    const privateTemplate: CkAttribute[] = [
      { type: CKA.class, value: CKO.privateKey },
      ...keptTemplate(id, label),
      { type: CKA.sign, value: usages.sign },
      ...(form.kind === "rsa"
        ? [
            { type: CKA.decrypt, value: usages.decrypt },
            { type: CKA.unwrap, value: usages.unwrap },
          ]
        : [{ type: CKA.derive, value: usages.derive }]),
    ];
    return this.#connection.useLater(async (session) => {
      const { cryptoki } = this.#connection;
      const made = await cryptoki.C_GenerateKeyPairAsync(session, { mechanism }, publicTemplate, privateTemplate);
      const facts = this.#proven(session, made.privateKey);
      return { facts, numbers: publicNumbers(cryptoki, session, made.publicKey, form) };
    });
  }

  /** Removes every key of that id and label. @returns how many */
  destroy({ id, label }: TokenCalls["destroy"]["ask"]): number {
    const { cryptoki } = this.#connection;
    this.#handles.clear();
    return this.#connection.use((session) => {
      const found = search(cryptoki, session, [
        { type: CKA.id, value: Buffer.from(id) },
        { type: CKA.label, value: label },
      ]);
      if (found.length === 0) this.#connection.assertPresent();
      for (const handle of found) cryptoki.C_DestroyObject(session, handle);
      return found.length;
    });
  }

  describe(session: CkHandle, handle: CkHandle): ObjectFacts {
    const { cryptoki } = this.#connection;
    const attribute = (type: number) => read(cryptoki, session, handle, type);
    const flag = (type: number) => attribute(type)?.[0] === 1;
    const length = attribute(CKA.valueLen);
    const check = attribute(CKA.checkValue);
    return {
      id: attribute(CKA.id) ?? Buffer.alloc(0),
      label: attribute(CKA.label)?.toString("utf8") ?? "",
      keyType: numberOf(attribute(CKA.keyType)) ?? -1,
      bytes: numberOf(length),
      sensitive: flag(CKA.sensitive),
      extractable: flag(CKA.extractable),
      neverExtractable: flag(CKA.neverExtractable),
      checkValue: check === null || check.byteLength !== 3 ? null : check,
    };
  }

  /** What a token made is what was asked for, or it is removed again. */
  #proven(session: CkHandle, handle: CkHandle): ObjectFacts {
    const facts = this.describe(session, handle);
    if (facts.sensitive && !facts.extractable) return facts;
    this.#connection.cryptoki.C_DestroyObject(session, handle);
    throw new HsmError("E_HSM_KEY", "The token made a key that could leave it; it was removed again.");
  }
}

/** A key of the token that never leaves it. */
function keptTemplate(id: Uint8Array, label: string): CkAttribute[] {
  return [
    { type: CKA.token, value: true },
    { type: CKA.private, value: true },
    { type: CKA.sensitive, value: true },
    { type: CKA.extractable, value: false },
    { type: CKA.id, value: Buffer.from(id) },
    { type: CKA.label, value: label },
  ];
}

function nameTemplate({ class: kind, id, label }: ObjectName): CkAttribute[] {
  return [
    { type: CKA.class, value: kind },
    { type: CKA.id, value: Buffer.from(id) },
    { type: CKA.label, value: label },
  ];
}

/** The public half is no object of the token: it is read once and kept here. */
function pairTemplates(
  form: PairForm,
  { sign, encrypt, derive }: TokenUsages,
): { mechanism: number; publicTemplate: CkAttribute[] } {
  const common: CkAttribute[] = [
    { type: CKA.class, value: CKO.publicKey },
    { type: CKA.token, value: false },
    { type: CKA.verify, value: sign },
  ];
  if (form.kind === "rsa")
    return {
      mechanism: CKM.rsaKeyPairGen,
      publicTemplate: [
        ...common,
        { type: CKA.encrypt, value: encrypt },
        { type: CKA.modulusBits, value: form.bits },
        { type: CKA.publicExponent, value: Buffer.of(1, 0, 1) },
      ],
    };
  return {
    mechanism: form.kind === "ec" ? CKM.ecKeyPairGen : CKM.ecEdwardsKeyPairGen,
    publicTemplate: [
      ...common,
      { type: CKA.derive, value: derive },
      { type: CKA.ecParams, value: Buffer.from(form.params) },
    ],
  };
}

function publicNumbers(cryptoki: Cryptoki, session: CkHandle, handle: CkHandle, form: PairForm): PublicNumbers {
  const must = (type: number): Buffer => {
    const value = read(cryptoki, session, handle, type);
    if (value === null) throw new HsmError("E_HSM_FAULT", "The token does not tell the new public key.");
    return value;
  };
  if (form.kind === "rsa") return { modulus: must(CKA.modulus), exponent: must(CKA.publicExponent) };
  return { point: withoutOctetString(must(CKA.ecPoint)) };
}

/** CKA_EC_POINT is the point in a DER OCTET STRING; some modules give the point alone. */
function withoutOctetString(value: Buffer): Buffer {
  const long = value[1] === 0x81;
  const head = long ? 3 : 2;
  const length = value[long ? 2 : 1];
  return value[0] === 0x04 && length === value.byteLength - head ? value.subarray(head) : value;
}

function search(cryptoki: Cryptoki, session: CkHandle, template: readonly CkAttribute[]): CkHandle[] {
  cryptoki.C_FindObjectsInit(session, template);
  const found: CkHandle[] = [];
  try {
    for (;;) {
      const some = cryptoki.C_FindObjects(session, MOST_FOUND);
      found.push(...some);
      if (some.length < MOST_FOUND) return found;
    }
  } finally {
    cryptoki.C_FindObjectsFinal(session);
  }
}

/** One attribute; null when the object has none or does not tell it. */
function read(cryptoki: Cryptoki, session: CkHandle, handle: CkHandle, type: number): Buffer | null {
  try {
    return cryptoki.C_GetAttributeValue(session, handle, [{ type }])[0]?.value ?? null;
  } catch {
    return null;
  }
}

function numberOf(value: Buffer | null): number | null {
  if (value === null) return null;
  if (value.byteLength === 8) return Number(value.readBigUInt64LE());
  return value.byteLength === 4 ? value.readUInt32LE() : null;
}
