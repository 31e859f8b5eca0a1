// What a person sees while they type.
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { answered, answerWith, asked, FORM, launch, openSite, status, tab, texts, URL_OF_SERVICE, VAGUE } from "./browser.ts";

let browser: Browser;
let opened: Awaited<ReturnType<typeof tab>>;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => void (opened = await tab(browser)));
afterEach(async () => {
  expect(opened.faults).toEqual([]);
  await opened.context.close();
});

const ticked = async () =>
  (await texts(opened.page, "present")).map((text) => text.replace(/^✓/, "").replace(/ \(.*/, ""));

test("the vague report brings three questions, and what they ask ticks off one by one until it is ready", async () => {
  const { page } = opened;
  await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
  expect(await status(page)).toBe("写下遇到的问题，这里会提示还缺什么。");
  await answered(page, () => page.locator("#description").pressSequentially(VAGUE));
  const questions = await texts(page, "question");
  expect(questions.map((text) => ["房间号", "什么时候开始", "日志"].find((word) => text.includes(word)))).toEqual([
    "房间号",
    "什么时候开始",
    "日志",
  ]);
  expect(await status(page)).toBe("还可以补充：房间/通话/消息 ID、发生时间、日志或报错。");
  expect(await ticked()).toEqual(["现象"]);
  const steps: [string, string, string][] = [
    ["#description", "\n房间号 room-8812，用户 ID u_10023", "房间/通话/消息 ID"],
    ["#description", "\n从 11 月 20 日 20:15 开始，10 次里有 3 次", "发生时间"],
    ["#description", "\n报错 onError 返回 -3301", "日志或报错"],
    ["#sdk_version", "RTC SDK 4.3.2", ""],
    ["#device", "小米 13，Android 14", "版本与平台"],
    ["#impact", "约 200 人", "影响范围"],
  ];
  for (const [field, text, element] of steps) {
    const before = await ticked();
    await answered(page, () => page.locator(field).pressSequentially(text));
    if (element) expect((await ticked()).filter((name) => !before.includes(name))).toContain(element);
  }
  await answered(page, () => page.locator("#description").pressSequentially("\n1. 进入语音房\n2. 连麦 5 分钟\n3. 听到卡顿"));
  expect(await texts(page, "question")).toEqual([]);
  expect(await status(page)).toBe("信息已经完整，可以提交了。");
});

test("fields beside the text and names of attachments count", async () => {
  const { page } = opened;
  const requests = asked(page);
  await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
  await answered(page, () => page.fill("#description", VAGUE));
  await answered(page, () => page.selectOption("#platform", "Android"));
  await answered(page, () =>
    page.setInputFiles("#attachments", { name: "agorasdk.log", mimeType: "text/plain", buffer: Buffer.from("x") }),
  );
  expect(requests.at(-1)!.postDataJSON()).toMatchObject({
    body: VAGUE,
    fields: { platform: "Android" },
    attachments: ["agorasdk.log"],
  });
  expect(Object.keys(requests.at(-1)!.postDataJSON().fields)).not.toContain("once");
  expect(await ticked()).toContain("日志或报错");
});

test("one request a pause, none below four characters, none for what was asked already", async () => {
  const { page } = opened;
  const requests = asked(page);
  await openSite(page, FORM());
  await page.locator("#description").pressSequentially("卡顿", { delay: 20 });
  await page.waitForTimeout(700);
  expect(requests.length).toBe(0);
  for (const burst of ["语音卡顿了", "，从昨晚开始", "，约三成用户"]) {
    await answered(page, () => page.locator("#description").pressSequentially(burst, { delay: 30 }));
    await page.waitForTimeout(600);
  }
  expect(requests.length).toBe(3);
  await page.locator("#description").blur();
  await page.waitForTimeout(600);
  expect(requests.length).toBe(3);
});

test("nothing is sent while an input method composes, and one request when it is done", async () => {
  const { page, context } = opened;
  const requests = asked(page);
  await openSite(page, FORM());
  await page.locator("#description").focus();
  const keyboard = await context.newCDPSession(page);
  for (const text of ["y", "yu", "yuyin", "yuyinkadun"]) {
    await keyboard.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    await page.waitForTimeout(650);
  }
  expect(await page.inputValue("#description")).toBe("yuyinkadun");
  expect(requests.length).toBe(0);
  await answered(page, () => keyboard.send("Input.insertText", { text: "语音卡顿严重" }));
  await page.waitForTimeout(600);
  expect(requests.map((request) => request.postDataJSON().body)).toEqual(["语音卡顿严重"]);
});

test("the focus stays where it is, and what is announced changes only when it says something else", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  const live = page.locator("triage-form-hints > [aria-live]");
  expect(await live.getAttribute("aria-live")).toBe("polite");
  await page.evaluate(() => {
    const changes: string[] = ((window as unknown as { changes: string[] }).changes = []);
    const node = document.querySelector("triage-form-hints > [aria-live]")!;
    new MutationObserver(() => changes.push(node.textContent!)).observe(node, { childList: true, characterData: true, subtree: true });
  });
  await answered(page, () => page.locator("#description").pressSequentially(VAGUE));
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("description");
  await answered(page, () => page.locator("#description").pressSequentially("，很严重"));
  const changes = await page.evaluate(() => (window as unknown as { changes: string[] }).changes);
  expect(changes).toEqual(["还可以补充：房间/通话/消息 ID、发生时间、日志或报错。"]);
});

