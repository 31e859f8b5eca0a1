// The element's own words. Questions, messages and their examples come from the service.

export type Lang = "zh" | "en";

export interface Words {
  panel: string;
  meter: string;
  idle: string;
  missing: (elements: string[]) => string;
  nothingAsked: string;
  ready: string;
  enough: string;
  away: string;
  checklist: string;
  statuses: { present: string; missing: string; denied: string };
  elements: Record<string, string>;
  questions: string;
  insert: string;
  where: string;
  dismiss: string;
  noPlaces: string;
  platforms: Record<string, string>;
  warnings: string;
  mask: string;
  articles: string;
  understood: string;
  problem: string;
  problemSaid: string;
  anyway: string;
  skeletons: Record<string, string>;
}

const PLATFORMS = { android: "Android", ios: "iOS", macos: "macOS", windows: "Windows" };

const ZH: Words = {
  panel: "提交前小助手",
  meter: "信息完整度",
  idle: "写下遇到的问题，这里会提示还缺什么。",
  missing: (elements) => `还可以补充：${elements.join("、")}。`,
  nothingAsked: "没有要问的了，可以提交。",
  ready: "信息已经完整，可以提交了。",
  enough: "信息够开始排查了，可以提交。",
  away: "提示暂时不可用，不影响提交。",
  checklist: "工程师需要的信息",
  statuses: { present: "已有", missing: "待补充", denied: "已说明没有" },
  elements: {
    symptom: "现象",
    reproduction: "复现步骤",
    environment: "版本与平台",
    logs: "日志或报错",
    session: "房间/通话/消息 ID",
    impact: "影响范围",
    business_loss: "业务损失",
    timing: "发生时间",
    expected: "期望结果",
    contact: "联系方式",
  },
  questions: "补充这几点，能少来回问几次",
  insert: "插入填写格式",
  where: "日志在哪里？",
  dismiss: "不再提示",
  noPlaces: "暂时查不到日志位置。",
  platforms: { ...PLATFORMS, web: "浏览器", miniprogram: "小程序" },
  warnings: "提交前请看一眼",
  mask: "打码",
  articles: "也许已有答案",
  understood: "看看读懂了什么",
  problem: "还有几点没有写",
  problemSaid: "补上这些，处理会快得多：",
  anyway: "仍要提交",
  skeletons: {
    symptom: "现象：|\n谁看到的（用户 ID）：",
    reproduction: "复现步骤：\n1. |\n2. \n3. \n是否必现：",
    environment: "SDK 名称和版本：|\n系统和版本：\n机型或浏览器：",
    logs: "错误码或报错：|",
    session: "房间号或频道名：|\n用户 ID：",
    impact: "受影响的用户（人数或比例）：|",
    business_loss: "业务损失：|",
    timing: "开始时间：|\n多久一次：\n最近一次：",
    expected: "期望结果：|",
    contact: "联系方式：|\n方便联系的时间：",
  },
};

const EN: Words = {
  panel: "Before you send",
  meter: "Completeness",
  idle: "Describe what happened; what is still missing shows up here.",
  missing: (elements) => `You could add: ${elements.join(", ")}.`,
  nothingAsked: "Nothing left to ask; ready to send.",
  ready: "All there; ready to send.",
  enough: "Enough to start with; ready to send.",
  away: "Hints are not available just now; you can send the form as ever.",
  checklist: "What an engineer needs",
  statuses: { present: "there", missing: "still missing", denied: "said not to exist" },
  elements: {
    symptom: "symptom",
    reproduction: "steps",
    environment: "version and platform",
    logs: "log or error",
    session: "room, call or message id",
    impact: "users hit",
    business_loss: "business loss",
    timing: "time",
    expected: "expected result",
    contact: "contact",
  },
  questions: "These save a day of asking back",
  insert: "Insert a template",
  where: "Where is the log?",
  dismiss: "Dismiss",
  noPlaces: "The places of logs are not available just now.",
  platforms: { ...PLATFORMS, web: "Browser", miniprogram: "Mini program" },
  warnings: "A look before you send",
  mask: "Mask it",
  articles: "May be answered already",
  understood: "See what was understood",
  problem: "A few things are missing",
  problemSaid: "With these it goes much faster:",
  anyway: "Send anyway",
  skeletons: {
    symptom: "What happens: |\nWho sees it (user id): ",
    reproduction: "Steps to reproduce:\n1. |\n2. \n3. \nEvery time: ",
    environment: "SDK name and version: |\nSystem and version: \nDevice or browser: ",
    logs: "Error code or text: |",
    session: "Room or channel: |\nUser id: ",
    impact: "Users hit (number or share): |",
    business_loss: "Business loss: |",
    timing: "Since when: |\nHow often: \nLast time: ",
    expected: "Expected result: |",
    contact: "Contact: |\nBest time to reach me: ",
  },
};

export const WORDS: Record<Lang, Words> = { zh: ZH, en: EN };

/** The element that a rule asks for, by the letters of its code. */
export const ELEMENT_OF_GROUP: Record<string, string> = {
  SYM: "symptom",
  REP: "reproduction",
  ENV: "environment",
  LOG: "logs",
  SES: "session",
  IMP: "impact",
  TIM: "timing",
  CON: "contact",
};
