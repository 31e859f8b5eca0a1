// The form works as before, whatever becomes of the service; and mode="block" holds no one for good.
import { type Browser, type Page, type Route } from "playwright-core";
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

const later = (milliseconds: number) => new Promise((wake) => setTimeout(wake, milliseconds));
const FAULTS: Record<string, (route: Route) => Promise<void>> = {
  "the service is down": (route) => route.abort("connectionrefused"),
  "it answers 500": (route) => route.fulfill({ status: 500, body: "oops" }),
  "it is slow": async (route) => {
    await later(3_000);
    await route.continue().catch(() => {});
  },
  "the key is not good": (route) => route.fulfill({ status: 401, json: { status: 401 } }),
  "too many ask": (route) => route.fulfill({ status: 429, headers: { "Retry-After": "9" }, json: { status: 429 } }),
  "it answers something else": (route) => route.fulfill({ status: 200, body: "<html>welcome</html>" }),
};

for (const [name, fault] of Object.entries(FAULTS)) {
  for (const mode of ["advise", "block"]) {
    test(`${name}: in mode ${mode} the form is sent`, async () => {
      const { page } = opened;
      await openSite(page, FORM(`mode="${mode}"`));
      await answerWith(page, fault);
      await page.fill("#description", VAGUE);
      await page.waitForTimeout(700);
      await page.click("#send");
      await page.waitForURL("**/sent", { timeout: 2_500 });
    });
  }
}

test("with the service down one hears it once, it is asked again later, and hints come back with it", async () => {
  const { page } = opened;
  const requests = asked(page);
  await openSite(page, FORM());
  let isDown = true;
  await answerWith(page, (route) => (isDown ? route.abort("connectionrefused") : route.continue()));
  await answered(page, () => page.fill("#description", VAGUE));
  expect(await status(page)).toBe("提示暂时不可用，不影响提交。");
  await page.locator("#description").pressSequentially("，很严重，请尽快处理", { delay: 100 });
  expect(requests.length).toBe(1);
  isDown = false;
  await answered(page, () => later(0));
  expect(requests.length).toBe(2);
  expect(await status(page)).toContain("还可以补充");
});

test("an answer that comes too late does not overwrite a newer one", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  let number = 0;
  await answerWith(page, async (route) => {
    if (++number === 1) await later(1_500);
    await route.continue().catch(() => {});
  });
  await page.fill("#description", VAGUE);
  await page.waitForTimeout(700);
  await answered(page, () => page.fill("#description", "请问怎么修改头像？在哪里设置"));
  const said = await status(page);
  await page.waitForTimeout(1_500);
  expect(await status(page)).toBe(said);
});

const held = async (page: Page) => (await texts(page, "summary"))[0] ?? "";

test('mode="block" holds a form with gaps, tells them, and lets go of it when they are filled', async () => {
  const { page } = opened;
  await openSite(page, FORM('mode="block"'));
  await page.fill("#description", VAGUE);
  await page.click("#send");
  await page.locator('[part="summary"]').waitFor();
  expect(page.url()).toContain("/site");
  expect(await held(page)).toContain("还有几点没有写");
  expect(await page.title()).toBe("还有几点没有写: 帮助中心");
  const focused = await page.evaluate(() =>
    document.querySelector("triage-form-hints")!.shadowRoot!.activeElement?.getAttribute("part"),
  );
  expect(focused).toBe("summary");
  await page.locator('[part="summary"] a').first().click();
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("description");
  await page.fill(
    "#description",
    "房间号 room-8812 昨晚 20:15 起语音卡顿，10 次里有 3 次，约 200 人，RTC SDK 4.3.2，Android 14，小米 13，onError -3301。\n1. 进房\n2. 连麦\n3. 卡顿",
  );
  await expect.poll(() => held(page)).toBe("");
  expect(await page.title()).toBe("帮助中心");
  await page.click("#send");
  await page.waitForURL("**/sent");
});

test('mode="block" can always be sent anyway', async () => {
  const { page } = opened;
  await openSite(page, FORM('mode="block"'));
  await page.fill("#description", VAGUE);
  await page.click("#send");
  await page.getByRole("button", { name: "仍要提交" }).click();
  await page.waitForURL("**/sent");
});

test("the site's own handlers run once the form may go, and not before", async () => {
  const { page } = opened;
  await openSite(page, FORM('mode="block"'));
  await page.evaluate(() => {
    const seen: string[] = ((window as unknown as { seen: string[] }).seen = []);
    document.querySelector("form")!.addEventListener("submit", (event) => {
      event.preventDefault();
      seen.push((event.submitter as HTMLElement).id);
    });
  });
  const seen = () => page.evaluate(() => (window as unknown as { seen: string[] }).seen);
  await page.fill("#description", VAGUE);
  await page.click("#send");
  await page.getByRole("button", { name: "仍要提交" }).waitFor();
  expect(await seen()).toEqual([]);
  await page.getByRole("button", { name: "仍要提交" }).click();
  expect(await seen()).toEqual(["send"]);
});

test("an impatient finger sends the form once while it is checked", async () => {
  const { page } = opened;
  let sent = 0;
  await openSite(page, FORM('mode="block"'));
  await page.route("**/sent", async (route) => {
    sent++;
    await route.fulfill({ contentType: "text/html", body: "sent" });
  });
  await answerWith(page, async (route) => {
    await later(600);
    await route.continue().catch(() => {});
  });
  await page.fill("#description", "请问怎么修改头像？在哪里设置");
  await page.click("#send", { clickCount: 3, delay: 30 });
  await page.waitForURL("**/sent");
  await page.waitForTimeout(300);
  expect(sent).toBe(1);
});

test("the demonstration form sent twice is one ticket", async () => {
  const { page } = opened;
  const word = `双击提交 ${Date.now()}`;
  await page.goto(`${URL_OF_SERVICE}/form?lang=zh`);
  await page.fill("#subject", word);
  await page.fill("#description", VAGUE);
  const once = await page.inputValue('input[name="once"]');
  await page.dblclick("button.send");
  await page.getByText("已收到").waitFor();
  const again = await page.request.post(`${URL_OF_SERVICE}/form?lang=zh`, {
    form: { once, subject: word, description: VAGUE, plan: "standard" },
  });
  expect([201, 200, 422]).toContain(again.status());
  const found = await (await page.request.get(`${URL_OF_SERVICE}/v1/tickets?text=${encodeURIComponent(word)}`)).json();
  expect(found.tickets.length).toBe(1);
});

test("a lint token goes along with the form, and the backend learns whether the form saw this text", async () => {
  const { page } = opened;
  await openSite(page, FORM());
  await answered(page, () => page.fill("#description", VAGUE));
  const token = await page.inputValue('input[name="triage_lint_token"]');
  const seen = async (body: string) =>
    (
      await page.request.post(`${URL_OF_SERVICE}/v1/lint`, { data: { body }, headers: { "Triage-Lint-Token": token } })
    ).headers()["triage-lint-seen"];
  expect(await seen(VAGUE)).toBe("same");
  expect(await seen(`${VAGUE}!`)).toBe("other-text");
});