test("fields are described by the messages about them, beside what described them before", async () => {
  const { page } = opened;
  await openSite(page, `<p id="own">请写清楚</p>${FORM().replace('name="description"', 'name="description" aria-describedby="own"')}`);
  await answered(page, () => page.fill("#description", `${VAGUE}，电话 13800138000`));
  const described = await page.evaluate(() => {
    const ids = document.querySelector("#description")!.getAttribute("aria-describedby")!.split(" ");
    return ids.map((id) => document.getElementById(id)?.textContent ?? null);
  });
  expect(described[0]).toBe("请写清楚");
  expect(described).not.toContain(null);
  expect(described.join(" ")).toContain("还可以补充");
  expect(described.join(" ")).toContain("房间号");
  expect(described.join(" ")).toContain("手机号");
  await page.evaluate(() => document.querySelector("triage-form-hints")!.remove());
  expect(await page.getAttribute("#description", "aria-describedby")).toBe("own");
  expect(await page.getAttribute("#subject", "aria-describedby")).toBeNull();
});

test("the keyboard suffices: a template is inserted, a question dismissed, and the focus goes on beside it", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  await answered(page, () => page.locator("#description").pressSequentially(VAGUE));
  await page.keyboard.press("Tab");
  const focused = () =>
    page.evaluate(() => document.querySelector("triage-form-hints")!.shadowRoot!.activeElement?.textContent ?? "");
  expect(await focused()).toBe("插入填写格式");
  await page.keyboard.press("Enter");
  expect(await page.inputValue("#description")).toBe(`${VAGUE}\n房间号或频道名：\n用户 ID：`);
  await answered(page, () => page.keyboard.type("room-8812"));
  expect(await page.inputValue("#description")).toBe(`${VAGUE}\n房间号或频道名：room-8812\n用户 ID：`);
  const before = await texts(page, "question");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("不再提示");
  await page.keyboard.press("Space");
  expect(await texts(page, "question")).toEqual(before.slice(1));
  expect(await focused()).not.toBe("");
  await answered(page, () => page.fill("#description", `${VAGUE}啊`));
  expect(await texts(page, "question")).not.toContain(before[0]);
});

test("where the log lies is shown for their platform, or for all while it is not known", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  await answered(page, () => page.fill("#description", VAGUE));
  await page.getByRole("button", { name: "日志在哪里？" }).click();
  await page.locator('[part~="place"]').first().waitFor();
  expect((await texts(page, "place")).length).toBeGreaterThan(5);
  await answered(page, () => page.fill("#description", `${VAGUE}，iPhone 15，iOS 18`));
  const opener = page.getByRole("button", { name: "日志在哪里？" });
  await opener.click();
  await opener.click();
  await expect.poll(() => texts(page, "place")).toEqual(["iOS: <App>/Library/Caches/agorasdk.log"]);
  expect(await opener.getAttribute("aria-expanded")).toBe("true");
});

