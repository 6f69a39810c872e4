import createClient from "openapi-fetch";
import type { components, paths } from "../../generated/schema";
import { root, signIn } from "../place";
import { texts } from "../texts";

export type Schemas = components["schemas"];
export type Account = Schemas["Account"];
export type User = Schemas["User"];
export type Role = Schemas["Role"];
export type Problem = Schemas["Problem"];

/** The admin API, asked as whoever is signed in with this browser. */
export const api = createClient<paths>({ baseUrl: root || location.origin, credentials: "same-origin" });

/** By which name what was not answered yet was sent, and when: sent again under it soon, nothing is made twice. */
const unanswered = new Map<string, { name: string; at: number }>();

/** How long that holds, in milliseconds: who sends the same later means it anew. */
const soon = 600_000;

/** A name that no other request has. Browsers have `randomUUID` only where TLS is. */
const fresh = () => crypto.getRandomValues(new Uint32Array(4)).join("-");

api.use({
  async onRequest({ request }) {
    if (request.method === "GET") return;
    // What another site may not send without being asked: a change by a session carries it, also without a body.
    request.headers.set("content-type", "application/json");
    if (request.method !== "POST" || request.url.includes("preview=true")) return;
    for (const [asked, { at }] of unanswered) if (Date.now() - at > soon) unanswered.delete(asked);
    const asked = `${request.url} ${await request.clone().text()}`;
    const { name } = unanswered.get(asked) ?? { name: fresh() };
    unanswered.set(asked, { name, at: Date.now() });
    request.headers.set("idempotency-key", name);
  },
  onResponse({ request, response }) {
    // A fault may have come after it was done.
    const name = response.status < 500 && request.headers.get("idempotency-key");
    for (const [asked, other] of unanswered) if (other.name === name) unanswered.delete(asked);
    // The session has ended: whoever comes back sees what they saw.
    if (response.status === 401) location.assign(signIn());
  },
});

/** What the admin API refused, in its own words. */
export class Refused extends Error {
  constructor(readonly problem: Pick<Problem, "code" | "detail" | "request" | "left">) {
    super(problem.detail);
  }
}

/** The body of an answer; a problem becomes an error (RFC 9457). */
export async function answer<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<T> {
  const { data, error, response } = await asked.catch(() => {
    throw new Error(texts.unreachable);
  });
  if (response.ok) return data as T;
  const known = typeof error === "object" && error !== null && "detail" in error;
  throw known ? new Refused(error as Problem) : new Error(texts.odd(response.status));
}

/** A page of a list. */
export interface Page<T> {
  items: T[];
  next?: string | null;
}
