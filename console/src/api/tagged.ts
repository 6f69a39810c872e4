import { texts } from "../texts";
import { answer } from "./client";

/** What an answer carries, and the tag of that state: a change that starts from it sends it as `If-Match`. */
export interface Tagged<T> {
  body: T;
  tag: string;
}

/** The body of an answer with its tag (RFC 9110 section 8.8.3). */
export async function tagged<T>(asked: Promise<{ data?: T; error?: unknown; response: Response }>): Promise<Tagged<T>> {
  const body = await answer(asked);
  const { response } = await asked;
  const tag = response.headers.get("ETag");
  if (tag === null) throw new Error(texts.odd(response.status));
  return { body, tag };
}
