// Takes the pictures of docs/form.md and the README from the running service: node tests/pictures.mjs URL FOLDER
import { chromium } from "playwright-core";

const [url, folder] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });

async function picture(name, { lang = "zh", width = 900, height = 1400, dark = false, whole = true }, act) {
  const page = await browser.newPage({
    locale: lang === "zh" ? "zh-CN" : "en-GB",
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    deviceScaleFactor: width < 500 ? 2 : 1.5,
  });
  await page.goto(`${url}/form?lang=${lang}`);
  await act(page);
  await page.waitForTimeout(600);
  await page.screenshot({ path: `${folder}/${name}.png`, fullPage: whole });
  await page.close();
}

const said = (page, text) =>
  page.evaluate(
    (given) =>
      new Promise((wake) => {
        document.addEventListener("triage-answer", wake, { once: true });
        const field = document.querySelector("#description");
        field.value = given;
        field.dispatchEvent(new Event("change", { bubbles: true }));
      }).then(() => null),
    text,
  );

await picture("form-questions", { height: 1130, whole: false }, async (page) => {
  await page.fill("#subject", "语音卡顿");
  await said(page, "有时候语音会卡顿");
});
await picture("form-secret", { lang: "en", height: 1000, whole: false }, async (page) => {
  await page.fill("#subject", "Choppy audio");
  await said(page, "Calls in room-8812 stutter since last night. Web SDK 4.3.2, Chrome 131. Our user 13800138000 told us.");
  await page.getByText("See what was understood").click();
});
await picture("form-ready", { dark: true, height: 900, whole: false }, async (page) => {
  await page.fill("#subject", "晚高峰语音卡顿");
  await said(
    page,
    "昨晚 20:15 起，房间号 room-8812 里约三成用户听到卡顿，10 次里有 3 次，onError 返回 -3301。\nRTC SDK 4.3.2，Android 14，小米 13。\n1. 进入语音房\n2. 连麦 5 分钟\n3. 听到卡顿",
  );
});
await picture("form-held", { width: 390, height: 1150, whole: false }, async (page) => {
  await page.evaluate(() => document.querySelector("triage-form-hints").setAttribute("mode", "block"));
  await said(page, "有时候语音会卡顿");
  await page.click("button.send");
  await page.getByRole("button", { name: "仍要提交" }).waitFor();
  await page.evaluate(() => scrollTo(0, document.querySelector("#description").offsetTop - 60));
});
await picture("form-engineer", { height: 760 }, async (page) => {
  await page.fill("#subject", "语音卡顿");
  await page.fill("#description", "有时候语音会卡顿");
  await page.click("button.send");
  await page.getByText("支持工程师看到的").waitFor();
});
await browser.close();
