// A service with keys on another address, as in production: a form key, its origin, and the real CORS of both.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, FORM, launch, openSite, status, tab, texts, URL_OF_SERVICE, VAGUE } from "./browser.ts";

const KEYED = process.env["TRIAGE_KEYED_URL"]!;
const KEY = process.env["TRIAGE_FORM_KEY"]!;
const POLICY = `default-src 'none'; script-src ${KEYED}; connect-src ${KEYED}; form-action 'self'`;
let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const opened = async (site: string, attributes: string) => {
  const { page, context, faults } = await tab(browser);
  await openSite(page, FORM(attributes), { script: `${KEYED}/widget.js`, policy: POLICY, site });
  await answered(page, () => page.fill("#description", VAGUE));
  return { page, context, faults };
};

test("the page of the key gets hints, log places and a token from another address", async () => {
  const { page, context, faults } = await opened(URL_OF_SERVICE, `form-key="${KEY}"`);
  expect(await status(page)).toContain("还可以补充");
  await page.getByRole("button", { name: "日志在哪里？" }).click();
  await page.locator('[part~="place"]').first().waitFor();
  expect((await texts(page, "place")).length).toBeGreaterThan(5);
  expect(await page.inputValue('input[name="triage_lint_token"]')).toMatch(/^[\w-]+\.[\w-]+$/);
  expect(faults).toEqual([]);
  await context.close();
});

test.each([
  ["another page", URL_OF_SERVICE.replace("127.0.0.1", "localhost"), `form-key="${KEY}"`],
  ["no key", URL_OF_SERVICE, ""],
  ["a mistyped key", URL_OF_SERVICE, `form-key="${KEY}x"`],
])("%s gets no hints, and the form is sent all the same", async (_, site, attributes) => {
  const { page, context } = await opened(site, attributes);
  expect(await status(page)).toBe("提示暂时不可用，不影响提交。");
  await page.click("#send");
  await page.waitForURL("**/sent");
  await context.close();
});
