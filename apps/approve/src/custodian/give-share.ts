import { decodeMnemonic, passkeySalt } from "@holdfast/protocol";
import {
  answerDrill,
  deriveRecipientKey,
  openKeyFile,
  parseKeyFile,
  type RecipientKey,
  releaseShare,
} from "@holdfast/protocol/custodian";
import { type AgentPage, type Hello, PageRefusal } from "../agent-page.ts";
import { element, factRow, notice, showPage } from "../show/element.ts";
import { failure } from "../show/failure.ts";
import { showMoment } from "../show/time.ts";
import { askForWords } from "./compare-words.ts";
import { passkeySeed } from "./custodian-passkey.ts";
import { type AskedOfCustodians, type CheckedAsk, checkAsked, type ShareProgress } from "./read-asked.ts";

type Custodian = CheckedAsk["of"]["manifest"]["escrow"]["custodians"][number];

/** One custodian gives a share to a release, or proves it in a drill. */
export async function runGiveShare(page: AgentPage, hello: Hello): Promise<void> {
  const asked = hello.sealed ? ({ kind: "none" } as const) : await page.get<AskedOfCustodians>("/page/shares");
  if (asked.kind === "none") return showNothingAsked();
  const checked = await checkAsked(asked).catch((error: unknown) => {
    throw new PageRefusal(
      "E_RELEASE",
      "What this page asks for does not hold.",
      `Give nothing, and call whoever asked you. (${String((error as { code?: unknown }).code ?? "")})`,
    );
  });
  if (checked.kind === "release" && checked.order.have < checked.order.need) return showNotApproved(checked);
  choose(page, hello, checked);
}

function showNothingAsked(): void {
  showPage(
    element("h1", {}, "Nothing is asked of custodians"),
    element("p", { class: "lead" }, "A drill or a release has to begin first. Whoever called you knows more."),
  );
}

function showNotApproved({ order, progress }: Extract<CheckedAsk, { kind: "release" }>): void {
  const reload = () => location.reload();
  showPage(
    element("h1", {}, "Administrators come first"),
    element(
      "p",
      { class: "lead" },
      `This release has ${order.have} of ${order.need} approvals. Custodians give nothing before it is approved.`,
    ),
    whatIsAsked(order.manifest, progress),
    element(
      "div",
      { class: "actions" },
      element("a", { class: "secondary", href: `/approve#${order.releaseCmd}` }, "Administrators approve here"),
      element("button", { class: "secondary small", type: "button", click: reload }, "Look again"),
    ),
  );
}

function choose(page: AgentPage, hello: Hello, asked: CheckedAsk): void {
  const { progress, of } = asked;
  const waiting = of.manifest.escrow.custodians.filter(({ label }) => !progress.given.includes(label));
  showPage(
    element("h1", {}, asked.kind === "drill" ? "A drill with custodians" : "Give your share to this new key server"),
    element(
      "p",
      { class: "lead" },
      asked.kind === "drill"
        ? "You prove that your share of a backup can still be opened. It does not leave this page, and nothing is restored."
        : "With enough shares this key server opens the backup. Each custodian comes alone: nobody else looks at this screen.",
    ),
    whatIsAsked(of.manifest, progress),
    element("h2", {}, "Who are you?"),
    element(
      "div",
      { class: "actions" },
      ...waiting.map((custodian) =>
        element(
          "button",
          { class: "secondary", type: "button", click: () => askForShare(page, hello, asked, custodian) },
          custodian.label,
        ),
      ),
    ),
  );
}

function whatIsAsked(manifest: CheckedAsk["of"]["manifest"], { k, given, custodians }: ShareProgress): HTMLElement {
  return element(
    "dl",
    { class: "panel facts" },
    factRow("Backup made", showMoment(manifest.made, Math.floor(Date.now() / 1000))),
    factRow("Holds", manifest.keys === 1 ? "1 key" : `${manifest.keys} keys`),
    factRow("Opened by", `any ${k} of ${custodians.join(", ")}`),
    factRow("Here so far", given.length === 0 ? "nobody" : given.join(", ")),
  );
}

