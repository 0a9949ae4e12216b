import {
  acceptRosterLink,
  encodeBase64url,
  encodeCanonical,
  encodeCommand,
  encodeEc2CoseKey,
  encodeEnvelope,
  encodeOkpCoseKey,
  encodeRsaCoseKey,
  ProtocolError,
  parseCanonical,
  parseCommand,
  parseCoseKey,
  parseEnvelope,
  parseRosterLink,
  verifyAssertion,
} from "@holdfast/protocol";
import { checkAuthenticatorData } from "../../../../protocol/src/approval/authenticator-data.ts";
import { checkClientData } from "../../../../protocol/src/approval/check-client-data.ts";
import { findRawEcdsa } from "../../../../protocol/src/cose/ecdsa-der.ts";
import { SoftwareDomain } from "../../domain/software-domain.ts";
import { derOfSignature } from "../../keys/deterministic-ecdsa.ts";
import { SoftwareKey } from "../../keys/software-key.ts";
import { SoftwarePasskey } from "../../passkey/software-passkey.ts";
import type { Target } from "./target.ts";

const utf8 = (text: string) => new Uint8Array(Buffer.from(text, "utf8"));
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString("utf8");
const same = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0;
const isSame = (one: Uint8Array, other: Uint8Array, what: string) => (same(one, other) ? null : what);

const domain = SoftwareDomain.found({ administrators: 3, seed: "fuzz" });
const commands = [
  domain.propose({ act: "key.create", args: { items: [newKey("orders")] } }),
  domain.propose({ act: "domain.lock", args: {}, reason: 'said "so" – é' }),
  domain.propose({ act: "crypto.allow", args: { algorithms: [] } }),
];
const passkey = new SoftwarePasskey({ seed: "fuzz" });
const challenge = new Uint8Array(32).fill(7);
const assertions = [passkey.get(challenge), passkey.get(challenge, { shape: "safari" })];
const clientDatas = (["chromium", "safari", "firefox", "reordered"] as const).map(
  (shape) => new Uint8Array(Buffer.from(passkey.get(challenge, { shape }).clientDataJSON, "base64url")),
);

function newKey(label: string) {
  return { label, algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false } as const;
}

const canonical: Target = {
  name: "canonical documents",
  isText: true,
  valid: [...commands.map(({ bytes }) => bytes), utf8('{"a":[{"b":1},true,"é"],"c":"\\"\\\\"}'), utf8("{}")],
  read(input) {
    const read = parseCanonical(input);
    const plain = JSON.stringify(JSON.parse(textOf(input)));
    const other = JSON.stringify(read) === plain ? null : "another reader reads something else";
    return other ?? isSame(encodeCanonical(read), input, "its own bytes are others");
  },
};

const command: Target = {
  name: "commands",
  isText: true,
  valid: commands.map(({ bytes }) => bytes),
  read: (input) => isSame(encodeCommand(parseCommand(input)), input, "its own bytes are others"),
};

const envelope: Target = {
  name: "envelopes",
  isText: true,
  valid: commands.map((each) =>
    encodeEnvelope({ typ: "env", ver: 1, doc: each.doc, approvals: [domain.approve([each]), domain.approve([each])] }),
  ),
  read: (input) => isSame(encodeEnvelope(parseEnvelope(input)), input, "its own bytes are others"),
};

const clientData: Target = {
  name: "clientDataJSON",
  isText: true,
  valid: clientDatas,
  read(input) {
    checkClientData(input, { type: "webauthn.get", challenge, origin: passkey.origin });
    const text = textOf(input);
    const names = topNames(text);
    if (new Set(names).size !== names.length) return "a member stands in it twice";
    const { type, challenge: answered, origin, crossOrigin = false, ...rest } = JSON.parse(text);
    const honest = type === "webauthn.get" && answered === encodeBase64url(challenge) && origin === passkey.origin;
    return honest && crossOrigin === false && !("topOrigin" in rest) ? null : "it says something else";
  },
};

/** Names of an object's own members, as often as they stand there. */
function topNames(text: string): string[] {
  const names: string[] = [];
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === "{" || token === "[") depth += 1;
    else if (token === "}" || token === "]") depth -= 1;
    else if (depth === 1 && /^\s*:/.test(text.slice(index + token.length))) names.push(JSON.parse(token));
  }
  return names;
}

