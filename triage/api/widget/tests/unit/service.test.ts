// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Service } from "../../src/service.ts";

const TICKET = { title: "", body: "语音卡顿", fields: {}, attachments: [] };
const ANSWER = { lint: { score: 1, ready: false, elements: {}, findings: [], questions: [] } };
const answered = (status: number, headers: Record<string, string> = {}, body: unknown = ANSWER) =>
  new Response(JSON.stringify(body), { status, headers });

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("the ticket goes out with the key, without cookies and without the page's address", async () => {
  const fetch = vi.fn(async () => answered(200, { "Triage-Lint-Token": "t" }));
  vi.stubGlobal("fetch", fetch);
  const linted = await new Service("https://triage.example.com", "triage_form_x").lint(TICKET, "zh");
  expect(linted?.token).toBe("t");
  const [url, options] = fetch.mock.calls[0] as unknown as [string, RequestInit];
  expect(url).toBe("https://triage.example.com/v1/lint?lang=zh");
  expect(options).toMatchObject({ method: "POST", credentials: "omit", referrerPolicy: "no-referrer" });
  expect(options.headers).toEqual({ Authorization: "Bearer triage_form_x", "Content-Type": "application/json" });
});

test("a newer question drops the older one, whose answer counts for nothing", async () => {
  const signals: AbortSignal[] = [];
  vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) => {
    signals.push(signal);
    return new Promise((give, fail) => {
      signal.addEventListener("abort", () => fail(new Error("dropped")));
      if (signals.length === 2) give(answered(200));
    });
  });
  const service = new Service("", "");
  const older = service.lint(TICKET, "auto");
  const newer = service.lint(TICKET, "auto");
  expect(await older).toBeNull();
  expect(await newer).not.toBeNull();
  expect(signals[0]!.aborted).toBe(true);
  expect(service.restMs).toBe(0);
});

test.each([
  ["a fault", 500, {}, 2_000],
  ["too many, come back in 7 s", 429, { "Retry-After": "7" }, 7_000],
  ["too many, come back tomorrow", 429, { "Retry-After": "86400" }, 60_000],
  ["a key that is not good", 401, {}, 600_000],
])("%s lets the service rest", async (_, status, headers, rest) => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.stubGlobal("fetch", async () => answered(status, headers as unknown as Record<string, string>));
  const service = new Service("", "");
  expect(await service.lint(TICKET, "auto")).toBeNull();
  expect(service.restMs).toBe(rest);
});

test("each fault doubles the rest, an answer ends it", async () => {
  let status = 503;
  vi.stubGlobal("fetch", async () => answered(status));
  const service = new Service("", "");
  const rests = [];
  for (let fault = 0; fault < 7; fault++) {
    await service.lint(TICKET, "auto");
    rests.push(service.restMs);
  }
  expect(rests).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  status = 200;
  await service.lint(TICKET, "auto");
  expect(service.restMs).toBe(0);
});

test("an answer that never comes is given up", async () => {
  vi.stubGlobal("fetch", (_: string, { signal }: { signal: AbortSignal }) =>
    new Promise((_give, fail) => signal.addEventListener("abort", () => fail(signal.reason))),
  );
  const service = new Service("", "");
  const asked = service.lint(TICKET, "auto");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await asked).toBeNull();
  expect(service.restMs).toBeGreaterThan(0);
});
