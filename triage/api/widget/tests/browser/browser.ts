// A browser, the service at TRIAGE_URL, and pages of a site that embeds the element under a strict policy.
import { type Browser, type BrowserContext, chromium, type Page, type Request, type Route } from "playwright-core";

export const URL_OF_SERVICE = process.env["TRIAGE_URL"] ?? "";
if (!URL_OF_SERVICE) throw new Error("set TRIAGE_URL to a service without keys; tests/test_form_browser.py does");

export const VAGUE = "有时候语音会卡顿";
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'";
const QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
// A page that playwright answers has no address, so Chromium takes it for one of the internet that asks for this machine.
QUIET.push("--disable-features=LocalNetworkAccessChecks");

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: process.env["CHROMIUM_PATH"] ?? "/usr/bin/chromium", args: QUIET });
}

/** A new tab; whatever goes wrong in it is kept in `faults`. */
export async function tab(
  browser: Browser,
  options: Parameters<Browser["newContext"]>[0] = {},
): Promise<{ page: Page; context: BrowserContext; faults: string[] }> {
  const context = await browser.newContext({ locale: "zh-CN", ...options });
  const page = await context.newPage();
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) faults.push(message.text());
  });
  page.on("dialog", (dialog) => {
    faults.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return { page, context, faults };
}

/** Opens a page of our own that loads the script as a customer would. */
export async function openSite(
  page: Page,
  body: string,
  { head = "", lang = "zh", script = "/widget.js", policy = POLICY, site = URL_OF_SERVICE } = {},
): Promise<void> {
  const html = `<!doctype html><html lang="${lang}"><head><meta charset="utf-8"><title>帮助中心</title>
    <script src="${script}" defer></script>${head}</head><body><main>${body}</main></body></html>`;
  await page.route("**/site", (route) =>
    route.fulfill({ contentType: "text/html", headers: { "Content-Security-Policy": policy }, body: html }),
  );
  await page.route("**/sent", (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>sent</title><h1>sent</h1>" }),
  );
  await page.goto(`${site}/site`);
}

export const FORM = (attributes = "", id = "") => `
  <form action="/sent" method="post">
    <label for="subject${id}">标题</label><input id="subject${id}" name="subject">
    <label for="description${id}">描述</label><textarea id="description${id}" name="description"></textarea>
    <triage-form-hints for="subject${id} description${id}" ${attributes}></triage-form-hints>
    <label for="contact${id}">联系方式</label><input id="contact${id}" name="contact">
    <button id="send${id}">提交</button>
  </form>`;

/** The tickets that were asked about, as they go out. */
export function asked(page: Page): Request[] {
  const requests: Request[] = [];
  page.on("request", (request) => {
    if (request.url().includes("/v1/lint") && request.method() === "POST") requests.push(request);
  });
  return requests;
}

/** Resolves when the next lint has been shown. */
export async function answered(page: Page, act: () => Promise<unknown>): Promise<void> {
  const shown = page.evaluate(
    () => new Promise((wake) => document.addEventListener("triage-answer", () => wake(null), { once: true })),
  );
  await act();
  await shown;
}

/** Sends the demonstration form, again where a busy machine could not keep the ticket in time, as its page then says. */
export async function sendForm(page: Page): Promise<void> {
  for (let time = 0; time < 10; time++) {
    await page.click("button.send");
    await page.waitForLoadState();
    if (await page.getByText("支持工程师看到的").isVisible()) return;
    await page.waitForTimeout(500);
  }
  throw new Error("the form was never kept");
}

export function answerWith(page: Page, answer: (route: Route) => Promise<void>): Promise<void> {
  return page.route("**/v1/lint*", answer);
}

export async function texts(page: Page, part: string): Promise<string[]> {
  return page.locator(`[part~="${part}"]`).evaluateAll((nodes) =>
    nodes.filter((node) => node.checkVisibility()).map((node) => {
      const slots = [...node.querySelectorAll("slot")].flatMap((slot) => slot.assignedElements());
      return (slots.length ? slots.map((slot) => slot.textContent).join(" ") : (node.textContent ?? "")).trim();
    }),
  );
}

export const status = (page: Page, nth = 0) => page.locator("triage-form-hints > [aria-live]").nth(nth).textContent();