const rpIdHash = new Uint8Array(Buffer.from(assertions[0]?.authData ?? "", "base64url")).slice(0, 32);

const authenticatorData: Target = {
  name: "authenticator data",
  isText: false,
  valid: assertions.map(({ authData }) => new Uint8Array(Buffer.from(authData, "base64url"))),
  read(input) {
    const read = checkAuthenticatorData(input, passkey.rpId);
    const flags = input[32] ?? 0;
    const bit = (mask: number) => (flags & mask) !== 0;
    const fits = read.backupEligible === bit(8) && read.backedUp === bit(16) && read.attested === bit(64);
    const honest = same(input.slice(0, 32), rpIdHash) && bit(1) && bit(4) && !(bit(16) && !bit(8));
    return fits && honest && input.length >= 37 ? null : "its flags say something else";
  },
};

/** An assertion's members as a carrier hands them over, a line each. */
const assertion: Target = {
  name: "assertions",
  isText: true,
  valid: assertions.map(({ clientDataJSON, authData, sig }) => utf8([clientDataJSON, authData, sig].join("\n"))),
  async read(input) {
    const [clientDataJSON = "", authData = "", sig = ""] = textOf(input).split("\n");
    await verifyAssertion({ clientDataJSON, authData, sig } as never, passkey.credential(), challenge);
    const known = assertions.some(
      (each) => each.clientDataJSON === clientDataJSON && each.authData === authData && each.sig === sig,
    );
    return known ? null : "nobody signed this";
  },
};

const der: Target = {
  name: "DER signatures",
  isText: false,
  valid: assertions.map(({ sig }) => new Uint8Array(Buffer.from(sig, "base64url"))),
  read(input) {
    const raw = findRawEcdsa(input);
    if (raw === null) throw new ProtocolError("E_ASSERT_SIG", "no signature");
    return isSame(derOfSignature(raw), input, "its own bytes are others");
  },
};

const keys = (["ES256", "EdDSA", "RS256"] as const).map((alg) => SoftwareKey.make(alg, "fuzz").cose);

const cose: Target = {
  name: "COSE keys",
  isText: false,
  valid: keys,
  read(input) {
    const key = parseCoseKey(input);
    const point = key.alg === "ES256" ? Buffer.concat([Uint8Array.of(4), key.x, key.y]) : null;
    const written =
      key.alg === "ES256"
        ? encodeEc2CoseKey(point ?? key.x)
        : key.alg === "EdDSA"
          ? encodeOkpCoseKey(key.x)
          : encodeRsaCoseKey(key.n, key.e);
    return isSame(written, input, "its own bytes are others");
  },
};

const pinned = (await domain.verified()).head;
const links = [
  domain.signLink(domain.nextRoster((roster) => ({ ...roster, notAfter: roster.notAfter + 1 }))),
  domain.signLink(domain.nextRoster((roster) => ({ ...roster, admins: roster.admins.slice(0, 2) }))),
];

const rosterLink: Target = {
  name: "roster links",
  isText: true,
  valid: links.map((each) => utf8(JSON.stringify(each))),
  async read(input) {
    const link = parseRosterLink(jsonOf(input));
    await acceptRosterLink(pinned, link, domain.clock.now());
    const original = links.find(({ doc }) => doc === link.doc);
    if (original === undefined) return "nobody approved this roster";
    const people = new Set(link.approvals.map(({ credId }) => credId));
    const honest = link.approvals.every((each) =>
      original.approvals.some((one) => JSON.stringify(sortedOf(one)) === JSON.stringify(sortedOf(each))),
    );
    return honest && people.size >= 2 ? null : "its approvals are not those that were given";
  },
};

function sortedOf(object: object) {
  return Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1));
}

/** Text that is no JSON does not get as far as a link's reader. */
function jsonOf(input: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(input));
  } catch {
    throw new ProtocolError("E_SCHEMA", "no JSON");
  }
}

export const PROTOCOL_TARGETS: readonly Target[] = [
  ...[canonical, command, envelope, clientData, authenticatorData, assertion, der, cose, rosterLink],
];
