import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "node:tls";
import { approveChallenge } from "@holdfast/protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { assertionIn } from "../support/assertion-in.ts";
import { openBrowser } from "../support/chromium.ts";
import { becomeCustodian } from "../support/custodian.ts";
import { approve, type Founded, foundEnvironment } from "../support/first-run.ts";
import { KeyServer } from "../support/key-server.ts";
import { Person } from "../support/person.ts";
import { type Product, REPOSITORY, startProduct } from "../support/product.ts";
import { callPage } from "../support/raw-page-call.ts";
import { rawRequest } from "../support/raw-request.ts";

const RP_ID = "agent.localhost";
/** A name as an application could choose it. */
const MARKUP = `<img src=x onerror="window.owned=1"><script>owned=1</script>'"&lt;`;

let product: Product;
let browser: { browser: Browser; close: () => Promise<void> };
let person: Person;
let founded: Founded;
let keyServer: KeyServer;
let keyId: string;
/** What the browser sent to anybody while the domain was founded. */
const sent: string[] = [];

beforeAll(async () => {
  product = await startProduct();
  browser = await openBrowser();
  person = await Person.arrive(browser.browser);
  person.context.on("request", (request) => sent.push(`${request.url()} ${request.postData() ?? ""}`));
  await product.waitFor(/Ctrl-C stops everything/);
  keyServer = new KeyServer(product);
  founded = await foundEnvironment(person, product);
  const { approveUrl } = await proposeKey(MARKUP);
  await person.close(await approve(person, approveUrl));
  keyId = (await keyServer.keys())[0]?.keyId ?? "";
});

afterAll(async () => {
  await person?.leave();
  await browser?.close();
  await product?.stop();
});

async function proposeKey(label: string): Promise<{ hash: string; approveUrl: string }> {
  const item = { label, algorithm: "AES-256", usage: ["encrypt", "decrypt"], group: "default", extractable: false };
  const { hash, approveUrl } = await keyServer.propose({ act: "key.create", args: { items: [item] } });
  return { hash, approveUrl: approveUrl ?? "" };
}

const scope = () => {
  const [tenantId = "", environmentId = ""] = new URL(founded.place).pathname.split("/").slice(1);
  return { tenantId, environmentId };
};
const waiting = async () =>
  (await keyServer.admin.get<{ commands: { hash: string; have: number }[] }>("/v1/commands")).commands;

/** Sees that nothing of it counted at the key server, and that the next honest command is obeyed. */
async function expectUnharmed(before: Awaited<ReturnType<KeyServer["standing"]>>): Promise<void> {
  expect(await keyServer.standing()).toEqual(before);
  for (const { have } of await waiting()) expect(have).toBe(0);
  const { approveUrl } = await proposeKey("honest");
  await person.close(await approve(person, approveUrl));
  expect((await keyServer.standing()).keys).toBe(before.keys + 1);
}

/** Calls procedures as the dashboard's own script does. */
function callIn(page: Page, path: string, input: object): Promise<{ status: number; text: string }> {
  return page.evaluate(
    async ([url, body]) => {
      const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
      return { status: answer.status, text: await answer.text() };
    },
    [`/api/trpc/${path}`, JSON.stringify(input)] as const,
  );
}

/** The bytes of a command that waits. */
async function docOf(hash: string): Promise<string> {
  const { body } = await callPage(product, { path: `/page/commands?hashes=${hash}` });
  return (body.commands as { doc: string }[])[0]?.doc ?? "";
}

