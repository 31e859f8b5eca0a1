// 200 texts that would run as code if anything took them for markup: in every field, in every text of the service.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, answerWith, FORM, launch, openSite, sendForm, tab, texts, URL_OF_SERVICE } from "./browser.ts";

const RUN = "window.ran=1";
const VECTORS = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `<svg onload="${RUN}">`,
  `<svg><script>${RUN}</script></svg>`,
  `<svg><animate onbegin="${RUN}" attributeName=x dur=1s>`,
  `<iframe srcdoc="<script>parent.ran=1</script>">`,
  `<iframe src="javascript:parent.ran=1">`,
  `<a href="javascript:${RUN}">x</a>`,
  `<details open ontoggle="${RUN}">x</details>`,
  `<video><source onerror="${RUN}"></video>`,
  `<audio src=x onerror="${RUN}">`,
  `<body onload="${RUN}">`,
  `<input autofocus onfocus="${RUN}">`,
  `<textarea autofocus onfocus="${RUN}"></textarea>`,
  `<select autofocus onfocus="${RUN}"></select>`,
  `<marquee onstart="${RUN}">x</marquee>`,
  `<object data="javascript:${RUN}"></object>`,
  `<embed src="javascript:${RUN}">`,
  `<form><button formaction="javascript:${RUN}">x</button></form>`,
  `<math><mtext><table><mglyph><style><img src=x onerror="${RUN}">`,
  `<template><script>${RUN}</script></template>`,
  `<noscript><p title="</noscript><img src=x onerror='${RUN}'>">`,
  `<style>@import "javascript:${RUN}";</style>`,
  `<link rel=stylesheet href="javascript:${RUN}">`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`,
  `<base href="javascript:${RUN}//">`,
  `{{constructor.constructor('${RUN}')()}}`,
  "${" + RUN + "}",
  `javascript:${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  `<triage-form-hints for="x" onclick="${RUN}"></triage-form-hints>`,
  `<x slot=status style="animation-name:x" onanimationstart="${RUN}">`,
  `<img/src=x/onerror=${RUN}>`,
  `<ScRiPt>${RUN}</sCrIpT>`,
  `<scr\0ipt>${RUN}</scr\0ipt>`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`,
  `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `＜script＞${RUN}＜/script＞`,
  `<img src=x onerror=&#119;indow.ran=1>`,
  `<isindex type=image src=x onerror="${RUN}">`,
];
const SHELLS: ((text: string) => string)[] = [
  (text) => text,
  (text) => `"'>${text}`,
  (text) => `</textarea></title></style></mark>${text}`,
  (text) => `-->]]>${text}<!--`,
  (text) => `语音卡顿 13800138000 ${text} 房间号 room-1`,
];
const TEXTS = SHELLS.flatMap((shell) => VECTORS.map(shell));

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

test("there are 200 of them, all different", () => expect(new Set(TEXTS).size).toBe(200));

test("in every field of the form, and on the page that shows the ticket, none runs", async () => {
  const { page, context, faults } = await tab(browser);
  await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
  await page.evaluate(() => (document.querySelector("triage-form-hints") as HTMLElement).click());
  for (const text of TEXTS) {
    await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
    await page.evaluate((given) => {
      for (const field of document.querySelectorAll<HTMLInputElement>("form input, form textarea")) {
        if (field.type !== "file" && field.type !== "hidden" && field.type !== "datetime-local") field.value = given;
      }
      document.querySelector("triage-form-hints")!.shadowRoot!.querySelector("details")!.open = true;
    }, text);
    await answered(page, () => page.dispatchEvent("#description", "change"));
    expect(await page.evaluate(() => (window as { ran?: number }).ran), text).toBeUndefined();
    await sendForm(page);
    expect(await page.evaluate(() => (window as { ran?: number }).ran), text).toBeUndefined();
    expect(await page.locator("main script, main img, main svg, main iframe, main object").count(), text).toBe(0);
  }
  expect(faults).toEqual([]);
  await context.close();
}, 600_000);

test("in every text of the service's answer none runs", async () => {
  const { page, context, faults } = await tab(browser);
  await openSite(page, FORM());
  let text = "";
  await answerWith(page, (route) =>
    route.fulfill({
      json: {
        language: text,
        lint: {
          ready: false,
          score: 10,
          elements: {
            symptom: { status: "present", required: true, evidence: [{ field: "body", start: 0, end: 3 }] },
            [text]: { status: text, required: true, evidence: [{ field: "body", start: 4, end: 5 }] },
          },
          findings: [
            { code: "LOG01", level: text, message: text, ask: text, span: null },
            { code: "SEC01", level: "hint", message: text, ask: text, span: { field: "body", start: 0, end: 2 } },
            { code: `SEC${text}`, message: `${text} `, ask: text, span: { field: text, start: 0, end: 2 } },
          ],
          questions: [text, `${text} 2`, `${text} 3`],
        },
        articles: [{ title: text, url: text }, { title: text, url: `https://a.example/${text}` }],
      },
    }),
  );
  await page.evaluate(() => {
    document.querySelector("triage-form-hints")!.shadowRoot!.querySelector("details")!.open = true;
  });
  for (const [number, one] of TEXTS.entries()) {
    text = one;
    await answered(page, async () => {
      await page.fill("#description", `语音卡顿 ${number} ${one}`);
      await page.dispatchEvent("#description", "change");
    });
    expect(await page.evaluate(() => (window as { ran?: number }).ran), one).toBeUndefined();
    expect((await texts(page, "question"))[0], one).toBe(one.trim());
  }
  const foreign = await page.evaluate(() => {
    const shadow = document.querySelector("triage-form-hints")!.shadowRoot!;
    return [document, shadow].map((root) => root.querySelectorAll("main img, section img, svg, iframe, main script").length);
  });
  expect(foreign).toEqual([0, 0]);
  expect(faults).toEqual([]);
  await context.close();
}, 600_000);
