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

api.use({
  onRequest({ request }) {
    // What another site may not send without being asked: a change by a session carries it, also without a body.
    if (request.method !== "GET") request.headers.set("content-type", "application/json");
  },
  onResponse({ response }) {
    // The session has ended: whoever comes back sees what they saw.
    if (response.status === 401) location.assign(signIn());
  },
});

/** What the admin API refused, in its own words. */
export class Refused extends Error {
  constructor(readonly problem: Pick<Problem, "code" | "detail" | "request">) {
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