describe("somebody at the dashboard who is not its user", () => {
  it("row 93: with a stolen session proposes, and changes nothing: no approval without the passkey", async () => {
    const thief = await Person.arrive(browser.browser);
    await thief.context.addCookies(await person.context.cookies());
    const page = await thief.open(`${founded.place}/keys`);
    await page.getByText("AES-256").first().waitFor();
    const before = await keyServer.standing();
    const { hash, approveUrl } = await keyServer.propose({ act: "key.rotate", key: keyId, args: {} });
    const proposed = await callIn(page, "command.propose", { ...scope(), docs: [await docOf(hash)] });
    expect(proposed.status).toBe(200);
    const agentPage = await thief.open(approveUrl ?? "");
    await agentPage.getByRole("button", { name: /^Approve/ }).click();
    await agentPage.getByText("The passkey was not used").waitFor();
    expect(await assertionIn(page, RP_ID, approveChallenge(1, [hash]))).toEqual({ refused: "SecurityError" });
    await thief.leave();
    await expectUnharmed(before);
  });

  it("row 113: as a script in the page cannot approve: no passkey, no page, no socket of the key server answers it", async () => {
    const { dashboard } = founded;
    await dashboard.goto(`${founded.place}/keys`);
    const before = await keyServer.standing();
    const blocked: string[] = [];
    dashboard.on("console", (message) => blocked.push(message.text()));
    const injected = await dashboard.evaluate(() => {
      const tried: string[] = [];
      const attempt = (name: string, work: () => void) => {
        try {
          work();
          tried.push(`${name} done`);
        } catch (error) {
          tried.push(`${name} ${(error as Error).name}`);
        }
      };
      const div = document.createElement("div");
      document.body.append(div);
      attempt("innerHTML", () => {
        div.innerHTML = "<img src=x onerror='window.owned=1'>";
      });
      attempt("script", () => {
        const script = document.createElement("script");
        script.text = "window.owned=1";
        document.body.append(script);
      });
      attempt("source", () => {
        const script = document.createElement("script");
        script.src = "data:text/javascript,window.owned=1";
        document.body.append(script);
      });
      return { tried, owned: (window as { owned?: number }).owned };
    });
    expect(injected.owned).toBeUndefined();
    expect(injected.tried.filter((each) => each.endsWith(" done"))).toEqual([]);
    const { hash } = await proposeKey("by script");
    expect(await assertionIn(dashboard, RP_ID, approveChallenge(1, [hash]))).toEqual({ refused: "SecurityError" });
    const reached = await dashboard.evaluate(async (origin) => {
      const name = (error: Error) => error.name;
      const post = {
        method: "POST",
        headers: { "content-type": "application/json", "holdfast-page": "1" },
        body: "{}",
      };
      const opaque = await fetch(`${origin}/page/approve`, { ...post, mode: "no-cors" }).then(() => "sent", name);
      const read = await fetch(`${origin}/page/commands`).then(() => "read", name);
      return [opaque, read];
    }, product.pageOrigin);
    expect(reached).toEqual(["TypeError", "TypeError"]);
    await expectUnharmed(before);
  });

  it("row 59: cannot ask for a custodian's passkey, with or without its secret: the browser refuses", async () => {
    const { url } = await keyServer.admin.post<{ url: string }>("/v1/introductions/invite", {
      kind: "custodian",
      label: "Maria",
    });
    const maria = await Person.arrive(browser.browser);
    const folder = join(product.data, "home");
    const { page } = await becomeCustodian(maria, { name: "Maria", url, folder });
    const ask = (rpId: string) =>
      page.evaluate(async (id) => {
        try {
          const found = await navigator.credentials.get({
            publicKey: {
              ...{ rpId: id, challenge: new Uint8Array(32), userVerification: "required", timeout: 5_000 },
              extensions: { prf: { eval: { first: new Uint8Array(32) } } },
            },
          });
          return Object.keys((found as PublicKeyCredential).getClientExtensionResults());
        } catch (error) {
          return (error as Error).name;
        }
      }, rpId);
    expect(await ask(RP_ID)).toContain("prf");
    await page.goto(product.dashboardUrl);
    expect(await ask(RP_ID)).toBe("SecurityError");
    expect(await ask("localhost")).toBe("NotAllowedError");
    await maria.leave();
  });
});

