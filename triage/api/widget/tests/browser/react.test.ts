// A form that React renders: fields come late, are replaced, and hear of what is inserted.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, launch, openSite, status, tab, URL_OF_SERVICE, VAGUE } from "./browser.ts";

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

async function built(entry: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: "silent",
    oxc: { jsx: { development: false } },
    define: { "process.env.NODE_ENV": '"production"' },
    build: { write: false, lib: { entry, formats: ["iife"], name: "site" } },
  });
  return (made as { output: { code: string }[] }[])[0]!.output[0]!.code;
}

test("fields that React renders and replaces are found again, and its state knows what was inserted", async () => {
  const { page, context, faults } = await tab(browser);
  const script = await built(fileURLToPath(new URL("react_form.mjs", import.meta.url)));
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

test("the recipe for React works as it is written", async () => {
  const recipe = /```jsx\n(.*?)```/s.exec(readFileSync(new URL("../../../../../docs/form.md", import.meta.url), "utf-8"))![1]!;
  const folder = mkdtempSync(fileURLToPath(new URL("../../node_modules/.recipe-", import.meta.url)));
  writeFileSync(`${folder}/support.jsx`, recipe.replace("triage_form_…", "triage_form_x"));
  writeFileSync(
    `${folder}/entry.jsx`,
    `import { createRoot } from "react-dom/client"; import { Support } from "./support.jsx";
     createRoot(document.getElementById("root")).render(<Support />);`,
  );
  const script = await built(`${folder}/entry.jsx`);
  rmSync(folder, { recursive: true });
  const { page, context, faults } = await tab(browser);
  await page.route("**/react.js", (route) => route.fulfill({ contentType: "text/javascript", body: script }));
  await page.route("https://triage.example.com/**", async (route) => {
    const { pathname, search } = new URL(route.request().url());
    const headers = { ...route.request().headers() };
    delete headers["authorization"];
    const response = await route.fetch({ url: URL_OF_SERVICE + pathname + search, headers });
    await route.fulfill({ response, headers: { ...response.headers(), "access-control-allow-origin": "*" } });
  });
  await openSite(page, '<div id="root"></div>', {
    script: "/react.js",
    policy: "script-src 'self' https://triage.example.com; connect-src https://triage.example.com",
  });
  await expect.poll(() => page.evaluate(() => customElements.get("triage-form-hints") !== undefined)).toBe(true);
  await answered(page, () => page.fill("#description", VAGUE));
  expect(await status(page)).toContain("还可以补充");
  expect(faults).toEqual([]);
  await context.close();
});