function askForShare(page: AgentPage, hello: Hello, asked: CheckedAsk, custodian: Custodian): void {
  const { rpId, of } = asked;
  const words = askForWords(of.tid);
  const problem = element("div", { "aria-live": "polite" });
  const passkeys = custodian.routes.flatMap((each) => (each.route === "passkey" ? [each.credId] : []));
  const give = async (key: () => Promise<RecipientKey>) => {
    problem.replaceChildren();
    const tell = (what: HTMLElement) => {
      problem.replaceChildren(what);
      problem.scrollIntoView({ block: "nearest" });
    };
    if (!words.areRight()) {
      const next =
        "Read them from your own sheet. If one there is another, this may be a false page: give nothing, and call.";
      return tell(notice("danger", "These are not the words of this environment.", next, "E_WORDS"));
    }
    try {
      showGiven(hello, asked, await sendShare(page, asked, custodian, await key()));
    } catch (error) {
      tell(failure(asRefusal(error)));
    }
  };
  const byPasskey = async () => {
    const { seed } = await passkeySeed(rpId, passkeys, passkeySalt(of.tid, custodian.seat));
    return keyOf(seed);
  };
  const file = element("input", { id: "key-file", type: "file" }) as HTMLInputElement;
  const passphrase = element("input", { id: "passphrase", type: "password", autocomplete: "off" }) as HTMLInputElement;
  const paper = element("textarea", { id: "paper", rows: "3", spellcheck: "false", autocomplete: "off" });
  const byFile = async () => {
    const [chosen] = file.files ?? [];
    if (chosen === undefined)
      throw new PageRefusal("E_FILE", "No key file was chosen.", "Choose it, or use another way.");
    return keyOf(await openKeyFile(parseKeyFile(await chosen.text()), passphrase.value));
  };
  const byPaper = () => keyOf(decodeMnemonic((paper as HTMLTextAreaElement).value.trim().split(/\s+/)));
  const verb = asked.kind === "drill" ? "Prove it" : "Give my share";
  showPage(
    element("p", { class: "quiet" }, asked.kind === "drill" ? "Drill" : "Release"),
    element("h1", {}, custodian.label),
    words.fields,
    passkeys.length === 0
      ? null
      : element(
          "div",
          { class: "panel form" },
          element("h2", {}, "With your passkey"),
          element(
            "div",
            { class: "actions" },
            element(
              "button",
              { class: "primary", type: "button", click: () => void give(byPasskey) },
              `${verb} with my passkey`,
            ),
          ),
        ),
    element(
      "div",
      { class: "panel form" },
      element("h2", {}, "With your key file"),
      element("p", { class: "field" }, element("label", { for: "key-file" }, "Key file"), file),
      element("p", { class: "field" }, element("label", { for: "passphrase" }, "Its passphrase"), passphrase),
      element(
        "div",
        { class: "actions" },
        element(
          "button",
          { class: "secondary", type: "button", click: () => void give(byFile) },
          `${verb} with my key file`,
        ),
      ),
    ),
    element(
      "details",
      { class: "panel form" },
      element("summary", {}, "With the 24 words on paper"),
      element("p", { class: "field" }, element("label", { for: "paper" }, "The 24 words"), paper),
      element(
        "div",
        { class: "actions" },
        element(
          "button",
          { class: "secondary", type: "button", click: () => void give(byPaper) },
          `${verb} with my words`,
        ),
      ),
    ),
    problem,
  );
}

async function keyOf(seed: Uint8Array): Promise<RecipientKey> {
  const key = await deriveRecipientKey(seed);
  seed.fill(0);
  return key;
}

async function sendShare(
  page: AgentPage,
  asked: CheckedAsk,
  custodian: Custodian,
  key: RecipientKey,
): Promise<ShareProgress> {
  if (asked.kind === "release") {
    const share = await releaseShare(asked.order, key);
    if (share.seat !== custodian.seat) throw otherShare();
    return (await page.post<{ progress: ShareProgress }>("/page/share", share)).progress;
  }
  const answer = await answerDrill(asked.of, key, () => asked.nonce);
  if (answer.seat !== custodian.seat) throw otherShare();
  return (await page.post<{ progress: ShareProgress }>("/page/answer", { drill: asked.drill, ...answer })).progress;
}

/** After one custodian nothing is left on the screen: the next one opens the page anew. */
function showGiven(hello: Hello, asked: CheckedAsk, { k, given }: ShareProgress): void {
  const done = asked.kind === "release" && given.length >= k;
  showPage(
    element("h1", {}, asked.kind === "drill" ? "Proved" : "Given"),
    element(
      "p",
      { class: "lead" },
      asked.kind === "drill"
        ? "Your share can be opened. That is on record at the key server; nothing of the share is."
        : `Your share was sealed to ${hello.name} alone. ${given.length} of ${k} are there${done ? ": it opens the backup now." : "."}`,
    ),
    done
      ? notice("good", "Yours was the last that was needed.", "You can go. Close this page.")
      : notice("quiet", "You can go. Close this page.", "The next custodian opens it anew."),
  );
}

function otherShare(): PageRefusal {
  return new PageRefusal("E_SHARE", "This key is another custodian's.", "Choose your own name.");
}

function asRefusal(error: unknown): unknown {
  if (error instanceof PageRefusal) return error;
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== "string") return error;
  return new PageRefusal(
    code === "E_SIG" || code === "E_SCHEMA" ? "E_SHARE" : code,
    error instanceof Error ? error.message : "It did not work.",
    "Check the file, its passphrase or the words, and that you chose your own name.",
  );
}