describe("the key server's page in a browser", () => {
  it("row 154: keeps no tie to the tab that opened it: a hostile dashboard can neither see nor navigate it", async () => {
    const { dashboard } = founded;
    await dashboard.goto(`${founded.place}/approvals`);
    const { approveUrl } = await proposeKey("by opener");
    const [opened] = await Promise.all([
      person.context.waitForEvent("page"),
      dashboard.evaluate((url) => {
        Object.assign(window, { kept: window.open(url, "kept") });
      }, approveUrl),
    ]);
    await opened.getByRole("button", { name: /^Approve/ }).waitFor();
    expect(await opened.evaluate(() => [window.opener, window.name])).toEqual([null, ""]);
    const tried = await dashboard.evaluate((evil) => {
      const { kept } = window as unknown as { kept: Window };
      const before = kept.closed;
      kept.location.href = evil;
      kept.postMessage("approve", "*");
      return before;
    }, `${product.dashboardUrl}/sign-in`);
    expect(tried).toBe(true);
    await opened.getByRole("button", { name: /^Approve/ }).waitFor();
    expect(opened.url()).toBe(approveUrl);
    await opened.close();
  });

  it("row 156: asks the passkey on a click only, and not before everything has been there for a second", async () => {
    const { approveUrl } = await proposeKey("by load");
    const page = await person.open("about:blank");
    await page.addInitScript(() => {
      const counts = window as unknown as { asked: number };
      counts.asked = 0;
      const get = navigator.credentials.get.bind(navigator.credentials);
      navigator.credentials.get = (options) => {
        counts.asked += 1;
        return get(options);
      };
    });
    const asked = () => page.evaluate(() => (window as unknown as { asked: number }).asked);
    await page.clock.install({ time: 0 });
    await page.clock.pauseAt(Date.now());
    await page.goto(approveUrl);
    const button = page.getByRole("button", { name: /^Approve/ });
    await button.waitFor();
    await page.clock.runFor(900);
    expect(await button.isEnabled()).toBe(false);
    const box = await button.boundingBox();
    await page.mouse.click((box?.x ?? 0) + 10, (box?.y ?? 0) + 10);
    await page.keyboard.press("Enter");
    expect(await asked()).toBe(0);
    await page.clock.runFor(200);
    await expect.poll(() => button.isEnabled()).toBe(true);
    await page.evaluate(() => window.dispatchEvent(new Event("focus")));
    expect(await asked()).toBe(0);
    await button.click();
    await page.getByRole("heading", { level: 1, name: /Done|Approved/ }).waitFor();
    expect(await asked()).toBe(1);
    await page.clock.resume(); // it is the clock of all tabs
    await person.close(page);
  });

  it("row 118: runs no script but the one whose hash its answer names: an altered one does not start, nor one beside it", async () => {
    const { hash, approveUrl } = await proposeKey("by altered script");
    const before = await keyServer.standing();
    const { text: genuine } = await rawRequest(`${product.pageOrigin}/approve`);
    const changes: [string, (html: string) => string][] = [
      ["altered", (html) => html.replace(/(<script[^>]*>)/, "$1window.owned=1;")],
      ["added", (html) => html.replace("</head>", "<script>window.owned=1</script></head>")],
      [
        "loaded",
        (html) => html.replace("</head>", '<script src="data:text/javascript,window.owned=1"></script></head>'),
      ],
      ["handler", (html) => html.replace("<body", `<body onload="window.owned=1"`)],
    ];
    for (const [name, change] of changes) {
      const page = await person.open("about:blank");
      await page.route(`${product.pageOrigin}/approve`, async (route) => {
        const { headers, text } = await rawRequest(`${product.pageOrigin}/approve`);
        const { "content-length": _, ...rest } = headers;
        await route.fulfill({ status: 200, headers: rest as Record<string, string>, body: change(text) });
      });
      expect(change(genuine), name).not.toBe(genuine);
      const blocked = page.waitForEvent("console", (message) => /Content Security Policy/.test(message.text()));
      await page.goto(approveUrl);
      await blocked;
      expect(await page.evaluate(() => (window as { owned?: number }).owned), name).toBeUndefined();
      if (name === "altered") expect(await page.getByRole("button", { name: /^Approve/ }).count()).toBe(0);
      await person.close(page);
    }
    expect((await waiting()).find((each) => each.hash === hash)?.have).toBe(0);
    await expectUnharmed(before);
  });

  it("row 103: shows whoever reads along neither passkey nor replacement key, and what they took is worth no other command", async () => {
    const { hash, approveUrl } = await proposeKey("read along");
    const other = await proposeKey("not approved");
    const from = sent.length;
    await person.close(await approve(person, approveUrl));
    const before = await keyServer.standing();
    const taken = sent.slice(from).find((each) => each.includes("/page/approve ")) ?? "";
    expect(taken).toContain(hash);
    for (const { privateKey } of await person.passkeys())
      for (const form of [privateKey, Buffer.from(privateKey, "base64").toString("base64url")])
        expect(sent.join("\n")).not.toContain(form);
    expect(sent.join("\n")).not.toContain(founded.replacementKey.slice(0, 3).join(" "));
    const body = taken.slice(taken.indexOf(" ") + 1);
    const again = (text: string) =>
      rawRequest(`${product.pageOrigin}/page/approve`, {
        method: "POST",
        headers: {
          ...{ host: new URL(product.pageOrigin).host, origin: product.pageOrigin, "sec-fetch-site": "same-origin" },
          ...{ "holdfast-page": "1", "content-type": "application/json" },
        },
        body: text,
      });
    expect((await again(body)).text).toContain('"outcome":"applied"');
    const moved = await again(body.replaceAll(hash, other.hash));
    expect([moved.status, JSON.parse(moved.text).code]).toEqual([409, "E_ASSERT_CLIENTDATA"]);
    await expectUnharmed(before);
  });

  it("row 155: shows markup in names as text, on its own pages and on every page of the dashboard", async () => {
    const { hash, approveUrl } = await keyServer
      .propose({ act: "key.label", key: keyId, args: { label: `${MARKUP}2` } })
      .then((answer) => ({ hash: answer.hash, approveUrl: answer.approveUrl ?? "" }));
    const { dashboard, place } = founded;
    const page = await person.open(approveUrl);
    await page.getByRole("button", { name: /^Approve/ }).waitFor();
    expect(await page.locator("main").textContent()).toContain(MARKUP);
    const clean = (tab: Page) =>
      tab.evaluate(() => [(window as { owned?: number }).owned, document.querySelectorAll('img[src="x"]').length]);
    expect(await clean(page)).toEqual([undefined, 0]);
    await person.close(page);
    for (const path of [
      "",
      "/keys",
      `/keys/${keyId}`,
      "/log",
      "/approvals",
      `/approvals/${hash}`,
      "/coming-due",
      "/backups",
    ]) {
      await dashboard.goto(`${place}${path}`);
      await dashboard.getByRole("heading", { level: 1 }).waitFor();
      if (path !== "" && path !== "/coming-due" && path !== "/backups")
        await dashboard.getByText("<img src=x onerror=").first().waitFor();
      expect(await clean(dashboard), path).toEqual([undefined, 0]);
    }
  });
});

