// Prints, as JSON, the milliseconds from the last keystroke to the shown hint, for each pause, and how many requests there were.
// usage: node tests/latency.mjs URL PAUSES
import { chromium } from "playwright-core";

const [url, pauses] = [process.argv[2], Number(process.argv[3])];
const executablePath = process.env.CHROMIUM_PATH ?? "/usr/bin/chromium";
const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-background-networking"] });
const page = await browser.newPage({ locale: "zh-CN" });
let requests = 0;
page.on("request", (request) => (requests += Number(request.url().includes("/v1/lint"))));
await page.goto(`${url}/form?lang=zh`);
await page.evaluate(() => {
  window.waits = [];
  let typed = 0;
  document.querySelector("#description").addEventListener("input", () => (typed = performance.now()));
  document.addEventListener("triage-answer", () => requestAnimationFrame(() => window.waits.push(performance.now() - typed)));
});
const words = ["有时候语音会卡顿", "，从昨晚开始", "，约三成用户", "，Android 14", "，房间号 room-8812", "。重启之后还是一样"];
for (let pause = 0; pause < pauses; pause++) {
  if (pause % words.length === 0) await page.fill("#description", "");
  await page.locator("#description").pressSequentially(words[pause % words.length], { delay: 25 });
  await page.waitForFunction((count) => window.waits.length >= count, pause + 1);
}
console.log(JSON.stringify({ waits: await page.evaluate(() => window.waits), requests }));
await browser.close();
