// axe-core finds nothing in five states, on light and dark pages, in both languages and on a phone.
import { createRequire } from "node:module";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, FORM, launch, openSite, sendForm, tab, URL_OF_SERVICE, VAGUE } from "./browser.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
const WHOLE =
  "昨晚 20:15 起，房间号 room-8812 语音卡顿，10 次里有 3 次，约 200 人，RTC SDK 4.3.2，Android 14，小米 13，onError -3301。\n1. 进房\n2. 连麦\n3. 卡顿";

const STATES: Record<string, (page: Page) => Promise<void>> = {
  "nothing typed yet": async (page) => void (await page.goto(`${URL_OF_SERVICE}/form?lang=zh`)),
  "three questions, all opened": async (page) => {
    await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
    await answered(page, () => page.fill("#description", VAGUE));
    await page.getByRole("button", { name: "日志在哪里？" }).click();
    await page.getByText("看看读懂了什么").click();
    await page.locator('[part~="place"]').first().waitFor();
  },
  "a secret, in English": async (page) => {
    await page.goto(`${URL_OF_SERVICE}/form?lang=en`);
    await answered(page, () => page.fill("#description", "The call stutters for user 13800138000, password: hunter22!"));
    await page.getByRole("button", { name: "Mask it" }).first().waitFor();
  },
  "all there": async (page) => {
    await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
    await answered(page, () => page.fill("#description", WHOLE));
    await page.getByText("信息已经完整").waitFor();
  },
  "held on submit": async (page) => {
    await openSite(page, FORM('mode="block"'), { head: '<meta name="color-scheme" content="light dark">' });
    await page.fill("#description", VAGUE);
    await page.click("#send");
    await page.locator('[part="summary"]').waitFor();
  },
  "what the engineer sees": async (page) => {
    await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
    await page.fill("#description", VAGUE);
    await sendForm(page);
  },
  "sent empty": async (page) => {
    await page.goto(`${URL_OF_SERVICE}/form?lang=en`);
    await page.click("button.send");
    await page.getByRole("heading", { name: "Not ready to submit" }).waitFor();
  },
};

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1000, 360]) {
    test.each(Object.keys(STATES))(`${colorScheme}, ${width} px: %s`, async (state) => {
      const { page, context } = await tab(browser, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true });
      await STATES[state]!(page);
      await page.addScriptTag({ path: AXE });
      const found = await page.evaluate(async (tags) => {
        const axe = (window as unknown as { axe: { run: (what: object) => Promise<{ violations: object[] }> } }).axe;
        return (await axe.run({ runOnly: tags } as object)).violations;
      }, TAGS);
      expect(found).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      await context.close();
    });
  }
}
