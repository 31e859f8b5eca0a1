// src/answer.ts
function e(e) {
	let t = o(e, "lint"), i = o(t, "elements"), l = o(t, "score");
	return typeof l != "number" || typeof i != "object" || !i ? null : {
		language: c(o(e, "language")),
		ready: o(t, "ready") === !0,
		score: Math.max(0, Math.min(100, Math.round(l))),
		elements: new Map(Object.entries(i).map(([e, t]) => [e, n(t)])),
		findings: s(o(t, "findings")).map(r),
		questions: s(o(t, "questions")).map(c).filter(Boolean),
		articles: s(o(e, "articles")).map(a).filter((e) => e.title && e.url)
	};
}
function t(e, t) {
	return e.findings.find((e) => e.ask === t);
}
function n(e) {
	let t = c(o(e, "status"));
	return {
		status: t === "present" || t === "denied" ? t : "missing",
		required: o(e, "required") === !0,
		evidence: s(o(e, "evidence")).map(i).filter((e) => e !== null)
	};
}
function r(e) {
	return {
		code: c(o(e, "code")),
		level: c(o(e, "level")),
		message: c(o(e, "message")),
		ask: c(o(e, "ask")),
		span: i(o(e, "span"))
	};
}
function i(e) {
	let t = o(e, "start"), n = o(e, "end");
	return typeof t == "number" && typeof n == "number" ? {
		field: c(o(e, "field")),
		start: t,
		end: n
	} : null;
}
function a(e) {
	let t = c(o(e, "url"));
	return {
		title: c(o(e, "title")),
		url: /^https?:\/\//i.test(t) ? t : ""
	};
}
function o(e, t) {
	return typeof e == "object" && e ? e[t] : void 0;
}
function s(e) {
	return Array.isArray(e) ? e : [];
}
function c(e) {
	return typeof e == "string" ? e : "";
}
// src/edit.ts
function l(e, t, n, r, i) {
	e.focus(), e.setSelectionRange(t, n);
	let a = e.value;
	(document.execCommand?.("insertText", !1, r) ?? !1) && e.value !== a || (e.setRangeText(r, t, n, "end"), e.dispatchEvent(new Event("input", { bubbles: !0 }))), i !== void 0 && e.setSelectionRange(i, i);
}
function u(e, t) {
	let n = e.selectionEnd ?? e.value.length, r = e.value.slice(0, n), i = e.value.slice(n), a = !r || r.endsWith("\n") ? "" : "\n", o = i && !i.startsWith("\n") ? "\n" : "", s = t.indexOf("|");
	l(e, n, n, a + t.replace("|", "") + o, n + a.length + s);
}
// src/offsets.ts
function d(e, t) {
	let n = 0;
	for (let r = 0; r < t && n < e.length; r++) n += e.codePointAt(n) > 65535 ? 2 : 1;
	return n;
}
function f(e) {
	let t = 0;
	for (let n of e) t++;
	return t;
}
function p(e, t, n) {
	return e.slice(d(e, t), d(e, n));
}
function m(e) {
	return e.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, "�");
}
// src/fields.ts
var h = [
	"password",
	"hidden",
	"submit",
	"button",
	"reset",
	"image"
], g = /^(cc-|one-time-code|current-password|new-password)/;
function _(e, t) {
	let n = e.split(/\s+/).filter(Boolean), r = n.map((e) => x(t.getElementById(e) ?? b(e, t)));
	return {
		title: n.length > 1 ? r[0] ?? null : null,
		body: r.at(-1) ?? null
	};
}
function v(e, t) {
	let n = /* @__PURE__ */ new Map();
	e && n.set("title", e), t && n.set("body", t);
	let r = [], i = [], a = t?.form ?? e?.form ?? null;
	for (let o of a ? [...a.elements] : []) {
		if (o === e || o === t || !S(o)) continue;
		if (o instanceof HTMLInputElement && o.type === "file") {
			i.push(...[...o.files ?? []].map((e) => m(e.name)));
			continue;
		}
		let a = o.dataset.triage || o.name, s = m(C(o)).trim();
		if (!a || !s) continue;
		r.push([a, s]);
		let c = x(o);
		c && c.value === s && n.set(`fields.${a}`, c);
	}
	return {
		ticket: {
			title: m(e?.value ?? ""),
			body: m(t?.value ?? ""),
			fields: Object.fromEntries(r),
			attachments: i
		},
		controls: n
	};
}
function y(e, t) {
	return t === "title" || t === "body" ? e?.[t] ?? "" : t.startsWith("fields.") ? e?.fields[t.slice(7)] ?? "" : "";
}
function b(e, t) {
	try {
		return t.querySelector(e);
	} catch {
		return console.warn(`triage-form-hints: for="${e}" is neither an id nor a selector`), null;
	}
}
function x(e) {
	return e instanceof HTMLTextAreaElement || e instanceof HTMLInputElement ? e : null;
}
function S(e) {
	return !(e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) || e.disabled || e.dataset.triage === "off" ? !1 : !h.includes(e.type) && !g.test(e.autocomplete);
}
function C(e) {
	return e instanceof HTMLSelectElement ? [...e.selectedOptions].filter((e) => e.value).map((e) => e.text).join(", ") : e.type === "checkbox" || e.type === "radio" ? e.checked ? e.value === "on" ? "yes" : e.value : "" : e.value;
}
// src/dom.ts
function w(e, t, n, r = "") {
	let i = T("button", r, e);
	return i.type = "button", i.setAttribute("part", `button ${t}`), i.addEventListener("click", n), i;
}
function T(e, t, ...n) {
	let r = document.createElement(e);
	return t && (r.className = t, r.setAttribute("part", t.replace("said", ""))), r.append(...n), r;
}
function E(e, t) {
	e.textContent !== t && (e.textContent = t);
}
// src/style.ts
var D = "\n:host {\n  display: block;\n  --text: var(--triage-text, #24292f);\n  --muted: var(--triage-muted, #57606a);\n  --border: var(--triage-border, #d0d7de);\n  --background: var(--triage-background, #f6f8fa);\n  --accent: var(--triage-accent, #0a58ca);\n  --good: var(--triage-good, #1a7f37);\n  --warn: var(--triage-warn, #8a5300);\n  --mark: var(--triage-mark, #fff3bf);\n  color: var(--text);\n  font-size: var(--triage-font-size, 0.9375em);\n  line-height: 1.55;\n}\n@supports (color: light-dark(#000, #fff)) {\n  :host {\n    --text: var(--triage-text, light-dark(#24292f, #e6edf3));\n    --muted: var(--triage-muted, light-dark(#57606a, #9da7b3));\n    --border: var(--triage-border, light-dark(#d0d7de, #3d444d));\n    --background: var(--triage-background, light-dark(#f6f8fa, #161b22));\n    --accent: var(--triage-accent, light-dark(#0a58ca, #79b8ff));\n    --good: var(--triage-good, light-dark(#1a7f37, #56d364));\n    --warn: var(--triage-warn, light-dark(#8a5300, #e3b341));\n    --mark: var(--triage-mark, light-dark(#fff3bf, #4d3f00));\n  }\n}\n:host([hidden]), [hidden] { display: none !important; }\nsection {\n  border: 1px solid var(--border);\n  border-radius: var(--triage-radius, 8px);\n  background: var(--background);\n  padding: 0.75em 1em;\n}\nsection > :not([hidden]) ~ :not([hidden]) { margin-block-start: 0.75em; }\nh3 { margin: 0; font: inherit; font-weight: 600; }\nul, ol { margin: 0; padding: 0; list-style: none; }\n.head { display: flex; align-items: center; gap: 0.75em; }\n.meter { flex: 1; height: 6px; border-radius: 3px; background: var(--border); overflow: hidden; }\n.bar { height: 100%; width: 0; border-radius: 3px; background: var(--accent); transition: width 0.3s; }\n.ready .bar { background: var(--good); }\n.score { color: var(--muted); font-variant-numeric: tabular-nums; min-width: 2.2em; text-align: end; }\n.status { color: var(--muted); }\n::slotted(*) { overflow-wrap: anywhere; }\n.checklist { display: flex; flex-wrap: wrap; gap: 0.25em 1.1em; }\n.checklist li { color: var(--muted); }\n.checklist .present { color: var(--good); }\n.checklist .tick { display: inline-block; width: 1.2em; }\n.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }\n.item { border-inline-start: 3px solid var(--accent); padding-inline-start: 0.75em; margin-block-start: 0.6em; }\n.warning { border-color: var(--warn); }\n.actions { display: flex; flex-wrap: wrap; gap: 0.25em 0.5em; margin-block-start: 0.35em; }\nbutton {\n  font: inherit;\n  min-height: 2em;\n  min-width: 2em;\n  padding: 0.1em 0.7em;\n  color: var(--accent);\n  background: transparent;\n  border: 1px solid var(--border);\n  border-radius: 6px;\n  cursor: pointer;\n}\nbutton:hover { border-color: currentColor; }\nbutton.quiet { border-color: transparent; color: var(--muted); }\n:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }\n.places { margin-block-start: 0.4em; overflow-wrap: anywhere; }\ncode { font-family: ui-monospace, Consolas, monospace; font-size: 0.92em; }\nsummary { cursor: pointer; color: var(--muted); }\n.text { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 16em; overflow-y: auto; }\nmark { background: var(--mark); color: inherit; border-bottom: 2px solid var(--accent); }\nmark small { margin-inline-start: 0.25em; }\na { color: var(--accent); }\n@media (prefers-reduced-motion: reduce) { .bar { transition: none; } }\n@media (forced-colors: active) { .bar { background: Highlight; } }\n", O = {
	android: "Android",
	ios: "iOS",
	macos: "macOS",
	windows: "Windows"
}, k = {
	zh: {
		panel: "提交前小助手",
		meter: "信息完整度",
		idle: "写下遇到的问题，这里会提示还缺什么。",
		missing: (e) => `还可以补充：${e.join("、")}。`,
		nothingAsked: "没有要问的了，可以提交。",
		ready: "信息已经完整，可以提交了。",
		enough: "信息够开始排查了，可以提交。",
		away: "提示暂时不可用，不影响提交。",
		checklist: "工程师需要的信息",
		statuses: {
			present: "已有",
			missing: "待补充",
			denied: "已说明没有"
		},
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
			contact: "联系方式"
		},
		questions: "补充这几点，能少来回问几次",
		insert: "插入填写格式",
		where: "日志在哪里？",
		dismiss: "不再提示",
		noPlaces: "暂时查不到日志位置。",
		platforms: {
			...O,
			web: "浏览器",
			miniprogram: "小程序"
		},
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
			contact: "联系方式：|\n方便联系的时间："
		}
	},
	en: {
		panel: "Before you send",
		meter: "Completeness",
		idle: "Describe what happened; what is still missing shows up here.",
		missing: (e) => `You could add: ${e.join(", ")}.`,
		nothingAsked: "Nothing left to ask; ready to send.",
		ready: "All there; ready to send.",
		enough: "Enough to start with; ready to send.",
		away: "Hints are not available just now; you can send the form as ever.",
		checklist: "What an engineer needs",
		statuses: {
			present: "there",
			missing: "still missing",
			denied: "said not to exist"
		},
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
			contact: "contact"
		},
		questions: "These save a day of asking back",
		insert: "Insert a template",
		where: "Where is the log?",
		dismiss: "Dismiss",
		noPlaces: "The places of logs are not available just now.",
		platforms: {
			...O,
			web: "Browser",
			miniprogram: "Mini program"
		},
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
			contact: "Contact: |\nBest time to reach me: "
		}
	}
}, A = {
	SYM: "symptom",
	REP: "reproduction",
	ENV: "environment",
	LOG: "logs",
	SES: "session",
	IMP: "impact",
	TIM: "timing",
	CON: "contact"
}, j = 4, M = 0, N = class {
	host;
	actions;
	#e = `triage-hints-${++M}`;
	#t = T("section", "panel");
	#n = T("div", "bar");
	#r = T("div", "meter", this.#n);
	#i = T("span", "score");
	#a = T("div", "head", this.#r, this.#i);
	#o = T("div", "");
	#s = T("ul", "checklist");
	#c = T("div", "questions");
	#l = T("div", "warnings");
	#u = T("div", "articles");
	#d = T("details", "understood");
	#f = /* @__PURE__ */ new Map();
	#p = /* @__PURE__ */ new Map();
	#m = k.en;
	#h = null;
	constructor(e, t) {
		this.host = e, this.actions = t;
		let n = e.shadowRoot ?? e.attachShadow({ mode: "open" });
		I(n);
		let r = T("slot", "");
		r.name = "status";
		let i = T("div", "status", r);
		this.#t.append(this.#a, i, this.#s, this.#l, this.#c, this.#u, this.#d), n.replaceChildren(this.#t), this.#r.setAttribute("role", "meter"), this.#r.setAttribute("aria-valuemin", "0"), this.#r.setAttribute("aria-valuemax", "100"), this.#i.setAttribute("aria-hidden", "true"), this.#o.id = `${this.#e}-status`, this.#o.slot = "status", this.#o.setAttribute("aria-live", "polite"), e.append(this.#o), this.#d.append(T("summary", ""), T("div", "text")), this.#d.addEventListener("toggle", () => this.#T());
	}
	remove() {
		for (let e of [this.#f, this.#p]) {
			for (let t of e.values()) t.message.remove();
			e.clear();
		}
		this.#o.remove();
	}
	show(e) {
		this.#h = e;
		let t = this.#m = k[e.lang], n = e.answer;
		this.#t.lang = this.#o.lang = e.lang, this.#t.setAttribute("aria-label", t.panel), this.#t.classList.toggle("ready", n?.ready ?? !1), this.#r.setAttribute("aria-label", t.meter), this.#r.setAttribute("aria-valuenow", String(n?.score ?? 0)), this.#a.hidden = !n, this.#n.style.width = `${n?.score ?? 0}%`, E(this.#i, n ? String(n.score) : ""), this.#_(n);
		let r = this.#v(n), i = this.#y(n);
		return this.#w(n), this.#T(), E(this.#o, this.#g(e, r)), [
			{
				field: "title",
				id: this.#o.id
			},
			{
				field: "body",
				id: this.#o.id
			},
			...[...r, ...i].map((e) => ({
				field: i.includes(e) ? e.finding?.span?.field ?? "body" : "body",
				id: e.message.id
			}))
		];
	}
	#g(e, t) {
		let n = this.#m;
		if (e.isAway) return n.away;
		if (!e.answer) return n.idle;
		let r = t.map((e) => L(e.finding)).filter((e) => e !== "");
		return t.length && r.length ? n.missing(r.map((e) => n.elements[e] ?? e)) : e.answer.ready ? [...e.answer.elements.values()].some(({ required: e, status: t }) => e && t !== "present") ? n.enough : n.ready : n.nothingAsked;
	}
	#_(e) {
		let t = this.#m, n = Object.keys(t.elements).filter((t) => {
			let n = e?.elements.get(t);
			return n && (n.required || n.status === "present");
		});
		this.#s.hidden = !n.length, this.#s.setAttribute("aria-label", t.checklist), this.#s.replaceChildren(...n.map((n) => {
			let r = e.elements.get(n).status, i = T("span", "tick", r === "present" ? "✓" : r === "denied" ? "–" : "○");
			i.setAttribute("aria-hidden", "true");
			let a = T("li", r, i, t.elements[n], T("span", "said", ` (${t.statuses[r]})`));
			return a.setAttribute("part", `element ${r}`), a;
		}));
	}
	#v(e) {
		let n = this.#m, r = (e?.questions ?? []).map((n) => ({
			text: n,
			finding: t(e, n)
		})).map(({ text: e, finding: t }) => ({
			text: e,
			finding: t,
			key: t ? `q-${t.code}` : `q-${e}`
		})).filter(({ key: e }) => !this.#h.dismissed.has(e));
		return this.#b(this.#f, this.#c, n.questions, "question", r, (e) => {
			let t = [], r = L(e.finding), i = n.skeletons[r], a = T("div", "places");
			return a.hidden = !0, r === "logs" ? t.push(this.#C(e, a)) : i && t.push(w(n.insert, "insert", () => this.actions.insert(i))), t.push(w(n.dismiss, "dismiss", () => this.#S(e), "quiet")), [T("div", "actions", ...t), a];
		});
	}
	#y(e) {
		let t = this.#m, n = (e?.findings ?? []).filter((e) => e.code.startsWith("SEC") && e.span).map((e) => {
			let t = e.span;
			return {
				key: `w-${e.code}-${t.field}-${this.#D(t.field).length ? this.#O(e) : t.start}`,
				finding: e,
				text: [e.message, e.ask].filter(Boolean).join(" ")
			};
		}).filter(({ key: e }, t, n) => !this.#h.dismissed.has(e) && n.findIndex((t) => t.key === e) === t).slice(0, j);
		return this.#b(this.#p, this.#l, t.warnings, "warning", n, (e) => {
			let n = w(t.mask, "mask", () => this.actions.mask(this.#p.get(e.key).finding)), r = w(t.dismiss, "dismiss", () => this.#S(e), "quiet");
			return [T("div", "actions", ...e.finding?.span?.field.startsWith("attach") ? [] : [n], r)];
		});
	}
	#b(e, t, n, r, i, a) {
		let o = new Set(i.map(({ key: e }) => e));
		for (let [t, n] of e) o.has(t) && n.node.lang === this.#h.lang || (n.node.remove(), n.message.remove(), e.delete(t));
		t.hidden = !i.length;
		let s = t.firstElementChild;
		s || t.append(s = T("h3", "heading")), E(s, n);
		let c = i.map(({ key: t, finding: n, text: i }) => {
			let o = e.get(t);
			return o || (o = this.#x(t, n, i, r), o.node.append(...a(o)), e.set(t, o)), o.finding = n, E(o.message, i), o;
		});
		return c.forEach(({ node: e }, n) => {
			t.children[n + 1] !== e && t.insertBefore(e, t.children[n + 1] ?? null);
		}), c;
	}
	#x(e, t, n, r) {
		let i = `${this.#e}-${r}-${++P}`, a = T("div", "", n);
		a.id = a.slot = i, a.lang = this.#h.lang, this.host.append(a);
		let o = T("slot", "");
		o.name = i;
		let s = T("div", `item ${r}`, o);
		return s.setAttribute("part", r), s.lang = this.#h.lang, {
			key: e,
			finding: t,
			text: n,
			node: s,
			message: a
		};
	}
	#S(e) {
		let t = e.node.nextElementSibling ?? e.node.previousElementSibling, n = e.node.contains(this.host.shadowRoot.activeElement);
		this.actions.dismiss(e.key), n && (t?.querySelector("button") ?? this.#d.querySelector("summary"))?.focus();
	}
	#C(e, t) {
		let n = this.#m, r = w(n.where, "where", async () => {
			if (t.hidden = !t.hidden, r.setAttribute("aria-expanded", String(!t.hidden)), t.hidden) return;
			let i = await this.actions.places(), a = i.filter(({ path: t }) => e.message.textContent?.includes(t)), o = new Set((a.length ? a : i).map(({ platform: e, path: t }) => `${e}\n${t}`));
			t.replaceChildren(T("ul", "", ...[...o].map((e) => R(e, n)))), i.length || (t.textContent = n.noPlaces);
		});
		return r.setAttribute("aria-expanded", "false"), r;
	}
	#w(e) {
		let t = e?.articles ?? [];
		this.#u.hidden = !t.length;
		let n = t.map(({ title: e, url: t }) => {
			let n = T("a", "", e);
			return n.href = t, n.target = "_blank", n.rel = "noopener noreferrer", T("li", "article", n);
		});
		this.#u.replaceChildren(T("h3", "heading", this.#m.articles), T("ul", "", ...n));
	}
	#T() {
		let [e, t] = this.#d.children;
		E(e, this.#m.understood);
		let n = this.#h?.answer;
		if (this.#d.hidden = !n, !n || !this.#d.open) return;
		let r = ["title", "body"].filter((e) => this.#D(e)).map((e) => {
			let t = T("div", "line");
			return t.append(...this.#E(e, n)), t;
		});
		t.replaceChildren(...r);
	}
	#E(e, t) {
		let n = [...t.elements].flatMap(([t, n]) => n.evidence.filter((t) => t.field === e).map((e) => ({
			...e,
			name: t
		}))), r = this.#D(e), i = [.../* @__PURE__ */ new Set([
			0,
			f(r),
			...n.flatMap(({ start: e, end: t }) => [e, t])
		])].sort((e, t) => e - t);
		return i.slice(1).map((e, t) => {
			let a = i[t], o = n.filter((t) => t.start <= a && e <= t.end);
			if (!o.length) return document.createTextNode(p(r, a, e));
			let s = new Set(o.filter((t) => t.end === e).map(({ name: e }) => this.#m.elements[e] ?? e)), c = s.size ? [T("small", "", [...s].join(" · "))] : [];
			return T("mark", "mark", p(r, a, e), ...c);
		});
	}
	#D(e) {
		return y(this.#h?.ticket ?? null, e);
	}
	#O({ span: e }) {
		return e ? p(this.#D(e.field), e.start, e.end) : "";
	}
}, P = 0, F = null;
function I(e) {
	"adoptedStyleSheets" in e && (F || (F = new CSSStyleSheet(), F.replaceSync(D)), e.adoptedStyleSheets = [F]);
}
function L(e) {
	return A[e?.code.slice(0, 3) ?? ""] ?? "";
}
function R(e, t) {
	let [n = "", r = ""] = e.split("\n");
	return T("li", "place", `${t.platforms[n] ?? n}: `, T("code", "", r));
}
// src/service.ts
var z = 1e4, B = 2e3, V = 6e4, H = [
	401,
	403,
	404
], U = 6e5, W = class {
	endpoint;
	formKey;
	#e = 0;
	#t = 0;
	#n = null;
	constructor(e, t) {
		this.endpoint = e, this.formKey = t;
	}
	get restMs() {
		return Math.max(0, this.#t - Date.now());
	}
	async lint(t, n) {
		this.drop();
		let r = this.#n = new AbortController(), i = setTimeout(() => r.abort(/* @__PURE__ */ Error("timeout")), z);
		try {
			let i = await this.#r(`/v1/lint?lang=${n}`, r.signal, JSON.stringify(t)), a = i.ok ? e(await i.json()) : null;
			if (r !== this.#n) return null;
			if (a) return this.#e = this.#t = 0, {
				answer: a,
				token: i.headers.get("Triage-Lint-Token")
			};
			this.#i(i);
		} catch {
			r === this.#n && this.#i(null);
		} finally {
			clearTimeout(i);
		}
		return null;
	}
	async logPlaces() {
		try {
			let e = await this.#r("/v1/log-places", AbortSignal.timeout(z)), t = e.ok ? await e.json() : null;
			return (Array.isArray(t?.places) ? t.places : []).filter((e) => typeof e?.path == "string" && typeof e?.platform == "string");
		} catch {
			return [];
		}
	}
	drop() {
		let e = this.#n;
		this.#n = null, e?.abort();
	}
	#r(e, t, n) {
		let r = {};
		return this.formKey && (r.Authorization = `Bearer ${this.formKey}`), n !== void 0 && (r["Content-Type"] = "application/json"), fetch(this.endpoint + e, {
			method: n === void 0 ? "GET" : "POST",
			headers: r,
			signal: t,
			body: n ?? null,
			credentials: "omit",
			referrerPolicy: "no-referrer"
		});
	}
	#i(e) {
		let t = Number(e?.headers.get("Retry-After")) * 1e3 || 0;
		this.#e = Math.min(V, this.#e * 2 || B), this.#t = Date.now() + Math.min(V, Math.max(t, this.#e)), e && H.includes(e.status) && (this.#t = Date.now() + U, console.warn(`triage-form-hints: ${this.endpoint} answered ${e.status}; check form-key, origin and endpoint`));
	}
}, G = class {
	#e = document.createElement("div");
	#t = document.title;
	constructor(e, t, n, r) {
		let i = k[t];
		this.#e.className = "item warning", this.#e.setAttribute("part", "summary"), this.#e.tabIndex = -1, this.#e.lang = t;
		let a = T("ul", "", ...n.map((e) => T("li", "", K(e, r.go)))), o = T("div", "", T("h3", "", i.problem), T("div", "", i.problemSaid), a);
		o.setAttribute("role", "alert"), this.#e.append(o, T("div", "actions", w(i.anyway, "anyway", r.anyway))), e.shadowRoot.firstElementChild.prepend(this.#e), document.title = `${i.problem}: ${this.#t}`, this.#e.focus();
	}
	remove() {
		this.#e.remove(), document.title = this.#t;
	}
};
function K(e, t) {
	let n = T("a", "", e);
	return n.href = "#", n.addEventListener("click", (e) => {
		e.preventDefault(), t();
	}), n;
}
// src/element.ts
var q = 500, J = 4, Y = 1500, X = document.currentScript?.src ?? "", Z = class extends HTMLElement {
	static observedAttributes = [
		"for",
		"endpoint",
		"form-key",
		"lang",
		"mode"
	];
	answer = null;
	#e = null;
	#t = "";
	#n = Promise.resolve();
	#r = null;
	#i = null;
	#a = null;
	#o = null;
	#s = null;
	#c = /* @__PURE__ */ new Map();
	#l = [];
	#u = /* @__PURE__ */ new Set();
	#d = null;
	#f = 0;
	#p = !1;
	#m = !1;
	#h = !1;
	#g = !1;
	#_ = null;
	#v = null;
	connectedCallback() {
		this.#i ??= new N(this, {
			insert: (e) => this.#s && u(this.#s, e),
			mask: (e) => this.#P(e),
			dismiss: (e) => {
				this.#u.add(e), this.#j();
			},
			places: () => this.#F()
		}), this.#r = new W(this.#y(), this.getAttribute("form-key") ?? ""), this.#x(), this.#w(), this.#j();
	}
	disconnectedCallback() {
		clearTimeout(this.#f), this.#v?.abort(), this.#_?.disconnect(), this.#r?.drop(), this.#M([]), this.#i?.remove(), this.#i = null, this.#o = this.#s = null, this.#t = "";
	}
	attributeChangedCallback(e, t, n) {
		this.#i && t !== n && ((e === "endpoint" || e === "form-key") && (this.#r?.drop(), this.#r = new W(this.#y(), this.getAttribute("form-key") ?? "")), this.#t = "", this.#w(), this.#j(), this.#T(0));
	}
	#y() {
		let e = X ? new URL(".", X).href : "/";
		return (this.getAttribute("endpoint") ?? e).replace(/\/+$/, "");
	}
	#b() {
		return this.getRootNode();
	}
	#x() {
		this.#v = new AbortController();
		let e = {
			capture: !0,
			signal: this.#v.signal
		}, t = this.#b();
		t.addEventListener("input", (e) => this.#S(e) && !this.#C(e) && this.#T(), e), t.addEventListener("change", (e) => this.#S(e) && this.#T(0), e), t.addEventListener("focusout", (e) => this.#S(e) && this.#T(0), e), t.addEventListener("compositionstart", (e) => {
			this.#S(e) && (this.#p = !0, clearTimeout(this.#f));
		}, e), t.addEventListener("compositionend", (e) => {
			this.#S(e) && (this.#p = !1, this.#T());
		}, e), t.addEventListener("submit", (e) => this.#L(e), e), this.#_ = new MutationObserver(() => this.#w()), this.#_.observe(t, {
			childList: !0,
			subtree: !0
		});
	}
	#S(e) {
		let t = e.target, n = this.#s?.form;
		return !!t && !this.contains(t) && (t === this.#o || t === this.#s || !!n && n.contains(t));
	}
	#C(e) {
		return this.#p || e.isComposing;
	}
	#w() {
		let { title: e, body: t } = _(this.getAttribute("for") ?? "", this.#b());
		(e !== this.#o || t !== this.#s) && (this.#o = e, this.#s = t, this.#p = !1, this.#j(), this.#T(0));
	}
	#T(e = q) {
		if (clearTimeout(this.#f), this.#p || !this.isConnected) return;
		let t = this.#r?.restMs ?? 0;
		this.#f = window.setTimeout(() => void this.#E(), Math.max(e, t));
	}
	#E() {
		return this.#n = this.#D() ?? this.#n;
	}
	#D() {
		let { ticket: e, controls: t } = v(this.#o, this.#s), n = this.#r;
		if (!n || !this.#s) return null;
		if (f((e.title + e.body).trim()) < J) return n.drop(), this.answer = null, this.#t = "", this.#j(), null;
		let r = JSON.stringify(e);
		return r === this.#t ? null : (this.#t = r, this.#O(n, e, t));
	}
	async #O(e, t, n) {
		let r = this.#t, i = await e.lint(t, this.#k());
		if (r !== this.#t) return;
		this.#m = !i, i ? (this.answer = i.answer, this.#e = t, this.#c = n, this.#I(i.token), i.answer.ready && this.#a?.remove()) : (this.#t = "", this.#T(e.restMs)), this.#j();
		let a = i && {
			ready: i.answer.ready,
			score: i.answer.score,
			questions: i.answer.questions
		};
		this.dispatchEvent(new CustomEvent("triage-answer", {
			detail: a,
			bubbles: !0,
			composed: !0
		}));
	}
	#k() {
		let e = (this.getAttribute("lang") ?? "auto").slice(0, 2).toLowerCase();
		return e === "zh" || e === "en" ? e : "auto";
	}
	#A() {
		let e = this.#k();
		return e === "auto" ? this.answer ? this.answer.language === "zh" || this.answer.language === "mixed" ? "zh" : "en" : (this.parentElement?.closest("[lang]")?.getAttribute("lang") || navigator.language).toLowerCase().startsWith("zh") ? "zh" : "en" : e;
	}
	#j() {
		if (!this.#i) return;
		let e = this.#i.show({
			lang: this.#A(),
			isAway: this.#m,
			answer: this.#m ? null : this.answer,
			ticket: this.#e,
			dismissed: this.#u
		});
		this.#M(e);
	}
	#M(e) {
		let t = e.map(({ field: e, id: t }) => ({
			control: this.#N(e),
			id: t
		})).filter((e) => e.control !== null);
		for (let { control: e, id: n } of this.#l) {
			if (t.some((t) => t.control === e && t.id === n)) continue;
			let r = $(e).filter((e) => e !== n);
			r.length ? e.setAttribute("aria-describedby", r.join(" ")) : e.removeAttribute("aria-describedby");
		}
		for (let { control: e, id: n } of t) {
			let t = $(e);
			t.includes(n) || e.setAttribute("aria-describedby", [...t, n].join(" "));
		}
		this.#l = t;
	}
	#N(e) {
		return e === "title" ? this.#o : e === "body" ? this.#s : this.#c.get(e) ?? null;
	}
	#P({ span: e }) {
		let t = e && this.#N(e.field), n = e && y(this.#e, e.field);
		t && m(t.value) === n && (l(t, d(n, e.start), d(n, e.end), "•".repeat(f(p(n, e.start, e.end)))), this.#T(0));
	}
	#F() {
		return this.#d ??= this.#r.logPlaces().then((e) => (e.length || (this.#d = null), e)), this.#d;
	}
	#I(e) {
		let t = this.#s?.form;
		if (!t || !e) return;
		let n = t.querySelector("input[name=\"triage_lint_token\"]");
		n || (n = document.createElement("input"), n.type = "hidden", n.name = "triage_lint_token", t.append(n)), n.value = e;
	}
	#L(e) {
		let t = this.#s?.form;
		e.target === t && t && this.getAttribute("mode") === "block" && (this.#h ? this.#h = !1 : (e.preventDefault(), e.stopImmediatePropagation(), this.#g || (this.#g = !0, this.#R().then((n) => {
			this.#g = !1, n ? this.#z(t, e.submitter) : this.#B(t, e.submitter);
		}))));
	}
	async #R() {
		clearTimeout(this.#f), await Promise.race([this.#E(), Q(Y)]), await Q(0);
		let e = JSON.stringify(v(this.#o, this.#s).ticket) === JSON.stringify(this.#e);
		return !this.answer || !e || this.#m || this.answer.ready;
	}
	#z(e, t) {
		this.#h = !0, this.#a?.remove(), e.requestSubmit(t), this.#h = !1;
	}
	#B(e, n) {
		this.#a?.remove();
		let r = (this.answer?.questions ?? []).map((e) => t(this.answer, e)?.message || e);
		this.#a = new G(this, this.#A(), r, {
			go: () => this.#s?.focus(),
			anyway: () => this.#z(e, n)
		});
	}
};
function Q(e) {
	return new Promise((t) => setTimeout(t, e));
}
function $(e) {
	return (e.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean);
}
// src/index.ts
customElements.get("triage-form-hints") || customElements.define("triage-form-hints", Z);
