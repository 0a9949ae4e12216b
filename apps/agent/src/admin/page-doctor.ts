import type { AgentPages, PageState } from "../local-page/agent-pages.ts";
import type { PageChecked } from "../local-page/page-checks.ts";
import { channelOf } from "../roster/channel-of.ts";
import type { DoctorCheck } from "./answers.ts";
import { bad, good, warning } from "./check-words.ts";

/** What is wrong with the addresses of the page, each by itself. */
export function pageDoctorChecks(pages: AgentPages): DoctorCheck[] {
  const checks = pages
    .states()
    .filter(({ origin }) => channelOf(origin) === "customer")
    .map((page) => pageCheck(page, pages.checks.last(page.origin)));
  const { unread } = pages;
  if (unread === null) return checks;
  return [bad("approval page", `${unread.what} (${unread.code})`, "See docs/operate/approval-page.md."), ...checks];
}

const ANEW_NEXT =
  "Install it anew: `holdfast-agent page setup --name NAME` with --certificate FILE --key FILE, --csr FILE, --acme DIRECTORY or --tls DIR (docs/operate/approval-page.md).";
const FILES_NEXT =
  "The one before is shown meanwhile. Put good files into its folder, or `holdfast-agent page setup --certificate FILE`.";
const RENEW_NEXT =
  "It is tried again every six hours. By hand: `holdfast-agent page setup --acme DIRECTORY` (docs/operate/approval-page.md).";

function pageCheck(
  { origin, state, code, what, passkeys, renewal, alone, looseKey }: PageState,
  checked: PageChecked | null,
): DoctorCheck {
  const name = "approval page";
  if (state === "refused")
    return bad(
      name,
      `${origin} is not served: ${what} (${code})`,
      code?.split("_")[1] === "CERT" ? ANEW_NEXT : "See docs/operate/approval-page.md.",
    );
  if (state === "waiting")
    return warning(
      name,
      `${origin} has no certificate yet.`,
      "Install it: `holdfast-agent page setup --certificate FILE`.",
    );
  if (renewal !== null)
    return bad(
      name,
      `The certificate of ${origin} was not renewed: ${renewal.what} (${renewal.code})`,
      renewal.code?.startsWith("E_ACME") ? RENEW_NEXT : FILES_NEXT,
    );
  if (looseKey !== null)
    return bad(
      name,
      `The key of ${origin} may be read or changed by others: ${looseKey}.`,
      "`chmod 640` or `chmod 600`, then have the certificate issued for another key: who has this one can show your page.",
    );
  if (alone && checked === null)
    return warning(
      name,
      `${origin} shows its certificate without its issuer's: browsers that do not know that issuer refuse it.`,
      "Put the issuer's certificate after the page's own; or prove from a browser that it is known: `holdfast-agent page check`.",
    );
  if (passkeys === 0)
    return warning(
      name,
      `Nobody has a passkey of ${origin}.`,
      "Move to it: `holdfast-agent move`. Or take it away: `page remove`.",
    );
  if (checked === null)
    return warning(
      name,
      `No browser has proved ${origin}.`,
      "Open what this prints in a browser: `holdfast-agent page check`.",
    );
  if (checked.tls === "front")
    return warning(
      name,
      `Something before this key server speaks TLS for ${origin}: it could change what people see.`,
      "Let the key server speak TLS itself: `holdfast-agent page setup --certificate FILE`.",
    );
  return good(name, `${origin} is served, and a browser has proved it.`);
}
