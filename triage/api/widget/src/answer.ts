// What we use of the service's answer. Whatever else comes is left alone; what is not of this shape is no answer.

export type Status = "present" | "missing" | "denied";

export interface Span {
  field: string;
  start: number;
  end: number;
}

export interface Element {
  status: Status;
  required: boolean;
  evidence: Span[];
}

export interface Finding {
  code: string;
  level: string;
  message: string;
  ask: string;
  span: Span | null;
}

export interface Article {
  title: string;
  url: string;
}

export interface Answer {
  language: string;
  ready: boolean;
  score: number;
  elements: Map<string, Element>;
  findings: Finding[];
  questions: string[];
  articles: Article[];
}

/** The answer in a JSON value; null for anything else. */
export function answerOf(json: unknown): Answer | null {
  const lint = at(json, "lint");
  const elements = at(lint, "elements");
  const score = at(lint, "score");
  if (typeof score !== "number" || typeof elements !== "object" || elements === null) return null;
  return {
    language: text(at(json, "language")),
    ready: at(lint, "ready") === true,
    score: Math.max(0, Math.min(100, Math.round(score))),
    elements: new Map(Object.entries(elements).map(([name, element]) => [name, elementOf(element)])),
    findings: list(at(lint, "findings")).map(findingOf),
    questions: list(at(lint, "questions")).map(text).filter(Boolean),
    articles: list(at(json, "articles")).map(articleOf).filter((article) => article.title && article.url),
  };
}

/** The finding that a question comes from. */
export function findingBehind(answer: Answer, question: string): Finding | undefined {
  return answer.findings.find((finding) => finding.ask === question);
}

function elementOf(json: unknown): Element {
  const status = text(at(json, "status"));
  return {
    status: status === "present" || status === "denied" ? status : "missing",
    required: at(json, "required") === true,
    evidence: list(at(json, "evidence")).map(spanOf).filter((span): span is Span => span !== null),
  };
}

function findingOf(json: unknown): Finding {
  return {
    code: text(at(json, "code")),
    level: text(at(json, "level")),
    message: text(at(json, "message")),
    ask: text(at(json, "ask")),
    span: spanOf(at(json, "span")),
  };
}

function spanOf(json: unknown): Span | null {
  const start = at(json, "start");
  const end = at(json, "end");
  return typeof start === "number" && typeof end === "number" ? { field: text(at(json, "field")), start, end } : null;
}

function articleOf(json: unknown): Article {
  const url = text(at(json, "url"));
  // An address that runs code is no article.
  return { title: text(at(json, "title")), url: /^https?:\/\//i.test(url) ? url : "" };
}

function at(json: unknown, key: string): unknown {
  return typeof json === "object" && json !== null ? (json as Record<string, unknown>)[key] : undefined;
}

function list(json: unknown): unknown[] {
  return Array.isArray(json) ? json : [];
}

function text(json: unknown): string {
  return typeof json === "string" ? json : "";
}