describe("somebody who asks listeners as no browser does", () => {
  it("row 115: skips nothing by framework headers and paths: without a session there are no data on any of them", async () => {
    const { tenantId, environmentId } = scope();
    const input = encodeURIComponent(JSON.stringify(scope()));
    const middleware = ["middleware", "src/middleware", "proxy", "src/proxy", "pages/_middleware"];
    const headers: Record<string, string>[] = [
      ...middleware.flatMap((name) =>
        [1, 5, 7].map((times) => ({ "x-middleware-subrequest": Array(times).fill(name).join(":") })),
      ),
      { "next-resume": "1" },
      { rsc: "1" },
      { rsc: "1", "next-router-prefetch": "1", "next-router-segment-prefetch": "/_tree" },
      { "x-nextjs-data": "1" },
      { "x-middleware-rewrite": "/healthz" },
      { "x-matched-path": "/healthz" },
      { "x-invoke-path": "/healthz", "x-invoke-status": "200" },
      { "x-original-url": "/healthz", "x-rewrite-url": "/healthz" },
      { "x-forwarded-host": "evil.example", "x-forwarded-proto": "https" },
      { "x-now-route-matches": `nxtPtenant=${tenantId}` },
      { purpose: "prefetch", "x-middleware-prefetch": "1" },
    ];
    const procedures = [`/api/trpc/key.list?input=${input}`, `/api/report/${tenantId}/${environmentId}/x/report.pdf`];
    const page = `/${tenantId}/${environmentId}/keys`;
    const pages = [
      page,
      `${page}.rsc`,
      `${page}.segments/_tree.segment.rsc`,
      `/en${page}`,
      `/_next/data/x${page}.json`,
      `//${page}`,
      `${page}?nxtPtenant=${tenantId}`,
    ];
    for (const header of headers) {
      for (const path of procedures) {
        const first = await rawRequest(product.dashboardUrl + path, { headers: header });
        const to = new URL(first.headers.location ?? path, product.dashboardUrl).href;
        const { status, text } = first.status === 307 ? await rawRequest(to, { headers: header }) : first;
        if (text !== "{}") expect(status, `${path} ${JSON.stringify(header)}`).toBe(401); // Next answers a prefetch with nothing
        expect(text).not.toContain("AES-256");
      }
      const { headers: answered } = await rawRequest(product.dashboardUrl + page, { headers: header });
      expect(answered["content-security-policy"], JSON.stringify(header)).toContain("default-src 'none'");
    }
    for (const path of pages) {
      const { text } = await rawRequest(product.dashboardUrl + path);
      for (const secret of ["img src=x", keyId, "Ada Lovelace", "Northwind"]) expect(text, path).not.toContain(secret);
    }
  });

  it("row 116: finds no Server Action: none is in the build, and a post to any route is refused", async () => {
    const manifests = globSync(".next/server/**/server-reference-manifest.json", { cwd: join(REPOSITORY, "apps/web") });
    expect(manifests.length).toBeGreaterThan(0);
    for (const file of manifests) {
      const { node, edge } = JSON.parse(readFileSync(join(REPOSITORY, "apps/web", file), "utf8"));
      expect([node, edge], file).toEqual([{}, {}]);
    }
    const routes = Object.keys(
      JSON.parse(readFileSync(join(REPOSITORY, "apps/web/.next/app-path-routes-manifest.json"), "utf8")),
    ).map(
      (each) =>
        each
          .replace(/\/(page|route)$/, "")
          .replace(/\/\([^)]+\)/g, "")
          .replace(/\[[^\]]+\]/g, scope().tenantId) || "/",
    );
    expect(routes.length).toBeGreaterThan(15);
    const action = { "next-action": "7f".repeat(21), origin: product.dashboardUrl };
    const boundary = "multipart/form-data; boundary=x";
    const form = '--x\r\ncontent-disposition: form-data; name="$ACTION_ID_7f7f"\r\n\r\n\r\n--x--\r\n';
    for (const route of new Set(routes)) {
      for (const [headers, body] of [
        [{ ...action, "content-type": "text/plain;charset=UTF-8" }, "[]"],
        [{ ...action, "content-type": boundary }, form],
        [{ "content-type": boundary }, form],
        [{ ...action, "content-type": "application/json" }, "[]"],
      ] as const) {
        const { status } = await rawRequest(product.dashboardUrl + route, { method: "POST", headers, body });
        expect([401, 403, 404, 405, 415], `${route} ${JSON.stringify(headers)}`).toContain(status);
      }
    }
  });

  it("row 152: by a rebound name gets 421 from every listener, and no answer from those that speak no HTTP", async () => {
    const { kmip, metrics } = (await keyServer.status()).urls;
    const listeners: [string, string, string?][] = [
      ["dashboard", `${product.dashboardUrl}/`],
      ["dashboard", `${product.dashboardUrl}/api/trpc/session.get`],
      ["gateway", `${product.gatewayUrl}/v1/poll`, "POST"],
      ["page", `${product.pageOrigin}/`],
      ["page", `${product.pageOrigin}/page/approve`, "POST"],
      ["REST", `${product.restUrl}/v1/keys`],
      ["REST", `${product.restUrl}/openapi.json`],
      ["KMIP over HTTPS", `${product.restUrl}/kmip`, "POST"],
      ["metrics", `${metrics}/metrics`],
    ];
    for (const [name, url, method = "GET"] of listeners) {
      for (const host of ["evil.example", "evil.example:80", `${new URL(url).host}.evil.example`, "[::ffff:7f00:1]"]) {
        const { status, headers } = await rawRequest(url, { method, headers: { host } });
        expect({ name, url, host, status }).toMatchObject({ status: 421 });
        expect(headers["access-control-allow-origin"]).toBeUndefined();
      }
    }
    const { port } = new URL(kmip ?? "");
    const socket = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
    let answer = "";
    socket
      .on("error", () => undefined)
      .on("data", (part) => {
        answer += String(part);
      });
    socket.once("secureConnect", () => socket.write("GET / HTTP/1.1\r\nhost: evil.example\r\n\r\n"));
    await new Promise((resolve) => socket.once("close", resolve));
    expect(answer).not.toContain("HTTP/");
  });
});
