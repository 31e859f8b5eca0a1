// @vitest-environment happy-dom
import { beforeEach, expect, test, vi } from "vitest";
import { boundFields, readTicket } from "../../src/fields.ts";
import { insertSkeleton, replace } from "../../src/edit.ts";

beforeEach(() => {
  document.body.innerHTML = `
    <form>
      <input id="subject" name="subject" value="语音卡顿">
      <textarea id="description" name="description">有时候\n卡顿</textarea>
      <select name="platform"><option value="">请选择</option><option value="17" selected>Android</option></select>
      <input name="version" data-triage="sdk_version" value=" 4.3.2 ">
      <input name="contact" value="ops@example.com">
      <input name="password" type="password" value="hunter22">
      <input name="csrf" type="hidden" value="token">
      <input name="card" autocomplete="cc-number" value="4111111111111111">
      <input name="code" autocomplete="one-time-code" value="123456">
      <input name="note" data-triage="off" value="not for you">
      <input name="agree" type="checkbox" checked><input name="news" type="checkbox">
      <input name="often" type="radio" value="必现" checked><input name="often" type="radio" value="偶现">
      <input name="old" value="x" disabled>
      <input name="__proto__" value="polluted">
      <button name="go" value="1">提交</button>
    </form>`;
});

const bound = (ids: string) => boundFields(ids, document);

test("of two ids the first is the subject and the last the description", () => {
  const { title, body } = bound("subject description");
  expect(title?.id).toBe("subject");
  expect(body?.id).toBe("description");
  expect(bound("description").title).toBeNull();
  expect(bound("nothing").body).toBeNull();
  expect(bound("").body).toBeNull();
});

test("forms without ids are bound by selectors", () => {
  const { title, body } = bound('input[name="subject"] textarea[name=description]');
  expect([title?.id, body?.id]).toEqual(["subject", "description"]);
  const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
  expect(bound("[[").body).toBeNull();
  expect(warned).toHaveBeenCalledOnce();
});

test("what a person would expect to be read is read, and nothing else", () => {
  const { title, body } = bound("subject description");
  const { ticket, controls } = readTicket(title, body);
  expect(ticket).toEqual({
    title: "语音卡顿",
    body: "有时候\n卡顿",
    fields: Object.fromEntries([
      ["platform", "Android"],
      ["sdk_version", "4.3.2"],
      ["contact", "ops@example.com"],
      ["agree", "yes"],
      ["often", "必现"],
      ["__proto__", "polluted"],
    ]),
    attachments: [],
  });
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  expect([...controls.keys()]).toContain("fields.contact");
  // Trimmed: offsets of the answer would not be the field's.
  expect([...controls.keys()]).not.toContain("fields.sdk_version");
});

test("a skeleton goes where the cursor is, on lines of its own, and the cursor to its gap", () => {
  const body = bound("description").body!;
  body.setSelectionRange(3, 3);
  let heard = 0;
  body.addEventListener("input", () => heard++);
  insertSkeleton(body, "房间号：|\n用户 ID：");
  expect(body.value).toBe("有时候\n房间号：\n用户 ID：\n卡顿");
  expect(body.selectionStart).toBe("有时候\n房间号：".length);
  expect(heard).toBe(1);
});

test("a stretch is replaced, and the form hears of it", () => {
  const body = bound("description").body!;
  let heard = 0;
  body.addEventListener("input", () => heard++);
  replace(body, 0, 3, "•••");
  expect(body.value).toBe("•••\n卡顿");
  expect(heard).toBe(1);
});
