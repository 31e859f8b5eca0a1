// The service, asked one thing at a time. It may be slow, broken or gone; whoever asks hears null and goes on.
import { type Answer, answerOf } from "./answer.ts";
import type { Ticket } from "./fields.ts";

const PATIENCE_MS = 10_000;
// After a fault it is left alone for a while, each time for longer, so that a broken service is not hammered by forms.
const FIRST_REST_MS = 2_000;
const LONGEST_REST_MS = 60_000;
// A key that is not good will not be in a minute.
const REFUSED = [401, 403, 404];
const REFUSED_REST_MS = 600_000;

export interface Place {
  platform: string;
  path: string;
}

export interface Linted {
  answer: Answer;
  token: string | null;
}

export class Service {
  #rest = 0;
  #restUntil = 0;
  #asking: AbortController | null = null;

  constructor(
    readonly endpoint: string,
    readonly formKey: string,
  ) {}

  /** The milliseconds until it may be asked again after a fault. */
  get restMs(): number {
    return Math.max(0, this.#restUntil - Date.now());
  }

  /** The lint of a ticket; a question still open is dropped for it. Null when there is none: dropped, or a fault. */
  async lint(ticket: Ticket, lang: string): Promise<Linted | null> {
    this.drop();
    const asking = (this.#asking = new AbortController());
    const timer = setTimeout(() => asking.abort(new Error("timeout")), PATIENCE_MS);
    try {
      const response = await this.#fetch(`/v1/lint?lang=${lang}`, asking.signal, JSON.stringify(ticket));
      const answer = response.ok ? answerOf(await response.json()) : null;
      if (asking !== this.#asking) return null;
      if (answer) {
        this.#rest = this.#restUntil = 0;
        return { answer, token: response.headers.get("Triage-Lint-Token") };
      }
      this.#failed(response);
    } catch {
      // Dropped for a newer question: no fault of the service.
      if (asking === this.#asking) this.#failed(null);
    } finally {
      clearTimeout(timer);
    }
    return null;
  }

  /** Where logs lie, by platform. */
  async logPlaces(): Promise<Place[]> {
    try {
      const response = await this.#fetch("/v1/log-places", AbortSignal.timeout(PATIENCE_MS));
      const json = response.ok ? await response.json() : null;
      const places: unknown[] = Array.isArray(json?.places) ? json.places : [];
      return places.filter(
        (place): place is Place =>
          typeof (place as Place)?.path === "string" && typeof (place as Place)?.platform === "string",
      );
    } catch {
      return [];
    }
  }

  /** Drops the question that is still open. */
  drop(): void {
    const asking = this.#asking;
    this.#asking = null;
    asking?.abort();
  }

  #fetch(path: string, signal: AbortSignal, body?: string): Promise<Response> {
    const headers: Record<string, string> = {};
    if (this.formKey) headers["Authorization"] = `Bearer ${this.formKey}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return fetch(this.endpoint + path, {
      method: body === undefined ? "GET" : "POST",
      headers,
      signal,
      body: body ?? null,
      credentials: "omit",
      referrerPolicy: "no-referrer",
    });
  }

  #failed(response: Response | null): void {
    const asked = Number(response?.headers.get("Retry-After")) * 1000 || 0;
    this.#rest = Math.min(LONGEST_REST_MS, this.#rest * 2 || FIRST_REST_MS);
    this.#restUntil = Date.now() + Math.min(LONGEST_REST_MS, Math.max(asked, this.#rest));
    if (response && REFUSED.includes(response.status)) {
      this.#restUntil = Date.now() + REFUSED_REST_MS;
      // Nobody who fills the form in can mend it; its owner looks here.
      console.warn(`triage-form-hints: ${this.endpoint} answered ${response.status}; check form-key, origin and endpoint`);
    }
  }
}