test("secrets are masked at their place, whatever stands before them", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  await answered(page, () => page.fill("#description", "🎧🎧𠮷 用户 13800138000 语音卡顿 🎧"));
  expect((await texts(page, "warning"))[0]).toContain("手机号");
  await answered(page, () => page.getByRole("button", { name: "打码" }).click());
  expect(await page.inputValue("#description")).toBe("🎧🎧𠮷 用户 ••••••••••• 语音卡顿 🎧");
  expect(await texts(page, "warning")).toEqual([]);
  await page.locator("#description").focus();
  await page.keyboard.press("Control+z");
  expect(await page.inputValue("#description")).toBe("🎧🎧𠮷 用户 13800138000 语音卡顿 🎧");
});

test("what was understood is underlined on request, at its place", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  await answered(page, () => page.fill("#description", "🎧 约 200 人黑屏，房间号 room-8812"));
  expect(await texts(page, "mark")).toEqual([]);
  await page.getByText("看看读懂了什么").click();
  await expect.poll(async () => (await texts(page, "mark")).join("|")).toBe(
    "约 200 人|黑屏现象 · 影响范围|房间号 room-8812房间/通话/消息 ID",
  );
});

test("known articles are offered when the service has some", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  await answerWith(page, async (route) => {
    const answer = await (await route.fetch()).json();
    answer.articles = [{ title: "<b>卡顿</b>排查", url: "https://help.example.com/1" }, { title: "x", url: "javascript:alert(1)" }];
    await route.fulfill({ json: answer });
  });
  await answered(page, () => page.fill("#description", VAGUE));
  const link = page.getByRole("link", { name: "<b>卡顿</b>排查" });
  expect(await link.getAttribute("href")).toBe("https://help.example.com/1");
  expect(await page.locator('[part~="article"]').count()).toBe(1);
});

test("it speaks Chinese and English: the ticket's language, or the one that is asked for", async () => {
  const { page } = opened;
  await openSite(page, FORM(), { lang: "en" });
  expect(await status(page)).toContain("Describe what happened");
  await answered(page, () => page.fill("#description", VAGUE));
  expect((await texts(page, "question"))[0]).toContain("房间号");
  await answered(page, () => page.fill("#description", "Sometimes the voice stutters in our calls"));
  expect(await status(page)).toContain("You could add");
  expect((await texts(page, "question")).join(" ")).toMatch(/room|channel/);
  await answered(page, () => page.evaluate(() => document.querySelector("triage-form-hints")!.setAttribute("lang", "zh")));
  expect(await status(page)).toContain("还可以补充");
  expect((await texts(page, "question")).join(" ")).toContain("房间号");
  await answered(page, () => page.evaluate(() => document.querySelector("triage-form-hints")!.setAttribute("lang", "en")));
  expect((await texts(page, "dismiss"))[0]).toBe("Dismiss");
});

test("two on one page keep to their own fields", async () => {
  const { page } = opened;
  await openSite(page, FORM("", "-a") + FORM("", "-b"));
  await answered(page, () => page.fill("#description-b", VAGUE));
  expect(await status(page, 0)).toContain("写下遇到的问题");
  expect(await status(page, 1)).toContain("还可以补充");
  await answered(page, () => page.fill("#description-a", "怎么修改头像？请问在哪里设置"));
  expect(await status(page, 1)).toContain("还可以补充");
  const ids = await page.locator("[id]").evaluateAll((nodes) => nodes.map((node) => node.id));
  expect(new Set(ids).size).toBe(ids.length);
  const hints = page.locator("triage-form-hints").nth(1);
  await hints.getByRole("button", { name: "插入填写格式" }).first().click();
  expect(await page.inputValue("#description-b")).toContain("房间号或频道名：");
  expect(await page.inputValue("#description-a")).not.toContain("房间号");
});

test("nothing is left in the browser", async () => {
  const { page, context } = opened;
  await openSite(page, FORM());
  await answered(page, () => page.fill("#description", VAGUE));
  expect(await context.cookies()).toEqual([]);
  expect(await page.evaluate(() => localStorage.length + sessionStorage.length)).toBe(0);
});
