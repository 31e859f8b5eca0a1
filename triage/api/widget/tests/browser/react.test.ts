// A form that React renders: fields come late, are replaced, and hear of what is inserted.
import { build } from "vite";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, launch, openSite, status, tab, VAGUE } from "./browser.ts";

let browser: Browser;
let script: string;
beforeAll(async () => {
  browser = await launch();
  const entry = fileURLToPath(new URL("react_form.mjs", import.meta.url));
  const built = await build({
    configFile: false,
    logLevel: "silent",
    define: { "process.env.NODE_ENV": '"production"' },
    build: { write: false, lib: { entry, formats: ["iife"], name: "site" } },
  });
  script = (built as { output: { code: string }[] }[])[0]!.output[0]!.code;
}, 60_000);
afterAll(() => browser.close());

test("fields that React renders and replaces are found again, and its state knows what was inserted", async () => {
  const { page, context, faults } = await tab(browser);
  await page.route("**/react.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
  await openSite(page, '<div id="root"></div>', { head: '<script src="/react.js" defer></script>' });
  await answered(page, () => page.fill("#description", VAGUE));
  expect(await status(page)).toContain("还可以补充");
  await page.getByRole("button", { name: "插入填写格式" }).first().click();
  const state = () => page.textContent("#state");
  expect(await state()).toBe(`${VAGUE}\n房间号或频道名：\n用户 ID：`);
  await page.click("#replace");
  expect(await page.inputValue("#description")).toBe("");
  await expect.poll(() => status(page)).toContain("写下遇到的问题");
  await answered(page, () => page.locator("#description").pressSequentially("通话没有声音，对方听不到我"));
  expect(await status(page)).toContain("还可以补充");
  expect(await page.getAttribute("#description", "aria-describedby")).toContain("triage-hints");
  await page.click("#leave");
  await expect.poll(() => page.locator("triage-form-hints").count()).toBe(0);
  expect(faults).toEqual([]);
  await context.close();
});
