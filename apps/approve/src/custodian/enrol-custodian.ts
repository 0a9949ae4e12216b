import {
  CUSTODIAN_DUTIES,
  type CustodianOffer,
  type CustodianRoute,
  decodeBase64url,
  encodeBase32,
  encodeBase64url,
  encodeMnemonic,
  passkeySalt,
} from "@holdfast/protocol";
import {
  type CustodianKeyFile,
  deriveRecipientKey,
  newPassphrase,
  offerOf,
  openKeyFile,
  parseKeyFile,
  sealKeyFile,
} from "@holdfast/protocol/custodian";
import { type AgentPage, type Hello, type InvitationShown, PageRefusal } from "../agent-page.ts";
import { showIntroduced } from "../introduce/show-introduced.ts";
import { element, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { showWords } from "../show/words.ts";
import { createCustodianPasskey, passkeySeed } from "./custodian-passkey.ts";

interface Enrolling {
  readonly page: AgentPage;
  readonly hello: Hello & { readonly tid: string };
  readonly invitation: string;
  readonly label: string;
  readonly seat: string;
  /** The public part, with the signature under the duties; sent only once they are accepted. */
  readonly offer: CustodianOffer;
  readonly passphrase: string;
  readonly file: CustodianKeyFile;
  /** The same key as words, for paper. */
  readonly paper: readonly string[];
}

/** A custodian's own way in: duties, key file, passkey, and then the words to say. */
export async function runEnrolCustodian(
  page: AgentPage,
  hello: Hello & { readonly tid: string },
  invitation: string,
  { label }: InvitationShown,
): Promise<void> {
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const seat = encodeBase32(crypto.getRandomValues(new Uint8Array(16)));
  const offer = await offerOf(seed, seat);
  const passphrase = newPassphrase();
  const hpke = offer.routes[0]?.hpke ?? "";
  const file = await sealKeyFile(seed, { name: label, seat, hpke }, passphrase);
  const paper = encodeMnemonic(seed);
  seed.fill(0);
  showDuties({ page, hello, invitation, label, seat, offer, passphrase, file, paper });
}

function showDuties(enrolling: Enrolling): void {
  const accept = () => showKeyFile(enrolling);
  showPage(
    element("p", { class: "quiet" }, `Invitation for ${enrolling.label} · step 1 of 3`),
    element("h1", {}, "You are asked to be a custodian"),
    element(
      "p",
      { class: "lead" },
      "If this key server is lost, its backup opens only when enough custodians give their shares. You are to be one of them.",
    ),
    element("ul", { class: "panel duties" }, ...CUSTODIAN_DUTIES.map((duty) => element("li", {}, duty))),
    enrolling.hello.words
      ? showWords(enrolling.hello.words, "The eight words of this environment. Write them on your sheet now.")
      : null,
    element(
      "div",
      { class: "actions" },
      element("button", { class: "primary", type: "button", click: accept }, "I accept these duties"),
    ),
  );
}

function showKeyFile(enrolling: Enrolling): void {
  const { label, passphrase, file, paper, hello } = enrolling;
  const chosen = element("input", { id: "key-file", type: "file" }) as HTMLInputElement;
  const typed = element("input", { id: "passphrase", autocomplete: "off", spellcheck: "false" }) as HTMLInputElement;
  const problem = element("div", { "aria-live": "polite" });
  const check = async () => {
    problem.replaceChildren();
    try {
      const [own] = chosen.files ?? [];
      if (own === undefined) throw new PageRefusal("E_FILE", "No file was chosen.", "Save it, and choose it here.");
      const seed = await openKeyFile(parseKeyFile(await own.text()), typed.value.trim());
      const { publicKey } = await deriveRecipientKey(seed);
      seed.fill(0);
      if (encodeBase64url(publicKey) !== file.hpke)
        throw new PageRefusal("E_FILE", "This is another key file.", "Choose the one that you have just saved.");
      showPasskey(enrolling);
    } catch (error) {
      problem.replaceChildren(
        failure(
          error instanceof PageRefusal
            ? error
            : new PageRefusal(
                "E_FILE",
                "The file does not open with this passphrase.",
                "Type it as it is shown above.",
              ),
        ),
      );
    }
  };
  const name = `custodian-${label.replaceAll(/[^A-Za-z0-9]+/g, "-").toLowerCase()}.json`;
  const href = URL.createObjectURL(new Blob([`${JSON.stringify(file, null, 2)}\n`], { type: "application/json" }));
  showPage(
    element("p", { class: "quiet print-hidden" }, `Invitation for ${label} · step 2 of 3`),
    element("h1", {}, "Your key file"),
    element(
      "p",
      { class: "lead print-hidden" },
      "It was made in this page. Save it in one place, write its passphrase down in another, and print the words for a safe.",
    ),
    element(
      "div",
      { class: "panel words-panel passphrase" },
      element("p", { class: "quiet" }, "Its passphrase. It is shown this once."),
      element("p", { class: "words-line" }, element("code", {}, passphrase)),
    ),
    element(
      "div",
      { class: "actions print-hidden" },
      element("a", { class: "secondary", download: name, href }, "Save the key file"),
      element("button", { class: "secondary small", type: "button", click: () => window.print() }, "Print"),
    ),
    element(
      "details",
      { class: "panel", open: false },
      element("summary", {}, "The same key as 24 words, for paper"),
      element("ol", { class: "words" }, ...paper.map((word) => element("li", {}, word))),
    ),
    hello.words ? showWords(hello.words, "The eight words of this environment, for your sheet.") : null,
    element(
      "div",
      { class: "panel form print-hidden" },
      notice("quiet", "Now try it: nobody becomes a custodian with a file that does not open."),
      element("p", { class: "field" }, element("label", { for: "key-file" }, "The file that you saved"), chosen),
      element("p", { class: "field" }, element("label", { for: "passphrase" }, "Its passphrase"), typed),
      problem,
      element(
        "div",
        { class: "actions" },
        element("button", { class: "primary", type: "button", click: () => void check() }, "It opens: go on"),
      ),
    ),
  );
}

function showPasskey(enrolling: Enrolling): void {
  const { hello, label, seat } = enrolling;
  const problem = element("div", { "aria-live": "polite" });
  const rpId = location.hostname;
  const salt = passkeySalt(hello.tid, seat);
  let credId: string | null = null;
  const make = async () => {
    problem.replaceChildren();
    try {
      credId ??= await createCustodianPasskey({ rpId, rpName: hello.name, label, seat }, salt);
      const { seed } = await passkeySeed(rpId, [credId], salt);
      const { publicKey } = await deriveRecipientKey(seed);
      seed.fill(0);
      await give(enrolling, { route: "passkey", hpke: encodeBase64url(publicKey), credId });
    } catch (error) {
      problem.replaceChildren(failure(error));
    }
  };
  const without = () => give(enrolling, null).catch((error) => problem.replaceChildren(failure(error)));
  showPage(
    element("p", { class: "quiet" }, `Invitation for ${label} · step 3 of 3`),
    element("h1", {}, "A second way: your passkey"),
    element(
      "p",
      { class: "lead" },
      "A passkey on your phone, laptop or security key can make the same kind of secret at this very page. It is tried at once; where the device cannot do it, your key file stays the only way.",
    ),
    problem,
    element(
      "div",
      { class: "actions" },
      element("button", { class: "primary", type: "button", click: () => void make() }, "Add my passkey"),
      element("button", { class: "secondary", type: "button", click: () => void without() }, "Key file only"),
    ),
  );
}

async function give({ page, hello, invitation, offer: own }: Enrolling, passkey: CustodianRoute | null): Promise<void> {
  const offer = `${JSON.stringify({ ...own, routes: [...own.routes, ...(passkey === null ? [] : [passkey])] })}\n`;
  const { doc } = await page.post<{ doc: string }>("/page/introduction", { invitation, kind: "custodian", offer });
  showIntroduced(decodeBase64url(doc), hello.name);
}
